package io.yiwang.model.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A limit resolved for one facility: every expression is a number.
 *
 * @param id {@code <metric>.<side>}, e.g. {@code gas_station_leak_lel.hh}, or {@code own.} and a word when people made it; unique
 *     within a facility, except that a rule may differ from device to device
 * @param limit in the metric's unit; NaN for {@link Side#STATE} and for a limit that moves, until {@link #at} tells where it stands
 * @param formula of a limit that moves, otherwise null
 * @param evaluated false when the detect job does not judge it: its statistic is not known, or it moves with a mean over the district;
 *     then it is shown, never alarmed
 * @param version of what people made of it; 0 = as the pack states it
 */
public record Rule(
        String id,
        String metric,
        Side side,
        double limit,
        @Nullable LimitFormula formula,
        List<Double> states,
        double deadband,
        int grade,
        int onDelaySeconds,
        int offDelaySeconds,
        String statistic,
        String source,
        String confidence,
        boolean evaluated,
        int version) {

    public Rule {
        states = List.copyOf(states);
    }

    /** The same rule with the limit where it stands now, in the metric's unit. */
    public Rule at(double now) {
        return new Rule(
                id,
                metric,
                side,
                now,
                formula,
                states,
                deadband,
                grade,
                onDelaySeconds,
                offDelaySeconds,
                statistic,
                source,
                confidence,
                evaluated,
                version);
    }

    /** Whether the reading is on the bad side; never while the limit is NaN. */
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
