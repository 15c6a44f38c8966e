package io.yiwang.sim.bench;

import static io.yiwang.sim.bench.IngestReport.BRIDGE;
import static io.yiwang.sim.bench.IngestReport.BROKER;
import static io.yiwang.sim.bench.IngestReport.CAMEL;
import static io.yiwang.sim.bench.IngestReport.DOOR;
import static io.yiwang.sim.bench.IngestReport.FLOOR_DOOR;
import static io.yiwang.sim.bench.IngestReport.FLOOR_PRODUCER;
import static io.yiwang.sim.bench.IngestReport.FLOOR_RECEIVER;

import io.yiwang.model.Topics;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.id.DeviceTopic;
import io.yiwang.sim.ledger.Ledger;
import io.yiwang.sim.load.Disturbances;
import io.yiwang.sim.load.Lateness;
import io.yiwang.sim.load.LoadCity;
import io.yiwang.sim.load.LoadCounts;
import io.yiwang.sim.load.LoadFailure;
import io.yiwang.sim.load.LoadGenerator;
import io.yiwang.sim.load.LoadListener;
import io.yiwang.sim.load.LoadShape;
import io.yiwang.sim.load.Percentiles;
import io.yiwang.sim.load.Schedule;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code bench ingest}: what a message costs our door and our bridge beside their floors and beside Camel, all in one run.
 *
 * <p>Every candidate is a process of its own that lives from the warm-up to the end, with the same JVM options; they take turns, round by
 * round, so that whatever else the machine does hits all of them. The same generator offers the same messages at the same rate; a round in
 * which a message was lost or the candidate fell behind does not count. Kafka and the generator are counted for nobody.
 */
final class IngestBench {
    private static final int VALUES = 3;
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(120);
    private static final Duration DRAIN_PATIENCE = Duration.ofSeconds(30);
    private static final Duration LEAD_IN = Duration.ofSeconds(4);
    /** A backlog of more than this much of the rate at the end of a window is not "on its way". */
    private static final double BACKLOG_SECONDS = 0.5;

    private static final double RATE_TOLERANCE = 0.02;
    private static final int FIRST_STEP = 5_000;
    private static final int STEP = 5_000;
    private static final int LAST_STEP = 60_000;

    /**
     * @param rate messages per second
     * @param warmUp of each candidate, before anything is measured
     * @param window measured each time
     * @param capacity whether to look for the highest rate of one door, too
     * @param programs how each program is started, by name: {@code kafka, ingest, floor-door, floor-producer, floor-receiver, camel}
     * @param data folder; results go to {@code bench} within it
     */
    record Settings(
            int rate,
            int devices,
            Duration warmUp,
            Duration window,
            int rounds,
            boolean capacity,
            Map<String, List<String>> programs,
            Path data) {}

    private final Settings settings;
    private final PrintWriter progress;
    private final ProcessTimes times = new ProcessTimes(Path.of("/proc"));
    private final Map<String, Long> pids = new LinkedHashMap<>();
    private final LoadShape shape = LoadShape.choose(DomainPacks.bundled(), VALUES);
    private final LoadCity city;
    private final List<String> remarks = new ArrayList<>();
    private final Workbench bench;
    private int turns;

    IngestBench(Settings settings, PrintWriter progress) throws IOException {
        this.settings = settings;
        this.progress = progress;
        int period = Math.max(1, settings.devices / settings.rate);
        city = LoadCity.of(shape, settings.devices, period);
        bench = new Workbench("ingest", settings.programs, settings.data, progress);
    }

    IngestReport run() throws IOException {
        try (bench) {
            return measure();
        }
    }

