package io.yiwang.sim.bench;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.sim.ledger.Ledger;
import io.yiwang.sim.load.Disturbances;
import io.yiwang.sim.load.Lateness;
import io.yiwang.sim.load.LoadDevice;
import io.yiwang.sim.load.LoadFailure;
import io.yiwang.sim.load.LoadGenerator;
import io.yiwang.sim.load.LoadListener;
import io.yiwang.sim.load.LoadShape;
import io.yiwang.sim.load.Schedule;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.jspecify.annotations.Nullable;

/**
 * {@code bench load}: what a message costs whoever generates it. The load generator beside two general MQTT clients, one after the
 * other in one run, all against the same acknowledging sink in a process of its own, so that only the generating side is counted.
 */
final class GeneratorBench {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int VALUES = 3;
    private static final int CLIENTS = 100;
    /** General clients are asked for less, so that they are not measured while they drown. */
    private static final int CLIENT_RATE = 4_000;

    private static final int IN_FLIGHT = 32;

    /**
     * @param cores CPU seconds per second of the whole process, collector and compiler included
     * @param late null for clients that are not paced by due times
     */
    record Row(
            String name,
            int devices,
            double offeredPerSecond,
            double ackedPerSecond,
            long unacknowledged,
            double cpuMicrosPerMessage,
            double cores,
            @Nullable Lateness late) {}

    record Report(double seconds, int valuesPerMessage, List<Row> rows) {
        Report {
            rows = List.copyOf(rows);
        }

        String table() {
            var out = new StringBuilder("%-34s %8s %10s %10s %8s %10s %7s%n"
                    .formatted("client", "devices", "offered/s", "acked/s", "missing", "µs CPU/msg", "cores"));
            for (var row : rows) {
                out.append("%-34s %8d %10.0f %10.0f %8d %10.1f %7.2f%n"
                        .formatted(
                                row.name,
                                row.devices,
                                row.offeredPerSecond,
                                row.ackedPerSecond,
                                row.unacknowledged,
                                row.cpuMicrosPerMessage,
                                row.cores));
                if (row.late != null) {
                    out.append("  ").append(row.late.sentence()).append('\n');
                }
            }
            return out.toString();
        }

        /** Whether the generator was on time enough and everything was acknowledged. */
        boolean isValid() {
            return rows.stream().allMatch(row -> row.unacknowledged == 0 && (row.late == null || !row.late.isVoid()));
        }
    }

    private final int rate;
    private final int devices;
    private final Duration warmUp;
    private final Duration duration;
    private final PrintWriter progress;

    GeneratorBench(int rate, int devices, Duration warmUp, Duration duration, PrintWriter progress) {
        this.rate = rate;
        this.devices = devices;
        this.warmUp = warmUp;
        this.duration = duration;
        this.progress = progress;
    }

    Report run() throws IOException {
        var rows = new ArrayList<Row>();
        try (var sink = new SinkProcess()) {
            rows.add(generator(sink, devices));
            rows.add(general("HiveMQ MQTT client", hiveMq(sink)));
            rows.add(general("Eclipse Paho", paho(sink)));
        }
        return new Report(duration.toNanos() / 1e9, VALUES, rows);
    }

    private Row generator(SinkProcess sink, int count) throws IOException {
        say("Load generator: %d devices, %d messages per second", count, rate);
        var folder = Files.createTempDirectory("bench-load");
        var shape = LoadShape.choose(DomainPacks.bundled(), VALUES);
        var played = IntStream.range(0, count)
                .mapToObj(i -> new LoadDevice(shape.domain().id(), "load-" + i / 10, "load-" + i, "secret"))
                .toList();
        var schedule = Schedule.of(rate, count, warmUp.plus(duration).plusSeconds(3));
        try (var ledger = Ledger.open(Ledger.folderOf(folder), "bench");
                var generator = new LoadGenerator(
                        sink.address(),
                        played,
                        10,
                        shape,
                        schedule,
                        0,
                        Disturbances.NONE,
                        "bench",
                        ledger,
                        LoadListener.NONE)) {
            generator.connect(PATIENCE).join();
            generator.start();
            pause(warmUp);
            generator.lateMicros();
            var before = generator.counts();
            long cpu = cpuNanos();
            long start = System.nanoTime();
            pause(duration);
            var after = generator.counts();
            cpu = cpuNanos() - cpu;
            double seconds = (System.nanoTime() - start) / 1e9;
            var late = Lateness.of(generator.lateMicros());
            long acked = after.acked() - before.acked();
            generator.allOffered().join();
            var all = generator.finish(PATIENCE);
            return new Row(
                    "load generator (with its ledger)",
                    count,
                    (after.offered() - before.offered()) / seconds,
                    acked / seconds,
                    all.offered() - all.acked(),
                    cpu / 1000.0 / acked,
                    cpu / 1e9 / seconds,
                    late);
        } finally {
            delete(folder);
        }
    }

