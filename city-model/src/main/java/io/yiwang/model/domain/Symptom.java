package io.yiwang.model.domain;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Something noticeable about one metric, not yet an alarm by itself: the words that patterns are made of.
 *
 * @param id unique within the pack
 * @param value number or expression over facility parameters, in the metric's unit; with {@code relative} a share of the level
 *     before. For {@code above}, {@code below}, {@code rises}, {@code falls} and {@code swings}
 * @param values for {@code state}
 * @param seconds how long it must last (above, below, state, still) or within which it must happen (rises, falls, swings)
 */
public record Symptom(
        String id,
        Name name,
        String metric,
        Sign sign,
        @Nullable String value,
        List<Double> values,
        int seconds,
        boolean relative) {

    public Symptom {
        if (id == null || name == null || metric == null || sign == null) {
            throw new IllegalArgumentException("symptom " + id + " needs id, name, metric and sign");
        }
        values = values == null ? List.of() : List.copyOf(values);
        boolean byState = sign == Sign.STATE;
        if (byState == values.isEmpty()) {
            throw new IllegalArgumentException(
                    "symptom " + id + (byState ? " needs 'values'" : " has no use for 'values'"));
        }
        boolean measured = !byState && sign != Sign.STILL;
        if (measured == (value == null)) {
            throw new IllegalArgumentException(
                    "symptom " + id + (measured ? " needs 'value'" : " has no use for 'value'"));
        }
        if (relative && sign != Sign.RISES && sign != Sign.FALLS) {
            throw new IllegalArgumentException("symptom " + id + ": only what rises or falls is 'relative'");
        }
        boolean spans = sign == Sign.RISES || sign == Sign.FALLS || sign == Sign.SWINGS || sign == Sign.STILL;
        if (seconds < 0 || spans && seconds == 0) {
            throw new IllegalArgumentException("symptom " + id + " has seconds " + seconds);
        }
    }

    /**
     * The value with a facility's parameters put in, in the metric's unit or as a share; NaN for what has none.
     *
     * @throws IllegalArgumentException when it needs a parameter that is not there
     */
    public double size(Map<String, Double> parameters) {
        if (value == null) {
            return Double.NaN;
        }
        try {
            return new LimitFormula(value, parameters, Set.of()).constant();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("symptom " + id + " = " + e.getMessage(), e);
        }
    }

    /** What the metric does. */
    public enum Sign {
        @JsonProperty("above")
        ABOVE,
        @JsonProperty("below")
        BELOW,
        /** Goes up by at least the value. */
        @JsonProperty("rises")
        RISES,
        /** Goes down by at least the value. */
        @JsonProperty("falls")
        FALLS,
        /** Highest minus lowest is at least the value. */
        @JsonProperty("swings")
        SWINGS,
        /** Does not change at all. */
        @JsonProperty("still")
        STILL,
        /** Is one of the values. */
        @JsonProperty("state")
        STATE;

        /** Whether it happens at a moment instead of lasting: what counts is when. */
        public boolean isChange() {
            return this == RISES || this == FALLS;
        }
    }
}
