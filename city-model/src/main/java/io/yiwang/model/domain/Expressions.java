package io.yiwang.model.domain;

import com.ezylang.evalex.BaseException;
import com.ezylang.evalex.Expression;
import java.util.Map;

/** Puts a facility's parameters into the limits of a pack. */
final class Expressions {
    private static final double DEFAULT_DEADBAND = 0.01;

    private Expressions() {}

    static Rule resolve(Metric metric, Limit limit, Map<String, Double> parameters) {
        var id = metric.code() + "." + limit.side().code();
        double value = limit.value() == null ? Double.NaN : evaluate(id, limit.value(), parameters);
        return new Rule(
                id,
                metric.code(),
                limit.side(),
                value,
                limit.values(),
                limit.deadband() != null ? limit.deadband() : defaultDeadband(metric, limit.side(), value),
                limit.grade(),
                limit.onDelay(),
                limit.offDelay(),
                limit.statistic(),
                limit.source(),
                limit.confidence(),
                limit.statistic().equals(Limit.RAW));
    }

    /** Of the normal span, which tells the metric's scale, or of a limit far beyond it, where instruments are noisier. */
    private static double defaultDeadband(Metric metric, Side side, double limit) {
        return side == Side.STATE
                ? 0
                : DEFAULT_DEADBAND * Math.max(metric.normal().span(), Math.abs(limit));
    }

    private static double evaluate(String rule, String expression, Map<String, Double> parameters) {
        try {
            return new Expression(expression)
                    .withValues(parameters)
                    .evaluate()
                    .getNumberValue()
                    .doubleValue();
        } catch (BaseException e) {
            throw new IllegalArgumentException(
                    "limit " + rule + " = '" + expression + "' cannot be evaluated with parameters "
                            + parameters.keySet() + ": " + e.getMessage(),
                    e);
        }
    }
}
