package io.yiwang.model.domain;

import com.ezylang.evalex.BaseException;
import com.ezylang.evalex.Expression;
import java.util.Map;

/** Puts a facility's parameters into the limits of a pack. */
final class Expressions {
    private static final double DEFAULT_DEADBAND_OF_NORMAL_SPAN = 0.01;

    private Expressions() {}

    static Rule resolve(Metric metric, Limit limit, Map<String, Double> parameters) {
        var id = metric.code() + "." + limit.side().code();
        var deadband = limit.deadband() != null
                ? limit.deadband()
                : limit.side() == Side.STATE
                        ? 0
                        : DEFAULT_DEADBAND_OF_NORMAL_SPAN * metric.normal().span();
        return new Rule(
                id,
                metric.code(),
                limit.side(),
                limit.value() == null ? Double.NaN : evaluate(id, limit.value(), parameters),
                limit.values(),
                deadband,
                limit.grade(),
                limit.onDelay(),
                limit.offDelay(),
                limit.statistic(),
                limit.source(),
                limit.confidence(),
                limit.statistic().equals(Limit.RAW));
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
