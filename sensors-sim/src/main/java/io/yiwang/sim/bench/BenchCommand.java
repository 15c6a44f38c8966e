package io.yiwang.sim.bench;

import io.yiwang.sim.exam.DetectionExamCommand;
import io.yiwang.sim.load.Disturbances;
import io.yiwang.sim.load.Durations;
import io.yiwang.sim.load.LoadCommand;
import io.yiwang.sim.load.LoadFailure;
import io.yiwang.sim.load.LoadRun;
import io.yiwang.sim.load.Schedule;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** {@code bench NAME}: exit 0 = measured and valid, 1 = measured but not valid, 2 = could not be measured. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        subcommands = DetectionExamCommand.class,
        description =
                "Benchmarks. e2e, of the running city: messages per second, CPU per message, and the time from publish"
                        + " to Kafka, to a browser's value and to an alarm shown. load: what a message costs the load generator"
                        + " beside general MQTT clients; needs no city. ingest: what a message costs the door and the bridge beside their"
                        + " floors and beside Camel, and how much one door takes; needs no city, and mosquitto for the bridge. detect: what judging costs the"
                        + " detect job beside the same graph without it; needs no city. detection: an"
                        + " examination of the detect job's logic; needs no city ('bench detection --help').")
public final class BenchCommand implements Callable<Integer> {
    private static final int DEVICES = 1_000;
    private static final int INGEST_DEVICES = 2_000;
    private static final Duration E2E_WINDOW = Duration.ofSeconds(300);
    private static final Duration E2E_WARM_UP = Duration.ofSeconds(60);
    private static final Duration INGEST_WINDOW = Duration.ofSeconds(20);
    private static final Duration INGEST_WARM_UP = Duration.ofSeconds(40);
    private static final int ROUNDS = 3;
    private static final int DETECT_FACILITIES = 60;
    private static final int QUICK_FACILITIES = 12;
    private static final int DETECT_DAYS = 6;
    /** As the launcher starts the job. */
    private static final int DETECT_PARALLELISM = 2;

    private static final int DETECT_WARM_UPS = 2;
    private static final int DETECT_ROUNDS = 5;
    private static final Duration QUICK = Duration.ofSeconds(6);

    @Parameters(paramLabel = "NAME", defaultValue = "e2e", description = "which benchmark: e2e, load, ingest or detect")
    private String name = "e2e";

    @Option(names = "--devices", description = "default 1000; ingest: 2000")
    private @Nullable Integer devices;

    @Option(names = "--rate", defaultValue = "5000", description = "messages per second (default ${DEFAULT-VALUE})")
    private int rate;

    @Option(names = "--values", defaultValue = "3", description = "values per message (default ${DEFAULT-VALUE})")
    private int values;

    @Option(names = "--alarm-rate", defaultValue = "2", description = "alarms per second (default ${DEFAULT-VALUE})")
    private double alarmRate;

    @Option(
            names = "--duration",
            converter = Durations.class,
            description = "measured window (default 300s; ingest: 20s, each candidate in each round)")
    private @Nullable Duration duration;

    @Option(
            names = "--warm-up",
            converter = Durations.class,
            description = "before the window, at the same rate (default 60s; ingest: 40s, each candidate once)")
    private @Nullable Duration warmUp;

    @Option(
            names = "--rounds",
            description = "ingest, detect: how often the candidates take turns (default 3; detect: 5)")
    private @Nullable Integer rounds;

    @Option(
            names = "--quick",
            description =
                    "ingest: one round with short windows and no search for the highest rate; detect: one round over a"
                            + " short log; to see that it works")
    private boolean quick;

    @Option(names = "--facilities", description = "detect: of the city whose log is judged (default 60)")
    private @Nullable Integer facilities;

    @Option(names = "--days", description = "detect: of the log, so many that everything is learned (default 6)")
    private @Nullable Integer days;

    @Option(names = "--no-capacity", description = "ingest: without the search for the highest rate of one door")
    private boolean noCapacity;

    @Option(
            names = "--programs",
            paramLabel = "FILE",
            description = "ingest, detect: how to start each program, JSON; './yiwang bench' knows")
    private @Nullable Path programs;

    @Option(
            names = "--api",
            defaultValue = "http://127.0.0.1:8080",
            description = "the dashboard (default ${DEFAULT-VALUE})")
    private URI api = URI.create("http://127.0.0.1:8080");

    @Option(names = "--ws", description = "the live websocket (default: the dashboard's)")
    private @Nullable URI websocket;

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

    @Option(names = "--kafka", defaultValue = "127.0.0.1:9092", description = "default ${DEFAULT-VALUE}")
    private String kafka = "";

    @Option(names = "--influx-url", description = "for the loss audit of the run (default: no audit)")
    private @Nullable String influxUrl;

    @Option(names = "--influx-token-file", description = "file with the server's token")
    private @Nullable Path influxTokenFile;

    @Option(names = "--influx-database", defaultValue = "yiwang", description = "default ${DEFAULT-VALUE}")
    private String influxDatabase = "";

    @Option(names = "--parts-file", description = "the launcher's status, for the CPU time of each process")
    private @Nullable Path partsFile;

    @Option(names = "--data", defaultValue = "var", description = "data folder (default ${DEFAULT-VALUE})")
    private Path data = Path.of("var");

    @Option(
            names = "--json",
            arity = "0..1",
            fallbackValue = "-",
            description = "one JSON object to this file; without a name, instead of the table")
    private @Nullable String json;

