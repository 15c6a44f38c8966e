package io.yiwang.streams.detect.alarm;

import io.yiwang.model.wire.Sample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The newest good readings of a point, oldest first, at most {@value #KEPT}.
 *
 * @param millis event times, epoch ms
 * @param numbers in the metric's unit
 */
public record Samples(long[] millis, double[] numbers) {
    public static final Samples NONE = new Samples(new long[0], new double[0]);
    static final int KEPT = 16;

    public Samples and(long eventTimeMillis, double number) {
        int kept = Math.min(millis.length, KEPT - 1);
        var nextMillis = Arrays.copyOfRange(millis, millis.length - kept, millis.length + 1);
        var nextNumbers = Arrays.copyOfRange(numbers, numbers.length - kept, numbers.length + 1);
        nextMillis[kept] = eventTimeMillis;
        nextNumbers[kept] = number;
        return new Samples(nextMillis, nextNumbers);
    }

    /** Event time of the newest, epoch ms; {@code Long.MIN_VALUE} without any. */
    public long newestMillis() {
        return millis.length == 0 ? Long.MIN_VALUE : millis[millis.length - 1];
    }

    /** The newest, in the metric's unit; NaN without any. */
    public double newest() {
        return numbers.length == 0 ? Double.NaN : numbers[numbers.length - 1];
    }

    public List<Sample> of(String device) {
        var samples = new ArrayList<Sample>(millis.length);
        for (int i = 0; i < millis.length; i++) {
            samples.add(Sample.newBuilder()
                    .setDevice(device)
                    .setEventTimeMillis(millis[i])
                    .setNumber(numbers[i])
                    .build());
        }
        return samples;
    }
}
