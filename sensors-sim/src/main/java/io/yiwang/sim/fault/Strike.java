package io.yiwang.sim.fault;

import io.yiwang.model.domain.Fault.Effect;
import io.yiwang.model.domain.Metric;
import io.yiwang.sim.signal.Hash;
import io.yiwang.sim.signal.Signals;
import java.util.function.LongToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * One effect of a run on one value: arithmetic.
 *
 * @param metric null for a hidden quantity
 * @param deviation standard deviation of the value's usual noise; 0 = it has none
 */
record Strike(FaultRun run, Effect effect, @Nullable Metric metric, double deviation) {
    private static final long FLICKER_MILLIS = 1_000;
    private static final double FLICKER_CUT = 3;
    /** An instrument without noise of its own gets noisy by this share of its normal span. */
    private static final double SHARE_OF_SPAN = 0.01;

    private static final double SHARE_OF_DIGIT = 0.3;

    boolean acts(long millis) {
        return run.acts(millis);
    }

    /**
     * @param value what it is so far
     * @param share of the effect that reaches the value, 0 to 1
     * @param course of the value if this run did not act
     */
    double applied(double value, double share, long millis, LongToDoubleFunction course) {
        if (!acts(millis)) {
            return value;
        }
        var shape = run.shape(millis) * share;
        var size = run.size(effect);
        return switch (effect.op()) {
            case ADD -> value + size * shape;
            case ADD_SPAN ->
                value + size * shape * (metric == null ? 1 : metric.normal().span());
            case ADD_SIGMA -> value + size * shape * swing();
            case MUL -> value * (1 + (size - 1) * shape);
            case SET ->
                metric != null && metric.kind() == Metric.Kind.ENUM ? Math.rint(size) : value + (size - value) * shape;
            case SATURATE -> metric == null ? value : value + (end(size, metric) - value) * shape;
            case FREEZE -> course.applyAsDouble(run.fromMillis());
            case RESET -> Math.max(0, value - course.applyAsDouble(run.fromMillis()));
            // Together with the usual noise, which the value holds already, that many times the usual.
            case NOISE -> value + flicker(millis) * swing() * Math.sqrt(Math.max(0, size * size - 1)) * shape;
            case DROP, CLOCK, BACKFILL, DUPLICATE, SHUFFLE -> value;
        };
    }

    /** Within the physical range. */
    double clamped(double value) {
        return metric == null
                ? value
                : Math.max(metric.range().low(), Math.min(metric.range().high(), value));
    }

    /** As the instrument of the metric shows it. */
    double shown(double value) {
        return metric == null ? value : Signals.round(metric, value);
    }

    private static double end(double size, Metric metric) {
        return size < 0.5 ? metric.range().low() : metric.range().high();
    }

    private double flicker(long millis) {
        var x = Hash.gaussian(run.seed(), Math.floorDiv(millis, FLICKER_MILLIS));
        return Math.max(-FLICKER_CUT, Math.min(FLICKER_CUT, x));
    }

    /** A noise that the instrument cannot resolve is at least a part of its last digit. */
    private double swing() {
        if (metric == null) {
            return deviation > 0 ? deviation : 1;
        }
        return Math.max(
                deviation > 0 ? deviation : SHARE_OF_SPAN * metric.normal().span(),
                SHARE_OF_DIGIT * Math.pow(10, -metric.decimals()));
    }
}
