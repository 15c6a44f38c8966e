package io.yiwang.sim.bench;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.model.Topics;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.TelemetryRecord;
import io.yiwang.model.wire.Tick;
import io.yiwang.sim.city.CityGenerator;
import io.yiwang.sim.city.DeviceKeys;
import io.yiwang.sim.city.ReportingPace;
import io.yiwang.sim.drive.DryFleet;
import io.yiwang.sim.fault.Faults;
import io.yiwang.sim.fault.Pace;
import io.yiwang.sim.fault.Truth;
import io.yiwang.sim.signal.Signals;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * {@code bench detect}: what judging costs the detect job. On one log of a generated city that is written before, so many days long that
 * everything is learned, the job and the same graph without the judging read from the oldest record to the last, in turns; each is a
 * process of its own that lives from the warm-up to the end. Kafka and the JIT compilers are counted for neither.
 */
final class DetectBench {
    private static final long BEGIN_MILLIS =
            Instant.parse("2026-03-01T16:00:00Z").toEpochMilli();
    private static final long TICK_MILLIS = 60_000;
    private static final long DAY_MILLIS = 86_400_000;
    private static final long SEED = 1;
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    private static final String KAFKA = "kafka";
    private static final List<String> CANDIDATES = List.of(DetectReport.JUDGING, DetectReport.FLOOR);

    /**
     * @param facilities of the city whose log it is
     * @param days of the log
     * @param parallelism subtasks of the job
     * @param warmUps runs of each candidate before anything is measured
     * @param programs how {@code kafka} and {@code detect-yardstick} are started
     * @param data folder; results go to {@code bench} within it
     */
    record Settings(
            int facilities,
            int days,
            int parallelism,
            int warmUps,
            int rounds,
            Map<String, List<String>> programs,
            Path data) {}

    /** What was written. */
    private record Log(List<Facility> city, long messages, long values, int points) {}

    private final Settings settings;
    private final PrintWriter progress;
    private final ProcessTimes times = new ProcessTimes(Path.of("/proc"));
    private final Map<String, BenchProcess> processes = new LinkedHashMap<>();
    private final Workbench bench;

    DetectBench(Settings settings, PrintWriter progress) throws IOException {
        this.settings = settings;
        this.progress = progress;
        bench = new Workbench("detect", settings.programs, settings.data, progress);
    }

    DetectReport run() throws IOException {
        try (bench) {
            return measure();
        }
    }

    private DetectReport measure() throws IOException {
        int port = Workbench.freePort();
        processes.put(KAFKA, bench.kafka(port));
        var kafka = "127.0.0.1:" + port;
        say("Writing %d days of %d facilities…", settings.days, settings.facilities);
        var log = write(kafka);
        for (var candidate : CANDIDATES) {
            processes.put(
                    candidate,
                    bench.yardstick(
                            "detect-" + candidate,
                            "detect-yardstick",
                            kafka,
                            bench.at(candidate).toString(),
                            String.valueOf(log.messages),
                            candidate.equals(DetectReport.JUDGING) ? "judge" : "floor",
                            String.valueOf(settings.parallelism)));
        }
        var turns = new ArrayList<DetectTurn>();
        try (var topics = new BenchTopics(kafka)) {
            for (int i = 0; i < settings.warmUps; i++) {
                for (var candidate : CANDIDATES) {
                    say("Warming up: %s", candidate);
                    turn(candidate, 0, log, topics);
                }
            }
            for (int round = 1; round <= settings.rounds; round++) {
                // Who is first takes turns, too: what becomes slower or faster meanwhile hits both.
                for (var candidate : round % 2 == 1 ? CANDIDATES : List.of(DetectReport.FLOOR, DetectReport.JUDGING)) {
                    var turn = turn(candidate, round, log, topics);
                    say(
                            "Round %d, %s: %.0f values/s, %.2f µs CPU per value",
                            round, candidate, turn.valuesPerSecond(), turn.cpuMicros());
                    turns.add(turn);
                }
            }
        }
        return DetectReport.of(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                Runtime.getRuntime().availableProcessors(),
                new DetectReport.Log(
                        settings.facilities, log.points, settings.days, log.messages, log.values, settings.parallelism),
                turns);
    }

    private DetectTurn turn(String candidate, int round, Log log, BenchTopics topics) {
        var process = processes.get(candidate);
        long alarms = topics.written(Topics.ALARMS);
        long early = Long.parseLong(process.ask("start"));
        var before = Used.of(times, processes, candidate);
        process.ask("finish");
        var after = Used.of(times, processes, candidate);
        long bytes = Long.parseLong(process.ask("size"));
        // The first messages were taken while the job started: nobody measured them.
        double share = 1 - (double) early / log.messages;
        return new DetectTurn(
                candidate,
                round,
                Math.round(log.messages * share),
                Math.round(log.values * share),
                (after.nanos - before.nanos) / 1e9,
                after.cpu - before.cpu - (after.compiler - before.compiler),
                after.compiler - before.compiler,
                after.others(before),
                bytes,
                topics.written(Topics.ALARMS) - alarms);
    }

