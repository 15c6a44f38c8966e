package io.yiwang.sim.load;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code load}: exit 0 = all acknowledged and the generator was on time enough, 1 = not, 2 = could not be run. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        description =
                "Open-loop load: devices that send at a fixed rate whatever the system does, with the loss ledger.")
public final class LoadCommand implements Callable<Integer> {
    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final int DEFAULT_MQTT_PORT = 1883;

    @Option(names = "--devices", defaultValue = "1000", description = "default ${DEFAULT-VALUE}")
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
                    devices,
                    rate,
                    duration,
                    values,
                    alarmRate,
                    noRegister ? null : api,
                    adminPasswordFile == null ? data.resolve("admin-password") : adminPasswordFile,
                    address(mqtt),
                    data,
                    keep);
            var report = run(settings, json ? err : out);
            out.print(json ? JsonMapper.shared().writeValueAsString(report) + "\n" : "\n" + report.table());
            out.flush();
            return report.unacknowledged() == 0 && !report.lateness().isVoid() ? 0 : 1;
        } catch (LoadFailure | IllegalArgumentException e) {
            err.println("No load run: " + e.getMessage());
            err.flush();
            return 2;
        }
    }

    private static LoadReport run(LoadRun.Settings settings, PrintWriter progress) {
        try (var run = LoadRun.prepare(settings, LoadListener.NONE, progress)) {
            progress.printf(
                    "Sending %d messages per second for %d s…%n",
                    settings.rate(), settings.duration().toSeconds());
            progress.flush();
            long cpuBefore = cpuNanos();
            long start = System.nanoTime();
            var generator = run.generator();
            generator.start();
            generator.allOffered().join();
            double seconds = (System.nanoTime() - start) / 1e9;
            var counts = generator.finish(DRAIN);
            long cpu = cpuNanos() - cpuBefore;
            return report(run, settings, counts, seconds, cpu);
        }
    }

    private static LoadReport report(
            LoadRun run, LoadRun.Settings settings, LoadCounts counts, double seconds, long cpuNanos) {
        var generator = run.generator();
        return new LoadReport(
                run.name(),
                settings.devices(),
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
                Lateness.of(generator.lateMicros()),
                Percentiles.of(generator.ackMicros()),
                Percentiles.of(generator.ackFromSendMicros()),
                cpuNanos / 1000.0 / Math.max(1, counts.sent()));
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /** {@code tcp://HOST:PORT}, {@code HOST:PORT} or {@code HOST}. */
    public static InetSocketAddress address(String text) {
        var uri = URI.create(text.contains("://") ? text : "tcp://" + text);
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("'" + text + "' is not an address such as tcp://127.0.0.1:1883");
        }
        return new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? DEFAULT_MQTT_PORT : uri.getPort());
    }
}
