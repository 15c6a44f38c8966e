package io.yiwang.model.domain;

import java.util.List;

/**
 * A limit resolved for one facility: every expression is a number.
 *
 * @param id {@code <metric>.<side>}, e.g. {@code gas_station_leak_lel.hh}; unique within a facility
 * @param limit in the metric's unit; NaN for {@link Side#STATE}
 * @param evaluated false when its statistic is not judged by the detect job; then it is shown, never alarmed
 */
public record Rule(
        String id,
        String metric,
        Side side,
        double limit,
        List<Double> states,
        double deadband,
        int grade,
        int onDelaySeconds,
        int offDelaySeconds,
        String statistic,
        String source,
        String confidence,
        boolean evaluated) {

    public Rule {
        states = List.copyOf(states);
    }

    /** Whether the reading is on the bad side. */
    public boolean violatedBy(double value) {
        return switch (side) {
            case LL, L -> value < limit;
            case H, HH, X -> value >= limit;
            case STATE -> states.contains(value);
        };
    }

    /** Whether the reading is back on the good side by more than the deadband. */
    public boolean releasedBy(double value) {
        return switch (side) {
            case LL, L -> value >= limit + deadband;
            case H, HH, X -> value < limit - deadband;
            case STATE -> !states.contains(value);
        };
    }
}
