package io.yiwang.streams.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.clock.CityClock;
import io.yiwang.model.rule.RuleBook;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.streams.TestingPacks;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WhatIfTest {
    private final List<Alarm> then = new ArrayList<>();

    @Test
    void anAlarmThatWasAndWouldBeIsTheSame() {
        then.add(alarm("a", "T1", "test_level.hh", AlarmStep.RAISED, 1, 10, 0));
        then.add(alarm("a", "T1", "test_level.hh", AlarmStep.CLEARED, 2, 10, 30));
        assertThat(compare(new TestingTelemetry().level("T1", 12, 90).level("T1", 15, 20), 0, 30))
                .containsExactly("SAME T1 test_level.hh 12");
    }

    @Test
    void whatWouldNotBeAndWhatWasNotAreTold() {
        then.add(alarm("a", "T1", "test_level.hh", AlarmStep.RAISED, 1, 10, 0));
        then.add(alarm("b", "T2", "test_level.ll", AlarmStep.RAISED, 1, 11, 0));
        assertThat(compare(new TestingTelemetry().level("T1", 12, 20).level("T2", 13, 90), 0, 20))
                .containsExactly(
                        "ONLY_THEN T1 test_level.hh 10",
                        "ONLY_THEN T2 test_level.ll 11",
                        "ONLY_NOW T2 test_level.hh 13");
    }

    @Test
    void alarmsOfOneRuleThatDidNotOverlapAreTwo() {
        then.add(alarm("a", "T1", "test_level.hh", AlarmStep.CLEARED, 2, 10, 20));
        assertThat(compare(new TestingTelemetry().level("T1", 40, 90), 0, 45))
                .containsExactly("ONLY_THEN T1 test_level.hh 10", "ONLY_NOW T1 test_level.hh 40");
    }

    @Test
    void whatWasTakenBackOrRaisedOutsideOfTheTimeDoesNotCount() {
        then.add(alarm("a", "T1", "test_level.hh", AlarmStep.RAISED, 1, 10, 0));
        then.add(alarm("a", "T1", "test_level.hh", AlarmStep.WITHDRAWN, 2, 10, 30));
        then.add(alarm("b", "T1", "test_level.ll", AlarmStep.RAISED, 1, 30, 0));
        assertThat(compare(new TestingTelemetry().level("T1", 2, 90).level("T1", 4, 20), 3, 30))
                .isEmpty();
    }

    @Test
    void whatIsDueAtTheEndIsConcluded() {
        assertThat(compare(new TestingTelemetry().level("T1", 5, 60).tick(6), 0, 20))
                .containsExactly("ONLY_NOW T1 test_level.h 15");
    }

    private List<String> compare(TestingTelemetry log, long from, long to) {
        var whatIf = new WhatIf(
                TestingPacks.PACKS,
                RuleBook.EMPTY,
                ZoneId.of("Asia/Shanghai"),
                CityClock.wallClock(),
                List.of(FacilityAsset.of(TestingTelemetry.tank("T1")), FacilityAsset.of(TestingTelemetry.tank("T2"))));
        for (var record : log.records) {
            // As in a topic: a facility's messages are in one partition, ticks in all.
            if (record.hasTelemetry()) {
                int partition = record.getTelemetry().getFacility().equals("T1") ? 0 : 1;
                whatIf.on(partition, TelemetryMessage.of(record.getTelemetry(), record.getLogMillis(), partition));
            } else {
                whatIf.tick(0, record.getLogMillis(), 0);
                whatIf.tick(1, record.getLogMillis(), 0);
            }
        }
        whatIf.end(TestingTelemetry.at(to));
        return whatIf.compare(then, TestingTelemetry.at(from), TestingTelemetry.at(to)).lines().stream()
                .map(line -> line.found() + " " + line.shown().alarm().getFacility() + " "
                        + line.shown().alarm().getRule() + " "
                        + (line.shown().raisedMillis() - TestingTelemetry.START) / 1000)
                .toList();
    }

    private static Alarm alarm(
            String id, String facility, String rule, AlarmStep step, int revision, double raised, double cleared) {
        return Alarm.newBuilder()
                .setId(id)
                .setFacility(facility)
                .setRule(rule)
                .setStep(step)
                .setRevision(revision)
                .setOnsetMillis(TestingTelemetry.at(raised))
                .setRaisedMillis(TestingTelemetry.at(raised))
                .setClearedMillis(cleared == 0 ? 0 : TestingTelemetry.at(cleared))
                .build();
    }
}