    /** What a process has used so far, and the whole machine. */
    private record Used(long nanos, double cpu, double compiler, double kafka, ProcessTimes.Machine machine) {
        static Used of(ProcessTimes times, Map<String, BenchProcess> processes, String candidate) {
            long pid = processes.get(candidate).pid();
            var seconds = times.seconds(
                    Map.of(candidate, pid, KAFKA, processes.get(KAFKA).pid()));
            return new Used(
                    System.nanoTime(),
                    seconds.getOrDefault(candidate, 0.0),
                    times.compilerSeconds(pid).values().stream()
                            .mapToDouble(Double::doubleValue)
                            .sum(),
                    seconds.getOrDefault(KAFKA, 0.0),
                    times.machine());
        }

        /** Cores that were used by what is not of this benchmark. */
        double others(Used before) {
            double seconds = (nanos - before.nanos) / 1e9;
            double busy =
                    machine.busySince(before.machine) * Runtime.getRuntime().availableProcessors();
            return Math.max(0, busy - (cpu - before.cpu + kafka - before.kafka) / seconds);
        }
    }

    private Log write(String kafka) {
        var packs = DomainPacks.bundled();
        var city = new CityGenerator(packs, SEED, DeviceKeys.of(new byte[1]), ReportingPace.NATURAL)
                .generate(settings.facilities)
                .facilities();
        var facilityOf = new HashMap<String, String>();
        int points = 0;
        for (var facility : city) {
            for (var device : facility.getDevicesList()) {
                facilityOf.put(device.getId(), facility.getId());
                points += device.getPointsCount();
            }
        }
        var faults =
                new Faults(packs, new Signals(packs, city, SEED, ZONE), city, Truth.inMemory(), Pace.NATURAL, SEED);
        try (var producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        kafka,
                        "linger.ms",
                        "20",
                        "batch.size",
                        "262144",
                        "compression.type",
                        "lz4"),
                new StringSerializer(),
                new ByteArraySerializer())) {
            for (var facility : city) {
                producer.send(new ProducerRecord<>(Topics.ASSETS, facility.getId(), facility.toByteArray()));
            }
            var writer = new Writer(
                    producer, producer.partitionsFor(Topics.TELEMETRY).size(), facilityOf);
            var fleet = new DryFleet(city, packs, faults, writer::tickUntil, writer, BEGIN_MILLIS);
            fleet.runUntil(BEGIN_MILLIS + settings.days * DAY_MILLIS);
            producer.flush();
            return new Log(city, writer.messages, writer.values, points);
        }
    }

    /** Writes what the devices send, as ingest does, with the city's time as the log's. */
    private static final class Writer implements DryFleet.Listener {
        private final KafkaProducer<String, byte[]> producer;
        private final int partitions;
        private final Map<String, String> facilityOf;
        private long nextTickMillis = BEGIN_MILLIS;
        private long messages;
        private long values;

        Writer(KafkaProducer<String, byte[]> producer, int partitions, Map<String, String> facilityOf) {
            this.producer = producer;
            this.partitions = partitions;
            this.facilityOf = facilityOf;
        }

        void tickUntil(long millis) {
            for (; nextTickMillis <= millis; nextTickMillis += TICK_MILLIS) {
                var tick = TelemetryRecord.newBuilder()
                        .setTick(Tick.newBuilder().setWriter("bench"))
                        .setLogMillis(nextTickMillis)
                        .build()
                        .toByteArray();
                for (int partition = 0; partition < partitions; partition++) {
                    producer.send(new ProducerRecord<>(Topics.TELEMETRY, partition, null, tick));
                }
            }
        }

        @Override
        public void told(
                Facility facility, Device device, long millis, Map<String, Double> told, Map<String, Long> deadMillis) {
            // What arrives is written.
        }

        @Override
        public void arrived(Device device, long millis, byte[] telemetry) {
            tickUntil(millis);
            Telemetry message;
            try {
                message = Telemetry.parseFrom(telemetry);
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("a device of the simulator sends what is no telemetry", e);
            }
            messages++;
            values += message.getValuesCount();
            producer.send(new ProducerRecord<>(
                    Topics.TELEMETRY,
                    facilityOf.get(device.getId()),
                    TelemetryRecord.newBuilder()
                            .setTelemetry(message.toBuilder().setReceivedMillis(millis))
                            .setLogMillis(millis)
                            .build()
                            .toByteArray()));
        }
    }

    private void say(String format, Object... arguments) {
        progress.println(format.formatted(arguments));
        progress.flush();
    }
}
