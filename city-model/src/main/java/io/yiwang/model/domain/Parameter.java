package io.yiwang.model.domain;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a facility's nameplate says: a design value, a set-point or a class, used by limits and behaviour. Types hold its default.
 *
 * @param code e.g. {@code q_design}; unique within the pack
 * @param unit UCUM; {@code 1} for classes
 * @param states names of the classes of a parameter that is one; else empty
 */
public record Parameter(String code, Name name, String unit, Map<Integer, Name> states) {
    private static final Pattern CODE = Pattern.compile("[a-z][a-z0-9_]{0,63}");

    public Parameter {
        if (code == null || !CODE.matcher(code).matches()) {
            throw new IllegalArgumentException("parameter code '" + code + "' must match " + CODE);
        }
        if (name == null || unit == null) {
            throw new IllegalArgumentException("parameter " + code + " needs name and unit");
        }
        states = states == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(states));
    }
}
