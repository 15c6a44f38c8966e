package io.yiwang.model.domain;

import java.util.List;

/**
 * The one pattern that no pack states, since it is the same for every domain: many facilities leave their usual course within a few hours.
 * Rain, a holiday, the start of the heating season, trouble of the grid; whatever it is, it is one thing and not a hundred.
 */
public final class NetworkChange {
    public static final int WITHIN_SECONDS = 3 * 3600;

    /** Its part stands for any alarm of something learned. */
    public static final Pattern PATTERN = new Pattern(
            "network_change",
            new Name("多处设施同时偏离常态", "Many facilities leave their usual course"),
            List.of("any"),
            WITHIN_SECONDS,
            List.of(new Pattern.Part("unusual", Neighbourhood.AROUND, 1)),
            1,
            List.of(),
            4,
            List.of(),
            null,
            "learned",
            "P");

    private NetworkChange() {}
}
