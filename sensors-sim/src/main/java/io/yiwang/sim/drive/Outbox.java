package io.yiwang.sim.drive;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a device has yet to deliver: messages that wait, and packets sent but not acknowledged, which go again when the connection is
 * lost. Messages that had to wait go together, oldest first, in packets that every door takes. Bounded: when full, the oldest
 * waiting message is lost, as in a real device. Thread-safe.
 */
final class Outbox {
    /** The door takes 64 KiB and 1000 messages. */
    static final int MOST_BYTES = 32 << 10;

    static final int MOST_MESSAGES = 100;

    private final int limit;
    private final int window;
    private final ArrayDeque<Packet> again = new ArrayDeque<>();
    private final ArrayDeque<Outgoing> waiting = new ArrayDeque<>();
    private final Map<Long, Packet> inFlight = new LinkedHashMap<>();
    private int messages;
    private long packets;
    private long dropped;

    /**
     * @param limit how many messages are kept at most
     * @param window how many packets may be in flight at once
     */
    Outbox(int limit, int window) {
        this.limit = limit;
        this.window = window;
    }

    synchronized void add(Outgoing message) {
        messages++;
        waiting.add(message);
        if (messages > limit) {
            // What was sent before may have arrived: only what never left is lost.
            messages--;
            dropped += waiting.remove().copy() ? 0 : 1;
        }
    }

    /** The next packet to send, from now on in flight; null when nothing waits or the window is full. */
    synchronized @Nullable Packet next() {
        if (inFlight.size() >= window) {
            return null;
        }
        var packet = again.poll();
        if (packet == null && !waiting.isEmpty()) {
            packet = new Packet(++packets, take());
        }
        if (packet != null) {
            inFlight.put(packet.number(), packet);
        }
        return packet;
    }

    private ArrayList<Outgoing> take() {
        var taken = new ArrayList<Outgoing>();
        var bytes = 2;
        while (!waiting.isEmpty() && taken.size() < MOST_MESSAGES) {
            bytes += waiting.element().payload().length + 1;
            if (!taken.isEmpty() && bytes > MOST_BYTES) {
                break;
            }
            taken.add(waiting.remove());
        }
        return taken;
    }

    /** @return whether the packet was in flight; a second acknowledgement is none */
    synchronized boolean acked(Packet packet) {
        if (inFlight.remove(packet.number()) == null) {
            return false;
        }
        messages -= packet.messages().size();
        return true;
    }

    /** Everything in flight goes again, unchanged, before all else and in its order. */
    synchronized void connectionLost() {
        var lost = new ArrayDeque<>(inFlight.values());
        inFlight.clear();
        while (!lost.isEmpty()) {
            again.addFirst(lost.removeLast());
        }
    }

    /** Messages that are not acknowledged yet. */
    synchronized int size() {
        return messages;
    }

    /** Messages lost because the box was full. */
    synchronized long dropped() {
        return dropped;
    }
}
