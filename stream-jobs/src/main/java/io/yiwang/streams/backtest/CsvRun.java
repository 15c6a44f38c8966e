package io.yiwang.streams.backtest;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One run of a {@link CsvFace}: what wide and long files have in common. */
abstract class CsvRun {
    private static final long WEEK_MILLIS = Duration.ofDays(7).toMillis();

    final CsvFace face;
    final CsvSheet sheet;
    final Complaints complaints = new Complaints();
    private final PrintWriter progress;

    CsvRun(CsvFace face, CsvSheet sheet, PrintWriter progress) {
        this.face = face;
        this.sheet = sheet;
        this.progress = progress;
    }

    /** Judges the history and the file, and writes the scores. */
    abstract List<DeviceJudge> judge() throws IOException;

    final CsvFace.Outcome run(Stopwatch watch) throws IOException {
        tell(sheet);
        var judges = judge();
        var episodes = new ArrayList<Episode>();
        long values = 0;
        int series = 0;
        for (var judge : judges) {
            episodes.addAll(judge.episodes().all());
            values += judge.values();
            series += judge.series().size();
        }
        episodes.sort(Episodes.ORDER);
        CsvOutput.alarms(face.out(), episodes);
        complain(sheet, complaints);
        double seconds = watch.seconds();
        progress.printf(
                Locale.ROOT,
                "%,d alarm(s) in %s; %,d values in %.1f s, %,.0f values/s%n",
                episodes.size(),
                face.out(),
                values,
                seconds,
                values / seconds);
        progress.flush();
        return new CsvFace.Outcome(series, sheet.rows(), values, episodes.size(), seconds, watch.cpuSeconds());
    }

    final void complain(CsvSheet of, Complaints wrong) {
        wrong.lines(of.file().toString()).forEach(progress::println);
    }

    private void tell(CsvSheet of) {
        progress.printf(
                Locale.ROOT,
                "%s: %,d rows from %s to %s, %s, times in %s%s%n",
                of.file(),
                of.rows(),
                Instant.ofEpochMilli(of.firstMillis()),
                Instant.ofEpochMilli(of.lastMillis()),
                of.isLong() ? "a value a row" : of.values().size() + " series",
                of.names().get(of.timeColumn()),
                of.left().isEmpty() ? "" : "; left out: " + String.join(", ", of.left()));
        if (!of.inOrder() && !of.isLong()) {
            progress.printf("%s: the times are not in order; the rows are judged sorted by time%n", of.file());
        }
    }

    /**
     * @param periodMillis by series
     * @throws IllegalArgumentException when the rules or metrics do not fit the series
     */
    final DeviceJudge judge(String facility, SeriesWords words, List<String> names, List<Long> periodMillis) {
        return new DeviceJudge(SeriesSet.of(facility, words.of(names, periodMillis)), face.zone());
    }

    /** What is said of these series. */
    final SeriesWords words(List<String> series) throws IOException {
        var rules = face.rules() == null ? SeriesRules.NONE : SeriesRules.read(face.rules(), series);
        var metrics = face.metrics();
        // Reading all packs takes longer than most files.
        var words = metrics.isEmpty()
                ? new SeriesWords(rules, Map.of(), List.of())
                : SeriesWords.of(series, rules, metrics, face.packs().packs());
        words.remarks().forEach(progress::println);
        return words;
    }

    /** The history; null when there is none. What is left alone in the file need not be in it. */
    final @Nullable CsvSheet history() throws IOException {
        var file = face.learn();
        if (file == null) {
            return null;
        }
        var header = CsvSheet.names(file);
        var time = sheet.names().get(sheet.timeColumn());
        var hints = face.hints();
        var history = CsvSheet.open(
                file,
                new CsvSheet.Hints(
                        header.contains(time) ? time : null,
                        hints.ignore().stream().filter(header::contains).toList(),
                        sheet.isLong(),
                        hints.zone()));
        tell(history);
        return history;
    }

    /**
     * By how much the history is moved, ms: history that does not end within the week before the file begins is moved by whole weeks
     * until it does, so that hours and days of the week stay what they are.
     */
    final long shift(CsvSheet history) {
        long gap = sheet.firstMillis() - history.lastMillis();
        long shift = gap > 0 && gap <= WEEK_MILLIS ? 0 : Math.floorDiv(gap - 1, WEEK_MILLIS) * WEEK_MILLIS;
        if (shift != 0) {
            progress.printf(
                    Locale.ROOT,
                    "%s: taken as if it had been %,d week(s) %s, so that it ends in the week before the file begins%n",
                    history.file(),
                    Math.abs(shift / WEEK_MILLIS),
                    shift > 0 ? "later" : "earlier");
        }
        return shift;
    }

    /** Says which series have no history. */
    final void compare(List<String> series, List<String> known, Path history) {
        var without = series.stream().filter(name -> !known.contains(name)).toList();
        if (without.size() == series.size()) {
            throw new CannotBacktest("--learn " + history + " has none of the series of " + sheet.file() + ": it has "
                    + known + ", the file has " + series);
        }
        if (!without.isEmpty()) {
            progress.printf("%s: no history of %s%n", history, String.join(", ", without));
        }
    }
}
