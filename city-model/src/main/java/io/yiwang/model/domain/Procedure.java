package io.yiwang.model.domain;

import java.util.List;

/**
 * What the duty officer does, in order (standard operating procedure).
 *
 * @param id unique within the pack
 */
public record Procedure(String id, Name name, List<Name> steps) {
    public Procedure {
        if (id == null || name == null) {
            throw new IllegalArgumentException("procedure " + id + " needs id and name");
        }
        steps = steps == null ? List.of() : List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("procedure " + id + " has no steps");
        }
    }
}
