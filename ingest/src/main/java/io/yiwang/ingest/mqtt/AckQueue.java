package io.yiwang.ingest.mqtt;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntConsumer;

/**
 * Acknowledges messages of one connection in the order in which they came (MQTT 5, 4.6), whatever the order in which they were stored.
 *
 * <p>One queue a connection: packet ids are used again by the next connection, so an acknowledgement that comes after its
 * connection's end would take away somebody else's message. After {@link #close} nothing is acknowledged.
 */
final class AckQueue {
    private final IntConsumer acknowledge;
    private final Deque<Slot> slots = new ArrayDeque<>();
    private boolean closed;

    /** @param acknowledge sends the acknowledgement of a packet id; called in order, never concurrently */
    AckQueue(IntConsumer acknowledge) {
        this.acknowledge = acknowledge;
    }

    /** A message that waits for its acknowledgement. */
    final class Slot {
        private final int packetId;
        private final int waiting;
        private boolean done;

        private Slot(int packetId, int waiting) {
            this.packetId = packetId;
            this.waiting = waiting;
        }

        /** How many waited when this one came, itself included. */
        int waiting() {
            return waiting;
        }

        /** The message is stored. Any thread. */
        void done() {
            synchronized (AckQueue.this) {
                done = true;
                release();
            }
        }
    }

    /** Takes the next message. */
    synchronized Slot add(int packetId) {
        var slot = new Slot(packetId, slots.size() + 1);
        slots.add(slot);
        return slot;
    }

    private void release() {
        for (var head = slots.peek(); head != null && head.done && !closed; head = slots.peek()) {
            slots.remove();
            acknowledge.accept(head.packetId);
        }
    }

    synchronized int waiting() {
        return slots.size();
    }

    /** The connection is over. */
    synchronized void close() {
        closed = true;
        slots.clear();
    }
}
