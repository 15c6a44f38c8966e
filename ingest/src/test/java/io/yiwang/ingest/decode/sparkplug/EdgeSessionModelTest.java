package io.yiwang.ingest.decode.sparkplug;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.decode.Decoded;
import io.yiwang.ingest.decode.Measured.Content;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload.Metric;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An edge node that is born, speaks, dies and comes back with other aliases, over a network that loses messages, brings some twice and
 * repeats the last few after a reconnect, to an ingest that is restarted now and then. Judged by a model that keeps no state at all: it
 * looks through everything that was delivered since the last restart.
 */
class EdgeSessionModelTest {
    private static final List<String> DEVICES = List.of("", "d1", "d2");
    private static final int METRICS = 5;

    /** A message of the edge node, with what it means. */
    private record Sent(
            String type, String device, long millis, int seq, long bdSeq, Map<Long, String> aliases, List<Said> said) {
        boolean isBirth() {
            return type.endsWith("BIRTH");
        }

        boolean is(String wanted) {
            return type.equals(wanted);
        }
    }

    /** A value: by alias, or by name when {@code alias} is null. */
    private record Said(@Nullable Long alias, String name, double value) {}

    private record Delivered(Sent sent, long receivedMillis) {}

    /** What is expected of a delivery. Values are {@code device|time|name|number} or {@code ...|gone}. */
    private record Expected(Set<String> values, int unknown, boolean asks) {}

    /** The edge node. */
    private static final class Edge {
        private final Random random;
        private final Map<String, Map<Long, String>> aliases = new HashMap<>();
        private long bdSeq = 4;
        private int seq;
        private double value;

        Edge(Random random) {
            this.random = random;
        }

        private int nextSeq() {
            int next = seq;
            seq = (seq + 1) % 256;
            return next;
        }

        private Map<Long, String> shuffled(String device) {
            var numbers = new ArrayList<>(LongStream.range(0, METRICS)
                    .map(i -> i + 10L * DEVICES.indexOf(device))
                    .boxed()
                    .toList());
            Collections.shuffle(numbers, random);
            var of = new HashMap<Long, String>();
            for (int i = 0; i < METRICS; i++) {
                of.put(numbers.get(i), device + "m" + i);
            }
            return of;
        }

        Sent birth(String device, long millis, boolean newConnection) {
            if (device.isEmpty()) {
                if (newConnection) {
                    bdSeq++;
                }
                seq = 0;
                aliases.clear();
            }
            var of = shuffled(device);
            aliases.put(device, of);
            var said = new ArrayList<Said>();
            of.forEach((alias, name) -> said.add(new Said(alias, name, value++)));
            return new Sent(device.isEmpty() ? "NBIRTH" : "DBIRTH", device, millis, nextSeq(), bdSeq, of, said);
        }

        @Nullable
        Sent data(String device, long millis) {
            var of = aliases.get(device);
            if (of == null) {
                return null;
            }
            var said = new ArrayList<Said>();
            of.forEach((alias, name) -> {
                if (random.nextInt(3) == 0) {
                    said.add(new Said(random.nextInt(4) == 0 ? null : alias, name, value++));
                }
            });
            if (random.nextInt(20) == 0) {
                said.add(new Said(777L, device + "undeclared", value++));
            }
            return new Sent(device.isEmpty() ? "NDATA" : "DDATA", device, millis, nextSeq(), bdSeq, of, said);
        }

        @Nullable
        Sent deviceDeath(String device, long millis) {
            return aliases.remove(device) == null
                    ? null
                    : new Sent("DDEATH", device, millis, nextSeq(), bdSeq, Map.of(), List.of());
        }

        Sent nodeDeath(long ofBdSeq) {
            return new Sent("NDEATH", "", 0, -1, ofBdSeq, Map.of(), List.of());
        }
    }

    private static byte[] bytes(Sent sent) {
        var payload = Payload.newBuilder();
        if (!sent.is("NDEATH")) {
            payload.setTimestamp(sent.millis()).setSeq(sent.seq());
        }
        if (sent.is("NDEATH") || sent.is("NBIRTH")) {
            payload.addMetrics(
                    Metric.newBuilder().setName("bdSeq").setDatatype(4).setLongValue(sent.bdSeq()));
        }
        for (var said : sent.said()) {
            var metric = Metric.newBuilder().setDatatype(Datatypes.DOUBLE).setDoubleValue(said.value());
            if (said.alias() != null) {
                metric.setAlias(said.alias());
            }
            if (said.alias() == null || sent.isBirth()) {
                metric.setName(said.name());
            }
            payload.addMetrics(metric);
        }
        return payload.build().toByteArray();
    }

