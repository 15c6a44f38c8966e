package io.yiwang.streams.backtest;

import io.yiwang.model.clock.CityClock;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.rule.RuleBook;
import io.yiwang.streams.influx.InfluxSettings;
import io.yiwang.streams.intake.PackSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code backtest}: exit 0 = judged to the end, 1 = the input breaks off or cannot be read, 2 = asked wrongly. */
@Command(
        name = "backtest",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Says what the detect job would have said of recorded readings.")
public final class Backtest implements Callable<Integer> {
    /** Standard input in place of a file. */
    private static final String STANDARD_INPUT = "-";

    private static final String CITY = "Asia/Shanghai";

    @Option(
            names = "--records",
            paramLabel = "FILE|-",
            description = "a log as delimited TelemetryRecords with log_millis, in log order; - reads standard input")
    private @Nullable String records;

    @Option(names = "--assets", paramLabel = "FILE", description = "with --records: its facilities, delimited")
    private @Nullable Path assets;

    @Option(names = "--alarms", paramLabel = "FILE", description = "with --records: where delimited Alarms go")
    private @Nullable Path alarms;

    @Option(names = "--quality", paramLabel = "FILE", description = "with --records: where delimited PointQualities go")
    private @Nullable Path quality;

    @Option(names = "--csv", paramLabel = "FILE", description = "recorded series: a header and a time column")
    private @Nullable Path csv;

    @Option(names = "--learn", paramLabel = "FILE", description = "with --csv: history that is fed first, silently")
    private @Nullable Path learn;

    @Option(names = "--time", paramLabel = "COL", description = "with --csv: the time column (default: recognised)")
    private @Nullable String time;

    @Option(
            names = "--ignore",
            paramLabel = "COL",
            split = ",",
            description = "with --csv: columns that are left alone")
    private List<String> ignore = List.of();

    @Option(
            names = "--format",
            paramLabel = "wide|long",
            description = "with --csv: a column for each series, or a value a row (default: recognised)")
    private @Nullable String format;

    @Option(
            names = "--metric",
            paramLabel = "COL=METRIC[@TYPE]",
            description =
                    "with --csv: judges a series as this metric of a pack, with the limits of this type of facility")
    private Map<String, String> metrics = Map.of();

    @Option(
            names = "--rules",
            paramLabel = "FILE",
            description =
                    "YAML or JSON: with --csv limits of the series, otherwise a list of changes of the city's rules")
    private @Nullable Path rules;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "with --csv: where alarms go; with --kafka: the comparison")
    private @Nullable Path out;

    @Option(names = "--scores", paramLabel = "FILE", description = "with --csv: where the scores of the rows go")
    private @Nullable Path scores;

    @Option(
            names = "--kafka",
            paramLabel = "HOSTS",
            description = "bootstrap servers of a city whose history is judged again")
    private @Nullable String kafka;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "with --kafka: from when on, such as 2026-03-01T08:00; without offset in --zone")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "with --kafka: until when (default: now in the city)")
    private @Nullable String to;

    @Option(
            names = "--warm-up",
            paramLabel = "HOURS",
            defaultValue = "72",
            description = "with --kafka: how much is judged before --from (default ${DEFAULT-VALUE} hours)")
    private int warmUpHours;

    @Option(
            names = "--facility",
            paramLabel = "ID",
            split = ",",
            description = "with --kafka: only these facilities (default: all)")
    private Set<String> facilities = Set.of();

    @Option(
            names = "--influx",
            paramLabel = "URL",
            description = "with --kafka: readings come from this InfluxDB, which has them longer")
    private @Nullable String influx;

    @Option(
            names = "--influx-token-file",
            paramLabel = "FILE",
            description = "with --influx: API token, or user:password")
    private @Nullable Path influxToken;

    @Option(
            names = "--influx-database",
            paramLabel = "NAME",
            defaultValue = "yiwang",
            description = "with --influx (default ${DEFAULT-VALUE})")
    private String influxDatabase = "";

    @Option(names = "--timing", description = "prints how fast it was, as JSON on standard output")
    private boolean timing;

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            description =
                    "the city's time zone; of a CSV also that of times without one (default Asia/Shanghai, of a CSV UTC)")
    private @Nullable String zone;

    @Option(
            names = "--clock",
            paramLabel = "FROM[,SPEED[,ANCHOR]]",
            description = "the city's clock when it is not the wall clock, as for 'up'; with --kafka the anchor too")
    private @Nullable String clock;

    @Option(names = "--domains", paramLabel = "DIR", description = "folder with further domain packs")
    private @Nullable Path domains;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        var err = spec == null
                ? new PrintWriter(System.err, true)
                : spec.commandLine().getErr();
        try {
            run(err);
            return 0;
        } catch (CannotBacktest | IllegalArgumentException e) {
            return fail(err, e.getMessage(), 2);
        } catch (NoSuchFileException e) {
            return fail(err, "there is no file " + e.getMessage(), 2);
        } catch (IOException e) {
            return fail(err, e.getMessage(), 1);
        }
    }

    private static int fail(PrintWriter err, @Nullable String why, int code) {
        err.println("No back-test: " + why);
        err.flush();
        return code;
    }

    private void run(PrintWriter err) throws IOException {
        if (Stream.of(records, csv, kafka).filter(Objects::nonNull).count() != 1) {
            throw new CannotBacktest(
                    "say what to judge, one of: --csv FILE, --records FILE, --kafka HOSTS --from TIME");
        }
        if (csv != null) {
            csv(csv, err);
        } else if (records != null) {
            records(records, err);
        } else if (kafka != null) {
            range(kafka, err);
        }
    }

    private void range(String hosts, PrintWriter err) throws IOException {
        if (from == null) {
            throw new CannotBacktest("--kafka needs --from TIME");
        }
        if (warmUpHours < 0) {
            throw new CannotBacktest("--warm-up is 0 hours or more");
        }
        var city = zone(CITY);
        var time = clock(city);
        var face = new RangeFace(
                PackSource.bundledAnd(domains).packs(),
                city,
                time,
                hosts,
                moment(from, city),
                to == null ? time.instant() : moment(to, city),
                Duration.ofHours(warmUpHours),
                facilities,
                influx == null ? null : influx(influx),
                rules,
                out);
        try {
            face.run(
                    spec == null
                            ? new PrintWriter(System.out)
                            : spec.commandLine().getOut(),
                    err);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotBacktest("interrupted");
        }
    }

    private RuleBook rules(DomainPacks packs) throws IOException {
        return rules == null ? RuleBook.EMPTY : RuleChanges.tried(RuleBook.EMPTY, rules, packs);
    }

    private InfluxSettings influx(String url) throws IOException {
        return new InfluxSettings(url, influxToken == null ? "" : Files.readString(influxToken), influxDatabase, false);
    }

    private static Instant moment(String text, ZoneId city) {
        long millis = TimeForm.YEAR_FIRST.reader(city).millis(text);
        if (millis == TimeForm.NONE) {
            throw new CannotBacktest("'" + text + "' is not a time such as 2026-03-01T08:00 or 2026-03-01T00:00Z");
        }
        return Instant.ofEpochMilli(millis);
    }

    private void csv(Path file, PrintWriter err) throws IOException {
        if (out == null) {
            throw new CannotBacktest("--csv needs --out FILE");
        }
        var city = zone("UTC");
        var hints = new CsvSheet.Hints(time, ignore, format == null ? null : isLong(format), city);
        var packs = PackSource.bundledAnd(domains);
        var outcome = new CsvFace(file, hints, learn, rules, metrics, packs, city, out, scores).run(err);
        time(
                "{\"rows\": %d, \"series\": %d, \"values\": %d, \"alarms\": %d, \"seconds\": %.3f, \"cpuSeconds\": %.3f, \"valuesPerCpuSecond\": %.0f}",
                outcome.rows(),
                outcome.series(),
                outcome.values(),
                outcome.alarms(),
                outcome.seconds(),
                outcome.cpuSeconds(),
                outcome.values() / outcome.cpuSeconds());
    }

    private static boolean isLong(String format) {
        return switch (format) {
            case "long" -> true;
            case "wide" -> false;
            default -> throw new CannotBacktest("--format is wide or long, not " + format);
        };
    }

    private void time(String form, Object... figures) {
        if (timing && spec != null) {
            var to = spec.commandLine().getOut();
            to.printf(Locale.ROOT, form + "%n", figures);
            to.flush();
        }
    }

    private void records(String log, PrintWriter err) throws IOException {
        if (assets == null || alarms == null) {
            throw new CannotBacktest("--records needs --assets FILE and --alarms FILE");
        }
        var city = zone(CITY);
        var packs = PackSource.bundledAnd(domains).packs();
        var face = new RecordsFace(packs, rules(packs), city, clock(city), assets, alarms, quality);
        if (log.equals(STANDARD_INPUT)) {
            time(face.run(System.in, "standard input", err));
        } else {
            try (var in = Files.newInputStream(Path.of(log))) {
                time(face.run(in, log, err));
            }
        }
    }

    private void time(RecordsFace.Outcome outcome) {
        time(
                "{\"records\": %d, \"facilities\": %d, \"values\": %d, \"alarmSteps\": %d, \"seconds\": %.3f, \"cpuSeconds\": %.3f, \"valuesPerCpuSecond\": %.0f}",
                outcome.records(),
                outcome.facilities(),
                outcome.readings(),
                outcome.alarms(),
                outcome.seconds(),
                outcome.cpuSeconds(),
                outcome.readings() / outcome.cpuSeconds());
    }

    private ZoneId zone(String otherwise) {
        try {
            return ZoneId.of(zone == null ? otherwise : zone);
        } catch (DateTimeException e) {
            throw new CannotBacktest("'" + zone + "' is not a time zone such as Asia/Shanghai or UTC");
        }
    }

    /** Of a log in a file only its speed counts, because records bring their own time; so its anchor may be left out. */
    private CityClock clock(ZoneId city) {
        if (clock == null) {
            return CityClock.wallClock();
        }
        boolean hasAnchor = clock.chars().filter(c -> c == ',').count() == 2;
        if (kafka != null && !hasAnchor) {
            throw new CannotBacktest("--clock: a city's log needs FROM,SPEED,ANCHOR");
        }
        return hasAnchor ? CityClock.of(clock) : CityClock.parse(clock, city, Instant.EPOCH);
    }

    public static void main(String[] args) {
        // Read when the first logger is made, which nothing before here does.
        System.setProperty("logback.configurationFile", "logback-backtest.xml");
        System.exit(new CommandLine(new Backtest()).execute(args));
    }
}
