package io.yiwang.sim.signal;

import java.time.Instant;
import java.time.ZoneId;

/**
 * The city's time of day and weather. The demo city lives in an endless mild winter, so that its heating always has something to
 * do and its set-points fit: around -4 °C, warmest at 15:00.
 */
final class Weather {
    /** Hours are counted from here, local time: 2026-01-01T00:00. */
    private static final long EPOCH_LOCAL_MILLIS =
            Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();

    private static final double MILLIS_PER_HOUR = 3_600_000;
    private static final double MEAN = -4;
    private static final double DAILY = 2;
    private static final double WANDERING = 0.8;
    private static final double WARMEST_HOUR = 15;
    private static final double WANDER_HOURS = 6;

    private final long seed;
    private final ZoneId zone;

    Weather(long seed, ZoneId zone) {
        this.seed = Hash.of(seed, "weather");
        this.zone = zone;
    }

    /** Local hours since 2026-01-01T00:00; negative before. */
    double hours(long millis) {
        var offset = zone.getRules().getOffset(Instant.ofEpochMilli(millis)).getTotalSeconds();
        return (millis + 1000L * offset - EPOCH_LOCAL_MILLIS) / MILLIS_PER_HOUR;
    }

    /** Outdoor temperature, °C. */
    double outdoor(long millis) {
        var hours = hours(millis);
        return MEAN
                + DAILY * Math.cos(2 * Math.PI * (hours - WARMEST_HOUR) / 24)
                + WANDERING * wander(hours / WANDER_HOURS);
    }

    /** Smooth, in [-1, 1]. */
    private double wander(double x) {
        var i = (long) Math.floor(x);
        var f = x - i;
        var smooth = f * f * (3 - 2 * f);
        var a = Hash.unit(seed, i);
        var b = Hash.unit(seed, i + 1);
        return 2 * (a + (b - a) * smooth) - 1;
    }
}
