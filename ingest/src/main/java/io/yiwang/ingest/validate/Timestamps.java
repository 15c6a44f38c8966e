package io.yiwang.ingest.validate;

import io.yiwang.model.RejectReason;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a device's time can be a reading's. Most wrong ones are not late or early but something else: a clock that was never
 * set, or another unit. These are told apart, because what to do about them differs.
 */
final class Timestamps {
    /** A clock that starts at 1970 and was never set has rarely run for longer. */
    private static final long NEVER_SET_MILLIS = Duration.ofDays(365).toMillis();
    /** So near to now a number is taken for a time in another unit. */
    private static final long NEAR_MILLIS = Duration.ofDays(365).toMillis();

    private static final long MILLIS_A_SECOND = 1000;
    private static final long MICROS_A_MILLI = 1000;
    private static final long NANOS_A_MILLI = 1_000_000;

    private final long futureMillis;
    private final long ancientMillis;

    Timestamps(Duration future, Duration ancient) {
        futureMillis = future.toMillis();
        ancientMillis = ancient.toMillis();
    }

    /** @param nowMillis the city's clock; null when the time can be one of a reading */
    @Nullable
    RejectReason reasonAgainst(long eventTimeMillis, long nowMillis) {
        long ahead = ahead(eventTimeMillis, nowMillis);
        if (ahead <= futureMillis && ahead >= -ancientMillis) {
            return null;
        }
        if (unit(eventTimeMillis, nowMillis) != null) {
            return RejectReason.TIMESTAMP_UNIT;
        }
        if (eventTimeMillis < NEVER_SET_MILLIS) {
            return RejectReason.TIMESTAMP_UNSET;
        }
        return ahead > 0 ? RejectReason.TIMESTAMP_FUTURE : RejectReason.TIMESTAMP_ANCIENT;
    }

    String detail(RejectReason reason, long eventTimeMillis, long nowMillis) {
        return switch (reason) {
            case TIMESTAMP_UNIT ->
                "ts " + eventTimeMillis + " looks like " + unit(eventTimeMillis, nowMillis)
                        + "; it must be milliseconds since 1970";
            case TIMESTAMP_UNSET -> "ts " + eventTimeMillis + ": the device's clock is not set";
            default ->
                "ts " + eventTimeMillis + " is " + Duration.ofMillis(ahead(eventTimeMillis, nowMillis)) + " from "
                        + Instant.ofEpochMilli(nowMillis);
        };
    }

    /** The unit in which the number would be a time of these days; null when there is none. */
    private static @Nullable String unit(long number, long nowMillis) {
        if (number <= 0) {
            return null;
        }
        if (number < Long.MAX_VALUE / MILLIS_A_SECOND && isNear(number * MILLIS_A_SECOND, nowMillis)) {
            return "seconds";
        }
        if (isNear(number / MICROS_A_MILLI, nowMillis)) {
            return "microseconds";
        }
        return isNear(number / NANOS_A_MILLI, nowMillis) ? "nanoseconds" : null;
    }

    private static boolean isNear(long millis, long nowMillis) {
        return Math.abs(millis - nowMillis) <= NEAR_MILLIS;
    }

    /** Never overflows: the numbers come from anywhere. */
    private static long ahead(long eventTimeMillis, long nowMillis) {
        long ahead = eventTimeMillis - nowMillis;
        boolean overflown = ((eventTimeMillis ^ nowMillis) & (eventTimeMillis ^ ahead)) < 0;
        return overflown ? (eventTimeMillis < 0 ? Long.MIN_VALUE : Long.MAX_VALUE) : ahead;
    }
}
