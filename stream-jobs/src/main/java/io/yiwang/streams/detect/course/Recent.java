package io.yiwang.streams.detect.course;

import io.yiwang.model.wire.Sample;
import io.yiwang.streams.detect.snapshot.Compact;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The newest good readings of a point in event-time order, at most {@value #KEPT}. */
public final class Recent {
    static final int KEPT = 16;

    private long[] millis = new long[4];
    private double[] numbers = new double[4];
    /** Index of the oldest. */
    private int first;

    private int count;

    /** Not older than the newest. */
    void add(long eventMillis, double number) {
        if (count == millis.length && count < KEPT) {
            grow();
        }
        int at = (first + count) % millis.length;
        if (count == KEPT) {
            first = (first + 1) % KEPT;
        } else {
            count++;
        }
        millis[at] = eventMillis;
        numbers[at] = number;
    }

    private void grow() {
        // Full, so the oldest is at 0 only before the first time round, which is always when it grows.
        millis = Arrays.copyOf(millis, Math.min(KEPT, 2 * count));
        numbers = Arrays.copyOf(numbers, millis.length);
    }

    /** Index in the arrays of the newest reading that is not newer than {@code eventMillis}; -1 when there is none. */
    private int upTo(long eventMillis) {
        for (int i = count - 1; i >= 0; i--) {
            int at = (first + i) % millis.length;
            if (millis[at] <= eventMillis) {
                return at;
            }
        }
        return -1;
    }

    /** Time of the newest reading up to {@code eventMillis}; {@code Long.MIN_VALUE} without any. */
    public long millisAt(long eventMillis) {
        int at = upTo(eventMillis);
        return at < 0 ? Long.MIN_VALUE : millis[at];
    }

    /** The newest value up to {@code eventMillis}, in the metric's unit; NaN without any. */
    public double numberAt(long eventMillis) {
        int at = upTo(eventMillis);
        return at < 0 ? Double.NaN : numbers[at];
    }

    /** Readings of the device, oldest first, none before {@code fromMillis}. */
    public List<Sample> samples(String device, long fromMillis) {
        var samples = new ArrayList<Sample>(count);
        for (int i = 0; i < count; i++) {
            int at = (first + i) % millis.length;
            if (millis[at] >= fromMillis) {
                samples.add(Sample.newBuilder()
                        .setDevice(device)
                        .setEventTimeMillis(millis[at])
                        .setNumber(numbers[at])
                        .build());
            }
        }
        return samples;
    }

    Recent copy() {
        var copy = new Recent();
        copy.millis = millis.clone();
        copy.numbers = numbers.clone();
        copy.first = first;
        copy.count = count;
        return copy;
    }

    void write(DataOutput out) throws IOException {
        out.writeByte(count);
        var compact = new Compact();
        long before = 0;
        long pace = 0;
        for (int i = 0; i < count; i++) {
            int at = (first + i) % millis.length;
            Compact.writeLong(out, millis[at] - before - pace);
            compact.write(out, numbers[at]);
            pace = i == 0 ? 0 : millis[at] - before;
            before = millis[at];
        }
    }

    static Recent read(DataInput in) throws IOException {
        var recent = new Recent();
        int count = in.readUnsignedByte();
        var compact = new Compact();
        long before = 0;
        long pace = 0;
        for (int i = 0; i < count; i++) {
            long millis = before + pace + Compact.readLong(in);
            recent.add(millis, compact.read(in));
            pace = i == 0 ? 0 : millis - before;
            before = millis;
        }
        return recent;
    }
}
