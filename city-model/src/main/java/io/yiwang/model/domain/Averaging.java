package io.yiwang.model.domain;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A statistic that a standard names beside each single reading: the mean over windows that follow each other without a gap and begin
 * with the local day, or with local midnight plus a multiple of their length.
 */
public enum Averaging {
    DAILY_MEAN("daily_mean", null),
    HOURLY_MEAN("hourly_mean", Duration.ofHours(1)),
    MEAN_20MIN("mean_20min", Duration.ofMinutes(20)),
    MEAN_15MIN("mean_15min", Duration.ofMinutes(15)),
    MEAN_10MIN("mean_10min", Duration.ofMinutes(10)),
    MEAN_5MIN("mean_5min", Duration.ofMinutes(5));

    private final String code;
    private final @Nullable Duration length;

    Averaging(String code, @Nullable Duration length) {
        this.code = code;
        this.length = length;
    }

    /** As packs and rules write it, e.g. {@code hourly_mean}. */
    public String code() {
        return code;
    }

    /** How long a window is; empty = a local day, which may have 23 or 25 hours. */
    public Optional<Duration> length() {
        return Optional.ofNullable(length);
    }

    /** Empty for {@link Limit#RAW} and for words that are not known. */
    public static Optional<Averaging> of(String code) {
        return Arrays.stream(values()).filter(a -> a.code.equals(code)).findFirst();
    }
}
