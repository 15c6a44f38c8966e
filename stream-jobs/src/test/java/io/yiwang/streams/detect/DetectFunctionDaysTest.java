package io.yiwang.streams.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.yiwang.model.rule.RuleChecks;
import io.yiwang.model.rule.Scopes;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.LearnedChange;
import io.yiwang.model.wire.Learning;
import io.yiwang.model.wire.PointQuality;
import io.yiwang.model.wire.RuleRecord;
import io.yiwang.model.wire.RuleScope;
import io.yiwang.streams.detect.course.FacilityCourse;
import io.yiwang.streams.detect.course.Signal;
import io.yiwang.streams.detect.learned.LearnedCondition;
import io.yiwang.streams.detect.pattern.Showing;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.FacilityAsset.DeviceAsset;
import io.yiwang.streams.kafka.FacilityAsset.PointAsset;
import io.yiwang.streams.kafka.RuleUpdate;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.streaming.util.KeyedBroadcastOperatorTestHarness;
import org.apache.flink.streaming.util.OperatorSnapshotUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Days of a tank, long enough that it is learned, with what can happen to it and on the way. */
class DetectFunctionDaysTest {
    private static final int PERIOD = 60;
    private static final int MINUTES = 5 * 24 * 60;
    private static final FacilityAsset TANK = new FacilityAsset(
            "T1",
            "testing",
            "tank",
            "d1",
            Map.of(),
            List.of(
                    new DeviceAsset(
                            "A", List.of(new PointAsset("test_flow", PERIOD), new PointAsset("test_level", PERIOD))),
                    new DeviceAsset("B", List.of(new PointAsset("test_level", PERIOD)))),
            true,
            false);

    /** Its device A measures enough for its points to be judged together. */
    private static final FacilityAsset WARM_TANK = new FacilityAsset(
            "T1",
            "testing",
            "tank",
            "d1",
            Map.of(),
            List.of(
                    new DeviceAsset(
                            "A",
                            List.of(
                                    new PointAsset("test_flow", PERIOD),
                                    new PointAsset("test_level", PERIOD),
                                    new PointAsset("test_temp", PERIOD))),
                    new DeviceAsset("B", List.of(new PointAsset("test_level", PERIOD)))),
            true,
            false);

    private static List<TelemetryMessage> days(long seed) {
        return days(seed, false);
    }

    /** Every day alike; on the fifth a spike, then the flow settles elsewhere, and the level rises above its limits for an hour. */
    private static List<TelemetryMessage> days(long seed, boolean warm) {
        var random = new Random(seed);
        var log = new ArrayList<TelemetryMessage>();
        for (int minute = 0; minute < MINUTES; minute++) {
            double day = Math.sin(2 * Math.PI * minute / 1440);
            double flow = 40 + 8 * day + 0.5 * random.nextGaussian();
            double level = 30 + 5 * day + 0.3 * random.nextGaussian();
            int into = minute - 4 * 1440;
            if (into == 200) {
                flow += 45;
            } else if (into > 500) {
                flow += 18;
            }
            if (into > 700 && into < 760) {
                level = 85 + random.nextGaussian();
            }
            if (warm) {
                double temperature = 20 + 3 * day + 0.2 * random.nextGaussian();
                add(log, random, "A", minute, new String[] {"test_flow", "test_level", "test_temp"}, new double[] {
                    flow, level, temperature
                });
            } else {
                add(log, random, "A", minute, new String[] {"test_flow", "test_level"}, new double[] {flow, level});
            }
            add(log, random, "B", minute, new String[] {"test_level"}, new double[] {level + 1});
        }
        log.sort(Comparator.comparingLong(TelemetryMessage::logTimeMillis));
        return log;
    }

    /** One in twenty comes later, some of them so late that their time is over; one in fifty comes twice. */
    private static void add(
            List<TelemetryMessage> log, Random random, String device, int minute, String[] metrics, double[] values) {
        double seconds = PERIOD * (double) minute + (device.equals("B") ? 7 : 0);
        double delay = random.nextInt(20) == 0 ? random.nextInt(random.nextInt(4) == 0 ? 900 : 110) : 0.2;
        log.add(TestingFacility.message(
                device, seconds, seconds + delay, metrics, values, new byte[values.length], minute + 1));
        if (random.nextInt(50) == 0) {
            log.add(TestingFacility.message(
                    device, seconds, seconds + delay + 1, metrics, values, new byte[values.length], minute + 1));
        }
    }

