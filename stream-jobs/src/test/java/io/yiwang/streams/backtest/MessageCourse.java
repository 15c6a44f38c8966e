package io.yiwang.streams.backtest;

import io.yiwang.model.clock.CityClock;
import io.yiwang.streams.detect.FacilityDetection;
import io.yiwang.streams.detect.FacilityState;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.time.ZoneId;
import java.util.Arrays;

/** Judges each row as one message of the device. */
final class MessageCourse implements Course {
    private final SeriesSet series;
    private final FacilityDetection detection;
    private final FacilityState state = new FacilityState();
    private final FacilityDetection.Announcements out;
    private long seq;
    private long newestMillis = TimeForm.NONE;

    MessageCourse(SeriesSet series, ZoneId zone, FacilityDetection.Announcements out) {
        this.series = series;
        this.out = out;
        detection = new FacilityDetection(series.packs(), series.asset(), zone, CityClock.wallClock());
    }

    @Override
    public void on(long millis, double[] values) {
        newestMillis = millis;
        int size = 0;
        var metrics = new String[values.length];
        var numbers = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            if (!Double.isNaN(values[i])) {
                metrics[size] = SeriesSet.code(i);
                numbers[size++] = values[i];
            }
        }
        // Also a row without values moves the clock.
        detection.conclude(state, millis, out);
        if (size > 0) {
            detection.on(state, message(millis, Arrays.copyOf(metrics, size), Arrays.copyOf(numbers, size)), out);
        }
    }

    @Override
    public void resume(long millis) {
        if (newestMillis != TimeForm.NONE && millis > newestMillis) {
            detection.on(state, TelemetryMessage.notice(series.asset().id(), millis, 0, millis - newestMillis), out);
        }
    }

    private TelemetryMessage message(long millis, String[] metrics, double[] numbers) {
        var asset = series.asset();
        return new TelemetryMessage(
                asset.domain(),
                asset.district(),
                asset.id(),
                SeriesSet.DEVICE,
                "file",
                ++seq,
                millis,
                millis,
                millis,
                0,
                metrics,
                numbers,
                new byte[metrics.length],
                0);
    }

    @Override
    public double unusual(int of) {
        return 0;
    }

    @Override
    public double unusualTogether() {
        return 0;
    }
}
