package io.yiwang.ingest;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** Something that may happen very often and is logged rarely, with its count. */
public final class RecurringEvent {
    private final long everyNanos;
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());

    public RecurringEvent(Duration every) {
        everyNanos = every.toNanos();
    }

    /** Counts, and passes the count since the last time to {@code log} when that is long enough ago. */
    public void happened(LongConsumer log) {
        count.incrementAndGet();
        long next = nextNanos.get();
        long now = System.nanoTime();
        if (now - next >= 0 && nextNanos.compareAndSet(next, now + everyNanos)) {
            log.accept(count.getAndSet(0));
        }
    }
}
