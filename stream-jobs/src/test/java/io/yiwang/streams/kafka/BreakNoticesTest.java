package io.yiwang.streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.Tick;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.Test;

class BreakNoticesTest {

    @Test
    void aBreakIsToldToEveryFacilityOfItsPartitionAlsoAfterARestore() throws Exception {
        try (var before = ProcessFunctionTestHarnesses.forProcessFunction(new BreakNotices())) {
            before.processElement(of("F2", 0), 1);
            before.processElement(of("F1", 0), 1);
            before.processElement(of("F3", 1), 1);
            before.processElement(TelemetryMessage.tick(Tick.getDefaultInstance(), 2, 0), 2);
            assertThat(before.extractOutputValues())
                    .extracting(TelemetryMessage::facility)
                    .containsExactly("F2", "F1", "F3");
            var snapshot = before.snapshot(1, 1);

            try (var after = new org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness<>(
                    new org.apache.flink.streaming.api.operators.ProcessOperator<>(new BreakNotices()))) {
                after.initializeState(snapshot);
                after.open();
                after.processElement(new org.apache.flink.streaming.runtime.streamrecord.StreamRecord<>(
                        TelemetryMessage.tick(
                                Tick.newBuilder().setBreakMillis(900).build(), 3, 0),
                        3));
                assertThat(after.extractOutputValues())
                        .allMatch(TelemetryMessage::isBreak)
                        .allMatch(notice -> notice.breakMillis() == 900 && notice.logTimeMillis() == 3)
                        .extracting(TelemetryMessage::facility)
                        .containsExactly("F1", "F2");
            }
        }
    }

    private static TelemetryMessage of(String facility, int partition) {
        return TelemetryMessage.of(
                Telemetry.newBuilder().setFacility(facility).setDevice("D").build(), 1, partition);
    }
}
