package io.yiwang.model.domain;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A way in which facilities of a domain go wrong, as the simulator acts it out.
 *
 * @param facilityTypes ids of the types that it happens to; empty only in the common pack: everywhere
 * @param riseSeconds how long the effect takes to become full, from mildest to slowest; {@code [0, 0]} = at once
 * @param effects what it does to measured values, in order
 * @param grade 1 (worst) to 4: how bad it is when nobody acts
 * @param layer what breaks: the process, which all instruments and neighbours notice, or what measures or reports it
 * @param procedure id of the pack's procedure; null = none
 */
public record Fault(
        String id,
        Name name,
        List<String> facilityTypes,
        Onset onset,
        Range riseSeconds,
        List<Effect> effects,
        int grade,
        Layer layer,
        @Nullable String procedure) {

    public Fault {
        if (id == null || name == null || onset == null) {
            throw new IllegalArgumentException("fault " + id + " needs id, name and onset");
        }
        facilityTypes = facilityTypes == null ? List.of() : List.copyOf(facilityTypes);
        effects = effects == null ? List.of() : List.copyOf(effects);
        riseSeconds = riseSeconds == null ? new Range(0, 0) : riseSeconds;
        layer = layer == null ? Layer.PROCESS : layer;
        if (effects.isEmpty()) {
            throw new IllegalArgumentException("fault " + id + " needs effects");
        }
        if (riseSeconds.low() < 0) {
            throw new IllegalArgumentException("fault " + id + " has a negative rise");
        }
        if (grade < 1 || grade > 4) {
            throw new IllegalArgumentException("fault " + id + " has grade " + grade + "; grades are 1 to 4");
        }
    }

    /** What breaks. */
    public enum Layer {
        @JsonProperty("process")
        PROCESS,
        /** A sensor, its device or the way of its data. */
        @JsonProperty("instrument")
        INSTRUMENT
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
     * {@code add} and {@code set}, a factor for {@code mul} and {@code noise} (times the usual noise), see {@link Op} for the others.
     *
     * @param metric a metric or a hidden quantity; {@link #ANY} in the common pack: the one that is chosen when it happens
     * @param at where; {@code add}, {@code mul} and {@code set} only
     */
    public record Effect(String metric, Op op, double from, double to, Neighbourhood at) {
        public static final String ANY = "*";

        public Effect {
            if (metric == null || op == null) {
                throw new IllegalArgumentException("an effect needs metric and op");
            }
            at = at == null ? Neighbourhood.HERE : at;
        }
    }

    /** What is done to the value, or to the message that carries it. */
    public enum Op {
        @JsonProperty("add")
        ADD,
        /** Adds this share of the metric's normal span. */
        @JsonProperty("add_span")
        ADD_SPAN,
        /** Adds so many standard deviations of the usual noise. */
        @JsonProperty("add_sigma")
        ADD_SIGMA,
        @JsonProperty("mul")
        MUL,
        @JsonProperty("set")
        SET,
        /** The end of the physical range: lower at 0, upper at 1. */
        @JsonProperty("saturate")
        SATURATE,
        @JsonProperty("freeze")
        FREEZE,
        @JsonProperty("noise")
        NOISE,
        /** The device says nothing. */
        @JsonProperty("drop")
        DROP,
        /** The device's clock is wrong by so many seconds. */
        @JsonProperty("clock")
        CLOCK,
        /** Messages wait in the device and come together when the fault ends. */
        @JsonProperty("backfill")
        BACKFILL,
        /** Every message is sent so many times more. */
        @JsonProperty("duplicate")
        DUPLICATE,
        /** Messages come out of order, by up to so many. */
        @JsonProperty("shuffle")
        SHUFFLE,
        /** A counter starts again from 0. */
        @JsonProperty("reset")
        RESET
    }
}
