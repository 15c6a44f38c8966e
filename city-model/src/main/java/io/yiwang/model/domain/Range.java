package io.yiwang.model.domain;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;

/** A closed interval; written {@code [low, high]} in packs. */
public record Range(double low, double high) {
    public Range {
        if (!(low <= high) || Double.isInfinite(low) || Double.isInfinite(high)) {
            throw new IllegalArgumentException("range [" + low + ", " + high + "] is not an interval");
        }
    }

    @JsonCreator
    static Range of(List<Double> ends) {
        if (ends.size() != 2) {
            throw new IllegalArgumentException("a range has two ends, not " + ends.size());
        }
        return new Range(ends.get(0), ends.get(1));
    }

    @JsonValue
    List<Double> ends() {
        return List.of(low, high);
    }

    public boolean contains(double value) {
        return value >= low && value <= high;
    }

    public double span() {
        return high - low;
    }

    @Override
    public String toString() {
        return "[" + low + ", " + high + "]";
    }
}
