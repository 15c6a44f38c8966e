package io.yiwang.streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.Tick;
import java.util.List;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.Test;

class BreakNoticesTest {

    @Test
    void aBreakIsToldToEveryFacilityOfItsPartitionAlsoAfterARestore() throws Exception {
        try (var before = ProcessFunctionTestHarnesses.forProcessFunction(new BreakNotices(CityClock.wallClock()))) {
            before.processElement(at("F2", 0), 1);
            before.processElement(at("F1", 0), 1);
            before.processElement(at("F3", 1), 1);
            before.processElement(TelemetryMessage.tick(Tick.getDefaultInstance(), 2, 0), 2);
            assertThat(before.extractOutputValues())
                    .extracting(TelemetryMessage::facility)
                    .containsExactly("F2", "F1", "F3");
            var snapshot = before.snapshot(1, 1);

            try (var after = new org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness<>(
                    new org.apache.flink.streaming.api.operators.ProcessOperator<>(
                            new BreakNotices(CityClock.wallClock())))) {
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

    /** After an outage of Kafka devices are faster than the tick. */
    @Test
    void telemetryThatComesBeforeTheTickTellsOfTheBreakItself() throws Exception {
        try (var notices = ProcessFunctionTestHarnesses.forProcessFunction(new BreakNotices(CityClock.wallClock()))) {
            notices.processElement(of("F1", 1_000), 1_000);
            notices.processElement(of("F2", 1_100), 1_100);
            notices.processElement(tick(2_000, 0), 2_000);
            notices.processElement(of("F2", 7_000), 7_000);
            notices.processElement(tick(7_000, 0), 7_000);
            notices.processElement(of("F2", 307_000), 307_000);
            notices.processElement(of("F1", 307_300), 307_300);
            notices.processElement(tick(307_900, 300_900), 307_900);
            notices.processElement(of("F1", 308_000), 308_000);

            assertThat(told(notices.extractOutputValues()))
                    .containsExactly(
                            "F1 1000",
                            "F2 1100",
                            "F2 7000",
                            "F1 break 300000 to 307000",
                            "F2 break 300000 to 307000",
                            "F2 307000",
                            "F1 307300",
                            "F1 308000");
        }
    }

    /** One door was closed for longer than Kafka was away. */
    @Test
    void theTickTellsWhatLayBeforeTheOutage() throws Exception {
        try (var notices = ProcessFunctionTestHarnesses.forProcessFunction(new BreakNotices(CityClock.wallClock()))) {
            notices.processElement(of("F1", 1_000), 1_000);
            notices.processElement(tick(2_000, 0), 2_000);
            notices.processElement(of("F1", 102_000), 102_000);
            notices.processElement(tick(102_500, 400_000), 102_500);
            notices.processElement(tick(103_500, 0), 103_500);

            assertThat(told(notices.extractOutputValues()))
                    .containsExactly("F1 1000", "F1 break 100000 to 102000", "F1 102000", "F1 break 299500 to 102500");
        }
    }

    @Test
    void aRestoreInTheMiddleOfABreakTellsItOnce() throws Exception {
        try (var before = ProcessFunctionTestHarnesses.forProcessFunction(new BreakNotices(CityClock.wallClock()))) {
            before.processElement(of("F1", 1_000), 1_000);
            before.processElement(tick(2_000, 0), 2_000);
            before.processElement(of("F1", 102_000), 102_000);
            var snapshot = before.snapshot(1, 1);
            try (var after = new org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness<>(
                    new org.apache.flink.streaming.api.operators.ProcessOperator<>(
                            new BreakNotices(CityClock.wallClock())))) {
                after.initializeState(snapshot);
                after.open();
                after.processElement(new org.apache.flink.streaming.runtime.streamrecord.StreamRecord<>(
                        tick(102_900, 100_900), 102_900));
                after.processElement(
                        new org.apache.flink.streaming.runtime.streamrecord.StreamRecord<>(of("F1", 103_000), 103_000));
                assertThat(told(after.extractOutputValues())).containsExactly("F1 103000");
            }
        }
    }

    /** In a city that lives sixty times as fast a second without a tick is a minute. */
    @Test
    void aFastCityHasLongerSeconds() throws Exception {
        var clock = CityClock.of("2026-01-09T22:00:00Z,60,1970-01-01T00:00:40Z");
        try (var notices = ProcessFunctionTestHarnesses.forProcessFunction(new BreakNotices(clock))) {
            notices.processElement(tick(60_000, 0), 60_000);
            notices.processElement(of("F1", 240_000), 240_000);
            notices.processElement(of("F1", 420_000), 420_000);
            assertThat(told(notices.extractOutputValues()))
                    .containsExactly("F1 240000", "F1 break 360000 to 420000", "F1 420000");
        }
    }

    private static List<String> told(List<TelemetryMessage> messages) {
        return messages.stream()
                .map(message -> message.facility()
                        + (message.isBreak() ? " break " + message.breakMillis() + " to " : " ")
                        + message.logTimeMillis())
                .toList();
    }

    private static TelemetryMessage tick(long logMillis, long breakMillis) {
        return TelemetryMessage.tick(
                Tick.newBuilder().setBreakMillis(breakMillis).build(), logMillis, 0);
    }

    private static TelemetryMessage of(String facility, long logMillis) {
        return TelemetryMessage.of(
                Telemetry.newBuilder().setFacility(facility).setDevice("D").build(), logMillis, 0);
    }

    private static TelemetryMessage at(String facility, int partition) {
        return TelemetryMessage.of(
                Telemetry.newBuilder().setFacility(facility).setDevice("D").build(), 1, partition);
    }
}
