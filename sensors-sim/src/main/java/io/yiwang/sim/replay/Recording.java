package io.yiwang.sim.replay;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file of recorded series: a header, a time column, a column for each series, and columns that label rows. It is looked through
 * once to learn what its columns are, and read again row by row, so that its size does not matter.
 *
 * @param series columns that are replayed
 * @param labels columns that say whether something was wrong
 * @param left columns that are neither, with the reason
 * @param period usual time between two rows
 * @param first time of the first good row
 * @param last time of the last good row
 * @param rows good rows
 */
record Recording(
        Path file,
        CsvCells cells,
        RecordedTimes times,
        int timeColumn,
        List<Column> series,
        List<Label> labels,
        List<String> left,
        Duration period,
        Instant first,
        Instant last,
        long rows) {
    private static final int SAMPLE = 200;
    /** A column with at least this share of numbers among its cells is a series with bad cells, not text. */
    private static final double MOSTLY_NUMBERS = 0.5;

    private static final Pattern TIME_NAMES =
            Pattern.compile("time|timestamp|datetime|date|date_?time|ts|t|zeit|时间|采集时间|日期");
    private static final Pattern LABEL_NAMES = Pattern.compile(
            "label|labels|is_?anomaly|anomaly|anomalies|changepoint|outlier|event|attack|att_flag(_.*)?|fault|truth|标签|异常");

    /** @param index place in the row, from 0 */
    record Column(String name, int index) {}

    /** @param series the only one it speaks of; null = the whole row */
    record Label(Column column, @Nullable String series) {}

    /**
     * One row.
     *
     * @param line in the file, the header being 1
     * @param values by the order of {@link #series}, NaN = a gap
     * @param wrong by the order of {@link #labels}, whether the label says so
     */
    record Row(long line, Instant time, double[] values, boolean[] wrong) {}

    /** A row, or a cell of one, that is not replayed. */
    record Bad(long line, String reason) {}

    /**
     * What people say about the file; null and empty = recognise.
     *
     * @param label columns that label rows
     * @param ignore columns that are neither series nor labels
     */
    record Hints(@Nullable String time, List<String> label, List<String> ignore) {}

    /** @throws CannotReplay when the file is no such recording */
    static Recording open(Path file, Hints hints) {
        try (var in = reader(file)) {
            var header = in.readLine();
            var lines = in.lines().filter(line -> !line.isBlank()).limit(SAMPLE).toList();
            if (header == null || lines.isEmpty()) {
                throw new CannotReplay(file + " has no rows behind its header");
            }
            header = header.startsWith("\uFEFF") ? header.substring(1) : header;
            var cells = CsvCells.recognise(header, lines);
            var names = cells.split(header);
            var sample = lines.stream().map(cells::split).toList();
            int time = timeColumn(file, names, sample, hints);
            var times = RecordedTimes.recognise(sample.stream()
                    .filter(row -> row.size() > time)
                    .map(row -> row.get(time))
                    .toList());
            return lookThrough(file, hints, cells, names, times, time);
        } catch (IOException | UncheckedIOException e) {
            throw new CannotReplay(file + " cannot be read: " + e.getMessage());
        }
    }

    private static BufferedReader reader(Path file) throws IOException {
        // A file in another encoding has odd names, not lost rows.
        return new BufferedReader(new java.io.InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8));
    }

    private static int timeColumn(Path file, List<String> names, List<List<String>> sample, Hints hints) {
        if (hints.time != null) {
            int at = names.indexOf(hints.time);
            if (at < 0) {
                throw new CannotReplay("--time " + hints.time + ": " + file + " has no such column; it has " + names);
            }
            return at;
        }
        for (int i = 0; i < names.size(); i++) {
            if (TIME_NAMES.matcher(names.get(i).toLowerCase(Locale.ROOT)).matches()) {
                return i;
            }
        }
        for (int i = 0; i < names.size(); i++) {
            int at = i;
            if (sample.stream().allMatch(row -> row.size() > at && RecordedTimes.isTime(row.get(at)))) {
                return i;
            }
        }
        throw new CannotReplay("no column of " + file + " looks like a time; name it with --time COL. It has " + names);
    }

    private static Recording lookThrough(
            Path file, Hints hints, CsvCells cells, List<String> names, RecordedTimes times, int timeColumn)
            throws IOException {
        checkNames(file, names, hints);
        var numbers = new long[names.size()];
        var texts = new long[names.size()];
        var steps = new long[SAMPLE * 25];
        Instant first = null;
        Instant last = null;
        long rows = 0;
        try (var in = reader(file)) {
            in.readLine();
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                var row = cells.split(line);
                if (row.size() != names.size()) {
                    continue;
                }
                Instant time;
                try {
                    time = times.parse(row.get(timeColumn));
                } catch (DateTimeException | NumberFormatException e) {
                    continue;
                }
                if (last != null) {
                    steps[(int) (rows % steps.length)] =
                            Duration.between(last, time).toMillis();
                }
                first = first == null ? time : first;
                last = time;
                rows++;
                for (int i = 0; i < row.size(); i++) {
                    if (!CsvCells.isGap(row.get(i))) {
                        (cells.isNumber(row.get(i)) ? numbers : texts)[i]++;
                    }
                }
            }
        }
        if (first == null || last == null) {
            throw new CannotReplay("no row of " + file + " has a time and as many cells as the header");
        }
        var series = new ArrayList<Column>();
        var labels = new ArrayList<Label>();
        var left = new ArrayList<String>();
        var known = new HashSet<>(names);
        for (int i = 0; i < names.size(); i++) {
            var column = new Column(names.get(i), i);
            var label = labelOf(column, known, hints);
            if (i == timeColumn) {
                continue;
            } else if (hints.ignore.contains(column.name)) {
                left.add(column.name + " (--ignore)");
            } else if (label != null) {
                labels.add(label);
            } else if (describesALabel(column.name, known)) {
                left.add(column.name + " (describes a label)");
            } else if (numbers[i] == 0 || numbers[i] < MOSTLY_NUMBERS * (numbers[i] + texts[i])) {
                left.add(column.name + (texts[i] == 0 ? " (empty)" : " (not numbers)"));
            } else {
                series.add(column);
            }
        }
        if (series.isEmpty()) {
            throw new CannotReplay("no column of " + file + " is a series of numbers: " + left);
        }
        return new Recording(
                file,
                cells,
                times,
                timeColumn,
                List.copyOf(series),
                List.copyOf(labels),
                List.copyOf(left),
                usual(Arrays.copyOfRange(steps, 0, (int) Math.min(rows, steps.length))),
                first,
                last,
                rows);
    }

    private static void checkNames(Path file, List<String> names, Hints hints) {
        if (new HashSet<>(names).size() != names.size()) {
            throw new CannotReplay("two columns of " + file + " have the same name: " + names);
        }
        for (var name : hints.label) {
            if (!names.contains(name)) {
                throw new CannotReplay("--label " + name + ": " + file + " has no such column; it has " + names);
            }
        }
        for (var name : hints.ignore) {
            if (!names.contains(name)) {
                throw new CannotReplay("--ignore " + name + ": " + file + " has no such column; it has " + names);
            }
        }
    }

    private static @Nullable Label labelOf(Column column, Set<String> names, Hints hints) {
        var ofSeries = column.name.startsWith("label_") ? column.name.substring("label_".length()) : "";
        var series = names.contains(ofSeries) ? ofSeries : null;
        boolean named = hints.label.isEmpty()
                ? series != null
                        || LABEL_NAMES
                                .matcher(column.name.toLowerCase(Locale.ROOT))
                                .matches()
                : hints.label.contains(column.name);
        return named ? new Label(column, series) : null;
    }

    private static boolean describesALabel(String name, Set<String> names) {
        return name.startsWith("type_") && names.contains("label_" + name.substring("type_".length()));
    }

    /** The middle of the steps forward, at least a second. */
    private static Duration usual(long[] steps) {
        var forward = Arrays.stream(steps).filter(step -> step > 0).sorted().toArray();
        return forward.length == 0
                ? Duration.ofMinutes(1)
                : Duration.ofMillis(Math.max(1000, forward[forward.length / 2]));
    }

    /** Reads on from the beginning, row by row, until {@code onRow} says stop by throwing. */
    void read(Consumer<Row> onRow, Consumer<Bad> onBad) {
        try (var in = reader(file)) {
            int columns = cells.split(in.readLine()).size();
            Instant before = null;
            long number = 1;
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                var row = cells.split(line);
                if (row.size() != columns) {
                    onBad.accept(new Bad(number, row.size() + " cells, the header has " + columns));
                    continue;
                }
                Instant time;
                try {
                    time = times.parse(row.get(timeColumn));
                } catch (DateTimeException | NumberFormatException e) {
                    onBad.accept(new Bad(number, "'" + row.get(timeColumn) + "' is not a time like the others"));
                    continue;
                }
                if (before != null && !time.isAfter(before)) {
                    onBad.accept(new Bad(number, time + (time.equals(before) ? " twice" : " after " + before)));
                    continue;
                }
                before = time;
                onRow.accept(new Row(number, time, values(row, number, onBad), wrong(row)));
            }
        } catch (IOException e) {
            throw new CannotReplay(file + " cannot be read on: " + e.getMessage());
        }
    }

    private double[] values(List<String> row, long line, Consumer<Bad> onBad) {
        var values = new double[series.size()];
        for (int i = 0; i < values.length; i++) {
            var cell = row.get(series.get(i).index);
            values[i] = Double.NaN;
            if (!CsvCells.isGap(cell)) {
                try {
                    values[i] = cells.number(cell);
                } catch (NumberFormatException e) {
                    onBad.accept(new Bad(line, series.get(i).name + ": '" + cell + "' is not a number"));
                }
            }
        }
        return values;
    }

    /** A number other than 0 labels a row; a negative one says that nobody knows. */
    private boolean[] wrong(List<String> row) {
        var wrong = new boolean[labels.size()];
        for (int i = 0; i < wrong.length; i++) {
            var cell = row.get(labels.get(i).column.index);
            wrong[i] = !CsvCells.isGap(cell)
                    && (cells.isNumber(cell)
                            ? cells.number(cell) > 0
                            : !cell.toLowerCase(Locale.ROOT).matches("normal|ok|no|正常"));
        }
        return wrong;
    }
}
