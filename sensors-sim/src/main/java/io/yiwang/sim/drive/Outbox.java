package io.yiwang.sim.drive;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a device has yet to deliver: messages that wait, and messages sent but not acknowledged, which wait again when the
 * connection is lost. Bounded: when full, the oldest waiting message is lost, as in a real device. Thread-safe.
 */
final class Outbox {
    private final int limit;
    private final int window;
    private final ArrayDeque<Outgoing> waiting = new ArrayDeque<>();
    private final Map<Long, Outgoing> inFlight = new LinkedHashMap<>();
    private long dropped;

    /**
     * @param limit how many messages are kept at most
     * @param window how many of them may be in flight at once
     */
    Outbox(int limit, int window) {
        this.limit = limit;
        this.window = window;
    }

    synchronized void add(Outgoing message) {
        if (waiting.size() + inFlight.size() >= limit && waiting.poll() != null) {
            dropped++;
        }
        waiting.add(message);
    }

    /** The next message to send, from now on in flight; null when nothing waits or the window is full. */
    synchronized @Nullable Outgoing next() {
        if (inFlight.size() >= window) {
            return null;
        }
        var message = waiting.poll();
        if (message != null) {
            inFlight.put(message.seq(), message);
        }
        return message;
    }

    /** @return whether the message was in flight; a second acknowledgement is none */
    synchronized boolean acked(long seq) {
        return inFlight.remove(seq) != null;
    }

    /** Everything in flight waits again, before all else and in its order. */
    synchronized void connectionLost() {
        var lost = new ArrayDeque<>(inFlight.values());
        inFlight.clear();
        while (!lost.isEmpty()) {
            waiting.addFirst(lost.pollLast());
        }
    }

    synchronized int size() {
        return waiting.size() + inFlight.size();
    }

    /** Messages lost because the box was full. */
    synchronized long dropped() {
        return dropped;
    }
}
