package io.yiwang.sim.bench;

import java.time.Instant;
import org.HdrHistogram.Histogram;

/**
 * Times of what was due within the measured span. Written by one thread; read after it has ended or between two answers.
 */
final class Window {
    private static final long HIGHEST_MICROS = 600_000_000L;

    private final Histogram micros = new Histogram(HIGHEST_MICROS, 3);
    private volatile long fromMillis = Long.MAX_VALUE;
    private volatile long toMillis = Long.MAX_VALUE;

    void open(long atMillis) {
        fromMillis = atMillis;
    }

    void close(long atMillis) {
        toMillis = atMillis;
    }

    boolean contains(long millis) {
        return millis >= fromMillis && millis < toMillis;
    }

    /** @param dueMillis when the message was due, {@code seenMicros} when its effect was seen; both since the epoch */
    synchronized void record(long dueMillis, long seenMicros) {
        if (contains(dueMillis)) {
            micros.recordValue(Math.min(HIGHEST_MICROS, Math.max(0, seenMicros - dueMillis * 1000)));
        }
    }

    synchronized Histogram micros() {
        return micros.copy();
    }

    /** Wall clock, µs since the epoch. */
    static long nowMicros() {
        var now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
    }
}