    /** Alarms of what was learned of device A's points together, under a setting from the fourth day on. */
    private static List<Alarm> together(List<TelemetryMessage> log, RuleScope scope, LearnedChange setting)
            throws Exception {
        var rule = RuleRecord.newBuilder()
                .setId(RuleChecks.JOINT)
                .setScope(scope)
                .setVersion(5)
                .setValidFromMillis(TestingFacility.at(3 * 86_400))
                .setChangedBy("duty")
                .setLearned(setting)
                .build();
        var harness = DetectFunctionTest.open(null, new ArrayList<>(List.of(rule)));
        try {
            harness.processElement(DetectFunctionTest.asset(WARM_TANK));
            hear(harness, log);
            return DetectFunctionTest.alarms(harness.extractOutputValues()).stream()
                    .filter(alarm -> alarm.getRule().equals(LearnedCondition.JOINT + "A"))
                    .toList();
        } finally {
            harness.close();
        }
    }

    @Test
    void whatIsLearnedOfADevicesPointsTogetherIsSwitchedOffAndGraded() throws Exception {
        var log = days(1, true);
        var usual = together(log, Scopes.device("testing", "T1", "B"), off());
        assertThat(usual).isNotEmpty().allMatch(alarm -> alarm.getGrade() == 4);
        for (var scope : List.of(
                Scopes.device("testing", "T1", "A"),
                Scopes.facility("testing", "T1"),
                Scopes.type("testing", "tank"),
                Scopes.domain("testing"))) {
            assertThat(together(log, scope, off())).as(scope.toString()).isEmpty();
        }
        assertThat(together(
                        log,
                        Scopes.type("testing", "tank"),
                        LearnedChange.newBuilder().setGrade(2).build()))
                .hasSameSizeAs(usual)
                .allSatisfy(alarm -> {
                    assertThat(alarm.getGrade()).isEqualTo(2);
                    assertThat(alarm.getEvidence().getRuleVersion()).isEqualTo(5);
                });
    }

    private static LearnedChange off() {
        return LearnedChange.newBuilder().setDisabled(true).build();
    }

