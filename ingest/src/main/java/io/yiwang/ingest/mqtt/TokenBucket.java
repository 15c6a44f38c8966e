package io.yiwang.ingest.mqtt;

/**
 * An allowance that fills at a steady rate up to its burst. Who takes more than there is goes into debt and waits until it is paid: nothing
 * is ever turned down, it only comes later. Not thread-safe.
 */
final class TokenBucket {
    private static final double NANOS = 1e9;

    private final double perSecond;
    private final double burst;
    private double tokens;
    private long filledNanos;

    /**
     * @param burst so much may come at once after a pause
     * @param nowNanos {@link System#nanoTime}, here and in every call
     */
    TokenBucket(double perSecond, double burst, long nowNanos) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.tokens = burst;
        this.filledNanos = nowNanos;
    }

    /** Takes {@code amount}; returns how long the taker has to pause, ns, 0 when not at all. */
    long take(double amount, long nowNanos) {
        fill(nowNanos);
        tokens -= amount;
        return tokens >= 0 ? 0 : (long) Math.ceil(-tokens / perSecond * NANOS);
    }

    /** Takes one token if there is one. */
    boolean tryTake(long nowNanos) {
        fill(nowNanos);
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }

    /** Whether it has nothing to remember: a new one would be the same. */
    boolean isFull(long nowNanos) {
        fill(nowNanos);
        return tokens >= burst;
    }

    private void fill(long nowNanos) {
        tokens = Math.min(burst, tokens + (nowNanos - filledNanos) / NANOS * perSecond);
        filledNanos = nowNanos;
    }
}
