package io.yiwang.sim.fault;

import io.yiwang.model.domain.Fault;
import io.yiwang.model.domain.Fault.Effect;
import io.yiwang.model.domain.Fault.Onset;
import io.yiwang.sim.signal.Hash;
import org.jspecify.annotations.Nullable;

/**
 * One fault at one facility: how strong it is, as a function of time.
 *
 * @param id of this run of the fault
 * @param facility where
 * @param device whose instrument it strikes, or which one of several alike; null = the first that fits
 * @param metric the one that {@link Effect#ANY} stands for; null when the fault names its own
 * @param severity 0 (mildest) to 1
 * @param fromMillis when it begins, epoch ms
 * @param toMillis when it is over
 * @param riseMillis until the effect is full; the period of a periodic fault
 * @param naturalRiseMillis as long as that takes when nobody is in a hurry
 * @param seed of what is random in it
 */
public record FaultRun(
        String id,
        Fault fault,
        String facility,
        @Nullable String device,
        @Nullable String metric,
        double severity,
        long fromMillis,
        long toMillis,
        long riseMillis,
        long naturalRiseMillis,
        long seed) {

    private static final double MILLIS_PER_SECOND = 1000;
    private static final long SHORTEST_PERIOD_MILLIS = 10_000;
    /** A step comes in like a first-order lag that is cut off and stretched to be full at the end of its rise. */
    private static final double STEP_CURVE = 3;

    public FaultRun {
        if (!(severity >= 0 && severity <= 1)) {
            throw new IllegalArgumentException("severity is 0 to 1, not " + severity);
        }
        if (toMillis <= fromMillis) {
            throw new IllegalArgumentException("a fault ends after it begins");
        }
    }

    /** The more severe, the faster it grows within the fault's own rise, ms. */
    static long naturalRiseMillis(Fault fault, double severity) {
        var rise = fault.riseSeconds();
        return (long) ((rise.low() + (1 - severity) * rise.span()) * MILLIS_PER_SECOND);
    }

    static FaultRun of(
            String id,
            Fault fault,
            String facility,
            @Nullable String device,
            @Nullable String metric,
            double severity,
            long fromMillis,
            long toMillis,
            Pace pace) {
        var natural = naturalRiseMillis(fault, severity);
        var rise = pace.capped(natural);
        if (fault.onset() == Onset.PERIODIC) {
            rise = Math.max(rise, SHORTEST_PERIOD_MILLIS);
        } else if (fault.onset() == Onset.PULSE) {
            // Up and down again have to fit in.
            rise = Math.min(rise, (toMillis - fromMillis) / 2);
        } else if (fault.onset() == Onset.FREEZE) {
            rise = 0;
        }
        return new FaultRun(
                id,
                fault,
                facility,
                device,
                metric,
                severity,
                fromMillis,
                toMillis,
                rise,
                natural,
                Hash.of(fromMillis, fault.id() + "@" + facility));
    }

    FaultRun endingAt(long millis) {
        return new FaultRun(
                id,
                fault,
                facility,
                device,
                metric,
                severity,
                fromMillis,
                Math.max(fromMillis + 1, millis),
                riseMillis,
                naturalRiseMillis,
                seed);
    }

    /** Whether the fault is there at that time; its end is not part of it. */
    public boolean acts(long millis) {
        return millis >= fromMillis && millis < toMillis;
    }

    /** The effect's size at this severity, in the metric's unit or as a factor. */
    public double size(Effect effect) {
        return effect.from() + severity * (effect.to() - effect.from());
    }

    /** When the effect is as strong as it gets: full, or as far as it grows before the end. */
    long fullMillis() {
        var full = fault.onset() == Onset.PERIODIC ? riseMillis / 2 : riseMillis;
        return Math.min(fromMillis + full, toMillis - 1);
    }

    /** How strong it gets, 1 = full. */
    double peak() {
        return shape(fullMillis());
    }

    /** 0 = nothing yet, 1 = full. */
    double shape(long millis) {
        if (!acts(millis)) {
            return 0;
        }
        var since = millis - fromMillis;
        var grown = riseMillis == 0 ? 1 : Math.min(1, (double) since / riseMillis);
        return switch (fault.onset()) {
            case STEP -> (1 - Math.exp(-STEP_CURVE * grown)) / (1 - Math.exp(-STEP_CURVE));
            case RAMP -> grown;
            case PULSE -> {
                var left = riseMillis == 0 ? 1 : Math.min(1, (double) (toMillis - millis) / riseMillis);
                yield Math.min(grown, left);
            }
            case PERIODIC -> (1 - Math.cos(2 * Math.PI * since / riseMillis)) / 2;
            case FREEZE -> 1;
        };
    }
}
