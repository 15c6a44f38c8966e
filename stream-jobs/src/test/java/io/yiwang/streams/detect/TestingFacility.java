package io.yiwang.streams.detect;

import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.PointQuality;
import io.yiwang.streams.TestingPacks;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.FacilityAsset.DeviceAsset;
import io.yiwang.streams.kafka.FacilityAsset.PointAsset;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A tank with two devices, A and B, that speaks to a detection and keeps what is announced. Seconds from {@link #START}. */
final class TestingFacility implements FacilityDetection.Announcements {
    static final long START = 1_700_000_000_000L;
    static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    static final FacilityAsset TANK = tank(true, "A", "B");

    final List<Alarm> alarms = new ArrayList<>();
    final List<PointQuality> qualities = new ArrayList<>();
    final FacilityState state = new FacilityState();
    FacilityDetection detection;
    private final Map<String, Long> seqs = new HashMap<>();

    /** Device A measures ammonia and dust, C the temperature of the water. It is 06:13:20 at the start. */
    static final FacilityAsset PLANT = new FacilityAsset(
            "T1",
            "testing",
            "tank",
            "d1",
            Map.of(),
            List.of(
                    new DeviceAsset("A", List.of(new PointAsset("test_nh3", 0), new PointAsset("test_dust", 0))),
                    new DeviceAsset("C", List.of(new PointAsset("test_temp", 0)))),
            true,
            false);

    TestingFacility() {
        this(TANK);
    }

    TestingFacility(FacilityAsset asset) {
        detection = new FacilityDetection(TestingPacks.PACKS, asset, ZONE, CityClock.wallClock());
    }

    static FacilityAsset tank(boolean inService, String... devices) {
        return new FacilityAsset(
                "T1",
                "testing",
                "tank",
                "d1",
                Map.of(),
                Arrays.stream(devices)
                        .map(device -> new DeviceAsset(
                                device, List.of(new PointAsset("test_level", 0), new PointAsset("test_state", 0))))
                        .toList(),
                inService,
                false);
    }

    static long at(double seconds) {
        return START + Math.round(seconds * 1000);
    }

    /** A level, logged 0.2 s after it was measured. */
    TestingFacility level(String device, double seconds, double value) {
        return level(device, seconds, seconds + 0.2, value);
    }

    TestingFacility level(String device, double seconds, double logSeconds, double value) {
        return send(message(device, "test_level", seconds, logSeconds, value, 0, nextSeq(device)));
    }

    TestingFacility unusable(String device, double seconds) {
        return send(message(device, "test_level", seconds, seconds + 0.2, Double.NaN, 2, nextSeq(device)));
    }

    /** Somebody says that the device is gone. */
    TestingFacility gone(String device, double seconds, double logSeconds) {
        return send(message(device, "test_level", seconds, logSeconds, Double.NaN, 3, nextSeq(device)));
    }

    /** The same, as what the device computed over so many seconds. */
    static TelemetryMessage overInterval(TelemetryMessage message, int intervalSeconds) {
        return new TelemetryMessage(
                message.domain(),
                message.district(),
                message.facility(),
                message.device(),
                message.boot(),
                message.seq(),
                message.eventTimeMillis(),
                message.receivedMillis(),
                message.logTimeMillis(),
                message.partition(),
                message.metrics(),
                message.numbers(),
                message.qualities(),
                0,
                intervalSeconds,
                message.numbers(),
                message.numbers(),
                message.numbers());
    }

    TestingFacility state(String device, double seconds, double value) {
        return send(message(device, "test_state", seconds, seconds + 0.2, value, 0, nextSeq(device)));
    }

    /** Logged 0.2 s after it was measured. */
    TestingFacility value(String device, String metric, double seconds, double value) {
        return send(message(device, metric, seconds, seconds + 0.2, value, 0, nextSeq(device)));
    }

    TestingFacility tick(double seconds) {
        detection.conclude(state, at(seconds), this);
        return this;
    }

    TestingFacility breakOf(double seconds, double endsAt) {
        return send(TelemetryMessage.notice("T1", at(endsAt), 0, Math.round(seconds * 1000)));
    }

    TestingFacility send(TelemetryMessage message) {
        detection.on(state, message, this);
        return this;
    }

    void becomes(FacilityAsset asset) {
        detection = new FacilityDetection(TestingPacks.PACKS, asset, ZONE, CityClock.wallClock());
        detection.adopt(state, this);
    }

    private long nextSeq(String device) {
        return seqs.merge(device, 1L, Long::sum);
    }

    static TelemetryMessage message(
            String device, String metric, double seconds, double logSeconds, double value, int quality, long seq) {
        return message(
                device,
                seconds,
                logSeconds,
                new String[] {metric},
                new double[] {value},
                new byte[] {(byte) quality},
                seq);
    }

    static TelemetryMessage message(
            String device,
            double seconds,
            double logSeconds,
            String[] metrics,
            double[] values,
            byte[] qualities,
            long seq) {
        return new TelemetryMessage(
                "testing",
                "d1",
                "T1",
                device,
                "boot",
                seq,
                at(seconds),
                at(logSeconds),
                at(logSeconds),
                0,
                metrics,
                values,
                qualities,
                0);
    }

    List<Alarm> alarms(String rule) {
        return alarms.stream().filter(alarm -> alarm.getRule().equals(rule)).toList();
    }

    /** Steps of a rule's alarms as {@code "RAISED 12.0"}: step and the time it took effect, seconds from the start. */
    List<String> steps(String rule) {
        return alarms(rule).stream()
                .map(alarm -> alarm.getStep() + " "
                        + switch (alarm.getStep()) {
                            case RAISED -> seconds(alarm.getRaisedMillis());
                            case CLEARED -> seconds(alarm.getClearedMillis());
                            default -> seconds(alarm.getLastMillis());
                        })
                .toList();
    }

    static double seconds(long millis) {
        return (millis - START) / 1000.0;
    }

    @Override
    public void alarm(Alarm alarm) {
        alarms.add(alarm);
    }

    @Override
    public void quality(PointQuality quality) {
        qualities.add(quality);
    }
}
