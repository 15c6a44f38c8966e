package io.yiwang.ingest.mqtt;

import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * A moment's pause of an event loop to whose connections publishes come in quick succession, so that its next pass finds many ready at once.
 * Being woken for each costs more than the work on it. A publish that comes by itself is taken at once, and the pause is far shorter than
 * what Kafka's producer gathers afterwards.
 *
 * <p>One for each event loop, used on it only.
 */
final class Lull {
    static final long PAUSE_NANOS = 1_000_000;

    private final Executor afterPass;
    private final LongSupplier nanoTime;
    private final LongConsumer park;
    private long passNanos;
    private long lastPassNanos;
    private boolean inPass;

    /** @param afterPass runs a task once, when the event loop has done what it found ready in this pass */
    Lull(Executor afterPass) {
        this(afterPass, System::nanoTime, LockSupport::parkNanos);
    }

    Lull(Executor afterPass, LongSupplier nanoTime, LongConsumer park) {
        this.afterPass = afterPass;
        this.nanoTime = nanoTime;
        this.park = park;
        lastPassNanos = nanoTime.getAsLong() - 2 * PAUSE_NANOS;
    }

    /** A publish has been read. */
    void published(long nowNanos) {
        if (inPass) {
            return;
        }
        inPass = true;
        passNanos = nowNanos;
        afterPass.execute(this::passed);
    }

    private void passed() {
        inPass = false;
        boolean quick = passNanos - lastPassNanos < 2 * PAUSE_NANOS;
        lastPassNanos = passNanos;
        if (quick) {
            long left = PAUSE_NANOS - (nanoTime.getAsLong() - passNanos);
            if (left > 0) {
                park.accept(left);
            }
        }
    }
}
