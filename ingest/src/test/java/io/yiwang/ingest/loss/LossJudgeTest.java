package io.yiwang.ingest.loss;

import static io.yiwang.ingest.TestingCity.METRIC;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.yiwang.ingest.loss.KafkaContents.Stored;
import io.yiwang.ingest.loss.KafkaContents.TurnedDown;
import io.yiwang.ingest.loss.LossJudge.Verdict;
import io.yiwang.model.RejectReason;
import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The judge must find every planted fault: a green run of a judge that cannot turn red shows nothing. */
class LossJudgeTest {
    private static final String DEVICE = "d1";
    private final LossLedger ledger = new LossLedger();
    private final List<Stored> stored = new ArrayList<>();
    private final List<TurnedDown> turnedDown = new ArrayList<>();

    private static Sent sent(long seq, Sent.Kind kind) {
        return new Sent(new MessageKey(DEVICE, "b0", seq), "f1", kind, 1_000 + seq, seq / 10.0);
    }

    private static Stored asStored(Sent sent) {
        return new Stored(
                sent.facility(),
                Telemetry.newBuilder()
                        .setDomain("gas")
                        .setDistrict("east")
                        .setFacility(sent.facility())
                        .setDevice(sent.key().device())
                        .setBoot(sent.key().boot())
                        .setSeq(sent.key().seq())
                        .setEventTimeMillis(sent.eventTimeMillis())
                        .addValues(Value.newBuilder().setMetric(METRIC).setNumber(sent.value()))
                        .build());
    }

    private static TurnedDown asTurnedDown(Sent sent, RejectReason reason) {
        return new TurnedDown(
                DEVICE,
                Rejected.newBuilder()
                        .setReason(reason.name())
                        .setDevice(DEVICE)
                        .setBoot(
                                sent.kind() == Sent.Kind.GARBAGE
                                        ? ""
                                        : sent.key().boot())
                        .setSeq(
                                sent.kind() == Sent.Kind.GARBAGE
                                        ? 0
                                        : sent.key().seq())
                        .setPayload(ByteString.copyFrom(sent.payload()))
                        .build());
    }

    /** Ten good messages, one with an unknown metric and one of garbage; all sent once, acknowledged and kept. */
    @BeforeEach
    void aCleanRun() {
        for (long seq = 0; seq < 10; seq++) {
            var good = sent(seq, Sent.Kind.GOOD);
            answered(good);
            stored.add(asStored(good));
        }
        var unknown = sent(10, Sent.Kind.UNKNOWN_METRIC);
        answered(unknown);
        turnedDown.add(asTurnedDown(unknown, RejectReason.UNKNOWN_METRIC));
        var garbage = sent(11, Sent.Kind.GARBAGE);
        answered(garbage);
        turnedDown.add(asTurnedDown(garbage, RejectReason.MALFORMED));
    }

    private void answered(Sent sent) {
        ledger.attempted(sent);
        ledger.acked(sent.key());
    }

    private Verdict verdict(int redeliveries) {
        return LossJudge.judge(
                ledger.entries(), new KafkaContents(stored, turnedDown, List.of()), Set.of(DEVICE), redeliveries);
    }

    private Verdict verdict() {
        return verdict(0);
    }

    private void change(int index, UnaryOperator<Telemetry.Builder> how) {
        var old = stored.get(index);
        stored.set(
                index,
                new Stored(old.key(), how.apply(old.telemetry().toBuilder()).build()));
    }

    @Test
    void aCleanRunIsClean() {
        assertThat(verdict().isClean()).isTrue();
        assertThat(verdict().messages()).isEqualTo(12);
    }

    @Test
    void aLossIsFound() {
        stored.remove(3);
        assertThat(verdict().lost()).containsExactly("d1:b0:3");
        assertThat(verdict().isClean()).isFalse();
    }

    @Test
    void aLostRejectionIsFound() {
        turnedDown.clear();
        assertThat(verdict().lost()).containsExactly("d1:b0:10", "d1:b0:11");
    }

    @Test
    void whatWasNeverAcknowledgedMayBeMissingOrThere() {
        ledger.attempted(sent(20, Sent.Kind.GOOD));
        assertThat(verdict().isClean()).isTrue();
        stored.add(asStored(sent(20, Sent.Kind.GOOD)));
        assertThat(verdict().isClean()).isTrue();
    }

    @Test
    void aCopyIsExplainedByAResendAndNotWithoutOne() {
        stored.add(asStored(sent(4, Sent.Kind.GOOD)));
        assertThat(verdict().excess()).hasSize(1);
        assertThat(verdict().isClean()).isFalse();
        ledger.attempted(sent(4, Sent.Kind.GOOD));
        assertThat(verdict().isClean()).isTrue();
        assertThat(verdict().duplicates()).isEqualTo(1);
    }

    @Test
    void aBridgesRedeliveryExplainsOneCopyAConnection() {
        stored.add(asStored(sent(4, Sent.Kind.GOOD)));
        assertThat(verdict(1).isClean()).isTrue();
        stored.add(asStored(sent(4, Sent.Kind.GOOD)));
        assertThat(verdict(1).excess()).hasSize(1);
    }

    @Test
    void aPhantomIsFound() {
        stored.add(asStored(sent(99, Sent.Kind.GOOD)));
        turnedDown.add(asTurnedDown(sent(98, Sent.Kind.GARBAGE), RejectReason.MALFORMED));
        assertThat(verdict().phantoms()).hasSize(2);
        assertThat(verdict().isClean()).isFalse();
    }

    @Test
    void anAlteredValueAndAnAlteredTimeAreFound() {
        change(
                5,
                telemetry -> telemetry.setValues(
                        0, telemetry.getValues(0).toBuilder().setNumber(7)));
        change(6, telemetry -> telemetry.setEventTimeMillis(5));
        assertThat(verdict().altered()).hasSize(2);
        assertThat(verdict().isClean()).isFalse();
    }

    @Test
    void aRecordUnderAnotherFacilityOrKeyIsFound() {
        change(5, telemetry -> telemetry.setFacility("f2"));
        stored.set(6, new Stored("f2", stored.get(6).telemetry()));
        assertThat(verdict().misplaced()).hasSize(2);
        // And it is not where it belongs.
        assertThat(verdict().lost()).containsExactly("d1:b0:5", "d1:b0:6");
    }

    @Test
    void aGoodMessageThatWasRejectedIsFound() {
        turnedDown.add(asTurnedDown(sent(5, Sent.Kind.GOOD), RejectReason.OUT_OF_RANGE));
        assertThat(verdict().misplaced()).hasSize(1);
    }

    @Test
    void aRefusalThatIsKeptNowhereIsFound() {
        var refused = sent(30, Sent.Kind.GOOD);
        ledger.attempted(refused);
        ledger.refused(refused.key());
        assertThat(verdict().silent()).containsExactly("d1:b0:30");
    }

    @Test
    void recordsOfOtherRunsAreNotLookedAt() {
        stored.add(asStored(new Sent(new MessageKey("other", "b0", 1), "f1", Sent.Kind.GOOD, 1, 1)));
        assertThat(verdict().isClean()).isTrue();
    }
}
