package io.yiwang.streams.detect;

import static io.yiwang.streams.detect.TestingFacility.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.rule.Scopes;
import io.yiwang.model.wire.LimitChange;
import io.yiwang.model.wire.Maintenance;
import io.yiwang.model.wire.RuleRecord;
import io.yiwang.model.wire.RuleScope;
import io.yiwang.streams.kafka.RuleUpdate;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.junit.jupiter.api.Test;

/** Rules that come while the job runs. Devices A and B show a level of 60 every 10 s; the pack's h is 50 after 10 s, off after 20 s. */
class DetectFunctionRulesTest {
    private static final RuleScope FACILITY = Scopes.facility("testing", "T1");
    private static final RuleScope DEVICE = Scopes.device("testing", "T1", "B");

    private final ArrayList<RuleRecord> rules = new ArrayList<>();

    private static RuleRecord.Builder rule(String id, RuleScope scope, int version, double fromSeconds) {
        return RuleRecord.newBuilder()
                .setId(id)
                .setScope(scope)
                .setVersion(version)
                .setValidFromMillis(at(fromSeconds))
                .setChangedBy("duty")
                .setChangedMillis(at(fromSeconds - 1));
    }

    private static LimitChange.Builder high(String value) {
        return LimitChange.newBuilder()
                .setMetric("test_level")
                .setSide("h")
                .setValue(value)
                .setGrade(2)
                .setSource("duty officer");
    }

    /** Steps of a rule as "RAISED at 10.2 by [A]", by the log clock. */
    private List<String> run(String rule, double seconds, boolean live) throws Exception {
        var steps = new ArrayList<String>();
        try (var harness = DetectFunctionTest.open(null, live ? new ArrayList<>() : rules)) {
            harness.processElement(DetectFunctionTest.asset(TestingFacility.TANK));
            int told = 0;
            for (int second = 0; second <= seconds; second += 10) {
                // As late as it may be: the log clock of its beginning has just not come.
                while (live && told < rules.size() && rules.get(told).getValidFromMillis() <= at(second)) {
                    harness.processBroadcastElement(
                            new StreamRecord<>(new RuleUpdate(rules.get(told++).toByteArray())));
                }
                DetectFunctionTest.watermark(harness, at(second) - 1);
                for (var device : List.of("A", "B")) {
                    harness.processElement(DetectFunctionTest.record(
                            TestingFacility.message(device, "test_level", second, second + 0.2, 60, 0, second + 1)));
                }
            }
            DetectFunctionTest.watermark(harness, at(seconds + 5));
            for (var alarm : DetectFunctionTest.alarms(harness.extractOutputValues())) {
                if (alarm.getRule().equals(rule)) {
                    steps.add(alarm.getStep() + " at " + (alarm.getLogMillis() - at(0)) / 1000.0 + " by "
                            + alarm.getDevicesList());
                }
            }
        }
        return steps;
    }

    private List<String> run(String rule, double seconds) throws Exception {
        var live = run(rule, seconds, true);
        // A replay has all of the rules from the start, and judges alike.
        assertThat(run(rule, seconds, false)).isEqualTo(live);
        return live;
    }

    @Test
    void changedDisabledAndOverriddenAtOneDevice() throws Exception {
        rules.add(rule("test_level.h", FACILITY, 1, 100).setLimit(high("70")).build());
        rules.add(rule("test_level.h", FACILITY, 2, 200).setLimit(high("40")).build());
        rules.add(rule("test_level.h", FACILITY, 3, 300)
                .setLimit(high("40").setDisabled(true))
                .build());
        rules.add(rule("test_level.h", DEVICE, 1, 400).setLimit(high("55")).build());
        assertThat(run("test_level.h", 450))
                .containsExactly(
                        "RAISED at 10.2 by [A, B]",
                        "CLEARED at 100.2 by [A, B]",
                        "RAISED at 200.2 by [A, B]",
                        "UPDATED at 200.2 by [A, B]",
                        "CLEARED at 300.0 by [A, B]",
                        "RAISED at 400.2 by [B]");
    }

    @Test
    void aLimitOfOnesOwn() throws Exception {
        rules.add(rule("own.high", FACILITY, 1, 100)
                .setLimit(high("55").setOnDelaySeconds(15))
                .build());
        assertThat(run("own.high", 200)).containsExactly("RAISED at 115.2 by [A, B]");
    }

    @Test
    void nothingIsRaisedWhileSomebodyWorksThere() throws Exception {
        rules.add(rule("maintenance.pump", FACILITY, 1, 0)
                .setMaintenance(Maintenance.newBuilder().setFromMillis(at(0)).setToMillis(at(100)))
                .build());
        assertThat(run("test_level.h", 200)).containsExactly("RAISED at 110.2 by [A, B]");
    }

    /** Nothing is expected of a facility that is out of service: only the ticks of the log clock can tell it. */
    @Test
    void aFacilityThatSaysNothingIsJudgedByTheRulesOfTheTime() throws Exception {
        rules.add(rule("test_level.h", FACILITY, 1, 300)
                .setLimit(high("70").setDisabled(true))
                .build());
        for (boolean live : new boolean[] {true, false}) {
            try (var harness = DetectFunctionTest.open(null, live ? new ArrayList<>() : rules)) {
                harness.processElement(DetectFunctionTest.asset(TestingFacility.tank(false, "A")));
                for (int second = 0; second <= 20; second += 10) {
                    DetectFunctionTest.watermark(harness, at(second) - 1);
                    harness.processElement(DetectFunctionTest.record(
                            TestingFacility.message("A", "test_level", second, second + 0.2, 60, 0, second + 1)));
                }
                for (int second = 30; second < 400; second++) {
                    if (live && second == 299) {
                        harness.processBroadcastElement(
                                new StreamRecord<>(new RuleUpdate(rules.get(0).toByteArray())));
                    }
                    DetectFunctionTest.watermark(harness, at(second));
                }
                assertThat(DetectFunctionTest.alarms(harness.extractOutputValues()))
                        .extracting(alarm -> alarm.getStep() + " at " + (alarm.getLogMillis() - at(0)) / 1000.0)
                        .containsExactly("RAISED at 10.2", "CLEARED at 300.0");
                DetectFunctionTest.watermark(harness, Long.MAX_VALUE);
                assertThat(harness.numEventTimeTimers()).isZero();
            }
        }
    }

    @Test
    void aRefusedRuleChangesNothing() throws Exception {
        var without = run("test_level.h", 200);
        rules.add(rule("test_level.h", FACILITY, 1, 100).setLimit(high("70 +")).build());
        assertThat(run("test_level.h", 200)).isEqualTo(without).isNotEmpty();
    }
}
