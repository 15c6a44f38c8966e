package io.yiwang.streams.detect.course;

import java.util.Arrays;
import java.util.Comparator;

/**
 * The good readings of one message of a device.
 *
 * @param values by the device's point index, in the metrics' units; NaN = none
 */
public record Row(long eventMillis, long logMillis, double[] values) {
    /** Of one time by content, so that the order in which they came decides nothing. */
    static final Comparator<Row> ORDER =
            Comparator.comparingLong(Row::eventMillis).thenComparing(Row::values, Arrays::compare);

    /** Whether the two say nothing of the same point. */
    boolean isApartFrom(Row other) {
        for (int i = 0; i < values.length; i++) {
            if (!Double.isNaN(values[i]) && !Double.isNaN(other.values[i])) {
                return false;
            }
        }
        return true;
    }
}
