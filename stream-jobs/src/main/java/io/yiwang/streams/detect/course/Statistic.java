package io.yiwang.streams.detect.course;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The mean of one point over the window that goes on. Mutable, 40 bytes, each step O(1); readings come in the order of event time.
 *
 * <p>The mean is over the readings. A reading covers the time until the next one, at most one period, also across the window's begin:
 * so neither a device that sends more often than it should nor a burst hides a gap. A window of which less than {@link
 * Windows#LEAST_COVERAGE} is covered has no value.
 */
public final class Statistic {
    /** Version of what {@link #write} writes. */
    public static final int VERSION = 1;

    private static final long NONE = Long.MIN_VALUE;

    private long startMillis = NONE;
    private long endMillis = NONE;
    private long lastMillis = NONE;
    private double sum;
    private int count;
    private long coveredMillis;

    /**
     * A window that is over.
     *
     * @param endMillis epoch ms, not part of the window: the mean is judged as a reading of this time
     * @param mean in the metric's unit
     * @param count readings in the window, at least 1
     * @param coverage share of the window that they cover, 0 to 1
     */
    public record Mean(long startMillis, long endMillis, double mean, int count, double coverage) {}

    /**
     * A good reading, not older than the one before.
     *
     * @param value in the metric's unit, finite
     * @return what the reading finished; null = nothing, or too little of it is known
     */
    public @Nullable Mean on(Windows windows, long eventMillis, double value) {
        var finished = at(windows, eventMillis);
        if (startMillis == NONE) {
            startMillis = windows.startMillis(eventMillis);
            endMillis = windows.endMillis(startMillis);
            sum = 0;
            count = 0;
            coveredMillis = 0;
        }
        coverUntil(windows, eventMillis);
        lastMillis = eventMillis;
        sum += value;
        count++;
        return finished;
    }

    /**
     * Event time has come this far, by a reading or by the log clock: no older reading is awaited.
     *
     * @return what that finished; null = nothing, or too little of it is known
     */
    public @Nullable Mean at(Windows windows, long eventMillis) {
        if (startMillis == NONE || eventMillis < endMillis) {
            return null;
        }
        coverUntil(windows, endMillis);
        double coverage = (double) coveredMillis / (endMillis - startMillis);
        var finished = coverage >= Windows.LEAST_COVERAGE
                ? new Mean(startMillis, endMillis, sum / count, count, coverage)
                : null;
        startMillis = NONE;
        endMillis = NONE;
        return finished;
    }

    /** End of the window that goes on, epoch ms; {@code Long.MAX_VALUE} while there is none. */
    public long dueMillis() {
        return startMillis == NONE ? Long.MAX_VALUE : endMillis;
    }

    /** Mean of the window that goes on, of whatever came so far; NaN while there is none. */
    public double runningMean() {
        return startMillis == NONE ? Double.NaN : sum / count;
    }

    /** The part of the window that the newest reading covers, up to {@code untilMillis}. */
    private void coverUntil(Windows windows, long untilMillis) {
        if (lastMillis != NONE) {
            long from = Math.max(lastMillis, startMillis);
            long to = Math.min(untilMillis, lastMillis + windows.periodMillis());
            coveredMillis += Math.max(0, to - from);
        }
    }

    public Statistic copy() {
        var copy = new Statistic();
        copy.startMillis = startMillis;
        copy.endMillis = endMillis;
        copy.lastMillis = lastMillis;
        copy.sum = sum;
        copy.count = count;
        copy.coveredMillis = coveredMillis;
        return copy;
    }

    public void write(DataOutput out) throws IOException {
        out.writeLong(startMillis);
        out.writeLong(endMillis);
        out.writeLong(lastMillis);
        out.writeDouble(sum);
        out.writeInt(count);
        out.writeInt((int) coveredMillis);
    }

    /** @param version {@link #VERSION} at the time of writing */
    public static Statistic read(DataInput in, int version) throws IOException {
        if (version != VERSION) {
            throw new IOException(
                    "a statistic of version " + version + " cannot be read; this program knows " + VERSION);
        }
        var state = new Statistic();
        state.startMillis = in.readLong();
        state.endMillis = in.readLong();
        state.lastMillis = in.readLong();
        state.sum = in.readDouble();
        state.count = in.readInt();
        state.coveredMillis = in.readInt();
        return state;
    }
}
