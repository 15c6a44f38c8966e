package io.yiwang.sim.replay;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns labels of rows into windows: from the first labelled row to the last before one that is not. One object for each label. */
final class TruthWindows {
    private final String label;
    private @Nullable Instant from;
    private @Nullable Instant to;

    /** @param label name of the column */
    TruthWindows(String label) {
        this.label = label;
    }

    /** @param from and {@code to}: times of the first and the last labelled row, in the city */
    record Window(String label, Instant from, Instant to) {}

    /** The next row; the window that it ends, if any. */
    List<Window> on(Instant time, boolean wrong) {
        if (wrong) {
            from = from == null ? time : from;
            to = time;
            return List.of();
        }
        return end();
    }

    /** No more rows. */
    List<Window> end() {
        var ended = new ArrayList<Window>();
        if (from != null && to != null) {
            ended.add(new Window(label, from, to));
        }
        from = null;
        to = null;
        return ended;
    }
}
