package io.yiwang.streams.backtest;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Judges a file that has a column for each series: one device, a row a message. */
final class WideRun extends CsvRun {
    WideRun(CsvFace face, CsvSheet sheet, PrintWriter progress) {
        super(face, sheet, progress);
    }

    /** Takes the rows that can be judged, in the order of their times. */
    private interface Judging {
        /** @param place in the file, from 0, where rows are held in memory */
        void row(int place, long line, long millis, double[] values);
    }

    @Override
    List<DeviceJudge> judge() throws IOException {
        var names = sheet.wideSeries();
        var judge = judge("file", words(names), names, sheet.periodMillis());
        learn(judge);
        judge.begin(sheet.firstMillis());
        try (var out = face.scores() == null ? null : new CsvOutput.Scores(face.scores(), names)) {
            if (sheet.inOrder()) {
                stream(judge, out);
            } else {
                sorted(judge, out);
            }
        }
        return List.of(judge);
    }

    private void stream(DeviceJudge judge, CsvOutput.@Nullable Scores out) throws IOException {
        CsvRows.wide(sheet, complaints, new CsvRows.Wide() {
            @Override
            public void row(long line, long millis, double[] values) {
                on(judge, line, millis, values);
                if (out != null) {
                    out.begin(millis, judge.score(), judge.episodes().isOpen());
                    for (int i = 0; i < values.length; i++) {
                        out.column(judge.score(i));
                    }
                    out.end();
                }
            }

            @Override
            public void bad(long line, String time) {
                if (out != null) {
                    out.notJudged(time);
                }
            }
        });
    }

    /** Scores are written in the order of the file, so they are kept until all rows are judged. */
    private void sorted(DeviceJudge judge, CsvOutput.@Nullable Scores out) throws IOException {
        var held = CsvRows.holdWide(sheet, complaints);
        int stride = held.width() + 1;
        var flags = new boolean[held.count()];
        var scores = new float[out == null ? 0 : Math.multiplyExact(held.count(), stride)];
        inOrder(held, (place, line, millis, values) -> {
            on(judge, line, millis, values);
            if (out != null) {
                flags[place] = judge.episodes().isOpen();
                scores[place * stride] = (float) judge.score();
                for (int i = 0; i < values.length; i++) {
                    scores[place * stride + 1 + i] = (float) judge.score(i);
                }
            }
        });
        for (int place = 0; out != null && place < held.count(); place++) {
            if (held.isBad(place)) {
                out.notJudged(held.badTime(place));
                continue;
            }
            out.begin(held.millis()[place], scores[place * stride], flags[place]);
            for (int i = 1; i < stride; i++) {
                out.column(scores[place * stride + i]);
            }
            out.end();
        }
    }

    private static void inOrder(CsvRows.Held held, Judging out) {
        var row = new double[held.width()];
        for (int place : held.inOrder()) {
            System.arraycopy(held.values(), place * row.length, row, 0, row.length);
            out.row(place, held.lines()[place], held.millis()[place], row);
        }
    }

    private void on(DeviceJudge judge, long line, long millis, double[] values) {
        for (int repeated = judge.on(millis, values); repeated > 0; repeated--) {
            complaints.repeated(line, Instant.ofEpochMilli(millis));
        }
    }

    private void learn(DeviceJudge judge) throws IOException {
        var history = history();
        if (history == null) {
            return;
        }
        var names = judge.series().names();
        var known = history.wideSeries();
        compare(names, known, history.file());
        long shift = shift(history);
        var places = known.stream().mapToInt(names::indexOf).toArray();
        var row = new double[names.size()];
        Judging judging = (place, line, millis, values) -> {
            Arrays.fill(row, Double.NaN);
            for (int i = 0; i < places.length; i++) {
                if (places[i] >= 0) {
                    row[places[i]] = values[i];
                }
            }
            judge.on(millis + shift, row);
        };
        var wrong = new Complaints();
        if (history.inOrder()) {
            CsvRows.wide(history, wrong, new CsvRows.Wide() {
                @Override
                public void row(long line, long millis, double[] values) {
                    judging.row(0, line, millis, values);
                }

                @Override
                public void bad(long line, String time) {
                    // The complaints have it.
                }
            });
        } else {
            inOrder(CsvRows.holdWide(history, wrong), judging);
        }
        complain(history, wrong);
    }
}
