package io.yiwang.sim.bench;

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
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code bench e2e}: exit 0 = measured and valid, 1 = measured but not valid, 2 = could not be measured. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description =
                "Benchmarks. e2e, of the running city: messages per second, CPU per message, and the time from publish"
                        + " to Kafka, to a browser's value and to an alarm shown. load: what a message costs the load generator"
                        + " beside general MQTT clients; needs no city.")
public final class BenchCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", defaultValue = "e2e", description = "which benchmark: e2e or load")
    private String name = "e2e";

    @Option(names = "--devices", defaultValue = "1000", description = "default ${DEFAULT-VALUE}")
    private int devices;

    @Option(names = "--rate", defaultValue = "5000", description = "messages per second (default ${DEFAULT-VALUE})")
    private int rate;

    @Option(names = "--values", defaultValue = "3", description = "values per message (default ${DEFAULT-VALUE})")
    private int values;

    @Option(names = "--alarm-rate", defaultValue = "2", description = "alarms per second (default ${DEFAULT-VALUE})")
    private double alarmRate;

    @Option(
            names = "--duration",
            defaultValue = "300s",
            converter = Durations.class,
            description = "measured window (default ${DEFAULT-VALUE})")
    private Duration duration = Duration.ofSeconds(300);

    @Option(
            names = "--warm-up",
            defaultValue = "60s",
            converter = Durations.class,
            description = "before the window, at the same rate (default ${DEFAULT-VALUE})")
    private Duration warmUp = Duration.ofSeconds(60);

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
        if (!name.equals("e2e")) {
            err.println("There is no benchmark '" + name + "'; there are: e2e, load");
            return 2;
        }
        try {
            var passwordFile = adminPasswordFile == null ? data.resolve("admin-password") : adminPasswordFile;
            var load = new LoadRun.Settings(
                    // The window must not touch the run's end, when the last alarms return.
                    Schedule.of(rate, devices, warmUp.plus(duration).plusSeconds(5)),
                    Disturbances.NONE,
                    values,
                    alarmRate,
                    api,
                    passwordFile,
                    LoadCommand.address(mqtt),
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
            var report = new GeneratorBench(rate, devices, warmUp, duration, "-".equals(json) ? err : out).run();
            print(report, report.table(), out);
            return report.isValid() ? 0 : 1;
        } catch (LoadFailure e) {
            err.println("Not measured: " + e.getMessage());
            return 2;
        }
    }

    private void print(Object report, String table, PrintWriter out) throws IOException {
        boolean onlyJson = "-".equals(json);
        var text = JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n";
        if (json != null && !onlyJson) {
            Files.writeString(Path.of(json), text);
        }
        out.print(onlyJson ? text : "\n" + table);
        out.flush();
    }
}
