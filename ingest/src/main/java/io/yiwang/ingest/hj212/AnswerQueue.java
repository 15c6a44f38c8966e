package io.yiwang.ingest.hj212;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** Answers the frames of one connection in the order in which they came, whatever the order in which they were stored. One thread only. */
final class AnswerQueue {
    private final Consumer<byte[]> send;
    private final Deque<Slot> slots = new ArrayDeque<>();
    private boolean closed;

    AnswerQueue(Consumer<byte[]> send) {
        this.send = send;
    }

    /** Something that waits for its answer. */
    final class Slot {
        private boolean done;
        private List<byte[]> answers = List.of();

        private Slot() {}

        /** It is dealt with; {@code frames} are sent when everything before it is dealt with too. */
        void done(List<byte[]> frames) {
            if (!done) {
                done = true;
                answers = frames;
                release();
            }
        }
    }

    Slot add() {
        var slot = new Slot();
        slots.add(slot);
        return slot;
    }

    private void release() {
        for (var head = slots.peek(); head != null && head.done && !closed; head = slots.peek()) {
            slots.remove();
            head.answers.forEach(send);
        }
    }

    int waiting() {
        return slots.size();
    }

    /** Nothing is answered any more. */
    void close() {
        closed = true;
        slots.clear();
    }
}