    private static List<String> run(List<TelemetryMessage> log, long cutSeed) throws Exception {
        var announced = new ArrayList<String>();
        var qualities = new ArrayList<String>();
        var random = new Random(cutSeed);
        var harness = DetectFunctionTest.open(null, new ArrayList<>());
        try {
            harness.processElement(DetectFunctionTest.asset(TANK));
            for (var message : log) {
                if (cutSeed == 0 || random.nextBoolean()) {
                    DetectFunctionTest.watermark(harness, message.logTimeMillis() - 1);
                }
                harness.processElement(DetectFunctionTest.record(message));
                if (cutSeed != 0 && random.nextInt(600) == 0) {
                    var snapshot = harness.snapshot(1, 1);
                    DetectFunctionTest.take(harness, announced, qualities);
                    harness.close();
                    harness = DetectFunctionTest.open(snapshot, new ArrayList<>());
                }
            }
            DetectFunctionTest.watermark(harness, TestingFacility.at(PERIOD * (MINUTES + 60.0)));
            DetectFunctionTest.take(harness, announced, qualities);
        } finally {
            harness.close();
        }
        announced.addAll(qualities);
        return announced;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void whatWasLearnedInFiveDaysSurvivesARestoreAnywhere(long seed) throws Exception {
        var log = days(seed);
        var whole = run(log, 0);
        assertThat(whole)
                .anyMatch(announced -> announced.startsWith("T1|" + LearnedCondition.ruleOf("test_flow")))
                .anyMatch(announced -> announced.startsWith("T1|test_level.hh"));
        assertThat(run(log, 0)).containsExactlyElementsOf(whole);
        assertThat(run(log, seed)).containsExactlyElementsOf(whole);
    }

    /** What is unusual here may be so all over the network: the second stage hears of each time that it comes up and ends. */
    @Test
    void alarmsOfWhatIsLearnedAreToldToTheNetwork() throws Exception {
        var told = new ArrayList<Showing>();
        try (var harness = DetectFunctionTest.open(null, new ArrayList<>())) {
            harness.processElement(DetectFunctionTest.asset(TANK));
            hear(harness, days(1));
            DetectFunctionTest.watermark(harness, TestingFacility.at(PERIOD * (MINUTES + 60.0)));
            harness.getSideOutput(DetectFunction.SHOWINGS).forEach(record -> told.add(record.getValue()));
        }
        var flow = told.stream()
                .filter(showing -> showing.symptom().equals(LearnedCondition.ruleOf("test_flow")))
                .toList();
        assertThat(flow).isNotEmpty().allMatch(showing -> showing.device().equals("A"));
        assertThat(flow.get(0).endMillis()).isEqualTo(Signal.OPEN);
        assertThat(flow).anyMatch(showing -> showing.endMillis() != Signal.OPEN);
        assertThat(told).noneMatch(showing -> showing.symptom().startsWith("test_level.h"));
    }

    /** On change only, and together with what the values are worth. */
    @Test
    void howFarLearningIsIsTold() throws Exception {
        var harness = DetectFunctionTest.open(null, new ArrayList<>());
        try {
            harness.processElement(DetectFunctionTest.asset(TANK));
            hear(harness, days(1));
            var told = DetectFunctionTest.qualities(harness).stream()
                    .filter(quality -> quality.getPoint().equals("A.test_flow"))
                    .toList();
            assertThat(told).allSatisfy(quality -> {
                assertThat(quality.getReadyMillis())
                        .isEqualTo(
                                quality.getLearning() == Learning.LEARNS ? TestingFacility.START + 2 * 86_400_000L : 0);
            });
            var stages = new ArrayList<Learning>();
            told.stream()
                    .map(PointQuality::getLearning)
                    .filter(stage -> stages.isEmpty() || stages.get(stages.size() - 1) != stage)
                    .forEach(stages::add);
            // The spike, and the flow that settles elsewhere.
            assertThat(stages)
                    .startsWith(Learning.LEARNS, Learning.READY, Learning.FROZEN, Learning.READY, Learning.FROZEN);
            for (int i = 1; i < told.size(); i++) {
                assertThat(told.get(i)).isNotEqualTo(told.get(i - 1));
            }
        } finally {
            harness.close();
        }
    }

    /** A state of a version that is not known is refused before anything of it is believed. */
    @Test
    void aCourseOfALaterVersionIsRefused() {
        var later = new DataInputStream(new ByteArrayInputStream(new byte[] {99, 0, 0}));
        assertThatThrownBy(() -> FacilityCourse.read(later))
                .isInstanceOf(IOException.class)
                .hasMessage("the course of a facility was written by version 99, which this program does not know"
                        + " (it knows up to 2)");
    }

    private static final int KEPT = 9000;

    /**
     * Goes on from what this or an earlier version of the program stored, as if nothing had been. 1: the facility's state was one of
     * Flink's own types. 2: in a form of its own.
     */
    @ParameterizedTest
    @ValueSource(strings = {"detect-snapshot-1.bin", "detect-snapshot-2.bin"})
    void whatAnEarlierVersionStoredIsRead(String name) throws Exception {
        var log = days(3);
        var stored = Path.of(getClass().getResource("/" + name).toURI());

        var harness = DetectFunctionTest.open(null, new ArrayList<>());
        var further = new ArrayList<String>();
        var furtherQualities = new ArrayList<String>();
        try {
            harness.processElement(DetectFunctionTest.asset(TANK));
            hear(harness, log.subList(0, KEPT));
            DetectFunctionTest.take(harness, new ArrayList<>(), new ArrayList<>());
            hear(harness, log.subList(KEPT, log.size()));
            DetectFunctionTest.take(harness, further, furtherQualities);
        } finally {
            harness.close();
        }
        assertThat(further).isNotEmpty();

        var again = DetectFunctionTest.open(OperatorSnapshotUtil.readStateHandle(stored.toString()), new ArrayList<>());
        try {
            hear(again, log.subList(KEPT, log.size()));
            var announced = new ArrayList<String>();
            var qualities = new ArrayList<String>();
            DetectFunctionTest.take(again, announced, qualities);
            assertThat(announced).containsExactlyElementsOf(further);
            assertThat(qualities).containsExactlyElementsOf(furtherQualities);
        } finally {
            again.close();
        }
    }

    /** For a new version of the form: run with {@code -Dsnapshot.write=FILE}, and keep the older files and their tests. */
    @Test
    @EnabledIfSystemProperty(named = "snapshot.write", matches = ".+")
    void writesTheStoredSnapshot() throws Exception {
        try (var harness = DetectFunctionTest.open(null, new ArrayList<>())) {
            harness.processElement(DetectFunctionTest.asset(TANK));
            hear(harness, days(3).subList(0, KEPT));
            OperatorSnapshotUtil.writeStateHandle(harness.snapshot(1, 1), System.getProperty("snapshot.write"));
        }
    }

    private static void hear(
            KeyedBroadcastOperatorTestHarness<String, FacilityInput, RuleUpdate, Announcement> harness,
            List<TelemetryMessage> log)
            throws Exception {
        for (var message : log) {
            DetectFunctionTest.watermark(harness, message.logTimeMillis() - 1);
            harness.processElement(DetectFunctionTest.record(message));
        }
    }
}
