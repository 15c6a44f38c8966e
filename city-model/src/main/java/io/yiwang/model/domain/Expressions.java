package io.yiwang.model.domain;

import java.util.Map;
import java.util.Set;

/** Puts a facility's parameters into the limits of a pack. */
public final class Expressions {
    private static final double DEFAULT_DEADBAND = 0.01;

    private Expressions() {}

    /**
     * The limit as the pack states it.
     *
     * @param metrics codes of what the facility measures, which a moving limit may use
     * @throws IllegalArgumentException when it needs what is neither among the parameters nor measured
     */
    static Rule resolve(Metric metric, Limit limit, Map<String, Double> parameters, Set<String> metrics) {
        return resolve(id(metric, limit), 0, metric, limit, parameters, metrics);
    }

    /** Id of a pack's limit. */
    public static String id(Metric metric, Limit limit) {
        return metric.code() + "." + limit.side().code();
    }

    /**
     * The limit as people want it, or as the pack states it.
     *
     * @param version of what people made of it; 0 = as the pack states it
     * @param metrics codes of what the facility measures, which a moving limit may use
     * @throws IllegalArgumentException when it needs what is neither among the parameters nor measured
     */
    public static Rule resolve(
            String id, int version, Metric metric, Limit limit, Map<String, Double> parameters, Set<String> metrics) {
        var formula = limit.value() == null ? null : formula(id, limit.value(), parameters, metrics);
        double value = formula == null || !formula.isConstant() ? Double.NaN : formula.constant();
        var moving = formula == null || formula.isConstant() ? null : formula;
        return new Rule(
                id,
                metric.code(),
                limit.side(),
                value,
                moving,
                limit.values(),
                limit.deadband() != null ? limit.deadband() : defaultDeadband(metric, limit.side(), value),
                limit.grade(),
                limit.onDelay(),
                limit.offDelay(),
                limit.statistic(),
                limit.source(),
                limit.confidence(),
                // What a whole district knows is not known where a single facility is judged.
                (limit.statistic().equals(Limit.RAW)
                                || Averaging.of(limit.statistic()).isPresent())
                        && (moving == null || moving.districtMetrics().isEmpty()),
                version);
    }

    /** Of the normal span, which tells the metric's scale, or of a limit far beyond it, where instruments are noisier. */
    private static double defaultDeadband(Metric metric, Side side, double limit) {
        return side == Side.STATE
                ? 0
                : DEFAULT_DEADBAND * Math.max(metric.normal().span(), Double.isNaN(limit) ? 0 : Math.abs(limit));
    }

    private static LimitFormula formula(
            String rule, String expression, Map<String, Double> parameters, Set<String> metrics) {
        try {
            return new LimitFormula(expression, parameters, metrics);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("limit " + rule + " = " + e.getMessage(), e);
        }
    }
}
