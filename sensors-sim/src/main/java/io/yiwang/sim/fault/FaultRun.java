package io.yiwang.sim.fault;

import io.yiwang.model.domain.Fault;
import io.yiwang.model.domain.Fault.Effect;
import io.yiwang.model.domain.Fault.Onset;
import io.yiwang.model.domain.Metric;
import io.yiwang.sim.signal.Signals;
import java.util.function.DoubleSupplier;

/**
 * One fault at one facility: what it does to a reading, as a function of time.
 *
 * @param id of this run of the fault
 * @param facility where
 * @param severity 0 (mildest) to 1
 * @param fromMillis when it begins, epoch ms
 * @param toMillis when it is over
 * @param riseMillis until the effect is full; the period of a periodic fault
 */
public record FaultRun(
        String id, Fault fault, String facility, double severity, long fromMillis, long toMillis, long riseMillis) {

    /** In a demo nobody waits for weeks: no effect takes longer than this to become full. */
    static final long LONGEST_RISE_MILLIS = 30_000;

    private static final double SHARE_AT_OTHER_DEVICES = 0.4;
    private static final double MILLIS_PER_SECOND = 1000;

    /** A run of the fault from {@code fromMillis}; the more severe, the faster it grows within the fault's own rise. */
    public static FaultRun of(
            String id, Fault fault, String facility, double severity, long fromMillis, long toMillis) {
        if (!(severity >= 0 && severity <= 1)) {
            throw new IllegalArgumentException("severity is 0 to 1, not " + severity);
        }
        if (toMillis <= fromMillis) {
            throw new IllegalArgumentException("a fault ends after it begins");
        }
        var rise = fault.riseSeconds();
        var natural = (rise.low() + (1 - severity) * rise.span()) * MILLIS_PER_SECOND;
        return new FaultRun(
                id, fault, facility, severity, fromMillis, toMillis, Math.min(LONGEST_RISE_MILLIS, (long) natural));
    }

    /** Whether the fault is there at that time; its end is not part of it. */
    public boolean acts(long millis) {
        return millis >= fromMillis && millis < toMillis;
    }

    /** The effect's size at this severity, in the metric's unit or as a factor. */
    public double size(Effect effect) {
        return effect.from() + severity * (effect.to() - effect.from());
    }

    /**
     * The reading under this fault.
     *
     * @param first whether the device is the facility's first that measures the metric; things that can be counted break at that
     *     one only, what spreads through the air reaches the others weaker
     * @param atOnset gives the reading at the fault's beginning, for values that stand still
     */
    double applied(
            Effect effect, Metric metric, boolean first, Signals.Reading reading, DoubleSupplier atOnset, long millis) {
        var value = reading.value();
        var shape = shape(millis);
        var size = size(effect);
        return switch (effect.op()) {
            case ADD -> value + size * shape * (first ? 1 : SHARE_AT_OTHER_DEVICES);
            case MUL -> first ? value * (1 + (size - 1) * shape) : value;
            case SET -> first ? set(metric, value, size, shape) : value;
            case FREEZE -> first ? atOnset.getAsDouble() : value;
            // The reading already holds one share of the noise. A steady instrument starts to flicker too.
            case NOISE -> value + swing(metric, reading) * size * shape * Math.sin(millis / MILLIS_PER_SECOND * 1.7);
        };
    }

    private static double set(Metric metric, double value, double size, double shape) {
        return metric.kind() == Metric.Kind.ENUM ? Math.rint(size) : value + (size - value) * shape;
    }

    private static double swing(Metric metric, Signals.Reading reading) {
        return reading.deviation() > 0
                ? reading.deviation()
                : 0.01 * metric.normal().span();
    }

    /** 0 = nothing yet, 1 = full. */
    double shape(long millis) {
        if (!acts(millis)) {
            return 0;
        }
        var since = millis - fromMillis;
        var grown = riseMillis == 0 ? 1 : Math.min(1, (double) since / riseMillis);
        if (fault.onset() == Onset.PERIODIC) {
            var period = Math.max(riseMillis, 10 * MILLIS_PER_SECOND);
            return (1 - Math.cos(2 * Math.PI * since / period)) / 2;
        }
        if (fault.onset() == Onset.PULSE) {
            var left = riseMillis == 0 ? 1 : Math.min(1, (double) (toMillis - millis) / riseMillis);
            return Math.min(grown, left);
        }
        return fault.onset() == Onset.FREEZE ? 1 : grown;
    }
}
