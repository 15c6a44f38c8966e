package io.yiwang.model.domain;

/**
 * An operating rate: what is divided by what. The rates job computes it, everybody else shows it by this definition.
 *
 * @param formula in words that a bureau leader can check
 * @param unit UCUM; {@code %} for all ratios of like quantities
 * @param target value to reach, in {@code unit}
 * @param source where the definition comes from
 */
public record RateDefinition(
        String code,
        Name name,
        Name formula,
        Name numerator,
        Name denominator,
        String unit,
        double target,
        String source) {
    public RateDefinition {
        if (code == null
                || name == null
                || formula == null
                || numerator == null
                || denominator == null
                || unit == null) {
            throw new IllegalArgumentException(
                    "rate " + code + " needs code, name, formula, numerator, denominator and unit");
        }
        source = source == null ? "site" : source;
    }
}
