package io.yiwang.sim.audit;

import io.yiwang.sim.ClockOption;
import io.yiwang.sim.ledger.Ledger;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code audit}: exit 0 = the ledger closes, 1 = it does not, 2 = it could not be looked at. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = "Proves that everything sent is stored or rejected with a reason, per device.")
public final class AuditCommand implements Callable<Integer> {
    private static final int IMPOSSIBLE = 2;

    @Option(names = "--data", defaultValue = "var", description = "data folder (default ${DEFAULT-VALUE})")
    private Path data = Path.of("var");

    @Option(names = "--kafka", defaultValue = "127.0.0.1:9092", description = "default ${DEFAULT-VALUE}")
    private String kafka = "";

    @Option(names = "--influx-url", defaultValue = "http://127.0.0.1:8086", description = "default ${DEFAULT-VALUE}")
    private String influxUrl = "";

    @Option(
            names = "--influx-token-file",
            description = "file with the server's token; none for a server without login")
    private @Nullable Path influxTokenFile;

    @Option(names = "--influx-database", defaultValue = "yiwang", description = "default ${DEFAULT-VALUE}")
    private String influxDatabase = "";

    @Option(names = "--run", defaultValue = "", description = "only this run of a sender (default: all)")
    private String run = "";

    @Option(names = "--json", description = "print one JSON object instead of a table")
    private boolean json;

    @Option(
            names = "--wait",
            defaultValue = "30s",
            converter = io.yiwang.sim.load.Durations.class,
            description = "longest wait for what is still on its way, e.g. 30s or 2m (default ${DEFAULT-VALUE})")
    private Duration wait = Duration.ofSeconds(30);

    @Mixin
    private ClockOption clock = new ClockOption();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        var out =
                spec == null ? new PrintWriter(System.out) : spec.commandLine().getOut();
        var err =
                spec == null ? new PrintWriter(System.err) : spec.commandLine().getErr();
        try {
            var token = influxTokenFile == null
                    ? ""
                    : Files.readString(influxTokenFile).strip();
            var settings =
                    new Audit.Settings(Ledger.folderOf(data), kafka, influxUrl, token, influxDatabase, run, wait);
            var report = new Audit(settings, clock.clock()).run();
            out.println(json ? JsonMapper.shared().writeValueAsString(report) : report.table());
            out.flush();
            return report.ok() ? 0 : 1;
        } catch (AuditImpossible e) {
            err.println("The audit cannot be made: " + e.getMessage());
            err.flush();
            return IMPOSSIBLE;
        }
    }
}
