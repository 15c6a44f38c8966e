package io.yiwang.ingest.mqtt;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Brings answers from whatever thread gives them to the event loop that owns their connections: one wake-up for as many answers as have
 * gathered until it runs, then one flush for each connection.
 */
final class Answers {
    /** Something that has been answered. Belongs to one {@code Answers} and is given once. */
    abstract static class Answered {
        private static final AtomicIntegerFieldUpdater<Answered> CLAIMED =
                AtomicIntegerFieldUpdater.newUpdater(Answered.class, "claimed");

        private @Nullable Answered next;
        private volatile int claimed;

        /** True for the first who asks: only that one may give an answer. Any thread. */
        final boolean claim() {
            return CLAIMED.compareAndSet(this, 0, 1);
        }

        /** Takes note of the answer, on the event loop. Returns whose connection has something to write now. */
        abstract Answering arrived();
    }

    /** A connection that writes answers. On the event loop. */
    interface Answering {
        /** Whether it is the first time since the last {@link #writeAnswers}. */
        boolean markToWrite();

        void writeAnswers();
    }

    private final Executor eventLoop;
    /** Newest first; who finds it empty wakes the event loop. */
    private final AtomicReference<@Nullable Answered> gathered = new AtomicReference<>();

    private final List<Answering> writers = new ArrayList<>();

    Answers(Executor eventLoop) {
        this.eventLoop = eventLoop;
    }

    /** Any thread. */
    void give(Answered answered) {
        var newest = gathered.get();
        while (true) {
            answered.next = newest;
            if (gathered.compareAndSet(newest, answered)) {
                break;
            }
            newest = gathered.get();
        }
        if (newest == null) {
            eventLoop.execute(this::deliver);
        }
    }

    private void deliver() {
        var answered = gathered.getAndSet(null);
        while (answered != null) {
            var next = answered.next;
            answered.next = null;
            var writer = answered.arrived();
            if (writer.markToWrite()) {
                writers.add(writer);
            }
            answered = next;
        }
        for (var writer : writers) {
            writer.writeAnswers();
        }
        writers.clear();
    }
}
