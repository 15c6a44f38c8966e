package io.yiwang.ingest.onboard;

/** So many at once, and then one more every so often: a bucket of permits. Not safe for use by several threads. */
final class Allowance {
    private final int most;
    private final long everyMillis;
    private double left;
    private long seenMillis;

    Allowance(int most, long everyMillis, long nowMillis) {
        this.most = most;
        this.everyMillis = everyMillis;
        this.left = most;
        this.seenMillis = nowMillis;
    }

    boolean take(long nowMillis) {
        left = Math.min(most, left + Math.max(0, nowMillis - seenMillis) / (double) everyMillis);
        seenMillis = Math.max(seenMillis, nowMillis);
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }
}
