package io.yiwang.sim.fault;

import java.time.Duration;
import java.util.Locale;

/**
 * How long people are ready to wait for a fault to show: its effect is full after this time at the latest, however slowly it grows in
 * nature.
 */
public record Pace(Duration longestRise) {
    /** As slow as it is: a hidden leak takes weeks. */
    public static final Pace NATURAL = new Pace(Duration.ofDays(36_500));

    /** For people who watch. */
    public static final Pace DEMO = new Pace(Duration.ofSeconds(30));

    public Pace {
        if (longestRise.isNegative() || longestRise.isZero()) {
            throw new IllegalArgumentException("a longest rise is longer than nothing");
        }
    }

    /**
     * {@code natural}, {@code demo} or a duration like {@code 30s}.
     *
     * @throws IllegalArgumentException with a sentence for people
     */
    public static Pace parse(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "natural" -> NATURAL;
            case "demo" -> DEMO;
            default -> {
                try {
                    yield new Pace(TimeSpan.parse(text));
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(
                            "'" + text + "' is not a pace; write natural, demo or a longest rise such as 30s", e);
                }
            }
        };
    }

    long capped(long naturalMillis) {
        return Math.min(naturalMillis, longestRise.toMillis());
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return equals(NATURAL) ? "natural" : equals(DEMO) ? "demo" : longestRise.toMillis() / 1000.0 + "s";
    }
}
