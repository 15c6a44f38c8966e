package io.yiwang.sim.fault;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 90s}, {@code 5m}, {@code 1h30m}, {@code 2d}. */
public final class TimeSpan {
    private static final Pattern DAYS = Pattern.compile("(?:(\\d+)D)?(.*)");

    private TimeSpan() {}

    /** @throws IllegalArgumentException with a sentence for people */
    public static Duration parse(String text) {
        var upper = text.strip().toUpperCase(Locale.ROOT);
        var parts = DAYS.matcher(upper);
        try {
            if (parts.matches() && !upper.startsWith("P") && !upper.isEmpty()) {
                var days = parts.group(1) == null ? "0" : parts.group(1);
                return Duration.parse("P" + days + "D" + (parts.group(2).isEmpty() ? "" : "T" + parts.group(2)));
            }
            return Duration.parse(upper);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("'" + text + "' is not a duration; write 90s, 5m, 1h30m or 2d", e);
        }
    }
}