    /** The model: everything is looked up in what was delivered. */
    private static Expected expected(List<Delivered> history, Delivered now) {
        var sent = now.sent();
        int birthAt = lastNodeBirth(history, history.size());
        var birth = birthAt < 0 ? null : history.get(birthAt).sent();
        var death = nodeDeath(history, birthAt);
        var values = new TreeSet<String>();
        int unknown = 0;
        boolean asks = false;
        switch (sent.type()) {
            case "NBIRTH", "DBIRTH" -> {
                sent.said().forEach(said -> values.add(text(sent.device(), sent.millis(), said)));
                asks = sent.is("DBIRTH") && (birth == null || death != null || gap(history, sent));
            }
            case "NDATA", "DDATA" -> {
                var of = deviceBirth(history, birthAt, sent.device());
                var gone = of < 0 ? null : deviceDeath(history, of, sent.device());
                for (var said : sent.said()) {
                    String meaning = null;
                    if (of >= 0) {
                        var born = history.get(of).sent();
                        boolean trusted = sent.millis() >= born.millis()
                                && (death == null || sent.millis() <= death)
                                && (gone == null || sent.millis() <= gone);
                        meaning = said.alias() == null
                                ? (born.aliases().containsValue(said.name()) ? said.name() : null)
                                : (trusted ? born.aliases().get(said.alias()) : null);
                    }
                    if (meaning == null) {
                        unknown++;
                    } else {
                        values.add(text(sent.device(), sent.millis(), new Said(null, meaning, said.value())));
                    }
                }
                asks = unknown > 0 || birth == null || death != null || gone != null || gap(history, sent);
            }
            case "DDEATH" -> {
                var of = deviceBirth(history, birthAt, sent.device());
                if (of >= 0) {
                    gone(history.get(of).sent(), sent.millis(), values);
                }
                asks = of < 0 || birth == null || death != null || gap(history, sent);
            }
            default -> {
                if (birth == null || birth.bdSeq() == sent.bdSeq()) {
                    asks = death == null;
                    long since = death == null ? now.receivedMillis() : death;
                    for (var device : DEVICES) {
                        var of = deviceBirth(history, birthAt, device);
                        if (of >= 0 && deviceDeath(history, of, device) == null) {
                            gone(history.get(of).sent(), since, values);
                        }
                    }
                    if (history.stream().noneMatch(before -> before.sent().isBirth())) {
                        behind("E")
                                .forEach((device, names) ->
                                        names.forEach(name -> values.add(device + "|" + since + "|" + name + "|gone")));
                    }
                }
            }
        }
        return new Expected(values, unknown, asks);
    }

    private static Map<String, List<String>> behind(String edge) {
        return Map.of("ledgered-" + edge, List.of("x", "y"));
    }

    private static void gone(Sent birth, long millis, Set<String> values) {
        birth.aliases().values().forEach(name -> values.add(birth.device() + "|" + millis + "|" + name + "|gone"));
    }

    private static String text(String device, long millis, Said said) {
        return device + "|" + millis + "|" + said.name() + "|" + said.value();
    }

    /** The last birth of the node that is not merely the one before once more. */
    private static int lastNodeBirth(List<Delivered> history, int before) {
        int last = -1;
        for (int i = 0; i < before; i++) {
            var sent = history.get(i).sent();
            if (!sent.is("NBIRTH")) {
                continue;
            }
            boolean again = last >= 0
                    && history.get(last).sent().bdSeq() == sent.bdSeq()
                    && history.get(last).sent().millis() == sent.millis()
                    && nodeDeath(history.subList(0, i), last) == null;
            if (!again) {
                last = i;
            }
        }
        return last;
    }

    private static @Nullable Long nodeDeath(List<Delivered> history, int birthAt) {
        for (int i = Math.max(0, birthAt); i < history.size(); i++) {
            var sent = history.get(i).sent();
            if (sent.is("NDEATH") && (birthAt < 0 || history.get(birthAt).sent().bdSeq() == sent.bdSeq())) {
                return history.get(i).receivedMillis();
            }
        }
        return null;
    }

    private static int deviceBirth(List<Delivered> history, int nodeBirthAt, String device) {
        for (int i = history.size() - 1; i >= Math.max(0, nodeBirthAt); i--) {
            var sent = history.get(i).sent();
            if (sent.isBirth() && sent.device().equals(device)) {
                return i;
            }
        }
        return -1;
    }

    private static @Nullable Long deviceDeath(List<Delivered> history, int birthAt, String device) {
        for (int i = history.size() - 1; i > birthAt; i--) {
            var sent = history.get(i).sent();
            if (sent.is("DDEATH") && sent.device().equals(device)) {
                return sent.millis();
            }
        }
        return null;
    }

