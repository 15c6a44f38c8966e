package io.yiwang.streams.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.yiwang.model.wire.Quality;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.TelemetryRecord;
import io.yiwang.model.wire.Value;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TelemetryRecordsTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void everyRecordIsReadAsTheGeneratedClassesReadIt(long seed) throws Exception {
        var random = new Random(seed);
        var log = new TestingTelemetry();
        var expected = new ArrayList<Object>();
        long logMillis = TestingTelemetry.START;
        for (int i = 0; i < 500; i++) {
            logMillis += random.nextInt(3);
            if (random.nextInt(5) == 0) {
                double breakSeconds = random.nextInt(3) * random.nextInt(100);
                log.tick((logMillis - TestingTelemetry.START) / 1000.0, breakSeconds);
                expected.add("tick " + logMillis + " " + Math.round(breakSeconds * 1000));
            } else {
                var telemetry = telemetry(random);
                log.add(logMillis, telemetry);
                expected.add(text(TelemetryMessage.of(telemetry.build(), logMillis, 0)));
            }
        }

        assertThat(read(trickling(log.bytes(), random))).isEqualTo(expected);
    }

    @Test
    void fieldsOfALaterVersionArePassedOver() throws Exception {
        var later = UnknownFieldSet.newBuilder()
                .addField(900, UnknownFieldSet.Field.newBuilder().addVarint(-1).build())
                .addField(901, UnknownFieldSet.Field.newBuilder().addFixed64(7).build())
                .addField(902, UnknownFieldSet.Field.newBuilder().addFixed32(7).build())
                .addField(
                        903,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFromUtf8("later"))
                                .build())
                .build();
        var log = new TestingTelemetry();
        var telemetry = log.telemetry("T1", 1)
                .addValues(
                        Value.newBuilder().setMetric("test_level").setNumber(3).setUnknownFields(later))
                .setUnknownFields(later);
        log.records.add(TelemetryRecord.newBuilder()
                .setTelemetry(telemetry)
                .setLogMillis(TestingTelemetry.at(2))
                .setUnknownFields(later)
                .build());

        assertThat(read(new ByteArrayInputStream(log.bytes())))
                .isEqualTo(List.of(text(TelemetryMessage.of(telemetry.build(), TestingTelemetry.at(2), 0))));
    }

    @Test
    void aFileThatEndsWithinARecordNamesItAndItsOffset() throws Exception {
        var log = new TestingTelemetry().level("T1", 1, 5).level("T1", 2, 5);
        var bytes = log.bytes();
        int first = bytes.length - delimited(log.records.get(1));

        assertThatThrownBy(() -> read(new ByteArrayInputStream(bytes, 0, bytes.length - 1)))
                .isInstanceOf(BrokenRecord.class)
                .hasMessage("test: record 2 at byte " + first + " cannot be read: the file ends within it");
    }

    @Test
    void aRecordWithoutLogClockIsRefused() throws Exception {
        var log = new TestingTelemetry();
        log.add(0, log.telemetry("T1", 1));
        assertThatThrownBy(() -> read(new ByteArrayInputStream(log.bytes())))
                .isInstanceOf(BrokenRecord.class)
                .hasMessageContaining("record 1 at byte 0")
                .hasMessageContaining("log_millis");
    }

    @Test
    void aLogClockThatGoesBackIsRefused() throws Exception {
        var log = new TestingTelemetry().tick(2).tick(1);
        assertThatThrownBy(() -> read(new ByteArrayInputStream(log.bytes())))
                .isInstanceOf(BrokenRecord.class)
                .hasMessageContaining("record 2 at byte ")
                .hasMessageContaining("order of the log");
    }

    @Test
    void aRecordThatIsNeitherTelemetryNorTickIsRefused() throws Exception {
        var log = new TestingTelemetry();
        log.records.add(TelemetryRecord.newBuilder().setLogMillis(5).build());
        assertThatThrownBy(() -> read(new ByteArrayInputStream(log.bytes()))).hasMessageContaining("neither");
    }

    /** Damage is found or is not damage: whatever the bytes, there is a record or the one exception with its offset. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void damagedBytesNeverThrowAnythingElse(long seed) throws Exception {
        var random = new Random(seed);
        var log = new TestingTelemetry();
        for (int i = 0; i < 20; i++) {
            log.level("T1", i, i).tick(i + 0.5);
        }
        var good = log.bytes();
        int broken = 0;
        for (int run = 0; run < 2000; run++) {
            var bytes = good.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                read(new ByteArrayInputStream(bytes));
            } catch (BrokenRecord e) {
                assertThat(e).hasMessageContaining(" at byte ");
                broken++;
            }
        }
        assertThat(broken).isGreaterThan(200);
    }

    private static int delimited(TelemetryRecord record) {
        return record.getSerializedSize() + 1;
    }

    private static Telemetry.Builder telemetry(Random random) {
        var telemetry = Telemetry.newBuilder()
                .setDomain(pick(random, "", "gas", "供水"))
                .setDistrict(pick(random, "", "d1"))
                .setFacility(pick(random, "F1", "F2"))
                .setDevice(pick(random, "D1", "D2"))
                .setBoot(pick(random, "", "b" + random.nextInt()))
                .setSeq(random.nextLong())
                .setEventTimeMillis(random.nextLong())
                .setReceivedMillis(random.nextLong(1L << 50))
                .setIntervalSeconds(random.nextInt(3) == 0 ? random.nextInt(100_000) - 100 : 0);
        for (int i = random.nextInt(40); i > 0; i--) {
            var value = telemetry.addValuesBuilder().setMetric(pick(random, "", "m", "level"));
            if (random.nextBoolean()) {
                value.setNumber(pick(random, 0.0, -0.0, Double.MAX_VALUE, random.nextGaussian()));
            }
            if (random.nextInt(4) == 0) {
                value.setQualityValue(pick(random, Quality.OUT_OF_RANGE_VALUE, Quality.OFFLINE_VALUE, 77, -1));
            }
            if (random.nextInt(4) == 0) {
                value.setMin(random.nextDouble()).setMax(random.nextDouble()).setTotal(random.nextDouble());
            }
        }
        return telemetry;
    }

    @SafeVarargs
    private static <T> T pick(Random random, T... of) {
        return of[random.nextInt(of.length)];
    }

    /** Gives few bytes at a time, as a pipe does. */
    private static InputStream trickling(byte[] bytes, Random random) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
                return super.read(into, offset, Math.min(length, 1 + random.nextInt(50)));
            }
        };
    }

    private static List<Object> read(InputStream in) throws IOException {
        var read = new ArrayList<Object>();
        var records = new TelemetryRecords(in, "test");
        while (records.next(new TelemetryRecords.Receiver() {
            @Override
            public void message(TelemetryMessage message) {
                read.add(text(message));
            }

            @Override
            public void tick(long logMillis, long breakMillis) {
                read.add("tick " + logMillis + " " + breakMillis);
            }
        })) {}
        assertThat(records.records()).isEqualTo(read.size());
        return read;
    }

    private static String text(TelemetryMessage m) {
        return String.join(
                "|",
                m.domain(),
                m.district(),
                m.facility(),
                m.device(),
                m.boot(),
                m.seq() + " " + m.eventTimeMillis() + " " + m.receivedMillis() + " " + m.logTimeMillis() + " "
                        + m.partition() + " " + m.breakMillis() + " " + m.intervalSeconds(),
                Arrays.toString(m.metrics()),
                Arrays.toString(m.numbers()),
                Arrays.toString(m.qualities()),
                Arrays.toString(m.minima()),
                Arrays.toString(m.maxima()),
                Arrays.toString(m.totals()));
    }
}
