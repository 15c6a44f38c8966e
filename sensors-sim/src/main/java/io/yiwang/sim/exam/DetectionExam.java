package io.yiwang.sim.exam;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Facility;
import io.yiwang.sim.fault.Truth;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/** Holds the exam: draws the city, plans the faults, lets the networks sit it side by side, and scores what was concluded. */
final class DetectionExam {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long SAY_NANOS = Duration.ofSeconds(20).toNanos();

    private final DomainPacks packs;
    private final ExamSettings settings;
    private final Runner runner;
    private final PrintWriter progress;
    private long saidNanos = System.nanoTime();

    /**
     * How it is run; nothing of it changes the result.
     *
     * @param backtest command line of the program under examination
     * @param options that it is given besides
     * @param folder for its files
     * @param keepRecords whether the log stays there too
     * @param sittings how many networks sit the exam at the same time
     */
    record Runner(List<String> backtest, List<String> options, Path folder, boolean keepRecords, int sittings) {}

    DetectionExam(DomainPacks packs, ExamSettings settings, Runner runner, PrintWriter progress) {
        this.packs = packs;
        this.settings = settings;
        this.runner = runner;
        this.progress = progress;
    }

    DetectionReport hold() throws InterruptedException, IOException {
        var begun = System.nanoTime();
        var faults = Planner.faults(packs, settings.faults());
        var city = ExamCity.draw(packs, faults, settings.facilities(), settings.seed());
        var plan = new Planner(packs, city, settings).plan();
        say("%d facilities with %d devices; %d faults planned, %d could not be (%.0f s)."
                .formatted(
                        city.size(),
                        city.stream().mapToInt(Facility::getDevicesCount).sum(),
                        plan.cases().size(),
                        plan.leftOut().size(),
                        (System.nanoTime() - begun) / 1e9));
        var book = new AlarmBook();
        var shown = new TreeMap<Integer, Sighting.Shown>();
        long values = 0;
        for (var part : sit(city, plan.cases())) {
            part.judge.alarmsInto(book);
            shown.putAll(part.sitting.shown());
            values += part.sitting.values();
        }
        var raises = book.raises();
        var score =
                new Scorer(explains(), settings.examMillis(), settings.endMillis()).score(plan.cases(), shown, raises);
        keep(score, plan);
        var remarks = new ArrayList<>(plan.leftOut());
        var report = DetectionReport.of(
                setup(city, plan, values, book.steps()), score, city.size(), settings.days(), remarks);
        say("Examined in %.0f s.".formatted((System.nanoTime() - begun) / 1e9));
        return report;
    }

    private Map<String, Object> setup(List<Facility> city, Planner.Plan plan, long values, long steps) {
        var setup = new LinkedHashMap<String, Object>();
        setup.put("facilities", city.size());
        setup.put(
                "points",
                city.stream()
                        .flatMap(f -> f.getDevicesList().stream())
                        .mapToInt(d -> d.getPointsCount())
                        .sum());
        setup.put("days to learn", settings.learnDays());
        setup.put("days examined", settings.days());
        setup.put("faults", plan.cases().size());
        setup.put("longest rise", settings.longestRise().toString());
        setup.put("gap between faults", settings.gap().toString());
        setup.put("tick", Sitting.TICK.toString());
        setup.put("seed", settings.seed());
        setup.put("readings", values);
        setup.put("alarm steps", steps);
        setup.put("facility time under a fault", "%.1f %%".formatted(100 * busy(plan) / city.size()));
        return setup;
    }

    /** Facilities that are under a fault or recovering from one, on average. */
    private double busy(Planner.Plan plan) {
        return plan.cases().stream()
                        .mapToDouble(planned -> planned.zone().size()
                                * (double) (planned.toMillis() + planned.settleMillis() - planned.fromMillis()))
                        .sum()
                / Duration.ofDays(settings.days()).toMillis();
    }

    private Map<String, Set<String>> explains() {
        var explains = new HashMap<String, Set<String>>();
        packs.all()
                .forEach(domain -> domain.patterns()
                        .forEach(pattern -> explains.put(pattern.rule(), new HashSet<>(pattern.explains()))));
        return explains;
    }

    private record Part(Sitting sitting, Judge judge) {}

    private List<Part> sit(List<Facility> city, List<Case> cases) throws InterruptedException, IOException {
        var groups = groups(city);
        var threads = Executors.newFixedThreadPool(groups.size());
        var parts = new ArrayList<Part>();
        try {
            var running = new ArrayList<Future<?>>();
            for (int i = 0; i < groups.size(); i++) {
                var name = "part" + (i + 1);
                var group = groups.get(i);
                var judge = new Judge(runner.backtest, runner.options, group, runner.folder, name);
                var out = log(judge, name);
                var sitting = new Sitting(packs, group, cases, settings, new Truth(runner.folder.resolve(name)), out);
                parts.add(new Part(sitting, judge));
                running.add(threads.submit(() -> {
                    try (out) {
                        sitting.run(day -> tell(name, day));
                    } catch (UncheckedIOException e) {
                        throw judge.broken(e.getCause());
                    } catch (IOException e) {
                        throw judge.broken(e);
                    }
                    return null;
                }));
            }
            for (var one : running) {
                one.get();
            }
            for (var part : parts) {
                part.judge.finish();
            }
            return parts;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ExamFailure failure
                    ? failure
                    : new ExamFailure("the exam broke off: " + e.getCause(), e.getCause());
        } finally {
            threads.shutdownNow();
            parts.forEach(part -> part.judge.close());
        }
    }