    private IngestReport measure() throws IOException {
        pids.put("generator", ProcessHandle.current().pid());
        say("Starting Kafka, the candidates and their floors…");
        int kafkaPort = Workbench.freePort();
        pids.put("kafka", bench.kafka(kafkaPort).pid());
        var kafka = "127.0.0.1:" + kafkaPort;
        var topics = bench.keep(new BenchTopics(kafka));
        topics.prepare(city.records());
        var producer = yardstick("floor-producer", "kafka=" + kafka, "topic=" + BenchTopics.YARDSTICK);
        var door = door(kafka, topics);
        var candidates = new ArrayList<>(List.of(door, floorDoor()));
        var mosquitto = Mosquitto.program();
        if (mosquitto.isPresent()) {
            candidates.addAll(behindBroker(mosquitto.get(), kafka, topics));
        } else {
            remarks.add("There is no mosquitto on this machine: the bridge and Camel were left out."
                    + " On Debian: apt-get install mosquitto");
        }

        double recordBytes = 0;
        for (var candidate : candidates) {
            say("Warming up: %s, %d s", candidate.name(), settings.warmUp.toSeconds());
            drive(candidate, 0, settings.rate, Duration.ZERO, settings.warmUp, topics);
            if (candidate == door) {
                recordBytes = topics.recordBytes();
                var file = bench.at("records");
                int kept = topics.keepNewest(file);
                if (kept == 0) {
                    throw new LoadFailure("ingest wrote no message to Kafka; see " + bench.log("ingest"));
                }
                producer.ask("load " + file);
            }
        }
        say("Warming up: %s, %d s", FLOOR_PRODUCER, settings.warmUp.toSeconds());
        produce(producer, 0, Duration.ZERO, settings.warmUp, topics);

        var results = new ArrayList<IngestTurn>();
        for (int round = 1; round <= settings.rounds; round++) {
            for (var candidate : candidates) {
                results.add(shown(drive(candidate, round, settings.rate, LEAD_IN, settings.window, topics).turn));
            }
            results.add(shown(produce(producer, round, LEAD_IN, settings.window, topics)));
        }
        var capacity = settings.capacity ? capacity(door, topics) : null;
        return new IngestReport(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                Runtime.getRuntime().availableProcessors(),
                settings.rate,
                settings.devices,
                settings.window.toNanos() / 1e9,
                payloadBytes(),
                recordBytes,
                results,
                IngestReport.ratios(results),
                capacity,
                remarks);
    }

    private IngestCandidate door(String kafka, BenchTopics topics) {
        int port = Workbench.freePort();
        var pid = ingest("ingest", kafka, "--mqtt-bind", "127.0.0.1", "--mqtt-port", String.valueOf(port));
        return new IngestCandidate(
                DOOR, local(port), Map.of("ingest", pid), () -> topics.written(Topics.TELEMETRY), true);
    }

    private IngestCandidate floorDoor() {
        var floor = yardstick("floor-door", "data=" + bench.at("floor-door"));
        return new IngestCandidate(
                FLOOR_DOOR,
                local(floor.port()),
                Map.of("floor-door", floor.pid()),
                () -> Long.parseLong(floor.ask("count")),
                false);
    }

    /** Those that take messages from a broker; each has one of its own, of the same settings. */
    private List<IngestCandidate> behindBroker(Path mosquitto, String kafka, BenchTopics topics) throws IOException {
        var filter = DeviceTopic.ROOT + "/+/+/+/" + DeviceTopic.TELEMETRY;
        int forBridge = broker(mosquitto, BRIDGE);
        var bridge = ingest("ingest-bridge", kafka, "--no-door", "--bridge", "tcp://127.0.0.1:" + forBridge);
        int forReceiver = broker(mosquitto, "receiver");
        var receiver = yardstick("floor-receiver", "url=tcp://127.0.0.1:" + forReceiver, "filter=" + filter);
        int forCamel = broker(mosquitto, CAMEL);
        var camel = yardstick(
                "camel",
                "url=tcp://127.0.0.1:" + forCamel,
                "filter=" + filter,
                "kafka=" + kafka,
                "topic=" + BenchTopics.YARDSTICK);
        return List.of(
                new IngestCandidate(
                        BRIDGE,
                        local(forBridge),
                        Map.of("ingest", bridge, BROKER, pid(BROKER, BRIDGE)),
                        () -> topics.written(Topics.TELEMETRY),
                        true),
                new IngestCandidate(
                        FLOOR_RECEIVER,
                        local(forReceiver),
                        Map.of("floor-receiver", receiver.pid(), BROKER, pid(BROKER, "receiver")),
                        () -> Long.parseLong(receiver.ask("count")),
                        false),
                new IngestCandidate(
                        CAMEL,
                        local(forCamel),
                        Map.of("camel", camel.pid(), BROKER, pid(BROKER, CAMEL)),
                        () -> topics.written(BenchTopics.YARDSTICK),
                        false));
    }

