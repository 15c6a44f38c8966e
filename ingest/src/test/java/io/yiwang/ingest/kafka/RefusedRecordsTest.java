package io.yiwang.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.TelemetryLog;
import io.yiwang.ingest.validate.Judged;
import io.yiwang.model.RejectReason;
import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.Value;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusedRecordsTest {
    private static final Arrival ARRIVAL =
            new Arrival("a/topic", null, "d1", "the payload".getBytes(StandardCharsets.UTF_8), 5);

    /** Answers every append with the failure that is set. */
    private static final class ScriptedLog implements TelemetryLog {
        private Throwable failure;
        private int appends;

        @Override
        public void append(Telemetry telemetry, Appended appended) {
            appends++;
            appended.onAppended(failure);
        }

        @Override
        public void append(Rejected rejected, Appended appended) {
            appends++;
            appended.onAppended(failure);
        }
    }

    @TempDir
    private Path folder;

    private final ScriptedLog kafka = new ScriptedLog();
    private final List<Throwable> answers = new ArrayList<>();
    private RefusedRecords log;

    @BeforeEach
    void start() {
        log = new RefusedRecords(kafka, folder);
    }

    private static Telemetry telemetry(long seq) {
        return Telemetry.newBuilder()
                .setDevice("d1")
                .setBoot("b")
                .setSeq(seq)
                .addValues(Value.newBuilder().setMetric("m1").setNumber(1))
                .addValues(Value.newBuilder().setMetric("m2"))
                .build();
    }

    /** One value of m1 each, good; m2 is out of range and was counted by a rejection of its own. */
    private static Judged judged(Telemetry... telemetry) {
        var outOfRange = Rejected.newBuilder().setValueCount(telemetry.length).build();
        return new Judged(List.of(telemetry), List.of(outOfRange), 2 * telemetry.length, telemetry.length);
    }

    @Test
    void whatKafkaRefusesForGoodIsRejectedWhenItComesAgainAndNothingElseIs() {
        kafka.failure = new RecordTooLargeException("too large");
        log.append(telemetry(1), answers::add);
        assertThat(answers).containsExactly(kafka.failure);

        var verdict = log.withoutRefused(judged(telemetry(1), telemetry(2)), ARRIVAL);
        assertThat(verdict.accepted()).extracting(Telemetry::getSeq).containsExactly(2L);
        assertThat(verdict.rejected()).hasSize(2).last().satisfies(rejected -> {
            assertThat(rejected.getReason()).isEqualTo(RejectReason.TOO_LARGE.name());
            assertThat(rejected.getSeq()).isEqualTo(1);
            assertThat(rejected.getMetricsList()).containsExactly("m1");
            assertThat(rejected.getPayload().toStringUtf8()).isEqualTo("the payload");
            assertThat(rejected.getMqttTopic()).isEqualTo("a/topic");
        });
        // values = good + rejected values, as for every verdict
        assertThat(verdict.values())
                .isEqualTo(verdict.good()
                        + verdict.rejected().stream()
                                .mapToInt(Rejected::getValueCount)
                                .sum());
    }

    @Test
    void anOutageIsNoRefusal() {
        kafka.failure = new TimeoutException("away");
        log.append(telemetry(1), answers::add);
        assertThat(log.withoutRefused(judged(telemetry(1)), ARRIVAL).accepted()).hasSize(1);
    }

    @Test
    void aRejectionThatKafkaDoesNotTakeIsKeptOnThisMachine() throws Exception {
        var rejected = Rejected.newBuilder()
                .setReason("MALFORMED")
                .setPayload(ByteString.copyFromUtf8("x"))
                .build();
        kafka.failure = new RecordTooLargeException("too large");
        log.append(rejected, answers::add);
        log.append(rejected, answers::add);
        assertThat(answers).containsExactly(kafka.failure, null);
        assertThat(kafka.appends).isEqualTo(1);
        try (var in = Files.newInputStream(folder.resolve("quarantine.bin"))) {
            assertThat(Rejected.parseDelimitedFrom(in)).isEqualTo(rejected);
        }
    }
}
