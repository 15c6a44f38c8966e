package io.yiwang.model.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A limit as a pack states it, before a facility's parameters are put in.
 *
 * @param value number or expression over facility parameters and what {@link LimitFormula} knows, in the metric's unit; null for
 *     {@link Side#STATE}
 * @param values states that are bad, for {@link Side#STATE} only
 * @param grade 1 (worst) to 4
 * @param onDelay seconds that the condition must last before it is an alarm
 * @param offDelay seconds that it must be gone before the alarm clears
 * @param deadband how far inside the limit a value must return before it counts as gone, in the metric's unit; null = 1 % of
 *     the metric's normal span or of the limit itself, whichever is more
 * @param statistic what is compared: {@code raw} (each reading) or a named statistic such as {@code daily_mean}
 * @param source the standard or reason behind it
 * @param confidence V verified in the source's text, P plausible from a secondary source, K to be confirmed by the site
 */
public record Limit(
        Side side,
        @Nullable String value,
        List<Double> values,
        int grade,
        int onDelay,
        int offDelay,
        @Nullable Double deadband,
        String statistic,
        String source,
        String confidence) {

    /** The statistic that is judged reading by reading. */
    public static final String RAW = "raw";

    public Limit {
        values = values == null ? List.of() : List.copyOf(values);
        statistic = statistic == null ? RAW : statistic;
        source = source == null ? "site" : source;
        confidence = confidence == null ? "K" : Confidence.checked(confidence);
        if (side == null) {
            throw new IllegalArgumentException("limit has no side; use ll, l, h, hh or state");
        }
        if ((side == Side.STATE) == values.isEmpty() || (side == Side.STATE) == (value != null)) {
            throw new IllegalArgumentException("limit " + side.code() + " needs "
                    + (side == Side.STATE ? "'values' and no 'value'" : "'value' and no 'values'"));
        }
        if (grade < 1 || grade > 4) {
            throw new IllegalArgumentException("limit " + side.code() + " has grade " + grade + "; grades are 1 to 4");
        }
        if (onDelay < 0 || offDelay < 0) {
            throw new IllegalArgumentException("limit " + side.code() + " has a negative delay");
        }
        if (deadband != null && !(deadband >= 0)) {
            throw new IllegalArgumentException("limit " + side.code() + " has deadband " + deadband);
        }
    }
}
