package io.yiwang.sim.signal;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;

/** The weather of a northern city: a function of seed and time. Remembers only the last answer of each kind. Not thread-safe. */
final class Weather {
    /** Hours are counted from here, local time. */
    private static final long EPOCH_LOCAL_MILLIS =
            LocalDate.of(2025, 1, 1).atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli();

    private static final double MILLIS_PER_HOUR = 3_600_000;
    private static final double DAYS_PER_YEAR = 365.25;

    private static final double MEAN = 12;
    private static final double YEARLY = 15.5;
    private static final double COLDEST_DAY = 20;
    private static final double DAILY = 4.5;
    private static final double WARMEST_HOUR = 15;
    private static final double WANDERING = 4;
    private static final double WANDER_HOURS = 36;

    /** A day is cut into so many spells, each dry or with one shower. */
    private static final double SPELL_HOURS = 6;

    private static final double HEAVIEST_MM_PER_HOUR = 25;

    private static final LocalDate EPOCH = LocalDate.of(2025, 1, 1);

    private final long seed;
    private final ZoneRules rules;

    /** The zone's offset is the same in between. */
    private long offsetFromMillis = Long.MAX_VALUE;

    private long offsetToMillis = Long.MIN_VALUE;
    private long offsetMillis;

    private long dayKnown = Long.MIN_VALUE;
    private int dayOfYearKnown;
    private long outdoorMillis = Long.MIN_VALUE;
    private double outdoorKnown;

    Weather(long seed, ZoneId zone) {
        this.seed = Hash.of(seed, "weather");
        this.rules = zone.getRules();
    }

    /** Local hours since 2025-01-01T00:00; negative before. */
    double hours(long millis) {
        return localMillis(millis) / MILLIS_PER_HOUR;
    }

    private double localMillis(long millis) {
        if (millis < offsetFromMillis || millis >= offsetToMillis) {
            var instant = Instant.ofEpochMilli(millis);
            var next = rules.nextTransition(instant);
            offsetFromMillis = millis;
            offsetToMillis = next == null ? Long.MAX_VALUE : next.getInstant().toEpochMilli();
            offsetMillis = 1000L * rules.getOffset(instant).getTotalSeconds();
        }
        return millis + offsetMillis - EPOCH_LOCAL_MILLIS;
    }

    /** 1 to 366, with the day's fraction; 1 January 00:00 is 1. */
    double dayOfYear(long millis) {
        var days = hours(millis) / 24;
        var day = (long) Math.floor(days);
        if (day != dayKnown) {
            dayOfYearKnown = EPOCH.plusDays(day).getDayOfYear();
            dayKnown = day;
        }
        return dayOfYearKnown + (days - day);
    }

    /** 1 Monday to 7 Sunday. 2025-01-01 was a Wednesday. */
    static int weekday(double hours) {
        return Math.floorMod((long) Math.floor(hours / 24) + 2, 7) + 1;
    }

    /** Outdoor temperature, °C. */
    double outdoor(long millis) {
        if (millis != outdoorMillis) {
            outdoorKnown = outdoorNow(millis);
            outdoorMillis = millis;
        }
        return outdoorKnown;
    }

    private double outdoorNow(long millis) {
        var hours = hours(millis);
        return MEAN
                - YEARLY * Math.cos(2 * Math.PI * (hours / 24 - COLDEST_DAY) / DAYS_PER_YEAR)
                + DAILY * Math.cos(2 * Math.PI * (hours - WARMEST_HOUR) / 24)
                + WANDERING * Hash.wander(seed, hours / WANDER_HOURS)
                - 0.2 * Math.min(10, rain(millis));
    }

    /** Rain, mm/h: short showers, many in summer, hardly any in winter. */
    double rain(long millis) {
        var hours = hours(millis);
        var spell = (long) Math.floor(hours / SPELL_HOURS);
        var summer = 0.5 - 0.5 * Math.cos(2 * Math.PI * (hours / 24 - COLDEST_DAY) / DAYS_PER_YEAR);
        if (Hash.unit(Hash.mix(seed, 1), spell) > 0.02 + 0.14 * summer) {
            return 0;
        }
        var strength = Hash.unit(Hash.mix(seed, 2), spell);
        var along = hours / SPELL_HOURS - spell;
        return HEAVIEST_MM_PER_HOUR * strength * strength * (0.1 + 0.9 * summer) * Math.sin(Math.PI * along);
    }

    /** Wind, m/s, never negative; freshest in the afternoon. */
    double wind(long millis) {
        var hours = hours(millis);
        return Math.max(
                0.1,
                2.6
                        + 1.2 * Math.cos(2 * Math.PI * (hours - WARMEST_HOUR) / 24)
                        + 1.6 * Hash.wander(Hash.mix(seed, 3), hours / 9)
                        + 0.5 * Hash.wander(Hash.mix(seed, 4), hours * 4));
    }

    /** Relative humidity, %. */
    double humidity(long millis) {
        var hours = hours(millis);
        var dry = 58
                - 14 * Math.cos(2 * Math.PI * (hours - WARMEST_HOUR) / 24)
                + 14 * Hash.wander(Hash.mix(seed, 5), hours / 30)
                - 8 * Math.cos(2 * Math.PI * (hours / 24 - COLDEST_DAY) / DAYS_PER_YEAR);
        return Math.max(15, Math.min(99, dry + 8 * Math.min(4, rain(millis))));
    }
}
