package io.yiwang.sim.exam;

import io.yiwang.model.domain.DomainPacks;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** {@code bench detection}: exit 0 = examined, 1 = examined and with {@code --strict} a goal was missed, 2 = could not be examined. */
@Command(
        name = "detection",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Examines detection: faults of every kind in a simulated city, and whether the detect job's logic finds them,"
                        + " how soon, and what it calls out for nothing. Needs no city.")
public final class DetectionExamCommand implements Callable<Integer> {
    private static final List<Double> SEVERITIES = List.of(0.2, 0.5, 1.0);
    private static final double QUICK_SEVERITY = 0.5;
    private static final double RISE_SHARE = 0.25;
    private static final double QUICK_RISE_SHARE = 0.06;
    private static final String PROGRAM = "backtest";

    @Option(names = "--facilities", description = "how many facilities (default 200; quick: 48)")
    private @Nullable Integer facilities;

    @Option(names = "--days", description = "simulated days with faults (default 30; quick: 8)")
    private @Nullable Integer days;

    @Option(names = "--learn-days", description = "simulated days before, without faults (default 14; quick: 5)")
    private @Nullable Integer learnDays;

    @Option(
            names = "--faults",
            paramLabel = "ID",
            split = ",",
            description = "only these faults (default: all of all packs)")
    private Set<String> faults = Set.of();

    @Option(
            names = "--severities",
            paramLabel = "X",
            split = ",",
            description = "each fault happens at each of them, 0 to 1 (default 0.2,0.5,1; quick: 0.5)")
    private @Nullable List<Double> severities;

    @Option(names = "--quick", description = "every fault once in a small city, to see where things stand")
    private boolean quick;

    @Option(names = "--seed", defaultValue = "1", description = "of the city and the plan (default ${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--zone", defaultValue = "Asia/Shanghai", description = "where the city lives (${DEFAULT-VALUE})")
    private ZoneId zone = ZoneId.of("Asia/Shanghai");

    @Option(names = "--domains", paramLabel = "DIR", description = "folder with further domain packs (*.yaml)")
    private @Nullable Path domains;

    @Option(
            names = "--keep",
            paramLabel = "DIR",
            description = "where alarms, truth, and what became of every fault and false alarm stay (default: nowhere)")
    private @Nullable Path keep;

    @Option(names = "--keep-records", description = "with --keep: the log too, about 50 bytes for each reading")
    private boolean keepRecords;

    @Option(
            names = "--sittings",
            description = "so many parts of the city sit the exam side by side (default: one for each core)")
    private @Nullable Integer sittings;

    @Option(names = "--strict", description = "exit code 1 when a goal is missed")
    private boolean strict;

    @Option(
            names = "--json",
            arity = "0..1",
            fallbackValue = "-",
            description = "one JSON object to this file; without a name, instead of the table")
    private @Nullable String json;

    @Option(
            names = "--programs",
            paramLabel = "FILE",
            description = "how to start each program, JSON; './yiwang bench detection' knows")
    private @Nullable Path programs;

    @Option(names = "--data", defaultValue = "var", description = "data folder (default ${DEFAULT-VALUE})")
    private Path data = Path.of("var");

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
        var results = Files.createDirectories(data.resolve("bench"));
        var folder = keep == null ? Files.createTempDirectory(results, "work") : Files.createDirectories(keep);
        try {
            var packs = packs();
            var report = new DetectionExam(packs, settings(), runner(folder), "-".equals(json) ? err : out).hold();
            return tell(report, results, out);
        } catch (ExamFailure | IllegalArgumentException e) {
            err.println("Not examined: " + e.getMessage());
            err.flush();
            return 2;
        } finally {
            if (keep == null) {
                delete(folder);
            }
        }
    }

    private DomainPacks packs() {
        if (domains == null) {
            return DomainPacks.bundled();
        }
        if (!Files.isDirectory(domains)) {
            throw new ExamFailure("--domains: " + domains + " is not a folder with domain packs (*.yaml)");
        }
        return DomainPacks.withFolder(domains);
    }

    private ExamSettings settings() {
        return new ExamSettings(
                facilities == null ? quick ? 48 : 200 : facilities,
                learnDays == null ? quick ? 5 : 14 : learnDays,
                days == null ? quick ? 8 : 30 : days,
                severities == null ? quick ? List.of(QUICK_SEVERITY) : SEVERITIES : severities,
                1,
                quick ? 1 : 3,
                Duration.ofHours(quick ? 3 : 12),
                quick ? QUICK_RISE_SHARE : RISE_SHARE,
                faults,
                seed,
                zone);
    }

    private DetectionExam.Runner runner(Path folder) {
        var options = new ArrayList<>(List.of("--zone", zone.toString()));
        if (domains != null) {
            options.addAll(List.of("--domains", domains.toString()));
        }
        return new DetectionExam.Runner(
                command(),
                options,
                folder,
                keepRecords && keep != null,
                sittings == null ? Runtime.getRuntime().availableProcessors() : sittings);
    }

    private List<String> command() {
        if (programs == null) {
            throw new ExamFailure(
                    "the program to examine is not known (--programs); start this with './yiwang bench detection'");
        }
        try {
            var known = JsonMapper.shared()
                    .readValue(Files.readString(programs), new TypeReference<Map<String, List<String>>>() {});
            var command = known.get(PROGRAM);
            if (command == null) {
                throw new ExamFailure(programs + " does not say how to start " + PROGRAM);
            }
            return command;
        } catch (IOException | JacksonException e) {
            throw new ExamFailure("cannot read " + programs + ": " + e.getMessage(), e);
        }
    }

    private Integer tell(DetectionReport report, Path results, PrintWriter out) throws IOException {
        var text = JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n";
        var when = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString().replaceAll("[^0-9T]", "");
        var file = results.resolve("detection-" + when + ".json");
        Files.writeString(file, text);
        Files.writeString(results.resolve("detection-" + when + ".md"), report.table());
        boolean onlyJson = "-".equals(json);
        if (json != null && !onlyJson) {
            Files.writeString(Path.of(json), text);
        }
        out.print(
                onlyJson
                        ? text
                        : "\n" + report.table()
                                + (quick ? "\nQuick: see where things stand, not how good they are.\n" : "")
                                + "\nKept in " + file + " and beside it as Markdown\n");
        out.flush();
        return strict && !report.meetsGoals() ? 1 : 0;
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException trouble) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
