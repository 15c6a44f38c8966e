package io.yiwang.model.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operating rate: what is divided by what. Its value is {@code factor × numerator ÷ denominator}, sums over the facilities of
 * a scope and a window.
 *
 * @param formula in words that a bureau leader can check
 * @param unit UCUM; {@code %} for all ratios of like quantities
 * @param target value to reach, in {@code unit}; null = none is set
 * @param periods windows it is meant for: minute, hour, day, week, month, year
 * @param computed of a city-wide rate: a program computes it; the others are definitions and never shown as figures
 * @param source where the definition comes from
 * @param count how it is counted; null = by a program of its own, or from data that no sensor gives
 */
public record RateDefinition(
        String code,
        Name name,
        Name formula,
        Name numerator,
        Name denominator,
        String unit,
        @Nullable Double target,
        List<String> periods,
        boolean computed,
        String source,
        String confidence,
        @Nullable Count count) {

    private static final List<String> PERIODS = List.of("minute", "hour", "day", "week", "month", "year");

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
        periods = periods == null ? List.of() : List.copyOf(periods);
        if (!PERIODS.containsAll(periods)) {
            throw new IllegalArgumentException("rate " + code + ": periods are " + PERIODS + ", not " + periods);
        }
        source = source == null ? "site" : source;
        confidence = confidence == null ? "K" : Confidence.checked(confidence);
    }

    /**
     * Formulas over the readings of one facility in the window: {@code SECONDS(condition)}, {@code COUNT(condition)} of readings,
     * {@code SUM(metric)} over readings, {@code INTEGRAL(metric per hour)}, {@code GROWTH(counter)}, {@code MEAN(metric)}; a condition
     * or metric is an expression over metrics and facility parameters.
     *
     * @param facilityTypes that count; empty = all that measure what is needed
     * @param factor 100 for percent; 0 = 1
     */
    public record Count(String numerator, String denominator, double factor, List<String> facilityTypes) {
        public Count {
            if (numerator == null || denominator == null) {
                throw new IllegalArgumentException("the count of a rate needs numerator and denominator");
            }
            factor = factor == 0 ? 1 : factor;
            facilityTypes = facilityTypes == null ? List.of() : List.copyOf(facilityTypes);
        }
    }
}