    /** A client that publishes one message and tells when it is acknowledged. */
    private interface Publisher {
        CompletableFuture<?> publish(byte[] payload);

        void close();
    }

    /** {@value #CLIENTS} clients of a general library, each with up to {@value #IN_FLIGHT} messages on their way. */
    private Row general(String name, List<Publisher> publishers) {
        say("%s: %d clients, %d messages per second", name, publishers.size(), CLIENT_RATE);
        var payload = "{\"ts\":1767225600000,\"boot\":\"bench\",\"seq\":1,\"values\":{\"a\":1,\"b\":2.345,\"c\":6.789}}"
                .getBytes(StandardCharsets.US_ASCII);
        var acked = new AtomicLong();
        var failed = new AtomicLong();
        long sent = 0;
        long start = System.nanoTime();
        long from = start + warmUp.toNanos();
        long until = from + duration.toNanos();
        long ackedBefore = 0;
        long sentBefore = 0;
        long cpu = 0;
        for (long now = start; now < until; now = System.nanoTime()) {
            if (cpu == 0 && now >= from) {
                cpu = cpuNanos();
                ackedBefore = acked.get();
                sentBefore = sent;
            }
            long due = (long) ((now - start) / 1e9 * CLIENT_RATE);
            while (sent < due && sent - acked.get() - failed.get() < (long) publishers.size() * IN_FLIGHT) {
                publishers
                        .get((int) (sent % publishers.size()))
                        .publish(payload)
                        .whenComplete((done, failure) -> (failure == null ? acked : failed).incrementAndGet());
                sent++;
            }
            LockSupport.parkNanos(300_000);
        }
        cpu = cpuNanos() - cpu;
        double seconds = (System.nanoTime() - from) / 1e9;
        long counted = acked.get() - ackedBefore;
        double offered = (sent - sentBefore) / seconds;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (acked.get() + failed.get() < sent && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        publishers.forEach(Publisher::close);
        return new Row(
                name,
                publishers.size(),
                offered,
                counted / seconds,
                sent - acked.get(),
                cpu / 1000.0 / Math.max(1, counted),
                cpu / 1e9 / seconds,
                null);
    }

    private static List<Publisher> hiveMq(SinkProcess sink) {
        var publishers = new ArrayList<Publisher>();
        for (int i = 0; i < CLIENTS; i++) {
            var topic = "city/v1/bench/f/" + i + "/telemetry";
            Mqtt5AsyncClient client = MqttClient.builder()
                    .useMqttVersion5()
                    .identifier("hivemq-" + i)
                    .serverAddress(sink.address())
                    .buildAsync();
            client.connect().join();
            publishers.add(new Publisher() {
                @Override
                public CompletableFuture<?> publish(byte[] payload) {
                    return client.publishWith()
                            .topic(topic)
                            .qos(MqttQos.AT_LEAST_ONCE)
                            .payload(payload)
                            .send();
                }

                @Override
                public void close() {
                    client.disconnect();
                }
            });
        }
        return publishers;
    }

    private static List<Publisher> paho(SinkProcess sink) {
        var publishers = new ArrayList<Publisher>();
        for (int i = 0; i < CLIENTS; i++) {
            var topic = "city/v1/bench/f/" + i + "/telemetry";
            try {
                var client = new MqttAsyncClient(
                        "tcp://127.0.0.1:" + sink.address().getPort(), "paho-" + i, new MemoryPersistence());
                var options = new MqttConnectionOptions();
                options.setReceiveMaximum(65_535);
                client.connect(options).waitForCompletion();
                publishers.add(new PahoPublisher(client, topic));
            } catch (MqttException e) {
                throw new LoadFailure("Paho could not connect: " + e.getMessage(), e);
            }
        }
        return publishers;
    }

    private record PahoPublisher(MqttAsyncClient client, String topic) implements Publisher {
        @Override
        public CompletableFuture<?> publish(byte[] payload) {
            var done = new CompletableFuture<Void>();
            try {
                client.publish(topic, payload, 1, false, null, new MqttActionListener() {
                    @Override
                    public void onSuccess(IMqttToken token) {
                        done.complete(null);
                    }

                    @Override
                    public void onFailure(IMqttToken token, Throwable failure) {
                        done.completeExceptionally(failure);
                    }
                });
            } catch (MqttException e) {
                done.completeExceptionally(e);
            }
            return done;
        }

        @Override
        public void close() {
            try {
                client.disconnectForcibly(0, 1_000, false);
                client.close();
            } catch (MqttException e) {
                throw new LoadFailure("a Paho client did not close: " + e.getMessage(), e);
            }
        }
    }

    private void say(String text, Object... arguments) {
        progress.printf(text + "%n", arguments);
        progress.flush();
    }

    private static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