    private String nameOf(long pid) {
        return pids.entrySet().stream()
                .filter(entry -> entry.getValue() == pid)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private long pid(String program, String owner) {
        return pids.get(program + "-" + owner);
    }

    private int broker(Path mosquitto, String owner) throws IOException {
        int port = Workbench.freePort();
        var file = bench.at("mosquitto-" + owner + ".conf");
        Files.writeString(file, Mosquitto.configuration(port));
        server(BROKER + "-" + owner, List.of(mosquitto.toString(), "-c", file.toString()), () -> answers(port));
        return port;
    }

    private long ingest(String name, String kafka, String... way) {
        int health = Workbench.freePort();
        var arguments = Stream.concat(
                        Stream.of(
                                "--kafka",
                                kafka,
                                "--data",
                                bench.at(name).toString(),
                                "--health-port",
                                String.valueOf(health)),
                        Stream.of(way))
                .toArray(String[]::new);
        return server(
                name,
                bench.command("ingest", arguments),
                () -> BenchProcess.isUp(URI.create("http://127.0.0.1:" + health + "/health")));
    }

    private long server(String name, List<String> command, BooleanSupplier ready) {
        long pid = bench.server(name, command, ready).pid();
        pids.put(name, pid);
        return pid;
    }

    private BenchProcess yardstick(String program, String... arguments) {
        var process = bench.yardstick(program, program, arguments);
        pids.put(program, process.pid());
        return process;
    }

    /** What the processes have used so far. */
    private record Used(
            long nanos,
            Map<String, Double> seconds,
            Map<String, Map<Long, Double>> compilers,
            ProcessTimes.Machine machine,
            long arrived) {}

    private Used used(LongSupplier arrived) {
        var compilers = new LinkedHashMap<String, Map<Long, Double>>();
        pids.forEach((name, pid) -> compilers.put(name, times.compilerSeconds(pid)));
        return new Used(System.nanoTime(), times.seconds(pids), compilers, times.machine(), arrived.getAsLong());
    }

    /** CPU time between two looks. */
    private final class Spent {
        private final Used before;
        private final Used after;

        Spent(Used before, Used after) {
            this.before = before;
            this.after = after;
        }

        double seconds() {
            return (after.nanos - before.nanos) / 1e9;
        }

        double cpuSeconds(String process) {
            return after.seconds.getOrDefault(process, 0.0) - before.seconds.getOrDefault(process, 0.0);
        }

        /** Of the JIT compilers in it; a thread that has ended meanwhile is not known any more. */
        double compilerSeconds(String process) {
            var known = before.compilers.getOrDefault(process, Map.of());
            return after.compilers.getOrDefault(process, Map.of()).entrySet().stream()
                    .mapToDouble(thread -> thread.getValue() - known.getOrDefault(thread.getKey(), 0.0))
                    .sum();
        }

        double workSeconds(String process) {
            return Math.max(0, cpuSeconds(process) - compilerSeconds(process));
        }

        double cores(String process) {
            return cpuSeconds(process) / seconds();
        }

        /** Share of the CPUs used by processes that are not of this benchmark. */
        double othersBusy() {
            double own = pids.keySet().stream().mapToDouble(this::cpuSeconds).sum();
            double all = after.machine.busySince(before.machine);
            return Math.max(0, all - own / (seconds() * Runtime.getRuntime().availableProcessors()));
        }
    }

    /** A driven turn with what the search for the highest rate wants to know of it. */
    private record Driven(
            IngestTurn turn,
            Spent spent,
            double offeredPerSecond,
            double acknowledgedPerSecond,
            Percentiles acknowledged,
            long waiting,
            long grown) {}

    private Driven drive(
            IngestCandidate candidate, int round, double rate, Duration leadIn, Duration window, BenchTopics topics)
            throws IOException {
        turns++;
        var faults = new ArrayList<String>();
        topics.begin();
        long arrivedBefore = candidate.arrived().getAsLong();
        var schedule = Schedule.of(rate, settings.devices, leadIn.plus(window).plusMillis(500));
        try (var ledger = Ledger.open(Ledger.folderOf(bench.at("turn-" + turns)), "bench");
                var generator = new LoadGenerator(
                        candidate.broker(),
                        city.devices(),
                        LoadCity.DEVICES_PER_FACILITY,
                        shape,
                        schedule,
                        0,
                        Disturbances.NONE,
                        "bench" + turns,
                        ledger,
                        LoadListener.NONE)) {
            connect(candidate, generator);
            generator.start();
            BenchProcess.pause(leadIn);
            generator.lateMicros();
            generator.ackMicros();
            var countsBefore = generator.counts();
            var before = used(candidate.arrived());
            BenchProcess.pause(window);
            var after = used(candidate.arrived());
            var countsAfter = generator.counts();
            var late = Lateness.of(generator.lateMicros());
            var acknowledged = Percentiles.of(generator.ackMicros());
            generator.allOffered().join();
            var all = generator.finish(DRAIN_PATIENCE);

            var spent = new Spent(before, after);
            long acked = countsAfter.acked() - countsBefore.acked();
            double offered = (countsAfter.offered() - countsBefore.offered()) / spent.seconds();
            if (offered < rate * (1 - RATE_TOLERANCE)) {
                faults.add("the generator offered only %.0f messages per second".formatted(offered));
            }
            backlog(countsAfter, rate).ifPresent(faults::add);
            long missing = acked - (after.arrived - before.arrived);
            if (missing > rate * BACKLOG_SECONDS) {
                faults.add("fell behind: " + missing + " acknowledged messages of the window were not yet through");
            }
            settle(candidate, all, arrivedBefore, topics).ifPresent(faults::add);
            return new Driven(
                    turn(candidate, round, acked, spent, late.millis().p99(), faults),
                    spent,
                    offered,
                    acked / spent.seconds(),
                    acknowledged,
                    countsAfter.waiting(),
                    countsAfter.waiting() - countsBefore.waiting());
        }
    }

    private static void connect(IngestCandidate candidate, LoadGenerator generator) {
        try {
            generator.connect(CONNECT_PATIENCE).join();
        } catch (CompletionException e) {
            throw new LoadFailure(candidate.name() + ": " + e.getCause().getMessage(), e);
        }
    }

    private static Optional<String> backlog(LoadCounts counts, double rate) {
        return counts.waiting() > rate * BACKLOG_SECONDS
                ? Optional.of(
                        "fell behind: " + counts.waiting() + " messages were not acknowledged at the window's end")
                : Optional.empty();
    }

    /** Waits for the messages of a turn, and says what is wrong with them. */
    private Optional<String> settle(IngestCandidate candidate, LoadCounts all, long arrivedBefore, BenchTopics topics) {
        if (all.acked() < all.offered()) {
            return Optional.of(
                    (all.offered() - all.acked()) + " of " + all.offered() + " messages were never acknowledged");
        }
        long end = System.nanoTime() + DRAIN_PATIENCE.toNanos();
        while (true) {
            long found;
            long copies;
            if (candidate.inTelemetry()) {
                var telemetry = topics.telemetry();
                found = telemetry.messages();
                copies = telemetry.copies();
            } else {
                long arrived = candidate.arrived().getAsLong() - arrivedBefore;
                found = Math.min(arrived, all.acked());
                copies = arrived - found;
            }
            if (found == all.acked()) {
                return copies == 0 ? Optional.empty() : Optional.of(copies + " messages came twice");
            }
            if (found > all.acked()) {
                return Optional.of((found - all.acked()) + " messages more than were sent");
            }
            if (System.nanoTime() > end) {
                return Optional.of("LOST: " + (all.acked() - found) + " of " + all.acked() + " acknowledged messages");
            }
            BenchProcess.pause(Duration.ofMillis(200));
        }
    }

    private IngestTurn turn(
            IngestCandidate candidate, int round, long messages, Spent spent, double lateMillis, List<String> faults) {
        var cpu = new LinkedHashMap<String, Double>();
        double compilers = 0;
        double perMessage = 1e6 / Math.max(1, messages);
        for (var counted : candidate.counted().entrySet()) {
            var process = nameOf(counted.getValue());
            cpu.put(counted.getKey(), spent.workSeconds(process) * perMessage);
            compilers += spent.compilerSeconds(process) * perMessage;
        }
        return new IngestTurn(
                candidate.name(),
                round,
                messages,
                spent.seconds(),
                cpu,
                compilers,
                spent.workSeconds("kafka") * perMessage,
                spent.workSeconds("generator") * perMessage,
                lateMillis,
                spent.othersBusy(),
                faults);
    }

    /** The floor producer paces itself. */
    private IngestTurn produce(BenchProcess producer, int round, Duration leadIn, Duration window, BenchTopics topics) {
        var faults = new ArrayList<String>();
        long writtenBefore = topics.written(BenchTopics.YARDSTICK);
        var atFirst = Produced.of(producer.ask("count"));
        producer.ask("start " + settings.rate);
        BenchProcess.pause(leadIn);
        var before = used(() -> Produced.of(producer.ask("count")).acknowledged);
        BenchProcess.pause(window);
        var after = used(() -> Produced.of(producer.ask("count")).acknowledged);
        var atLast = Produced.of(producer.ask("stop"));
        var spent = new Spent(before, after);
        long messages = after.arrived - before.arrived;
        long written = topics.written(BenchTopics.YARDSTICK) - writtenBefore;
        if (atLast.failed > atFirst.failed || written != atLast.sent - atFirst.sent) {
            faults.add("LOST: " + (atLast.sent - atFirst.sent - written) + " records");
        }
        if (messages / spent.seconds() < settings.rate * (1 - RATE_TOLERANCE)) {
            faults.add("fell behind: %.0f records per second".formatted(messages / spent.seconds()));
        }
        var self =
                new IngestCandidate(FLOOR_PRODUCER, local(0), Map.of("floor-producer", producer.pid()), () -> 0, false);
        return turn(self, round, messages, spent, 0, faults);
    }

    private record Produced(long acknowledged, long failed, long sent) {
        static Produced of(String answer) {
            var numbers = answer.split(" ");
            return new Produced(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), Long.parseLong(numbers[2]));
        }
    }

