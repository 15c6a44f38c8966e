package io.yiwang.sim.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Rejected;
import io.yiwang.sim.ledger.DeviceEntries;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LossAuditTest {
    private static final List<String> METRICS = List.of("flow", "pressure");
    private static final LossAudit.Scope ALL = new LossAudit.Scope("", Long.MIN_VALUE / 1_000_000, Long.MIN_VALUE);
    private static final long T0 = 1_800_000_000_000L;

    /** Ten messages of two values, the first eight acknowledged; message 3 is rejected whole, message 4 for its flow. */
    private static final class City {
        private final DeviceEntries.Builder ledger = new DeviceEntries.Builder("d");
        private final List<StoredValue> stored = new ArrayList<>();
        private final Rejections rejections = new Rejections();

        City() {
            for (int seq = 0; seq < 10; seq++) {
                ledger.attempted("run", "b", seq, T0 + seq, METRICS);
                if (seq < 8) {
                    ledger.acked("b", seq);
                    if (seq != 3) {
                        store(seq, "pressure");
                    }
                    if (seq != 3 && seq != 4) {
                        store(seq, "flow");
                    }
                }
            }
            rejections.add(rejected("TIMESTAMP_FUTURE", 3).build());
            rejections.add(rejected("OUT_OF_RANGE", 4).addMetrics("flow").build());
        }

        void store(int seq, String metric) {
            stored.add(new StoredValue(Ids.influxNanos(T0 + seq, seq), metric));
        }

        DeviceVerdict judge() {
            return judge(ALL);
        }

        DeviceVerdict judge(LossAudit.Scope scope) {
            var entries = ledger.build();
            return LossAudit.compare(entries, entries, stored, rejections, scope);
        }
    }

    private static Rejected.Builder rejected(String reason, long seq) {
        return Rejected.newBuilder()
                .setReason(reason)
                .setDevice("d")
                .setBoot("b")
                .setSeq(seq);
    }

    @Test
    void aCityThatLosesNothingIsGood() {
        var verdict = new City().judge();

        assertThat(verdict.isGood()).isTrue();
        assertThat(verdict.messages()).isEqualTo(10);
        assertThat(verdict.ackedMessages()).isEqualTo(8);
        assertThat(verdict.ackedValues()).isEqualTo(16);
        assertThat(verdict.stored()).isEqualTo(13);
        assertThat(verdict.rejected()).isEqualTo(Map.of("TIMESTAMP_FUTURE", 2L, "OUT_OF_RANGE", 1L));
        assertThat(verdict.indeterminate()).isEqualTo(4);
        assertThat(verdict.examples()).isEmpty();
    }

    @Test
    void oneMissingValueIsLost() {
        var city = new City();
        city.stored.remove(new StoredValue(Ids.influxNanos(T0 + 5, 5), "flow"));

        var verdict = city.judge();

        assertThat(verdict.isGood()).isFalse();
        assertThat(verdict.lost()).isEqualTo(1);
        assertThat(verdict.examples()).containsExactly("lost: flow of message b:5, ts " + (T0 + 5));
    }

    @Test
    void oneValueTwiceIsADuplicate() {
        var city = new City();
        city.store(5, "flow");

        var verdict = city.judge();

        assertThat(verdict.duplicates()).isEqualTo(1);
        assertThat(verdict.lost()).isZero();
        assertThat(verdict.isGood()).isFalse();
    }

    @Test
    void aValueBothStoredAndRejectedIsADuplicate() {
        var city = new City();
        city.rejections.add(rejected("WRONG_TYPE", 6).addMetrics("flow").build());

        assertThat(city.judge().duplicates()).isEqualTo(1);
    }

    @Test
    void aValueThatNobodySentIsAPhantom() {
        var city = new City();
        city.stored.add(new StoredValue(Ids.influxNanos(T0 + 5, 6), "flow"));
        city.stored.add(new StoredValue(Ids.influxNanos(T0 + 5, 5), "humidity"));

        var verdict = city.judge();

        assertThat(verdict.phantoms()).isEqualTo(2);
        assertThat(verdict.isGood()).isFalse();
    }

    @Test
    void storedUnderAnotherTimeIsLostAndPhantomAtOnce() {
        var city = new City();
        city.stored.remove(new StoredValue(Ids.influxNanos(T0 + 5, 5), "flow"));
        city.stored.add(new StoredValue(Ids.influxNanos(T0 + 5, 0), "flow"));

        var verdict = city.judge();

        assertThat(verdict.lost()).isEqualTo(1);
        assertThat(verdict.phantoms()).isEqualTo(1);
    }

    @Test
    void anUnacknowledgedMessageMayArriveOrNot() {
        var city = new City();
        city.store(8, "flow");

        var verdict = city.judge();

        assertThat(verdict.isGood()).isTrue();
        assertThat(verdict.indeterminateArrived()).isEqualTo(1);
    }

    @Test
    void whatWasStoredBeforeTheLedgerBeginsIsNobodysPhantom() {
        var city = new City();
        city.stored.add(new StoredValue(Ids.influxNanos(T0 - 1, 0), "flow"));

        assertThat(city.judge(new LossAudit.Scope("", T0, Long.MIN_VALUE)).isGood())
                .isTrue();
        assertThat(city.judge(new LossAudit.Scope("", T0 - 1, Long.MIN_VALUE)).phantoms())
                .isEqualTo(1);
    }

    @Test
    void whatRetentionRemovedIsExpiredNotLost() {
        var city = new City();
        city.stored.removeIf(value -> value.nanos() < (T0 + 2) * 1_000_000);

        var verdict = city.judge(new LossAudit.Scope("", Long.MIN_VALUE / 1_000_000, T0 + 2));

        assertThat(verdict.isGood()).isTrue();
        assertThat(verdict.expired()).isEqualTo(4);
        assertThat(city.judge().lost()).isEqualTo(4);
    }

    @Test
    void whatWasSentAfterTheLedgerWasReadExplainsWhatIsStored() {
        var city = new City();
        var before = city.ledger.build();
        city.ledger.attempted("run", "b", 10, T0 + 10, METRICS);
        city.store(10, "flow");

        assertThat(LossAudit.compare(before, before, city.stored, city.rejections, ALL)
                        .phantoms())
                .isEqualTo(1);
        assertThat(LossAudit.compare(before, city.ledger.build(), city.stored, city.rejections, ALL)
                        .isGood())
                .isTrue();
    }

    @Test
    void anotherRunIsNotAuditedButExplainsItsValues() {
        var city = new City();
        city.ledger.attempted("other", "b2", 0, T0 + 50, METRICS).acked("b2", 0);
        city.stored.add(new StoredValue(Ids.influxNanos(T0 + 50, 0), "flow"));

        assertThat(city.judge().lost()).isEqualTo(1);
        var verdict = city.judge(new LossAudit.Scope("run", Long.MIN_VALUE / 1_000_000, Long.MIN_VALUE));
        assertThat(verdict.isGood()).isTrue();
        assertThat(verdict.messages()).isEqualTo(10);
    }

    @Test
    void aRejectionWithoutIdentityIsFoundByItsText() {
        var rejections = new Rejections();
        rejections.add(Rejected.newBuilder()
                .setReason("MALFORMED")
                .setMqttTopic("city/v1/gas/f/d/telemetry")
                .setPayload(com.google.protobuf.ByteString.copyFromUtf8(
                        "{\"ts\":1,\"boot\":\"b\",\"seq\":9,\"values\":{\"flow\":NaN}}"))
                .build());
        rejections.add(Rejected.newBuilder()
                .setReason("MALFORMED")
                .setMqttTopic("city/v1/gas/f/d/telemetry")
                .setPayload(com.google.protobuf.ByteString.copyFromUtf8("garbage"))
                .build());

        assertThat(rejections.reason("d", "b", 9, "flow")).contains("MALFORMED");
        assertThat(rejections.reason("d", "b", 8, "flow")).isEmpty();
        assertThat(rejections.unidentified()).isEqualTo(Map.of("MALFORMED", 1L));
    }

    @Test
    void onAWrongTopicTheClientIsTheSender() {
        var rejections = new Rejections();
        rejections.add(
                rejected("WRONG_TOPIC", 1).setDevice("victim").setClient("d").build());

        assertThat(rejections.reason("d", "b", 1, "flow")).contains("WRONG_TOPIC");
        assertThat(rejections.reason("victim", "b", 1, "flow")).isEmpty();
    }

    /** Whatever is taken from or added to a good city shows, exactly as much of it as was planted. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyPlantedFaultIsCountedOnce(long seed) {
        var random = new Random(seed);
        var ledger = new DeviceEntries.Builder("d");
        var stored = new ArrayList<StoredValue>();
        long lost = 0;
        long duplicates = 0;
        long phantoms = 0;
        var rejections = new Rejections();
        for (int seq = 0; seq < 500; seq++) {
            long ts = T0 + random.nextInt(1_000_000);
            ledger.attempted("run", "b", seq, ts, METRICS).acked("b", seq);
            for (var metric : METRICS) {
                var value = new StoredValue(Ids.influxNanos(ts, seq), metric);
                switch (random.nextInt(20)) {
                    case 0 -> lost++;
                    case 1 -> {
                        duplicates++;
                        stored.add(value);
                        stored.add(value);
                    }
                    case 2 ->
                        rejections.add(
                                rejected("OUT_OF_RANGE", seq).addMetrics(metric).build());
                    case 3 -> {
                        phantoms++;
                        stored.add(value);
                        stored.add(new StoredValue(value.nanos(), "unsent"));
                    }
                    default -> stored.add(value);
                }
            }
        }
        phantoms = stored.stream()
                .filter(v -> v.metric().equals("unsent"))
                .distinct()
                .count();

        var entries = ledger.build();
        var verdict = LossAudit.compare(entries, entries, stored, rejections, ALL);

        assertThat(verdict.lost()).isEqualTo(lost);
        assertThat(verdict.duplicates()).isEqualTo(duplicates);
        assertThat(verdict.phantoms()).isEqualTo(phantoms);
        assertThat(verdict.ackedValues()).isEqualTo(verdict.stored() + verdict.rejectedValues() + lost);
    }
}
