package io.yiwang.sim.bench;

import io.yiwang.sim.audit.AuditCommand;
import io.yiwang.sim.load.Lateness;
import io.yiwang.sim.load.LoadCounts;
import io.yiwang.sim.load.LoadDevice;
import io.yiwang.sim.load.LoadFailure;
import io.yiwang.sim.load.LoadListener;
import io.yiwang.sim.load.LoadRun;
import io.yiwang.sim.load.Percentiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The end-to-end benchmark: loads the running city in an open loop, looks at it as a Kafka consumer and as a browser would,
 * and counts the CPU time of its processes between the edges of the measured window.
 */
final class EndToEnd {
    private static final Duration DRAIN = Duration.ofSeconds(10);
    /** A consumer may be this part of the window's messages further behind at the end than at the start. */
    private static final double ALLOWED_GROWTH = 0.01;
    /** … or this many seconds of the load, below which a checkpoint's saw-tooth cannot be told from falling behind. */
    private static final double ALLOWED_SECONDS = 2;
    /** Looks at the lag within this many seconds at each end make one figure: longer than a checkpoint's interval. */
    private static final int LOOKS_PER_END = 15;

    /** More of the machine than this used by others is worth a word. */
    private static final double FOREIGN_SHARE = 0.1;

    private static final String GENERATOR = "bench (generator, probes)";

    private final Settings settings;
    private final PrintWriter progress;

    /**
     * @param warmUp sent at the same rate before the window opens
     * @param load of warm-up and window together
     * @param partsFile the launcher's status; null = no CPU figures
     * @param influxUrl null = no audit at the end
     */
    record Settings(
            LoadRun.Settings load,
            Duration warmUp,
            Duration window,
            String kafka,
            URI websocket,
            String adminPassword,
            @Nullable Path partsFile,
            @Nullable String influxUrl,
            @Nullable Path influxTokenFile,
            String influxDatabase) {}

    EndToEnd(Settings settings, PrintWriter progress) {
        this.settings = settings;
        this.progress = progress;
    }

    BenchReport run() throws InterruptedException {
        var values = new Window();
        var alarms = new Window();
        var raises = new AtomicReference<@Nullable Raises>();
        LoadListener listener = (LoadDevice device, long tsMillis) -> {
            var open = raises.get();
            if (open != null) {
                open.raised(device.facility(), tsMillis);
            }
        };
        try (var run = LoadRun.prepare(settings.load, listener, progress)) {
            var expected = new Raises(alarms, run.shape().alarmRule());
            raises.set(expected);
            var devices = run.city().devices().stream().map(LoadDevice::id).collect(Collectors.toSet());
            // The second facility when there is one: the first takes its turn at alarms in the same second as the
            // start.
            var facilities = run.city().facilities();
            var watched = facilities.get(Math.min(1, facilities.size() - 1));
            try (var kafka = new KafkaProbe(settings.kafka, devices);
                    var lag = new LagProbe(settings.kafka);
                    var live = new LiveProbe(
                            settings.websocket,
                            "admin",
                            settings.adminPassword,
                            List.of("points:" + watched, "alarms"),
                            new LiveFrames(values, expected))) {
                kafka.start();
                live.open();
                return measure(run, kafka, lag, live, values, alarms, expected);
            }
        }
    }

