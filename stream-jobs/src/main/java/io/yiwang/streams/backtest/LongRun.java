package io.yiwang.streams.backtest;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Judges a file whose rows are one value of one series: the rows of one time are one message of their device. */
final class LongRun extends CsvRun {
    private final List<DeviceJudge> judges = new ArrayList<>();
    /** The message of each device that is being put together. */
    private final List<double[]> messages = new ArrayList<>();

    private final Map<String, Place> placeByName = new HashMap<>();

    LongRun(CsvFace face, CsvSheet sheet, PrintWriter progress) {
        super(face, sheet, progress);
    }

    /** Where a series is: the number of its device and its own among those of the device. */
    private record Place(int device, int series) {}

    /** Learns what a row came to. */
    private interface Judged {
        void row(int row, DeviceJudge judge, int series);
    }

    @Override
    List<DeviceJudge> judge() throws IOException {
        var held = CsvRows.holdLong(sheet, complaints);
        devices(held);
        learn();
        judges.forEach(judge -> judge.begin(sheet.firstMillis()));
        var scores = new float[face.scores() == null ? 0 : held.count()];
        var flags = new boolean[scores.length];
        judge(held, 0, complaints, (row, judge, series) -> {
            if (scores.length > 0) {
                scores[row] = (float) judge.score(series);
                flags[row] = judge.episodes().isOpen(series);
            }
        });
        if (face.scores() != null) {
            write(new CsvOutput.Scores(face.scores(), List.of("series")), held, scores, flags);
        }
        return judges;
    }

    private static void write(CsvOutput.Scores scores, CsvRows.Held held, float[] score, boolean[] flags)
            throws IOException {
        try (scores) {
            for (int row = 0; row < held.count(); row++) {
                if (held.isBad(row)) {
                    scores.notJudged(held.badTime(row));
                } else {
                    scores.begin(held.millis()[row], score[row], flags[row]);
                    scores.column(held.keys().get(held.series()[row]).name());
                    scores.end();
                }
            }
        }
    }

    private void devices(CsvRows.Held held) throws IOException {
        var namesByDevice = new LinkedHashMap<String, List<String>>();
        held.keys()
                .forEach(key -> namesByDevice
                        .computeIfAbsent(key.device(), device -> new ArrayList<>())
                        .add(key.name()));
        var words = words(held.keys().stream().map(CsvRows.SeriesKey::name).toList());
        var periods = periods(held);
        namesByDevice.forEach((device, names) -> {
            int number = judges.size();
            for (int i = 0; i < names.size(); i++) {
                placeByName.put(names.get(i), new Place(number, i));
            }
            var message = new double[names.size()];
            Arrays.fill(message, Double.NaN);
            messages.add(message);
            judges.add(judge(
                    "file" + number,
                    words,
                    names,
                    names.stream().map(periods::get).toList()));
        });
    }

    private static Map<String, Long> periods(CsvRows.Held held) {
        var periods = held.keys().stream().map(key -> new Period()).toList();
        for (int row : held.inOrder()) {
            if (!Double.isNaN(held.values()[row])) {
                periods.get(held.series()[row]).value(held.millis()[row]);
            }
        }
        var byName = new HashMap<String, Long>();
        for (int i = 0; i < periods.size(); i++) {
            byName.put(held.keys().get(i).name(), periods.get(i).millis());
        }
        return byName;
    }

    private void learn() throws IOException {
        var history = history();
        if (history == null) {
            return;
        }
        var wrong = new Complaints();
        var held = CsvRows.holdLong(history, wrong);
        compare(
                judges.stream()
                        .flatMap(judge -> judge.series().names().stream())
                        .toList(),
                held.keys().stream().map(CsvRows.SeriesKey::name).toList(),
                history.file());
        judge(held, shift(history), wrong, null);
        complain(history, wrong);
    }

    private void judge(CsvRows.Held held, long shift, Complaints wrong, @Nullable Judged out) {
        // Null of a series that only the history has.
        var places =
                held.keys().stream().map(key -> placeByName.get(key.name())).toArray(Place[]::new);
        var spoke = new boolean[judges.size()];
        var order = held.inOrder();
        int to;
        for (int from = 0; from < order.length; from = to) {
            long millis = held.millis()[order[from]];
            for (to = from; to < order.length && held.millis()[order[to]] == millis; to++) {
                take(held, order[to], places, spoke, wrong);
            }
            for (int device = 0; device < spoke.length; device++) {
                if (spoke[device]) {
                    spoke[device] = false;
                    judges.get(device).on(millis + shift, messages.get(device));
                    Arrays.fill(messages.get(device), Double.NaN);
                }
            }
            for (int i = from; out != null && i < to; i++) {
                var place = places[held.series()[order[i]]];
                out.row(order[i], judges.get(place.device), place.series);
            }
        }
    }

    private void take(CsvRows.Held held, int row, @Nullable Place[] places, boolean[] spoke, Complaints wrong) {
        var place = places[held.series()[row]];
        if (place == null) {
            return;
        }
        spoke[place.device] = true;
        double value = held.values()[row];
        var message = messages.get(place.device);
        if (Double.isNaN(message[place.series])) {
            message[place.series] = value;
        } else if (!Double.isNaN(value)) {
            wrong.repeated(held.lines()[row], Instant.ofEpochMilli(held.millis()[row]));
        }
    }
}
