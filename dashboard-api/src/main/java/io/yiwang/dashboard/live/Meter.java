package io.yiwang.dashboard.live;

/** Counts events in the last minute, second by second. Safe for several threads. */
final class Meter {
    private static final int SECONDS = 61;

    private final long[] counts = new long[SECONDS];
    private final long[] seconds = new long[SECONDS];

    synchronized void count(long timeMillis) {
        var second = Math.floorDiv(timeMillis, 1_000L);
        var slot = (int) Math.floorMod(second, SECONDS);
        if (seconds[slot] > second) {
            return;
        }
        if (seconds[slot] < second) {
            seconds[slot] = second;
            counts[slot] = 0;
        }
        counts[slot]++;
    }

    /** Events of the {@code last} whole seconds before {@code nowMillis}. */
    synchronized long within(int last, long nowMillis) {
        var now = Math.floorDiv(nowMillis, 1_000L);
        var sum = 0L;
        for (var slot = 0; slot < SECONDS; slot++) {
            if (seconds[slot] < now && seconds[slot] >= now - last) {
                sum += counts[slot];
            }
        }
        return sum;
    }
}
