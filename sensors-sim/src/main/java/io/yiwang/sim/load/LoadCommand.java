package io.yiwang.sim.load;

import io.yiwang.sim.drive.BrokerAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.json.JsonMapper;

/** {@code load}: exit 0 = all acknowledged and the generator was on time enough, 1 = not, 2 = could not be run. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        description =
                "Open-loop load: devices that send at a fixed rate whatever the system does, with the loss ledger.")
public final class LoadCommand implements Callable<Integer> {
    private static final Duration DRAIN = Duration.ofSeconds(10);
    /** After a storm or a flood, everybody is still coming back. */
    private static final Duration LONG_DRAIN = Duration.ofSeconds(60);

    private static final int MOST_DEVICES = 20_000;

    @Option(names = "--devices", defaultValue = "1000", description = "1 to 20000 (default ${DEFAULT-VALUE})")
    private int devices;

    @Option(
            names = "--rate",
            defaultValue = "1000",
            description = "messages per second over all devices (default ${DEFAULT-VALUE})")
    private int rate;

    @Option(
            names = "--duration",
            defaultValue = "60s",
            converter = Durations.class,
            description = "e.g. 60s or 5m (default ${DEFAULT-VALUE})")
    private Duration duration = Duration.ofSeconds(60);

    @Option(names = "--values", defaultValue = "3", description = "values per message (default ${DEFAULT-VALUE})")
    private int values;

    @Option(
            names = "--ramp",
            paramLabel = "FROM",
            description = "begin with so many messages per second, grow to --rate")
    private @Nullable Double ramp;

    @Option(
            names = "--burst",
            paramLabel = "FACTOR,EVERY,FOR",
            description = "in the middle of every EVERY, FACTOR times the rate for FOR, e.g. 5,60s,5s")
    private @Nullable String burst;

    @Option(
            names = "--storm",
            paramLabel = "EVERY[,SHARE]",
            description =
                    "reconnect storm: the share of the devices (default 1) loses its connection at once, e.g. 30s,0.5")
    private @Nullable String storm;

    @Option(
            names = "--flood",
            paramLabel = "AFTER,AWAY[,SHARE]",
            description = "backfill flood: devices are away, then send all they measured in arrays, e.g. 20s,60s,0.3")
    private @Nullable String flood;

    @Option(names = "--alarm-rate", defaultValue = "0", description = "alarms to raise per second (default none)")
    private double alarmRate;

    @Option(
            names = "--api",
            defaultValue = "http://127.0.0.1:8080",
            description = "the dashboard (default ${DEFAULT-VALUE})")
    private URI api = URI.create("http://127.0.0.1:8080");

    @Option(names = "--admin-password-file", description = "default DATA/admin-password")
    private @Nullable Path adminPasswordFile;

    @Option(
            names = {"--mqtt", "--broker"},
            defaultValue = "tcp://127.0.0.1:1883",
            description = "default ${DEFAULT-VALUE}")
    private String mqtt = "";

    @Option(
            names = "--mqtt-ca",
            paramLabel = "FILE",
            description = "PEM file with the authorities of the broker's certificate, for ssl:// addresses")
    private @Nullable Path mqttCa;

    @Option(names = "--no-register", description = "register nothing: for a broker that takes every device")
    private boolean noRegister;

    @Option(names = "--keep", description = "leave the load devices registered afterwards")
    private boolean keep;

    @Option(names = "--data", defaultValue = "var", description = "data folder (default ${DEFAULT-VALUE})")
    private Path data = Path.of("var");

    @Option(names = "--json", description = "print one JSON object instead of a table")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        var out = spec == null
                ? new PrintWriter(System.out, true)
                : spec.commandLine().getOut();
        var err = spec == null
                ? new PrintWriter(System.err, true)
                : spec.commandLine().getErr();
        try {
            var settings = new LoadRun.Settings(
                    schedule(),
                    disturbances(),
                    values,
                    alarmRate,
                    noRegister ? null : api,
                    adminPasswordFile == null ? data.resolve("admin-password") : adminPasswordFile,
                    address(mqtt, mqttCa),
                    data,
                    keep);
            var report = run(settings, json ? err : out);
            out.print(json ? JsonMapper.shared().writeValueAsString(report) + "\n" : "\n" + report.table());
            out.flush();
            return report.unacknowledged() == 0 && !report.lateness().isVoid() ? 0 : 1;
        } catch (LoadFailure | IllegalArgumentException | IOException e) {
            err.println("No load run: " + e.getMessage());
            err.flush();
            return 2;
        }
    }

    private Schedule schedule() {
        if (devices < 1 || devices > MOST_DEVICES) {
            throw new IllegalArgumentException("--devices is 1 to " + MOST_DEVICES + ", not " + devices);
        }
        if (ramp != null && burst != null) {
            throw new IllegalArgumentException("--ramp and --burst exclude each other");
        }
        if (ramp != null) {
            return Schedule.ramp(ramp, rate, devices, duration);
        }
        if (burst != null) {
            var parts = parts("--burst", burst, 3, 3);
            return Schedule.bursts(
                    rate,
                    number("--burst", parts[0]),
                    time("--burst", parts[1]),
                    time("--burst", parts[2]),
                    devices,
                    duration);
        }
        return Schedule.of(rate, devices, duration);
    }

    private Disturbances disturbances() {
        Disturbances.Storm storms = null;
        if (storm != null) {
            var parts = parts("--storm", storm, 1, 2);
            storms = new Disturbances.Storm(
                    time("--storm", parts[0]), parts.length < 2 ? 1 : number("--storm", parts[1]));
        }
        Disturbances.Flood away = null;
        if (flood != null) {
            var parts = parts("--flood", flood, 2, 3);
            away = new Disturbances.Flood(
                    time("--flood", parts[0]),
                    time("--flood", parts[1]),
                    parts.length < 3 ? 1 : number("--flood", parts[2]));
        }
        return new Disturbances(storms, away);
    }

    private static String[] parts(String option, String text, int least, int most) {
        var parts = text.split(",", -1);
        if (parts.length < least || parts.length > most) {
            throw new IllegalArgumentException(
                    option + " '" + text + "' has " + parts.length + " parts; see --help for what it takes");
        }
        return parts;
    }

    private static double number(String option, String text) {
        try {
            return Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + ": '" + text + "' is not a number", e);
        }
    }

    private static Duration time(String option, String text) {
        try {
            return new Durations().convert(text.strip());
        } catch (TypeConversionException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
        }
    }

    private LoadReport run(LoadRun.Settings settings, PrintWriter progress) throws IOException {
        try (var run = LoadRun.prepare(settings, LoadListener.NONE, progress)) {
            progress.printf(
                    "Sending %d messages in %d s…%n", settings.schedule().messages(), duration.toSeconds());
            progress.flush();
            long cpuBefore = cpuNanos();
            long start = System.nanoTime();
            var generator = run.generator();
            LoadCounts counts;
            double seconds;
            var series = new LoadSeries(generator);
            try (series) {
                generator.start();
                generator.allOffered().join();
                seconds = (System.nanoTime() - start) / 1e9;
                counts = generator.finish(settings.disturbances().equals(Disturbances.NONE) ? DRAIN : LONG_DRAIN);
            }
            long cpu = cpuNanos() - cpuBefore;
            var report = report(run, settings, series, counts, seconds, cpu);
            write(report, series, progress);
            return report;
        }
    }

    private void write(LoadReport report, LoadSeries series, PrintWriter progress) throws IOException {
        var folder = Files.createDirectories(data.resolve("load"));
        var page = folder.resolve(report.run() + ".html");
        Files.writeString(page, LoadPage.html(report, series));
        Files.writeString(
                folder.resolve(report.run() + ".json"),
                JsonMapper.shared()
                        .writerWithDefaultPrettyPrinter()
                        .writeValueAsString(new Kept(report, series.seconds())));
        progress.printf("Report with plots: %s%n", page);
        progress.flush();
    }

    /** What is kept of a run. */
    private record Kept(LoadReport report, List<LoadSeries.Second> seconds) {}

    private static LoadReport report(
            LoadRun run,
            LoadRun.Settings settings,
            LoadSeries series,
            LoadCounts counts,
            double seconds,
            long cpuNanos) {
        return new LoadReport(
                run.name(),
                settings.schedule().devices(),
                settings.values(),
                seconds,
                counts.offered(),
                counts.sent(),
                counts.acked(),
                counts.refused(),
                counts.resent(),
                counts.unsent(),
                counts.offered() - counts.acked() - counts.refused() - counts.unsent(),
                counts.reconnects(),
                counts.acked() / seconds,
                Lateness.of(series.late()),
                Percentiles.of(series.ack()),
                Percentiles.of(series.ackFromSend()),
                cpuNanos / 1000.0 / Math.max(1, counts.sent()));
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /** Without authorities of its own. */
    public static BrokerAddress address(String text) {
        return address(text, null);
    }

    /**
     * {@code tcp://HOST:PORT}, {@code ssl://HOST:PORT}, {@code HOST:PORT} or {@code HOST}.
     *
     * @param authorities for {@code ssl}; null = those of the JDK
     */
    public static BrokerAddress address(String text, @Nullable Path authorities) {
        return BrokerAddress.parse(text.contains("://") ? text : "tcp://" + text, authorities);
    }
}