    private BenchReport measure(
            LoadRun run, KafkaProbe kafka, LagProbe lag, LiveProbe live, Window values, Window alarms, Raises raises)
            throws InterruptedException {
        var windows = List.of(kafka.appended(), kafka.received(), values, alarms);
        var generator = run.generator();
        say(
                "Warming up for %d s at %.0f messages per second…",
                settings.warmUp.toSeconds(), settings.load.schedule().meanRate());
        generator.start();
        TimeUnit.MILLISECONDS.sleep(settings.warmUp.toMillis());

        var pipelineBefore = run.pipeline();
        var roots = roots();
        var times = new ProcessTimes(Path.of("/proc"));
        generator.ackMicros();
        generator.ackFromSendMicros();
        generator.lateMicros();
        var countsBefore = generator.counts();
        long openedNanos = System.nanoTime();
        long openedMillis = System.currentTimeMillis();
        windows.forEach(window -> window.open(openedMillis));
        var cpuBefore = times.seconds(roots);
        var machineBefore = times.machine();
        say("Measuring for %d s…", settings.window.toSeconds());
        long end = openedNanos + settings.window.toNanos();
        while (System.nanoTime() < end) {
            lag.look();
            kafka.check();
            TimeUnit.NANOSECONDS.sleep(Math.max(0, Math.min(TimeUnit.SECONDS.toNanos(1), end - System.nanoTime())));
        }
        var cpuAfter = times.seconds(roots);
        double machineBusy = times.machine().busySince(machineBefore);
        long closedMillis = System.currentTimeMillis();
        windows.forEach(window -> window.close(closedMillis));
        double seconds = (System.nanoTime() - openedNanos) / 1e9;
        var countsAfter = generator.counts();
        var late = Lateness.of(generator.lateMicros());
        var acked = Percentiles.of(generator.ackMicros());
        var ackedFromSend = Percentiles.of(generator.ackFromSendMicros());
        var pipelineAfter = run.pipeline();

        generator.allOffered().join();
        var finished = generator.finish(DRAIN);
        awaitAlarms(raises);
        long missing = raises.giveUp(Window.nowMicros());
        say("Acknowledged %d alarms of the load.", run.acknowledgeAlarms(raises.ids()));
        var audit = audit(run.name());

        var counts = minus(countsAfter, countsBefore);
        long messages = kafka.messages();
        var cpu = cpuPer1000(cpuBefore, cpuAfter, messages);
        var growth = lag.growth(LOOKS_PER_END);
        double ours = busy(cpuBefore, cpuAfter, seconds);
        var faults = new ArrayList<String>();
        var remarks = new ArrayList<String>();
        if (machineBusy - ours > FOREIGN_SHARE) {
            remarks.add(
                    ("Other programs used %.0f %% of the machine within the window: the times are not the system's own.")
                            .formatted((machineBusy - ours) * 100));
        }
        judge(late, counts, finished, missing, growth, live, audit, faults, remarks);
        return new BenchReport(
                run.name(),
                faults.isEmpty(),
                faults,
                remarks,
                (int) Math.round(settings.load.schedule().meanRate()),
                settings.load.schedule().devices(),
                settings.load.values(),
                seconds,
                counts,
                messages,
                messages / seconds,
                late,
                acked,
                ackedFromSend,
                Percentiles.of(kafka.appended().micros()),
                Percentiles.of(kafka.received().micros()),
                Percentiles.of(values.micros()),
                Percentiles.of(alarms.micros()),
                raises.count(),
                missing,
                cpu,
                cpu.entrySet().stream()
                        .filter(entry -> !entry.getKey().equals(GENERATOR)
                                && !entry.getKey().equals(Parts.SIMULATOR))
                        .mapToDouble(Map.Entry::getValue)
                        .sum(),
                machineBusy,
                ours,
                growth,
                pipelineBefore,
                pipelineAfter,
                audit);
    }

    private void judge(
            Lateness late,
            LoadCounts counts,
            LoadCounts finished,
            long missing,
            Map<String, LagProbe.Growth> growth,
            LiveProbe live,
            @Nullable JsonNode audit,
            List<String> faults,
            List<String> remarks) {
        if (late.isVoid()) {
            faults.add("the generator was too late");
        }
        if (finished.waiting() > 0) {
            faults.add(finished.waiting() + " messages were not acknowledged within " + DRAIN.toSeconds()
                    + " s of the end");
        }
        if (missing > 0) {
            faults.add(missing + " alarms were never shown (they are in the percentiles with their age)");
        }
        growth.forEach((group, lag) -> {
            if (lag.growth()
                    > Math.max(
                            ALLOWED_GROWTH * counts.sent(),
                            ALLOWED_SECONDS * settings.load.schedule().meanRate())) {
                faults.add("consumer " + group + " fell behind by " + lag.growth() + " messages");
            }
        });
        var ended = live.ended();
        if (ended != null) {
            faults.add("the live websocket broke: " + ended);
        }
        if (audit != null && !audit.path("ok").asBoolean()) {
            faults.add("the loss audit of this run does not close: " + audit);
        }
        if (growth.isEmpty()) {
            remarks.add("No consumer group has committed an offset on topic telemetry: the lag is unknown.");
        }
        if (audit == null) {
            remarks.add("No loss audit was made (--influx-url is not given).");
        }
        if (counts.reconnects() > 0) {
            remarks.add(counts.reconnects() + " connections broke and came back within the window.");
        }
    }

