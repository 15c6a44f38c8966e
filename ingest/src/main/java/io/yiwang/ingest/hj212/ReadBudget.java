package io.yiwang.ingest.hj212;

import java.util.concurrent.TimeUnit;

/** So many bytes a second, after a burst of ten seconds' worth. */
final class ReadBudget {
    private static final int BURST_SECONDS = 10;

    private final long bytesPerSecond;
    private double left;
    private long seenNanos;

    ReadBudget(int bytesPerSecond, long nowNanos) {
        this.bytesPerSecond = bytesPerSecond;
        this.left = (double) bytesPerSecond * BURST_SECONDS;
        this.seenNanos = nowNanos;
    }

    /** Counts what was read; returns for how many ms nothing more may be, 0 = none. */
    long pauseMillis(int bytes, long nowNanos) {
        left = Math.min(
                bytesPerSecond * (double) BURST_SECONDS,
                left + bytesPerSecond * ((nowNanos - seenNanos) / (double) TimeUnit.SECONDS.toNanos(1)));
        seenNanos = nowNanos;
        left -= bytes;
        return left >= 0 ? 0 : 1 + (long) (-left * 1000 / bytesPerSecond);
    }
}