    private static boolean gap(List<Delivered> history, Sent sent) {
        for (int i = history.size() - 1; i >= 0; i--) {
            var before = history.get(i).sent();
            int birthAt = lastNodeBirth(history, i);
            if (before.is("NDEATH")) {
                if (birthAt >= 0 && history.get(birthAt).sent().bdSeq() != before.bdSeq()) {
                    continue;
                }
                return false;
            }
            if (before.is("NBIRTH") && lastNodeBirth(history, i + 1) != i) {
                continue;
            }
            return sent.seq() != before.seq() && sent.seq() != (before.seq() + 1) % 256;
        }
        return false;
    }

    private static Set<String> values(Decoded.Messages read) {
        var values = new TreeSet<String>();
        for (var message : read.messages()) {
            message.values()
                    .forEach(value -> assertThat(
                                    values.add(message.device() + "|" + message.eventTimeMillis() + "|" + value.name()
                                            + "|" + (value.content() == Content.OFFLINE ? "gone" : value.number())))
                            .isTrue());
        }
        return values;
    }

    static List<Long> seeds() {
        return IntStream.range(0, 60).mapToObj(i -> 900L + i).toList();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theSessionDoesWhatItsWholeHistorySays(long seed) {
        var random = new Random(seed);
        boolean lossless = seed % 3 == 0;
        var edge = new Edge(random);
        var decoder = new SparkplugDecoder(EdgeSessionModelTest::behind);
        var history = new ArrayList<Delivered>();
        long now = 1_795_000_000_000L;
        long skew = random.nextInt(4000) - 2000;
        Long asked = null;
        int asks = 0;
        int taken = 0;
        for (int step = 0; step < 150; step++) {
            now += random.nextInt(2500);
            if (random.nextInt(60) == 0) {
                decoder = new SparkplugDecoder(EdgeSessionModelTest::behind);
                history.clear();
                asked = null;
            }
            var wire = new ArrayList<Sent>();
            var device = DEVICES.get(random.nextInt(DEVICES.size()));
            switch (step == 0 ? 0 : random.nextInt(14)) {
                case 0 -> {
                    if (step > 0 && random.nextBoolean()) {
                        wire.add(edge.nodeDeath(edge.bdSeq));
                    }
                    wire.add(edge.birth("", now + skew, true));
                    if (random.nextInt(4) == 0) {
                        // The broker was late to notice that the earlier connection was dead.
                        wire.add(edge.nodeDeath(edge.bdSeq - 1));
                    }
                }
                case 1 -> wire.add(edge.birth("", now + skew, false));
                case 2 -> wire.add(edge.nodeDeath(edge.bdSeq));
                case 3, 4 -> wire.add(edge.birth(device.isEmpty() ? "d1" : device, now + skew, false));
                case 5 -> add(wire, device.isEmpty() ? null : edge.deviceDeath(device, now + skew));
                case 6 -> {
                    // After a reconnect of ours the broker repeats the last few.
                    int from = Math.max(0, history.size() - 1 - random.nextInt(4));
                    history.subList(from, history.size()).forEach(delivered -> wire.add(delivered.sent()));
                }
                default -> add(wire, edge.data(device, now + skew));
            }
            for (var sent : wire) {
                if (!lossless && random.nextInt(12) == 0) {
                    continue;
                }
                for (int times = random.nextInt(10) == 0 ? 2 : 1; times > 0; times--) {
                    var delivered = new Delivered(sent, now);
                    var expected = expected(history, delivered);
                    var topic =
                            "spBv1.0/G/" + sent.type() + "/E" + (sent.device().isEmpty() ? "" : "/" + sent.device());
                    var read = (Decoded.Messages) decoder.decode(new Arrival(topic, null, "E", bytes(sent), now));
                    boolean mayAsk = asked == null || now - asked >= EdgeSession.ASK_EVERY_MILLIS;
                    assertThat(values(read)).as("step %d: %s", step, sent).isEqualTo(expected.values());
                    assertThat(read.flaws().stream()
                                    .mapToInt(Decoded.Flaw::valueCount)
                                    .sum())
                            .as("step %d: unknown of %s", step, sent)
                            .isEqualTo(expected.unknown());
                    assertThat(read.replies())
                            .as("step %d: asked after %s", step, sent)
                            .hasSize(expected.asks() && mayAsk ? 1 : 0);
                    if (expected.asks() && mayAsk) {
                        asked = now;
                        asks++;
                    }
                    taken += expected.values().size();
                    history.add(delivered);
                }
            }
        }
        assertThat(taken).isPositive();
        assertThat(asks).isPositive();
    }

    private static void add(List<Sent> wire, @Nullable Sent sent) {
        if (sent != null) {
            wire.add(sent);
        }
    }
}
