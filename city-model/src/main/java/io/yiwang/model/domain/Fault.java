package io.yiwang.model.domain;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * A way in which facilities of a domain go wrong, as the simulator acts it out.
 *
 * @param facilityTypes ids of the types that it happens to; never empty
 * @param riseSeconds how long the effect takes to become full, from mildest to slowest; {@code [0, 0]} = at once
 * @param effects what it does to measured values, in order
 * @param grade 1 (worst) to 4: how bad it is when nobody acts
 */
public record Fault(
        String id,
        Name name,
        List<String> facilityTypes,
        Onset onset,
        Range riseSeconds,
        List<Effect> effects,
        int grade) {

    public Fault {
        if (id == null || name == null || onset == null) {
            throw new IllegalArgumentException("fault " + id + " needs id, name and onset");
        }
        facilityTypes = facilityTypes == null ? List.of() : List.copyOf(facilityTypes);
        effects = effects == null ? List.of() : List.copyOf(effects);
        riseSeconds = riseSeconds == null ? new Range(0, 0) : riseSeconds;
        if (facilityTypes.isEmpty() || effects.isEmpty()) {
            throw new IllegalArgumentException("fault " + id + " needs facilityTypes and effects");
        }
        if (riseSeconds.low() < 0) {
            throw new IllegalArgumentException("fault " + id + " has a negative rise");
        }
        if (grade < 1 || grade > 4) {
            throw new IllegalArgumentException("fault " + id + " has grade " + grade + "; grades are 1 to 4");
        }
    }

    /** How the effect grows. */
    public enum Onset {
        /** Full within the rise, then stays. */
        @JsonProperty("step")
        STEP,
        /** Grows evenly over the rise, then stays. */
        @JsonProperty("ramp")
        RAMP,
        /** Grows, stays, and is gone again at the end. */
        @JsonProperty("pulse")
        PULSE,
        /** Comes and goes; the rise is its period. */
        @JsonProperty("periodic")
        PERIODIC,
        /** The value stands still. */
        @JsonProperty("freeze")
        FREEZE
    }

    /**
     * What a fault does to one metric. {@code from} is its size at severity 0, {@code to} at severity 1, in the metric's unit for
     * {@code add} and {@code set}, a factor for {@code mul} and {@code noise} (times the usual noise); not used by {@code freeze}.
     */
    public record Effect(String metric, Op op, double from, double to) {
        public Effect {
            if (metric == null || op == null) {
                throw new IllegalArgumentException("an effect needs metric and op");
            }
        }
    }

    /** What is done to the value. */
    public enum Op {
        @JsonProperty("add")
        ADD,
        @JsonProperty("mul")
        MUL,
        @JsonProperty("set")
        SET,
        @JsonProperty("freeze")
        FREEZE,
        @JsonProperty("noise")
        NOISE
    }
}