    /** Offers more and more until the door falls behind twice. */
    private IngestReport.Capacity capacity(IngestCandidate door, BenchTopics topics) throws IOException {
        var steps = new ArrayList<IngestReport.Step>();
        int failures = 0;
        for (int rate = FIRST_STEP; rate <= LAST_STEP && failures < 2; ) {
            say("One door, %d messages per second", rate);
            var driven = drive(door, 0, rate, LEAD_IN, settings.window.dividedBy(2), topics);
            var faults = new ArrayList<>(driven.turn.faults());
            if (driven.grown > rate * BACKLOG_SECONDS / 2) {
                faults.add("the queue grew");
            }
            steps.add(new IngestReport.Step(
                    driven.offeredPerSecond,
                    driven.acknowledgedPerSecond,
                    driven.acknowledged.p50(),
                    driven.acknowledged.p99(),
                    driven.waiting,
                    driven.grown,
                    driven.spent.cores("ingest"),
                    driven.spent.cores("kafka"),
                    driven.spent.cores("generator"),
                    driven.spent.othersBusy() * Runtime.getRuntime().availableProcessors(),
                    faults.isEmpty(),
                    faults));
            // Once more: on a shared machine somebody else may have been the cause.
            failures = faults.isEmpty() ? 0 : failures + 1;
            rate += faults.isEmpty() ? STEP : 0;
        }
        return IngestReport.Capacity.of(steps);
    }

    /** Of the messages that the devices send, with a counter of four digits. */
    private double payloadBytes() {
        return ("{\"ts\":%d,\"boot\":\"bench%d\",\"seq\":1234,\"values\":%s}"
                        .formatted(System.currentTimeMillis(), turns, shape.valuesJson(1234, false)))
                .length();
    }

    private IngestTurn shown(IngestTurn turn) {
        say(
                "Round %d of %d: %-15s %6.1f µs per message%s",
                turn.round(),
                settings.rounds,
                turn.candidate(),
                turn.total(),
                turn.isVoid() ? "  VOID: " + String.join("; ", turn.faults()) : "");
        return turn;
    }

    private void say(String text, @Nullable Object... arguments) {
        progress.printf(text + "%n", arguments);
        progress.flush();
    }

    private static InetSocketAddress local(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static boolean answers(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