    @Option(names = "--keep", description = "leave the load devices registered afterwards")
    private boolean keep;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException, IOException {
        var out = spec == null
                ? new PrintWriter(System.out, true)
                : spec.commandLine().getOut();
        var err = spec == null
                ? new PrintWriter(System.err, true)
                : spec.commandLine().getErr();
        if (name.equals("load")) {
            return generatorBench(out, err);
        }
        if (name.equals("ingest")) {
            return ingestBench(out, err);
        }
        if (name.equals("detect")) {
            return detectBench(out, err);
        }
        if (!name.equals("e2e")) {
            err.println("There is no benchmark '" + name + "'; there are: e2e, load, ingest, detect, detection");
            return 2;
        }
        var duration = or(this.duration, E2E_WINDOW);
        var warmUp = or(this.warmUp, E2E_WARM_UP);
        try {
            var passwordFile = adminPasswordFile == null ? data.resolve("admin-password") : adminPasswordFile;
            var load = new LoadRun.Settings(
                    // The window must not touch the run's end, when the last alarms return.
                    Schedule.of(
                            rate, or(devices, DEVICES), warmUp.plus(duration).plusSeconds(5)),
                    Disturbances.NONE,
                    values,
                    alarmRate,
                    api,
                    passwordFile,
                    LoadCommand.address(mqtt, mqttCa),
                    data,
                    keep);
            var settings = new EndToEnd.Settings(
                    load,
                    warmUp,
                    duration,
                    kafka,
                    websocket == null ? URI.create(api.toString().replaceFirst("^http", "ws") + "/ws/live") : websocket,
                    EndToEnd.password(passwordFile),
                    partsFile,
                    influxUrl,
                    influxTokenFile,
                    influxDatabase);
            var report = new EndToEnd(settings, "-".equals(json) ? err : out).run();
            print(report, report.table(), out);
            return report.isValid() ? 0 : 1;
        } catch (LoadFailure | IllegalArgumentException e) {
            err.println("Not measured: " + e.getMessage());
            err.flush();
            return 2;
        }
    }

    private int generatorBench(PrintWriter out, PrintWriter err) throws IOException {
        try {
            var report = new GeneratorBench(
                            rate,
                            or(devices, DEVICES),
                            or(warmUp, E2E_WARM_UP),
                            or(duration, E2E_WINDOW),
                            "-".equals(json) ? err : out)
                    .run();
            print(report, report.table(), out);
            return report.isValid() ? 0 : 1;
        } catch (LoadFailure e) {
            err.println("Not measured: " + e.getMessage());
            return 2;
        }
    }

    private int ingestBench(PrintWriter out, PrintWriter err) throws IOException {
        try {
            var settings = new IngestBench.Settings(
                    rate,
                    or(devices, INGEST_DEVICES),
                    or(warmUp, quick ? QUICK : INGEST_WARM_UP),
                    or(duration, quick ? QUICK : INGEST_WINDOW),
                    quick ? 1 : or(rounds, ROUNDS),
                    !quick && !noCapacity,
                    programs(),
                    data);
            var report = new IngestBench(settings, "-".equals(json) ? err : out).run();
            var file = data.resolve("bench").resolve("ingest-" + report.when().replaceAll("[^0-9T]", "") + ".json");
            Files.writeString(file, text(report));
            print(
                    report,
                    report.table() + (quick ? "Quick: see that it works, not how fast.\n" : "") + "Kept in " + file
                            + "\n",
                    out);
            return report.isValid() ? 0 : 1;
        } catch (LoadFailure e) {
            err.println("Not measured: " + e.getMessage());
            err.flush();
            return 2;
        }
    }

    private int detectBench(PrintWriter out, PrintWriter err) throws IOException {
        try {
            var settings = new DetectBench.Settings(
                    facilities == null ? quick ? QUICK_FACILITIES : DETECT_FACILITIES : facilities,
                    days == null ? quick ? 1 : DETECT_DAYS : days,
                    DETECT_PARALLELISM,
                    quick ? 1 : DETECT_WARM_UPS,
                    quick ? 1 : or(rounds, DETECT_ROUNDS),
                    programs(),
                    data);
            var report = new DetectBench(settings, "-".equals(json) ? err : out).run();
            var file = data.resolve("bench").resolve("detect-" + report.when().replaceAll("[^0-9T]", "") + ".json");
            Files.writeString(file, text(report));
            print(
                    report,
                    report.table() + (quick ? "Quick: see that it works, not how fast.\n" : "") + "Kept in " + file
                            + "\n",
                    out);
            return report.isValid() ? 0 : 1;
        } catch (LoadFailure | IllegalArgumentException e) {
            err.println("Not measured: " + e.getMessage());
            err.flush();
            return 2;
        }
    }

    private Map<String, List<String>> programs() {
        if (programs == null) {
            throw new LoadFailure("the programs to measure are not known (--programs); start this with './yiwang bench "
                    + name + "'");
        }
        try {
            return JsonMapper.shared().readValue(Files.readString(programs), new TypeReference<>() {});
        } catch (IOException | JacksonException e) {
            throw new LoadFailure("cannot read " + programs + ": " + e.getMessage(), e);
        }
    }

    private static <T> T or(@Nullable T said, T standard) {
        return said == null ? standard : said;
    }

    private static String text(Object report) {
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n";
    }

    private void print(Object report, String table, PrintWriter out) throws IOException {
        boolean onlyJson = "-".equals(json);
        var text = text(report);
        if (json != null && !onlyJson) {
            Files.writeString(Path.of(json), text);
        }
        out.print(onlyJson ? text : "\n" + table);
        out.flush();
    }
}
