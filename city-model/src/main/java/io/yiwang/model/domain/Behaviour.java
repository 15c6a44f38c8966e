package io.yiwang.model.domain;

import org.jspecify.annotations.Nullable;

/**
 * How a metric of a facility type, or a physical quantity that nobody measures, behaves while nothing is wrong; for the simulator.
 *
 * @param metric of the pack or of the common one; null for a hidden quantity
 * @param quantity name of a hidden quantity, unique within the type and no metric's code; null for a metric
 * @param value expression, see {@link BehaviourWords}; in the metric's unit
 * @param noise standard deviation of the measuring noise, in the metric's unit; 0 for hidden quantities
 */
public record Behaviour(@Nullable String metric, @Nullable String quantity, String value, double noise) {
    public Behaviour {
        if (value == null || (metric == null) == (quantity == null)) {
            throw new IllegalArgumentException("behaviour needs value, and either metric or quantity");
        }
        if (!(noise >= 0)) {
            throw new IllegalArgumentException(
                    "behaviour of " + (metric == null ? quantity : metric) + " has noise " + noise);
        }
    }

    /** The metric's code or the quantity's name. */
    public String name() {
        return metric != null ? metric : String.valueOf(quantity);
    }
}
