package io.yiwang.streams.backtest;

import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import io.yiwang.model.wire.Quality;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.TelemetryRecord;
import io.yiwang.model.wire.Tick;
import io.yiwang.model.wire.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A log of tanks of the testing pack: each has the device {@code <id>-A} with a level. Seconds from {@link #START}. */
final class TestingTelemetry {
    static final long START = 1_700_000_000_000L;

    final List<TelemetryRecord> records = new ArrayList<>();
    private long seq;

    static long at(double seconds) {
        return START + Math.round(seconds * 1000);
    }

    static Facility tank(String id) {
        return Facility.newBuilder()
                .setId(id)
                .setDomain("testing")
                .setType("tank")
                .setDistrict("d1")
                .setInService(true)
                .addDevices(Device.newBuilder()
                        .setId(id + "-A")
                        .addPoints(Point.newBuilder().setMetric("test_level"))
                        .addPoints(Point.newBuilder().setMetric("test_flow")))
                .build();
    }

    /** Logged 0.2 s after it was measured. */
    TestingTelemetry level(String tank, double seconds, double level) {
        return add(
                at(seconds + 0.2),
                telemetry(tank, seconds)
                        .addValues(Value.newBuilder().setMetric("test_level").setNumber(level)));
    }

    TestingTelemetry outOfRange(String tank, double seconds) {
        return add(
                at(seconds + 0.2),
                telemetry(tank, seconds)
                        .addValues(Value.newBuilder().setMetric("test_level").setQuality(Quality.OUT_OF_RANGE)));
    }

    TestingTelemetry add(long logMillis, Telemetry.Builder telemetry) {
        records.add(TelemetryRecord.newBuilder()
                .setTelemetry(telemetry)
                .setLogMillis(logMillis)
                .build());
        return this;
    }

    Telemetry.Builder telemetry(String tank, double seconds) {
        return Telemetry.newBuilder()
                .setDomain("testing")
                .setDistrict("d1")
                .setFacility(tank)
                .setDevice(tank + "-A")
                .setBoot("b1")
                .setSeq(++seq)
                .setEventTimeMillis(at(seconds))
                .setReceivedMillis(at(seconds + 0.1));
    }

    TestingTelemetry tick(double seconds) {
        return tick(seconds, 0);
    }

    TestingTelemetry tick(double seconds, double breakSeconds) {
        records.add(TelemetryRecord.newBuilder()
                .setTick(Tick.newBuilder().setWriter("w").setBreakMillis(Math.round(breakSeconds * 1000)))
                .setLogMillis(at(seconds))
                .build());
        return this;
    }

    byte[] bytes() throws IOException {
        var out = new ByteArrayOutputStream();
        for (var record : records) {
            record.writeDelimitedTo(out);
        }
        return out.toByteArray();
    }
}
