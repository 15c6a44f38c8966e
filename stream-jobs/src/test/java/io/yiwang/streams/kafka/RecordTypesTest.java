package io.yiwang.streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.Topics;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import io.yiwang.model.wire.Quality;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.TelemetryRecord;
import io.yiwang.model.wire.Tick;
import io.yiwang.model.wire.Value;
import io.yiwang.model.wire.Verdict;
import io.yiwang.model.wire.VerdictWord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.types.PojoTestUtils;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordTypesTest {

    @ParameterizedTest
    @ValueSource(
            classes = {
                TelemetryMessage.class,
                FacilityAsset.class,
                FacilityAsset.DeviceAsset.class,
                FacilityAsset.PointAsset.class,
                RuleUpdate.class,
                AlarmVerdict.class
            })
    void travelsWithoutKryo(Class<?> type) {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(type);
    }

    @Test
    void aMessageKeepsEveryFieldAndItsLogClock() {
        var wire = TelemetryRecord.newBuilder()
                .setTelemetry(Telemetry.newBuilder()
                        .setDomain("gas")
                        .setDistrict("d1")
                        .setFacility("F1")
                        .setDevice("D1")
                        .setBoot("b")
                        .setSeq(7)
                        .setEventTimeMillis(1000)
                        .setReceivedMillis(1001)
                        .addValues(Value.newBuilder().setMetric("m").setNumber(2.5))
                        .addValues(Value.newBuilder().setMetric("n").setQuality(Quality.OUT_OF_RANGE)))
                .build();

        var message = telemetry(wire.toByteArray()).get(0);

        assertThat(message)
                .usingRecursiveComparison()
                .withComparatorForType(Double::compare, Double.class)
                .isEqualTo(new TelemetryMessage(
                        "gas",
                        "d1",
                        "F1",
                        "D1",
                        "b",
                        7,
                        1000,
                        1001,
                        42_000,
                        3,
                        new String[] {"m", "n"},
                        new double[] {2.5, Double.NaN},
                        new byte[] {0, 2},
                        0));
    }

    @Test
    void recordsThatAreNotTelemetryAreSkippedAndNeverThrow() {
        assertThat(telemetry(new byte[] {1, 2, 3, (byte) 0xff})).isEmpty();
        assertThat(telemetry(null)).isEmpty();
        assertThat(telemetry(new byte[0])).isEmpty();
        assertThat(telemetry(TelemetryRecord.newBuilder()
                        .setTelemetry(Telemetry.getDefaultInstance())
                        .build()
                        .toByteArray()))
                .isEmpty();
    }

    @Test
    void aTickIsNotTelemetry() {
        var tick = TelemetryRecord.newBuilder()
                .setTick(Tick.newBuilder().setBreakMillis(5))
                .build();
        var message = telemetry(tick.toByteArray()).get(0);
        assertThat(message.isTick()).isTrue();
        assertThat(message.breakMillis()).isEqualTo(5);
    }

    @Test
    void anAssetKeepsWhatJobsNeedAndANullValueRemovesIt() {
        var wire = Facility.newBuilder()
                .setId("F1")
                .setDomain("gas")
                .setType("station")
                .setDistrict("d1")
                .putParameters("p", 1.5)
                .setInService(true)
                .addUpstream("F0")
                .addDevices(Device.newBuilder()
                        .setId("D1")
                        .addPoints(Point.newBuilder().setMetric("m").setPeriodSeconds(5)))
                .build();

        assertThat(assets("F1", wire.toByteArray())).containsExactly(FacilityAsset.of(wire));
        assertThat(FacilityAsset.of(wire).toWire()).isEqualTo(wire);
        assertThat(assets("F1", null)).containsExactly(FacilityAsset.gone("F1"));
        assertThat(assets("other", wire.toByteArray())).isEmpty();
        assertThat(assets("F1", new byte[] {(byte) 0xff})).isEmpty();
        assertThat(assets(null, null)).isEmpty();
    }

    @Test
    void aVerdictIsKeyedByItsAlarmAndWhatIsNotOneIsSkipped() {
        var wire = Verdict.newBuilder()
                .setAlarm("a1")
                .setFacility("F1")
                .setRule("m.baseline")
                .addDevices("D1")
                .setWord(VerdictWord.FALSE_ALARM)
                .setBy("zhang")
                .setAtMillis(5)
                .build();

        assertThat(verdicts("a1", wire.toByteArray()))
                .containsExactly(new AlarmVerdict("a1", "F1", "m.baseline", List.of("D1"), VerdictWord.FALSE_ALARM, 5));
        assertThat(verdicts("a2", wire.toByteArray())).isEmpty();
        assertThat(verdicts(null, wire.toByteArray())).isEmpty();
        assertThat(verdicts("a1", null)).isEmpty();
        assertThat(verdicts("a1", new byte[] {(byte) 0xff})).isEmpty();
        assertThat(verdicts("a1", wire.toBuilder().setWordValue(77).build().toByteArray()))
                .isEmpty();
        assertThat(verdicts("a1", wire.toBuilder().setFacility("").build().toByteArray()))
                .isEmpty();
    }

    @Test
    void theLogClockIsTheBrokersToldInTheCitysTimeUnlessTheRecordBringsItsOwn() {
        var record = TelemetryRecord.newBuilder()
                .setTelemetry(Telemetry.newBuilder().setFacility("F1").setDevice("D1"));
        var clock = CityClock.of("2026-01-09T22:00:00Z,60,1970-01-01T00:00:40Z");
        assertThat(telemetry(record.build().toByteArray(), clock).get(0).logTimeMillis())
                .isEqualTo(clock.from().toEpochMilli() + 2_000 * 60);
        assertThat(telemetry(record.setLogMillis(7).build().toByteArray(), clock)
                        .get(0)
                        .logTimeMillis())
                .isEqualTo(7);
    }

    private static List<TelemetryMessage> telemetry(byte[] value) {
        return telemetry(value, CityClock.wallClock());
    }

    private static List<TelemetryMessage> telemetry(byte[] value, CityClock clock) {
        var out = new ArrayList<TelemetryMessage>();
        new TelemetrySource.Deserializer(clock)
                .deserialize(record(Topics.TELEMETRY, "F1", value), new ListCollector<>(out));
        return out;
    }

    private static List<FacilityAsset> assets(String key, byte[] value) {
        var out = new ArrayList<FacilityAsset>();
        new AssetSource.Deserializer().deserialize(record(Topics.ASSETS, key, value), new ListCollector<>(out));
        return out;
    }

    private static List<AlarmVerdict> verdicts(String key, byte[] value) {
        var out = new ArrayList<AlarmVerdict>();
        new VerdictSource.Deserializer().deserialize(record(Topics.VERDICTS, key, value), new ListCollector<>(out));
        return out;
    }

    private static ConsumerRecord<byte[], byte[]> record(String topic, String key, byte[] value) {
        return new ConsumerRecord<>(
                topic,
                3,
                0,
                42_000,
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                value,
                new RecordHeaders(),
                Optional.empty());
    }
}
