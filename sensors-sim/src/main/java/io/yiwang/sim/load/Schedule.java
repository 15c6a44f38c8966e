package io.yiwang.sim.load;

import java.time.Duration;

/**
 * When which message is due: message {@code i} at {@code i / rate} seconds after the start, from device {@code i mod devices}.
 * The answer depends on nothing that happened, which is what makes the load open-loop.
 *
 * @param rate messages per second over all devices
 * @param messages in the whole run
 */
public record Schedule(int rate, int devices, long messages) {
    private static final long NANOS = 1_000_000_000L;

    public Schedule {
        if (rate < 1 || devices < 1 || messages < 1) {
            throw new IllegalArgumentException(
                    "rate, devices and messages must be at least 1: " + rate + ", " + devices + ", " + messages);
        }
    }

    public static Schedule of(int rate, int devices, Duration duration) {
        return new Schedule(rate, devices, Math.max(1, duration.toMillis() * rate / 1000));
    }

    /** Nanoseconds after the start. */
    long dueNanos(long message) {
        return message / rate * NANOS + message % rate * NANOS / rate;
    }

    int device(long message) {
        return (int) (message % devices);
    }

    /** The device's own counter. */
    long seq(long message) {
        return message / devices;
    }

    /** Time between two messages of one device. */
    long devicePeriodNanos() {
        return (long) ((double) devices / rate * NANOS);
    }

    long lengthNanos() {
        return dueNanos(messages);
    }
}
