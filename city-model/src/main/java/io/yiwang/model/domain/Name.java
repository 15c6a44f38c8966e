package io.yiwang.model.domain;

import java.util.Objects;

/** A name or sentence in both languages of the product. */
public record Name(String zh, String en) {
    public Name {
        Objects.requireNonNull(zh, "zh name is missing");
        Objects.requireNonNull(en, "en name is missing");
    }
}
