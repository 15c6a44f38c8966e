package io.yiwang.dashboard.history;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a span of a point's history is read.
 *
 * @param every width of a row; null = readings as they came
 * @param fromMinutes whether rows are made of the stored one-minute values instead of readings
 * @param from inclusive, on a row's boundary when rows have a width
 * @param to exclusive
 */
record HistoryPlan(@Nullable Duration every, boolean fromMinutes, Instant from, Instant to) {
    /** No answer has more rows. */
    static final int MOST_ROWS = 4000;
    /** As many as a chart can show. */
    private static final int COMFORTABLE_ROWS = 1500;
    /** Longer spans are read from one-minute values. */
    private static final Duration READINGS_UP_TO = Duration.ofHours(3);
    /** Readings are kept 7 days; a little before that the one-minute values take over. */
    private static final Duration READINGS_KEPT = Duration.ofDays(7).minusMinutes(5);

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final List<Duration> WIDTHS = List.of(
            Duration.ofSeconds(5),
            Duration.ofSeconds(15),
            Duration.ofSeconds(30),
            MINUTE,
            Duration.ofMinutes(2),
            Duration.ofMinutes(5),
            Duration.ofMinutes(10),
            Duration.ofMinutes(15),
            Duration.ofMinutes(30),
            Duration.ofHours(1),
            Duration.ofHours(2),
            Duration.ofHours(4),
            Duration.ofHours(8),
            Duration.ofDays(1));

    static HistoryPlan raw(Instant from, Instant to) {
        return new HistoryPlan(null, false, from, to);
    }

    /**
     * The plan for a span when the caller leaves the width to us.
     *
     * @param periodSeconds of the point, 0 = on change
     */
    static HistoryPlan chosen(Instant from, Instant to, int periodSeconds, Instant now) {
        var span = Duration.between(from, to);
        if (span.compareTo(READINGS_UP_TO) <= 0 && hasReadings(from, now)) {
            return periodSeconds == 0 || span.toSeconds() / periodSeconds < MOST_ROWS
                    ? raw(from, to)
                    : of(comfortable(span), from, to, now);
        }
        var width = comfortable(span);
        return of(width.compareTo(MINUTE) < 0 ? MINUTE : width, from, to, now);
    }

    /**
     * Rows of a given width.
     *
     * @throws IllegalArgumentException with a sentence when the width cannot be, or makes too many rows
     */
    static HistoryPlan of(Duration every, Instant from, Instant to, Instant now) {
        if (every.compareTo(Duration.ofSeconds(1)) < 0 || every.toNanosPart() != 0) {
            throw new IllegalArgumentException("every must be whole seconds, at least PT1S");
        }
        long width = every.toSeconds();
        var start = Instant.ofEpochSecond(Math.floorDiv(from.getEpochSecond(), width) * width);
        long rows = Duration.between(start, to).toSeconds() / width + 1;
        if (rows > MOST_ROWS) {
            throw new IllegalArgumentException(
                    "every=" + every + " would make " + rows + " rows; at most " + MOST_ROWS + " are given at once");
        }
        boolean wholeMinutes = width % 60 == 0;
        boolean minutes =
                wholeMinutes && (Duration.between(from, to).compareTo(READINGS_UP_TO) > 0 || !hasReadings(from, now));
        return new HistoryPlan(every, minutes, start, to);
    }

    /** The same span in rows of a width, for when there were more readings than rows allowed. */
    HistoryPlan coarser(Instant now) {
        return of(comfortable(Duration.between(from, to)), from, to, now);
    }

    String everyWord() {
        return every == null ? "raw" : every.toString();
    }

    private static boolean hasReadings(Instant from, Instant now) {
        return !from.isBefore(now.minus(READINGS_KEPT));
    }

    private static Duration comfortable(Duration span) {
        return WIDTHS.stream()
                .filter(width -> span.toSeconds() / width.toSeconds() <= COMFORTABLE_ROWS)
                .findFirst()
                .orElse(WIDTHS.get(WIDTHS.size() - 1));
    }
}
