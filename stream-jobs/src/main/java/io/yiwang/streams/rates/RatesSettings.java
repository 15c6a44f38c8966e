package io.yiwang.streams.rates;

import io.yiwang.model.clock.CityClock;
import java.io.Serializable;
import java.time.Duration;
import java.time.ZoneId;

/**
 * How rates are counted.
 *
 * @param zone the city's clock: where its hours and days begin
 * @param allowance how long after the end of a minute its first result is told
 * @param slack what a reading may come later besides, because time runs fast in the city
 * @param history how late readings may come and still correct what was told
 */
public record RatesSettings(ZoneId zone, Duration allowance, Duration slack, Duration history) implements Serializable {
    public RatesSettings {
        if (allowance.isNegative() || allowance.compareTo(Duration.ofHours(1)) >= 0) {
            throw new IllegalArgumentException("allowance " + allowance + " must be at least 0 and below an hour");
        }
        if (history.compareTo(Duration.ofMinutes(1)) < 0 || history.compareTo(Duration.ofDays(2)) > 0) {
            throw new IllegalArgumentException("history " + history + " must be one minute to two days");
        }
    }

    /** Allowance 10 s, and what a fast clock adds to a reading's way; history 2 h. */
    public static RatesSettings of(ZoneId zone, CityClock clock) {
        var slack = clock.deliverySlack();
        return new RatesSettings(zone, Duration.ofSeconds(10).plus(slack), slack, Duration.ofHours(2));
    }
}
