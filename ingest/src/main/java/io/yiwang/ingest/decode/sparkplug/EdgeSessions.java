package io.yiwang.ingest.decode.sparkplug;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The sessions of all edge nodes, by the client that sends for them and their name. Bounded: when too much is remembered, the session
 * that was longest not used is forgotten, of the client that has the most. So a client that invents names loses its own.
 *
 * <p>What is forgotten is asked for again: the edge node's next message meets no birth and is answered with a request for one.
 */
final class EdgeSessions {
    /** What a metric, a device or a node costs to remember. */
    private static final int BYTES_EACH = 200;
    /** So large a part of the heap may be taken. */
    private static final int PART_OF_HEAP = 8;

    /** A session's place. Steps of one edge node come one after another; those of others do not wait. */
    static final class Slot {
        private EdgeSession session = EdgeSession.NONE;
        private int weight = session.weight();
    }

    private static final class Client {
        private final Map<String, Slot> byEdge = new LinkedHashMap<>(4, 0.75f, true);
        private int weight;
    }

    interface Steps {
        EdgeSession.Step from(EdgeSession session);
    }

    private final int maxWeight;
    private final Map<String, Client> clients = new HashMap<>();
    private int weight;

    /** As many as fit into their part of a heap of so many bytes. */
    static EdgeSessions within(long heapBytes) {
        return new EdgeSessions((int) Math.min(Integer.MAX_VALUE / 2, heapBytes / PART_OF_HEAP / BYTES_EACH));
    }

    /** @param maxWeight metrics, devices and nodes in all */
    EdgeSessions(int maxWeight) {
        this.maxWeight = maxWeight;
    }

    EdgeSession.Step step(String client, String edge, Steps steps) {
        var slot = slot(client, edge);
        EdgeSession.Step step;
        synchronized (slot) {
            step = steps.from(slot.session);
            slot.session = step.session();
        }
        settle(client, edge, slot, step.session().weight());
        return step;
    }

    private synchronized Slot slot(String client, String edge) {
        var of = clients.computeIfAbsent(client, id -> new Client());
        var known = of.byEdge.get(edge);
        if (known != null) {
            return known;
        }
        var slot = new Slot();
        of.byEdge.put(edge, slot);
        of.weight += slot.weight;
        weight += slot.weight;
        return slot;
    }

    private synchronized void settle(String client, String edge, Slot slot, int now) {
        var of = clients.get(client);
        if (of == null || of.byEdge.get(edge) != slot) {
            // Forgotten in the meantime.
            return;
        }
        of.weight += now - slot.weight;
        weight += now - slot.weight;
        slot.weight = now;
        while (weight > maxWeight && !clients.isEmpty()) {
            forgetOne();
        }
    }

    private void forgetOne() {
        var largest = clients.entrySet().stream()
                .max(Comparator.comparingInt(entry -> entry.getValue().weight))
                .orElseThrow();
        var of = largest.getValue();
        var oldest = of.byEdge.entrySet().iterator().next();
        of.weight -= oldest.getValue().weight;
        weight -= oldest.getValue().weight;
        of.byEdge.remove(oldest.getKey());
        if (of.byEdge.isEmpty()) {
            clients.remove(largest.getKey());
        }
    }

    synchronized int weight() {
        return weight;
    }

    synchronized int count() {
        return clients.values().stream().mapToInt(of -> of.byEdge.size()).sum();
    }
}
