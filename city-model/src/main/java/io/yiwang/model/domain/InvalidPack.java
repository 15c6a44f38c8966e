package io.yiwang.model.domain;

import io.yiwang.model.domain.YamlFile.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** A pack contradicts itself; it knows where. */
final class InvalidPack extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    InvalidPack(List<Problem> problems) {
        super(problems.stream().map(p -> p.pointer() + ": " + p.reason()).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    List<Problem> problems() {
        return problems;
    }
}