    private OutputStream log(Judge judge, String name) throws IOException {
        if (!runner.keepRecords) {
            return judge.log();
        }
        var copy =
                new BufferedOutputStream(Files.newOutputStream(runner.folder.resolve(name + "-records.bin")), 1 << 16);
        return new FilterOutputStream(judge.log()) {
            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                out.write(bytes, from, length);
                copy.write(bytes, from, length);
            }

            @Override
            public void close() throws IOException {
                super.close();
                copy.close();
            }
        };
    }

    /** Whole networks, so that the parts have about as much to say; facilities keep the city's order. */
    private List<List<Facility>> groups(List<Facility> city) {
        var networks = new ArrayList<>(new Surroundings(city).networks());
        networks.sort(Comparator.comparingDouble(DetectionExam::weight).reversed());
        var count = Math.max(1, Math.min(runner.sittings, networks.size()));
        var groups =
                IntStream.range(0, count).mapToObj(i -> new HashSet<String>()).toList();
        var weights = new double[count];
        for (var network : networks) {
            var lightest = IntStream.range(0, count)
                    .boxed()
                    .min(Comparator.comparingDouble(i -> weights[i]))
                    .orElseThrow();
            weights[lightest] += weight(network);
            network.forEach(facility -> groups.get(lightest).add(facility.getId()));
        }
        return groups.stream()
                .map(ids -> city.stream().filter(f -> ids.contains(f.getId())).toList())
                .toList();
    }

    /** Readings per second, about. */
    private static double weight(List<Facility> network) {
        return network.stream()
                .flatMap(facility -> facility.getDevicesList().stream())
                .flatMap(device -> device.getPointsList().stream())
                .mapToDouble(point -> 1.0 / Math.max(1, point.getPeriodSeconds()))
                .sum();
    }

    private synchronized void tell(String part, long day) {
        if (System.nanoTime() - saidNanos > SAY_NANOS) {
            saidNanos = System.nanoTime();
            say("%s: day %d of %d".formatted(part, day, settings.learnDays() + settings.days()));
        }
    }

    /** For whoever wants to know why: every fault with what became of it, and every false alarm. */
    private void keep(Scorer.Score score, Planner.Plan plan) throws IOException {
        var lines = new ArrayList<String>();
        for (var outcome : score.outcomes()) {
            var line = new LinkedHashMap<String, Object>();
            var planned = outcome.planned();
            line.put("number", planned.number());
            line.put("fault", planned.fault());
            line.put("severity", planned.severity());
            line.put("facility", planned.facility());
            line.put("device", String.valueOf(planned.device()));
            line.put("metric", String.valueOf(planned.order().metric()));
            line.put("from", text(planned.fromMillis()));
            line.put("to", text(planned.toMillis()));
            var shown = outcome.shown();
            line.put("visible", shown == null ? "never" : text(shown.visibleMillis()));
            line.put("plain", shown == null ? "never" : text(shown.plainMillis()));
            line.put("sign", shown == null ? "never" : text(shown.signMillis()));
            var by = outcome.by();
            line.put("found", by == null ? "" : by.rule() + " at " + by.facility());
            outcome.delayMillis().ifPresent(millis -> line.put("delaySeconds", millis / 1000));
            outcome.plainDelayMillis().ifPresent(millis -> line.put("plainDelaySeconds", millis / 1000));
            outcome.signDelayMillis().ifPresent(millis -> line.put("signDelaySeconds", millis / 1000));
            line.put("rightCause", outcome.rightCause());
            line.put("zone", planned.zone());
            line.put("points", planned.points());
            lines.add(JSON.writeValueAsString(line));
        }
        Files.write(runner.folder.resolve("faults.jsonl"), lines);
        Files.write(
                runner.folder.resolve("false-alarms.jsonl"),
                score.wrong().stream()
                        .map(raise -> JSON.writeValueAsString(told(raise, plan)))
                        .toList());
    }

    /** ISO-8601; -1 = never. */
    private static String text(long millis) {
        return millis < 0 ? "never" : Instant.ofEpochMilli(millis).toString();
    }

    private static Map<String, Object> told(Raise raise, Planner.Plan plan) {
        var line = new LinkedHashMap<String, Object>();
        line.put("rule", raise.rule());
        line.put("kind", raise.kind());
        line.put("facility", raise.facility());
        line.put("devices", raise.devices());
        line.put("onset", Instant.ofEpochMilli(raise.onsetMillis()).toString());
        line.put("raised", Instant.ofEpochMilli(raise.raisedMillis()).toString());
        line.put("told", Instant.ofEpochMilli(raise.toldMillis()).toString());
        line.put(
                "cleared",
                raise.clearedMillis() == 0
                        ? ""
                        : Instant.ofEpochMilli(raise.clearedMillis()).toString());
        line.put("time", raise.time());
        // The last fault that moved the facility before: how long ago it ended says whether this is its aftermath.
        plan.cases().stream()
                .filter(planned ->
                        planned.zone().contains(raise.facility()) && planned.fromMillis() <= raise.raisedMillis())
                .max(Comparator.comparingLong(Case::toMillis))
                .ifPresent(planned -> {
                    line.put("after", planned.fault() + " #" + planned.number());
                    line.put("hoursAfter", (raise.raisedMillis() - planned.toMillis()) / 360_000 / 10.0);
                });
        return line;
    }

    private void say(String line) {
        progress.println(line);
        progress.flush();
    }
}
