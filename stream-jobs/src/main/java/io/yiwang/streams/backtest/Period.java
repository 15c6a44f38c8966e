package io.yiwang.streams.backtest;

import java.util.Arrays;

/**
 * How often a series speaks: the middle of its first steps forward, or, where these are so uneven that ordinary gaps would count as
 * silence, half of the step that only one in a hundred exceeds.
 */
final class Period {
    private static final int STEPS = 500;

    private long[] steps = new long[16];
    private int count;
    private long newestMillis = TimeForm.NONE;

    /** There is a value of this time. */
    void value(long millis) {
        if (count < STEPS && newestMillis != TimeForm.NONE && millis > newestMillis) {
            if (count == steps.length) {
                steps = Arrays.copyOf(steps, Math.min(STEPS, 2 * count));
            }
            steps[count++] = millis - newestMillis;
        }
        newestMillis = millis;
    }

    /** At least a second; a minute when there is no step forward. */
    long millis() {
        if (count == 0) {
            return 60_000;
        }
        var sorted = Arrays.copyOf(steps, count);
        Arrays.sort(sorted);
        return Math.max(1000, Math.max(sorted[count / 2], sorted[count * 99 / 100] / 2));
    }
}
