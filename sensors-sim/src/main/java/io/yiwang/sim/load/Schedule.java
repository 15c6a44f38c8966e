package io.yiwang.sim.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * When which message is due: message {@code i} is from device {@code i mod devices}, and due when the rate, summed up since the
 * start, reaches {@code i}. The answer depends on nothing that happened, which is what makes the load open-loop.
 */
public final class Schedule {
    private static final double NANOS = 1e9;
    private static final double LONGEST_SECONDS = 1e9;

    private final int devices;
    private final List<Stretch> stretches;
    /** Seconds from the start, and messages before, at the beginning of each stretch; the last is the end. */
    private final double[] begins;

    private final double[] before;

    /**
     * A time in which the rate changes evenly.
     *
     * @param fromRate messages per second over all devices at its beginning
     * @param toRate at its end
     */
    public record Stretch(double seconds, double fromRate, double toRate) {
        public Stretch {
            if (!(seconds > 0 && seconds <= LONGEST_SECONDS && fromRate >= 0 && toRate >= 0 && fromRate + toRate > 0)) {
                throw new IllegalArgumentException(
                        "a rate of " + fromRate + " to " + toRate + " for " + seconds + " s is no load");
            }
        }

        double messages() {
            return (fromRate + toRate) / 2 * seconds;
        }

        /** Seconds after its beginning at which so many messages were due. */
        double secondsTo(double messages) {
            var slope = (toRate - fromRate) / seconds;
            return slope == 0
                    ? messages / fromRate
                    // The root of slope/2·t² + fromRate·t = messages, in the form that does not cancel.
                    : 2 * messages / (fromRate + Math.sqrt(Math.max(0, fromRate * fromRate + 2 * slope * messages)));
        }
    }

    private Schedule(int devices, List<Stretch> stretches) {
        if (devices < 1 || stretches.isEmpty()) {
            throw new IllegalArgumentException("a load has at least one device and lasts some time, not " + devices);
        }
        this.devices = devices;
        this.stretches = List.copyOf(stretches);
        begins = new double[stretches.size() + 1];
        before = new double[stretches.size() + 1];
        for (int i = 0; i < stretches.size(); i++) {
            begins[i + 1] = begins[i] + stretches.get(i).seconds;
            before[i + 1] = before[i] + stretches.get(i).messages();
        }
    }

    /** The same rate all the time. */
    public static Schedule of(double rate, int devices, Duration duration) {
        return new Schedule(devices, List.of(new Stretch(seconds(duration), rate, rate)));
    }

    /** From one rate to another, evenly. */
    public static Schedule ramp(double fromRate, double toRate, int devices, Duration duration) {
        return new Schedule(devices, List.of(new Stretch(seconds(duration), fromRate, toRate)));
    }

    /** A rate with bursts: {@code factor} times as much for {@code length}, in the middle of every {@code every}. */
    public static Schedule bursts(
            double rate, double factor, Duration every, Duration length, int devices, Duration duration) {
        if (length.compareTo(every) >= 0) {
            throw new IllegalArgumentException(
                    "a burst of " + length.toSeconds() + " s does not fit into every " + every.toSeconds() + " s");
        }
        var quiet = (seconds(every) - seconds(length)) / 2;
        var stretches = new ArrayList<Stretch>();
        var left = seconds(duration);
        for (int part = 0; left > 1e-9; part = (part + 1) % 3) {
            var seconds = Math.min(left, part == 1 ? seconds(length) : quiet);
            var now = part == 1 ? rate * factor : rate;
            stretches.add(new Stretch(seconds, now, now));
            left -= seconds;
        }
        return new Schedule(devices, stretches);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / NANOS;
    }

    /** In the whole run, at least 1. */
    public long messages() {
        // A message that is due at the very end belongs to it only through rounding.
        return Math.max(1, (long) Math.floor(before[stretches.size()] + 1e-6));
    }

    /** Nanoseconds after the start. */
    long dueNanos(long message) {
        var place = Arrays.binarySearch(before, 0, stretches.size(), message);
        var stretch = place >= 0 ? place : -place - 2;
        var seconds = begins[stretch] + stretches.get(stretch).secondsTo(message - before[stretch]);
        return (long) (seconds * NANOS);
    }

    public int devices() {
        return devices;
    }

    int device(long message) {
        return (int) (message % devices);
    }

    /** The device's own counter. */
    long seq(long message) {
        return message / devices;
    }

    /** Whether the rate never changes. */
    boolean isSteady() {
        return stretches.size() == 1 && stretches.get(0).fromRate == stretches.get(0).toRate;
    }

    /** Messages per second over the whole run. */
    public double meanRate() {
        return before[stretches.size()] / begins[stretches.size()];
    }

    /** Time between two messages of one device, on average. */
    long devicePeriodNanos() {
        return (long) (begins[stretches.size()] * devices / before[stretches.size()] * NANOS);
    }

    long lengthNanos() {
        return (long) (begins[stretches.size()] * NANOS);
    }
}
