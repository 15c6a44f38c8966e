package io.yiwang.model.domain;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A measured quantity of a domain.
 *
 * @param code unique over all packs, {@code [a-z][a-z0-9_]*}
 * @param unit UCUM
 * @param range physical range, both ends included: outside it a value is not a value
 * @param normal range of ordinary operation, for display and simulation
 * @param period seconds between readings; 0 = on change only
 * @param states names of the values of an enum metric
 * @param decimals digits after the point on screen
 * @param limits its limits, worst grade last or first: order does not matter
 * @param procedure id of the pack's procedure for its alarms; null = none
 * @param codes what it is called in dialects that have names of their own, by dialect, e.g. {@code hj212: w01018}
 * @param maxRate how fast it can change; null = it may jump
 * @param learned whether what is usual for an analog metric is learned, when the pack does not say so: yes. No where its course says
 *     nothing: a lift's speed at the moment, a day's sum that begins anew at midnight, the strength of a radio signal
 */
public record Metric(
        String code,
        Name name,
        String unit,
        Range range,
        Range normal,
        int period,
        Kind kind,
        Map<Integer, Name> states,
        int decimals,
        List<Limit> limits,
        @Nullable String procedure,
        Map<String, String> codes,
        @Nullable MaxRate maxRate,
        @Nullable Boolean learned) {

    private static final Pattern CODE = Pattern.compile("[a-z][a-z0-9_]{0,63}");

    public Metric {
        if (code == null || !CODE.matcher(code).matches()) {
            throw new IllegalArgumentException("metric code '" + code + "' must match " + CODE);
        }
        if (name == null || unit == null || range == null || kind == null) {
            throw new IllegalArgumentException("metric " + code + " needs name, unit, range and kind");
        }
        normal = normal == null ? range : normal;
        states = states == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(states));
        limits = limits == null ? List.of() : List.copyOf(limits);
        codes = codes == null ? Map.of() : Map.copyOf(codes);
        if (normal.low() < range.low() || normal.high() > range.high()) {
            throw new IllegalArgumentException("metric " + code + ": normal " + normal + " leaves range " + range);
        }
        learned = kind == Kind.ANALOG && (learned == null || learned);
        if (period < 0) {
            throw new IllegalArgumentException("metric " + code + " has period " + period);
        }
        if (maxRate != null && kind != Kind.ANALOG && kind != Kind.COUNTER) {
            throw new IllegalArgumentException("metric " + code + " has a maxRate, but is neither analog nor counter");
        }
    }

    /** A metric that no dialect has a name for. */
    public Metric(
            String code,
            Name name,
            String unit,
            Range range,
            Range normal,
            int period,
            Kind kind,
            Map<Integer, Name> states,
            int decimals,
            List<Limit> limits,
            @Nullable String procedure) {
        this(code, name, unit, range, normal, period, kind, states, decimals, limits, procedure, Map.of(), null, null);
    }

    /** A metric without a procedure. */
    public Metric(
            String code,
            Name name,
            String unit,
            Range range,
            Range normal,
            int period,
            Kind kind,
            Map<Integer, Name> states,
            int decimals,
            List<Limit> limits) {
        this(code, name, unit, range, normal, period, kind, states, decimals, limits, null);
    }

    public enum Kind {
        @JsonProperty("analog")
        ANALOG,
        @JsonProperty("enum")
        ENUM,
        @JsonProperty("event")
        EVENT,
        /** Only grows, except when the meter is changed. */
        @JsonProperty("counter")
        COUNTER
    }
}
