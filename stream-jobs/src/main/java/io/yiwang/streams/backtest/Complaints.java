package io.yiwang.streams.backtest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was wrong in a file: all of it counted, the first of it told. */
final class Complaints {
    private static final int MOST_TOLD = 10;
    /** Of a cell's text, for people. */
    private static final int LONGEST_TOLD = 40;

    private final List<String> told = new ArrayList<>();
    private long cells;
    private long rows;
    private long repeated;

    /** A cell that is neither number nor gap; its row counts without it. */
    void cell(long line, String column, String text) {
        cells++;
        tell(line, column + ": " + quoted(text) + " is not a number");
    }

    /** A row that is not judged. */
    void row(long line, String why) {
        rows++;
        tell(line, why);
    }

    /** A value whose series has one of the same time already; the first counts. */
    void repeated(long line, Instant time) {
        repeated++;
        tell(line, time + " again; the first value of a time counts");
    }

    private void tell(long line, String what) {
        if (told.size() < MOST_TOLD) {
            told.add("line " + line + ": " + what);
        }
    }

    static String quoted(String text) {
        return "'" + (text.length() > LONGEST_TOLD ? text.substring(0, LONGEST_TOLD) + "…" : text) + "'";
    }

    long cells() {
        return cells;
    }

    long rows() {
        return rows;
    }

    long repeated() {
        return repeated;
    }

    /** Lines for people; empty when nothing was wrong. */
    List<String> lines(String file) {
        if (told.isEmpty()) {
            return List.of();
        }
        var lines = new ArrayList<String>();
        lines.add(String.format(
                Locale.ROOT,
                "%s: %,d bad cell(s), %,d row(s) not judged, %,d repeated time(s); the first:",
                file,
                cells,
                rows,
                repeated));
        told.forEach(one -> lines.add("  " + one));
        return lines;
    }
}
