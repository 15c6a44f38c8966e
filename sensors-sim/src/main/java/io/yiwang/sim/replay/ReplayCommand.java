package io.yiwang.sim.replay;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Facility;
import io.yiwang.sim.ClockOption;
import io.yiwang.sim.city.DeviceKeys;
import io.yiwang.sim.drive.BrokerAddress;
import io.yiwang.sim.ledger.Ledger;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code replay}: exit 0 = every message acknowledged, 1 = not, 2 = could not be replayed. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = "Feeds recorded series from a CSV file through the whole system, as telemetry of replay devices.")
public final class ReplayCommand implements Callable<Integer> {
    private static final DateTimeFormatter RUN =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int KEY_BYTES = 32;
    private static final int STOP_SECONDS = 30;

    @Option(
            names = "--csv",
            required = true,
            description = "the file: a header, a time column, and a column for each series; separated by , ; or tab")
    private Path csv = Path.of("");

    @Option(names = "--time", paramLabel = "COL", description = "the time column (default: recognised)")
    private @Nullable String time;

    @Option(
            names = "--label",
            paramLabel = "COL",
            split = ",",
            description =
                    "columns that say, by a number above 0, that something was wrong (default: recognised by name)")
    private List<String> label = List.of();

    @Option(names = "--ignore", paramLabel = "COL", split = ",", description = "columns that are not replayed")
    private List<String> ignore = List.of();

    @Option(
            names = "--speed",
            paramLabel = "X",
            defaultValue = "0",
            description = "recorded seconds per second, 0.1 to 1000 (default 1, or as the city's own clock runs)")
    private double speed;

    @Option(
            names = "--map",
            paramLabel = "FILE",
            description = "YAML that gives columns to facilities: COLUMN: {domain, type, facility, metric, scale}")
    private @Nullable Path map;

    @Option(names = "--keep", description = "leave the replay facilities registered afterwards")
    private boolean keep;

    @Option(
            names = "--api",
            defaultValue = "http://127.0.0.1:8080",
            description = "the dashboard (default ${DEFAULT-VALUE})")
    private URI api = URI.create("http://127.0.0.1:8080");

    @Option(names = "--admin-password-file", description = "default DATA/admin-password")
    private @Nullable Path adminPasswordFile;

    @Option(names = "--mqtt", defaultValue = "tcp://127.0.0.1:1883", description = "default ${DEFAULT-VALUE}")
    private String mqtt = "";

    @Option(
            names = "--mqtt-ca",
            paramLabel = "FILE",
            description = "PEM file with the authorities of the broker's certificate, for ssl:// addresses")
    private @Nullable Path mqttCa;

    @Option(names = "--data", defaultValue = "var", description = "data folder (default ${DEFAULT-VALUE})")
    private Path data = Path.of("var");

    @Mixin
    private ClockOption clock = new ClockOption();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        var out = spec == null
                ? new PrintWriter(System.out, true)
                : spec.commandLine().getOut();
        var err = spec == null
                ? new PrintWriter(System.err, true)
                : spec.commandLine().getErr();
        try {
            return replay(out) ? 0 : 1;
        } catch (CannotReplay | IllegalArgumentException e) {
            err.println("No replay: " + e.getMessage());
            err.flush();
            return 2;
        }
    }

    private boolean replay(PrintWriter out) throws InterruptedException {
        if (speed != 0 && !(speed >= 0.1 && speed <= 1000)) {
            throw new CannotReplay("--speed is 0.1 to 1000, not " + speed);
        }
        var broker = BrokerAddress.parse(mqtt, mqttCa);
        var recording = Recording.open(csv, new Recording.Hints(time, label, ignore));
        var random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        var keys = DeviceKeys.of(random);
        var cast =
                map == null ? Cast.unmapped(recording, keys) : Cast.mapped(recording, map, DomainPacks.bundled(), keys);
        var now = Instant.now();
        var schedule = Schedule.of(clock.clock(), recording.first(), recording.last(), speed, now);
        describe(recording, schedule, out);
        var assets = new ReplayAssets(api, password());
        var run = "replay-" + RUN.format(now);
        var registered = assets.register(cast.facilities());
        out.println("Registered " + registered.stream().map(Facility::getId).collect(Collectors.joining(", "))
                + " with " + cast.roles().size() + " devices.");
        out.flush();
        var truth = new ReplayTruth(data, run);
        var done = new CountDownLatch(1);
        try (var ledger = Ledger.open(Ledger.folderOf(data), run)) {
            var replay = new Replay(recording, schedule, cast, keys, broker, ledger, truth, run, out);
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                replay.stop();
                                try {
                                    done.await(STOP_SECONDS, TimeUnit.SECONDS);
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                }
                            },
                            "stop"));
            var outcome = replay.run();
            tell(outcome, recording, truth, run, out);
            return outcome.complete();
        } finally {
            remove(assets, registered, out);
            out.flush();
            done.countDown();
        }
    }

    private void remove(ReplayAssets assets, List<Facility> registered, PrintWriter out) {
        if (keep) {
            return;
        }
        try {
            assets.remove(registered);
        } catch (CannotReplay e) {
            out.println("The replay facilities stay registered: " + e.getMessage());
        }
    }

    private static void describe(Recording recording, Schedule schedule, PrintWriter out) {
        out.printf(
                "%s: %d rows from %s to %s, usually every %s%n",
                recording.file().getFileName(),
                recording.rows(),
                recording.first(),
                recording.last(),
                recording.period().toString().substring(2).toLowerCase(Locale.ROOT));
        out.println("  series  "
                + recording.series().stream().map(Recording.Column::name).collect(Collectors.joining(", ")));
        if (!recording.labels().isEmpty()) {
            out.println("  labels  "
                    + recording.labels().stream()
                            .map(label -> label.column().name())
                            .collect(Collectors.joining(", ")));
        }
        if (!recording.left().isEmpty()) {
            out.println("  left    " + String.join(", ", recording.left()));
        }
        out.printf(
                "  in the city from %s, %s times as fast as recorded%n",
                schedule.eventTime(recording.first()), schedule.speed());
        out.flush();
    }

    private static void tell(
            Replay.Outcome outcome, Recording recording, ReplayTruth truth, String run, PrintWriter out) {
        out.printf(
                "%nReplayed %d rows, %d values in %d messages; %d acknowledged, %d refused; at most %.2f s late.%n",
                outcome.rows(),
                outcome.values(),
                outcome.said(),
                outcome.acked(),
                outcome.refused(),
                outcome.latest().toMillis() / 1000.0);
        if (outcome.bad() > 0) {
            out.printf("%d bad rows or cells were not replayed (listed above).%n", outcome.bad());
        }
        if (outcome.tooOld() > 0) {
            out.printf(
                    "%d rows were left out: in the city they are more than seven days old, which is not accepted.%n",
                    outcome.tooOld());
        }
        if (!recording.labels().isEmpty()) {
            out.printf("Truth: %d windows, in %s%n", truth.windows(), truth.file());
        }
        out.println("Check it with: ./yiwang audit --run " + run);
    }

    private String password() {
        var file = adminPasswordFile == null ? data.resolve("admin-password") : adminPasswordFile;
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new CannotReplay("the password file " + file + " cannot be read: " + e.getMessage());
        }
    }
}
