package io.yiwang.streams.archive;

import io.yiwang.streams.archive.RollupState.Cell;
import io.yiwang.streams.archive.RollupState.Minute;
import io.yiwang.streams.intake.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Sums up one facility's readings by minute of their event time. A minute is told when the log clock has passed its end by an
 * allowance, and told anew, whole, at the next minute's deadline when late readings changed it. What comes after the history is
 * only counted: a minute that is forgotten cannot be told anew without losing what it had; the raw readings have it.
 */
final class Rollup {
    static final long MINUTE_MILLIS = 60_000;

    private final long allowanceMillis;
    private final long historyMillis;

    /**
     * @param allowanceMillis how long after its end a minute is told
     * @param historyMillis how long after its end a minute can still change
     */
    Rollup(long allowanceMillis, long historyMillis) {
        this.allowanceMillis = allowanceMillis;
        this.historyMillis = historyMillis;
    }

    /** Whether readings of this time still change their minute when the log clock is {@code logMillis}. */
    boolean takes(long eventMillis, long logMillis) {
        long start = start(eventMillis);
        return logMillis < start + MINUTE_MILLIS + historyMillis && start <= logMillis + historyMillis;
    }

    /** Takes in one reading that is new and {@link #takes taken}; of one that is not good only that it was there. */
    void add(RollupState state, Reading reading) {
        var minute = state.minutes.computeIfAbsent(start(reading.eventTimeMillis()), m -> new Minute());
        minute.dirty = true;
        var cell = minute.devices
                .computeIfAbsent(reading.device(), d -> new RollupState.Device())
                .cells
                .computeIfAbsent(reading.metric(), m -> new Cell());
        cell.quality = Math.max(cell.quality, reading.quality().code());
        if (!reading.isGood()) {
            return;
        }
        double number = reading.number();
        cell.count++;
        // Knuth's two-sum: what the addition rounds away goes to the rest.
        double sum = cell.sum + number;
        double added = sum - cell.sum;
        cell.rest += (cell.sum - (sum - added)) + (number - added);
        cell.sum = sum;
        cell.min = Math.min(cell.min, number);
        cell.max = Math.max(cell.max, number);
    }

    /** The next log clock after {@code logMillis} at which {@link #conclude} is due. */
    long nextDeadlineMillis(long logMillis) {
        return start(logMillis - allowanceMillis) + MINUTE_MILLIS + allowanceMillis;
    }

    /** Tells the minutes that are over and have changed, oldest first, and forgets those beyond the history. */
    List<MinuteSummary> conclude(String facility, RollupState state, long logMillis) {
        var told = new ArrayList<MinuteSummary>();
        for (var entry : new TreeMap<>(state.minutes).entrySet()) {
            long start = entry.getKey();
            var minute = entry.getValue();
            if (minute.dirty && start + MINUTE_MILLIS + allowanceMillis <= logMillis) {
                minute.dirty = false;
                new TreeMap<>(minute.devices)
                        .forEach((device, cells) ->
                                told.add(summary(state, facility, device, start, new TreeMap<>(cells.cells))));
            }
            // One deadline longer than readings are taken for, so that a change is always told.
            if (start + 2 * MINUTE_MILLIS + historyMillis + allowanceMillis <= logMillis) {
                state.minutes.remove(start);
            }
        }
        return told;
    }

    private static MinuteSummary summary(
            RollupState state, String facility, String device, long start, TreeMap<String, Cell> cells) {
        int size = cells.size();
        var metrics = cells.keySet().toArray(String[]::new);
        var means = new double[size];
        var minima = new double[size];
        var maxima = new double[size];
        var counts = new double[size];
        var qualities = new byte[size];
        for (int i = 0; i < size; i++) {
            var cell = cells.get(metrics[i]);
            boolean any = cell.count > 0;
            means[i] = any ? (cell.sum + cell.rest) / cell.count : Double.NaN;
            minima[i] = any ? cell.min : Double.NaN;
            maxima[i] = any ? cell.max : Double.NaN;
            counts[i] = any ? cell.count : Double.NaN;
            qualities[i] = (byte) cell.quality;
        }
        return new MinuteSummary(
                state.domain,
                state.district,
                facility,
                device,
                start,
                metrics,
                means,
                minima,
                maxima,
                counts,
                qualities);
    }

    private static long start(long millis) {
        return Math.floorDiv(millis, MINUTE_MILLIS) * MINUTE_MILLIS;
    }
}