    private Map<String, Long> roots() {
        var roots = new LinkedHashMap<String, Long>();
        if (settings.partsFile != null) {
            roots.putAll(Parts.read(settings.partsFile));
        }
        roots.put(GENERATOR, ProcessHandle.current().pid());
        return roots;
    }

    static Map<String, Double> cpuPer1000(Map<String, Double> before, Map<String, Double> after, long messages) {
        var per1000 = new LinkedHashMap<String, Double>();
        before.forEach((part, seconds) -> {
            if (after.containsKey(part)) {
                per1000.put(part, (after.get(part) - seconds) * 1000 / Math.max(1, messages));
            }
        });
        return per1000;
    }

    /** Share of the machine's CPUs that all counted processes used. */
    private static double busy(Map<String, Double> before, Map<String, Double> after, double seconds) {
        double used = before.entrySet().stream()
                .filter(entry -> after.containsKey(entry.getKey()))
                .mapToDouble(entry -> after.get(entry.getKey()) - entry.getValue())
                .sum();
        return used / seconds / Runtime.getRuntime().availableProcessors();
    }

    private static LoadCounts minus(LoadCounts after, LoadCounts before) {
        return new LoadCounts(
                after.offered() - before.offered(),
                after.sent() - before.sent(),
                after.acked() - before.acked(),
                after.refused() - before.refused(),
                after.resent() - before.resent(),
                after.unsent() - before.unsent(),
                after.waiting(),
                after.reconnects() - before.reconnects());
    }

    private static void awaitAlarms(Raises raises) throws InterruptedException {
        long end = System.nanoTime() + DRAIN.toNanos();
        while (!raises.allSeen() && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** A wrong run has no speed: the run's own ledger must close. */
    private @Nullable JsonNode audit(String run) {
        if (settings.influxUrl == null) {
            return null;
        }
        say("Auditing the run…");
        var out = new StringWriter();
        var err = new StringWriter();
        var arguments = new ArrayList<>(List.of(
                "--data",
                settings.load.data().toString(),
                "--kafka",
                settings.kafka,
                "--influx-url",
                settings.influxUrl,
                "--influx-database",
                settings.influxDatabase,
                "--run",
                run,
                "--wait",
                "60s",
                "--json"));
        if (settings.influxTokenFile != null) {
            arguments.addAll(List.of("--influx-token-file", settings.influxTokenFile.toString()));
        }
        new CommandLine(new AuditCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));
        if (out.toString().isBlank()) {
            throw new LoadFailure(err.toString().strip());
        }
        return summary(JsonMapper.shared().readTree(out.toString()));
    }

    private static JsonNode summary(JsonNode report) {
        var summary = JsonMapper.shared().createObjectNode();
        summary.set("ok", report.path("ok"));
        for (var name :
                List.of("ackedMessages", "ackedValues", "stored", "rejected", "lost", "duplicates", "phantoms")) {
            summary.set(name, report.path("total").path(name));
        }
        summary.set("rawCopies", report.path("rawCopies"));
        return summary;
    }

    private void say(String format, Object... arguments) {
        progress.printf(format + "%n", arguments);
        progress.flush();
    }

    /** The admin's password, for the websocket. */
    static String password(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new LoadFailure("cannot read the password file " + file, e);
        }
    }
}
