package io.yiwang.ingest.decode.sparkplug;

import io.yiwang.ingest.decode.Decoded;
import io.yiwang.ingest.decode.Measured;
import io.yiwang.ingest.decode.Measured.Content;
import io.yiwang.ingest.decode.Readings;
import io.yiwang.ingest.decode.Reply;
import io.yiwang.model.RejectReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload.Metric;
import org.jspecify.annotations.Nullable;

/**
 * What an edge node has said of itself so far. A value: {@link #on} gives the next one and what became of the payload.
 *
 * <p>Messages carry no counter. Sparkplug's {@code seq} wraps at 256 and says nothing across a restart of ours, so only content (device,
 * time, metrics) is the same when a message comes twice. Hence a repeated payload must give the same messages, also a repeated death: its
 * time is that of the first.
 *
 * @param node whether the node's own birth is known
 * @param bdSeq of that birth; -1 when it did not say
 * @param birthMillis time of that birth's payload
 * @param lastSeq sequence number of the last message; -1 when there was none
 * @param diedMillis when its death was received; -1 while it lives
 * @param askedMillis when it was last asked for a rebirth; -1 never
 * @param born by device, the node itself as {@code ""}
 * @param metricCount metrics in {@code born}
 */
record EdgeSession(
        boolean node,
        long bdSeq,
        long birthMillis,
        int lastSeq,
        long diedMillis,
        long askedMillis,
        Map<String, Born> born,
        int metricCount) {

    /** Nothing is known. */
    static final EdgeSession NONE = new EdgeSession(false, -1, 0, -1, -1, -1, Map.of(), 0);

    /** A node is asked for a rebirth at most once in this time. */
    static final long ASK_EVERY_MILLIS = 5000;
    /** So many metrics of one edge node are remembered. */
    static final int MAX_METRICS = 10_000;

    static final int MAX_NAME = 256;

    private static final int SEQUENCE = 256;
    private static final int NAMED_METRICS = 5;
    private static final String BD_SEQ = "bdSeq";
    private static final String REBIRTH = "Node Control/Rebirth";

    /**
     * A device's, or the node's own, last birth.
     *
     * @param bornMillis time of the birth's payload
     * @param diedMillis event time of its death; -1 while it lives
     */
    record Born(Map<String, BornMetric> byName, Map<Long, BornMetric> byAlias, long bornMillis, long diedMillis) {
        Born dead(long millis) {
            return new Born(byName, byAlias, bornMillis, millis);
        }
    }

    record Step(EdgeSession session, Decoded decoded) {}

    /** What it costs to remember this. */
    int weight() {
        return 1 + born.size() + metricCount;
    }

    /**
     * @param topic one that an edge node sends on
     * @param behind asked when the node dies and no birth is known
     */
    Step on(SparkplugTopic topic, Payload payload, long receivedMillis, BehindEdge behind) {
        return switch (topic.type()) {
            case NBIRTH -> nodeBirth(topic, payload, receivedMillis);
            case DBIRTH -> deviceBirth(topic, payload, receivedMillis);
            case NDATA, DDATA -> data(topic, payload, receivedMillis);
            case NDEATH -> nodeDeath(topic, payload, receivedMillis, behind);
            case DDEATH -> deviceDeath(topic, payload, receivedMillis);
            case NCMD, DCMD ->
                new Step(
                        this,
                        new Decoded.Unreadable(
                                RejectReason.UNSUPPORTED, topic.type() + " is a command and carries no telemetry"));
        };
    }

    private Step nodeBirth(SparkplugTopic topic, Payload payload, long receivedMillis) {
        var readings = new Readings();
        long birth = payload.hasTimestamp() ? payload.getTimestamp() : receivedMillis;
        if (isAlive() && bdSeq >= 0 && bdSeq == bdSeq(payload) && birth == birthMillis) {
            // The same birth once more; what was born after it is still there.
            var again = withBirth(topic, payload, receivedMillis, readings);
            return new Step(again, readings.messages(List.of()));
        }
        // Devices are unborn until they are born again: their aliases may mean something else from now on.
        var fresh = new EdgeSession(
                true,
                bdSeq(payload),
                birth,
                payload.hasSeq() && isSeq(payload.getSeq()) ? (int) payload.getSeq() : -1,
                -1,
                askedMillis,
                Map.of(),
                0);
        return new Step(fresh.withBirth(topic, payload, receivedMillis, readings), readings.messages(List.of()));
    }

    private Step deviceBirth(SparkplugTopic topic, Payload payload, long receivedMillis) {
        var readings = new Readings();
        var order = order(payload);
        // A birth explains itself, so it is taken even where its node's own is missing.
        return order.session()
                .withBirth(topic, payload, receivedMillis, readings)
                .answer(topic, order.gap() || !isAlive(), receivedMillis, readings);
    }

    private EdgeSession withBirth(SparkplugTopic topic, Payload payload, long receivedMillis, Readings readings) {
        var before = born.get(topic.device());
        int others = metricCount - (before == null ? 0 : before.byName().size());
        var byName = new HashMap<String, BornMetric>();
        var byAlias = new HashMap<Long, BornMetric>();
        for (var metric : payload.getMetricsList()) {
            if (isOwn(metric)) {
                continue;
            }
            var name = metric.getName();
            if (name.isEmpty() || name.length() > MAX_NAME) {
                readings.flaw(
                        name.isEmpty() ? RejectReason.MISSING_FIELD : RejectReason.MALFORMED,
                        name.isEmpty()
                                ? "a metric of a birth has no name"
                                : "a metric's name is longer than " + MAX_NAME,
                        1);
                continue;
            }
            var declared = new BornMetric(name, metric.getDatatype(), Datatypes.unit(metric));
            if (others + byName.size() < MAX_METRICS) {
                byName.put(name, declared);
                if (metric.hasAlias()) {
                    byAlias.put(metric.getAlias(), declared);
                }
            } else {
                readings.flaw(
                        RejectReason.TOO_MANY_VALUES,
                        topic.edge() + " has more than " + MAX_METRICS + " metrics; later ones are not remembered",
                        0);
            }
            readings.add(topic.device(), time(metric, payload, receivedMillis), Datatypes.measured(declared, metric));
        }
        var all = new HashMap<>(born);
        all.put(
                topic.device(),
                new Born(
                        Map.copyOf(byName),
                        Map.copyOf(byAlias),
                        payload.hasTimestamp() ? payload.getTimestamp() : receivedMillis,
                        -1));
        return new EdgeSession(
                node, bdSeq, birthMillis, lastSeq, diedMillis, askedMillis, Map.copyOf(all), others + byName.size());
    }

    private Step data(SparkplugTopic topic, Payload payload, long receivedMillis) {
        var readings = new Readings();
        var order = order(payload);
        var of = born.get(topic.device());
        boolean stale = of != null && isOfAnotherBirth(of, payload);
        var unknown = new ArrayList<String>(0);
        int unknownCount = 0;
        for (var metric : payload.getMetricsList()) {
            if (isOwn(metric)) {
                continue;
            }
            var declared = of == null ? null : declared(of, metric, stale);
            if (declared == null) {
                unknownCount++;
                if (unknown.size() < NAMED_METRICS) {
                    unknown.add(
                            metric.getName().isEmpty()
                                    ? "alias " + Long.toUnsignedString(metric.getAlias())
                                    : cut(metric.getName()));
                }
            } else {
                readings.add(
                        topic.device(), time(metric, payload, receivedMillis), Datatypes.measured(declared, metric));
            }
        }
        if (unknownCount > 0) {
            readings.flaw(
                    RejectReason.UNKNOWN_ALIAS,
                    (topic.device().isEmpty() ? topic.edge() : topic.device()) + ": " + String.join(", ", unknown)
                            + (unknownCount > unknown.size() ? " and " + (unknownCount - unknown.size()) + " more" : "")
                            + (stale ? ", sent under another birth" : of == null ? ", no birth is known" : ""),
                    unknownCount);
        }
        boolean dead = !isAlive() || (of != null && of.diedMillis() >= 0);
        return order.session().answer(topic, order.gap() || unknownCount > 0 || dead, receivedMillis, readings);
    }

    /** Whether the payload was sent under an earlier birth than the last known, or under a later one: aliases may mean something else there. */
    private boolean isOfAnotherBirth(Born of, Payload payload) {
        if (!payload.hasTimestamp()) {
            return isDead() || of.diedMillis() >= 0;
        }
        long sent = payload.getTimestamp();
        return sent < of.bornMillis()
                || (isDead() && sent > diedMillis)
                || (of.diedMillis() >= 0 && sent > of.diedMillis());
    }

    private static @Nullable BornMetric declared(Born of, Metric metric, boolean stale) {
        if (!metric.getName().isEmpty()) {
            return of.byName().get(metric.getName());
        }
        return metric.hasAlias() && !stale ? of.byAlias().get(metric.getAlias()) : null;
    }

    /**
     * The last will, or what the node said before it went. It is asked for a rebirth all the same: births travel without acknowledgement, so
     * one that is back already may have been missed, and one that is not does not hear it.
     */
    private Step nodeDeath(SparkplugTopic topic, Payload payload, long receivedMillis, BehindEdge behind) {
        long of = bdSeq(payload);
        if (of >= 0 && bdSeq >= 0 && of != bdSeq) {
            // The will of an earlier connection, which came after the next one's birth.
            return new Step(this, new Decoded.Messages(List.of(), List.of()));
        }
        // A will was written when its connection began, so its own time is no time of death.
        long death = isDead() ? diedMillis : receivedMillis;
        var readings = new Readings();
        if (born.isEmpty()) {
            behind.of(topic.edge())
                    .forEach((device, names) -> names.forEach(
                            name -> readings.add(device, death, new Measured(name, Content.OFFLINE, 0, false))));
        }
        born.keySet().stream().sorted().forEach(device -> {
            var ofDevice = born.get(device);
            if (ofDevice != null && ofDevice.diedMillis() < 0) {
                offline(device, ofDevice, death, readings);
            }
        });
        return new EdgeSession(node, bdSeq, birthMillis, -1, death, askedMillis, born, metricCount)
                .answer(topic, !isDead(), receivedMillis, readings);
    }

    private Step deviceDeath(SparkplugTopic topic, Payload payload, long receivedMillis) {
        var readings = new Readings();
        var order = order(payload);
        var of = born.get(topic.device());
        if (of == null) {
            return order.session().answer(topic, true, receivedMillis, readings);
        }
        long death = payload.hasTimestamp() ? payload.getTimestamp() : receivedMillis;
        offline(topic.device(), of, death, readings);
        var all = new HashMap<>(born);
        all.put(topic.device(), of.dead(death));
        return order.session()
                .withBorn(Map.copyOf(all))
                .answer(topic, order.gap() || !isAlive(), receivedMillis, readings);
    }

    private static void offline(String device, Born of, long death, Readings readings) {
        of.byName().values().stream()
                .filter(BornMetric::isReading)
                .map(BornMetric::name)
                .sorted()
                .forEach(name -> readings.add(device, death, new Measured(name, Content.OFFLINE, 0, false)));
    }

    private boolean isAlive() {
        return node && !isDead();
    }

    private boolean isDead() {
        return diedMillis >= 0;
    }

    private EdgeSession withBorn(Map<String, Born> all) {
        return new EdgeSession(node, bdSeq, birthMillis, lastSeq, diedMillis, askedMillis, all, metricCount);
    }

    private record Order(EdgeSession session, boolean gap) {}

    /** Compares the payload's place in the sequence with the one that is due. A payload that comes twice is no gap. */
    private Order order(Payload payload) {
        if (!payload.hasSeq()) {
            return new Order(this, false);
        }
        if (!isSeq(payload.getSeq())) {
            return new Order(withSeq(-1), true);
        }
        int seq = (int) payload.getSeq();
        boolean due = lastSeq < 0 || seq == lastSeq || seq == (lastSeq + 1) % SEQUENCE;
        return new Order(withSeq(seq), !due);
    }

    private static boolean isSeq(long seq) {
        return seq >= 0 && seq < SEQUENCE;
    }

    private EdgeSession withSeq(int seq) {
        return new EdgeSession(node, bdSeq, birthMillis, seq, diedMillis, askedMillis, born, metricCount);
    }

    /** Asks for a rebirth if {@code needed}, unless that was asked a moment ago. */
    private Step answer(SparkplugTopic topic, boolean needed, long receivedMillis, Readings readings) {
        boolean lately =
                askedMillis >= 0 && receivedMillis >= askedMillis && receivedMillis - askedMillis < ASK_EVERY_MILLIS;
        if (!needed || lately) {
            return new Step(this, readings.messages(List.of()));
        }
        return new Step(
                new EdgeSession(node, bdSeq, birthMillis, lastSeq, diedMillis, receivedMillis, born, metricCount),
                readings.messages(List.of(rebirth(topic, receivedMillis))));
    }

    private static Reply rebirth(SparkplugTopic topic, long receivedMillis) {
        var request = Payload.newBuilder()
                .setTimestamp(receivedMillis)
                .addMetrics(Metric.newBuilder()
                        .setName(REBIRTH)
                        .setTimestamp(receivedMillis)
                        .setDatatype(Datatypes.BOOLEAN)
                        .setBooleanValue(true))
                .build();
        return new Reply(
                new SparkplugTopic(topic.group(), SparkplugTopic.Type.NCMD, topic.edge(), "").toString(),
                request.toByteArray());
    }

    private static long time(Metric metric, Payload payload, long receivedMillis) {
        return metric.hasTimestamp()
                ? metric.getTimestamp()
                : payload.hasTimestamp() ? payload.getTimestamp() : receivedMillis;
    }

    /** Whether a metric belongs to Sparkplug itself and measures nothing. */
    private static boolean isOwn(Metric metric) {
        var name = metric.getName();
        return name.equals(BD_SEQ) || name.startsWith("Node Control/") || name.startsWith("Device Control/");
    }

    private static long bdSeq(Payload payload) {
        for (var metric : payload.getMetricsList()) {
            if (metric.getName().equals(BD_SEQ) && metric.hasLongValue()) {
                return metric.getLongValue();
            }
            if (metric.getName().equals(BD_SEQ) && metric.hasIntValue()) {
                return Integer.toUnsignedLong(metric.getIntValue());
            }
        }
        return -1;
    }

    private static String cut(String name) {
        return name.length() > 64 ? name.substring(0, 64) + "…" : name;
    }
}
