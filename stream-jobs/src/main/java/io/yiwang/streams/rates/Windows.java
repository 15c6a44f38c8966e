package io.yiwang.streams.rates;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** The windows that a minute belongs to: the minute itself, its hour and its day by the city's clock. */
final class Windows {
    /** Names of the periods, shortest first; a period's number is its place here. */
    static final List<String> PERIODS = List.of("minute", "hour", "day");

    /** From {@code startMillis} to {@code endMillis} (excluded), epoch ms. */
    record Window(int period, long startMillis, long endMillis) {}

    private final ZoneId zone;

    Windows(ZoneId zone) {
        this.zone = zone;
    }

    /** @param minuteMillis start of the minute */
    List<Window> of(long minuteMillis) {
        var local = Instant.ofEpochMilli(minuteMillis).atZone(zone);
        // An hour that the clocks repeat is two windows: they differ in their instants.
        long hour = minuteMillis - local.getMinute() * 60_000L;
        var day = local.truncatedTo(ChronoUnit.DAYS);
        return List.of(
                new Window(0, minuteMillis, minuteMillis + 60_000),
                new Window(1, hour, hour + 3_600_000),
                new Window(2, millis(day), millis(day.toLocalDate().plusDays(1).atStartOfDay(zone))));
    }

    private static long millis(ZonedDateTime time) {
        return time.toInstant().toEpochMilli();
    }
}
