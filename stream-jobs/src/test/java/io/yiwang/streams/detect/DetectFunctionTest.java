package io.yiwang.streams.detect;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.PointQuality;
import io.yiwang.model.wire.RuleRecord;
import io.yiwang.model.wire.VerdictWord;
import io.yiwang.streams.TestingPacks;
import io.yiwang.streams.detect.verdict.Tolerance;
import io.yiwang.streams.kafka.AlarmVerdict;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.RuleUpdate;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedBroadcastOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DetectFunctionTest {

    @Test
    void messagesWaitForTheAssetOfTheirFacility() throws Exception {
        try (var harness = open(null, new ArrayList<>())) {
            harness.processElement(record(TestingFacility.message("A", "test_level", 1, 1.2, 85, 0, 1)));
            harness.processElement(record(TestingFacility.message("A", "test_level", 2, 2.2, 20, 0, 2)));
            assertThat(harness.extractOutputValues()).isEmpty();

            harness.processElement(asset(TestingFacility.TANK));

            assertThat(harness.extractOutputValues())
                    .extracting(Announcement::key)
                    .containsExactly("T1|test_level.hh", "T1|test_level.hh");
            assertThat(harness.getSideOutput(DetectFunction.QUALITY)).hasSize(1);
        }
    }

    /** A job that begins anew reads verdicts and catalogue side by side. */
    @Test
    void aVerdictThatComesBeforeItsFacilityIsKept() throws Exception {
        try (var harness = open(null, new ArrayList<>())) {
            var verdict = new AlarmVerdict(
                    "a1", "T1", "test_level.baseline", List.of("A"), VerdictWord.FALSE_ALARM, TestingFacility.at(0));
            harness.processElement(new StreamRecord<>(FacilityInput.of(verdict), 0));
            harness.processElement(asset(TestingFacility.TANK));
            harness.processElement(record(TestingFacility.message("A", "test_level", 1, 1.2, 40, 0, 1)));

            var backend = ((AbstractStreamOperator<?>) harness.getOperator()).<String>getKeyedStateBackend();
            backend.setCurrentKey("T1");
            var state = backend.getPartitionedState(
                            VoidNamespace.INSTANCE,
                            VoidNamespaceSerializer.INSTANCE,
                            new ValueStateDescriptor<>("facility-v2", FacilityState.class))
                    .value();
            assertThat(state.course.tolerance.at("test_level.baseline", "A", TestingFacility.at(1)))
                    .isEqualTo(Tolerance.STEP);
        }
    }

    @Test
    void aFacilityThatLeavesTheCatalogueLeavesNoStateButItsMark() throws Exception {
        try (var harness = open(null, new ArrayList<>())) {
            harness.processElement(asset(TestingFacility.TANK));
            harness.processElement(record(TestingFacility.message("A", "test_level", 1, 1.2, 85, 0, 1)));
            harness.processElement(asset(FacilityAsset.gone("T1")));
            harness.processElement(record(TestingFacility.message("A", "test_level", 3, 3.2, 85, 0, 2)));

            assertThat(alarms(harness.extractOutputValues()))
                    .extracting(alarm -> alarm.getStep().name())
                    .containsExactly("RAISED", "CLEARED");
            var backend = ((AbstractStreamOperator<?>) harness.getOperator()).<String>getKeyedStateBackend();
            assertThat(((HeapKeyedStateBackend<String>) backend).numKeyValueStateEntries())
                    .isEqualTo(1);
            watermark(harness, TestingFacility.at(100_000));
            assertThat(harness.numEventTimeTimers()).isZero();
        }
    }

    /** Where the job is cut and resumed from a checkpoint, and where ticks fall, cannot be seen in what it announces. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aRestoreChangesNothing(long seed) throws Exception {
        var log = FacilityDetectionTest.randomLog(seed).subList(0, 400);
        var whole = run(TestingFacility.TANK, log, 0);
        assertThat(whole).isNotEmpty();
        assertThat(run(TestingFacility.TANK, log, seed)).containsExactlyElementsOf(whole);
    }

    /** The same where limits move: what they move with, and where they stood, is in the checkpoint. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aRestoreMovesNoLimit(long seed) throws Exception {
        var log = FacilityDetectionTest.randomPlantLog(seed);
        var whole = run(TestingFacility.PLANT, log, 0);
        assertThat(whole).anyMatch(announced -> announced.startsWith("T1|test_nh3.h"));
        assertThat(run(TestingFacility.PLANT, log, seed)).containsExactlyElementsOf(whole);
    }

    private static List<String> run(FacilityAsset asset, List<TelemetryMessage> log, long cutSeed) throws Exception {
        var announced = new ArrayList<String>();
        var qualities = new ArrayList<String>();
        var random = new Random(cutSeed);
        var harness = open(null, new ArrayList<>());
        try {
            harness.processElement(asset(asset));
            for (var message : log) {
                if (cutSeed == 0 || random.nextBoolean()) {
                    watermark(harness, message.logTimeMillis() - 1);
                }
                harness.processElement(record(message));
                if (cutSeed != 0 && random.nextInt(20) == 0) {
                    var snapshot = harness.snapshot(1, 1);
                    take(harness, announced, qualities);
                    harness.close();
                    harness = open(snapshot, new ArrayList<>());
                }
            }
            watermark(harness, TestingFacility.at(1_000_000));
            take(harness, announced, qualities);
        } finally {
            harness.close();
        }
        announced.addAll(qualities);
        return announced;
    }

    /** Alarms, and apart from them qualities, since the two outputs have no common order; both outputs are empty afterwards. */
    static void take(
            KeyedBroadcastOperatorTestHarness<String, FacilityInput, RuleUpdate, Announcement> harness,
            List<String> alarms,
            List<String> qualities) {
        for (var announcement : harness.extractOutputValues()) {
            alarms.add(announcement.key() + HexFormat.of().formatHex(announcement.message()));
        }
        harness.getOutput().clear();
        for (var quality : qualities(harness)) {
            qualities.add(quality.getPoint() + HexFormat.of().formatHex(quality.toByteArray()));
        }
        var side = harness.getSideOutput(DetectFunction.QUALITY);
        if (side != null) {
            side.clear();
        }
    }

    static List<PointQuality> qualities(
            KeyedBroadcastOperatorTestHarness<String, FacilityInput, RuleUpdate, Announcement> harness) {
        var qualities = new ArrayList<PointQuality>();
        var side = harness.getSideOutput(DetectFunction.QUALITY);
        if (side != null) {
            for (var record : side) {
                try {
                    qualities.add(PointQuality.parseFrom(record.getValue().message()));
                } catch (InvalidProtocolBufferException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return qualities;
    }

    static KeyedBroadcastOperatorTestHarness<String, FacilityInput, RuleUpdate, Announcement> open(
            @Nullable OperatorSubtaskState snapshot, ArrayList<RuleRecord> rules) throws Exception {
        var harness = new KeyedBroadcastOperatorTestHarness<String, FacilityInput, RuleUpdate, Announcement>(
                new CoBroadcastWithKeyedOperator<>(
                        new DetectFunction(
                                () -> TestingPacks.PACKS, () -> rules, TestingFacility.ZONE, CityClock.wallClock()),
                        List.of(DetectFunction.RULES)),
                FacilityInput::facility,
                Types.STRING,
                1,
                1,
                0);
        if (snapshot != null) {
            harness.initializeState(snapshot);
        }
        harness.open();
        return harness;
    }

    static void watermark(
            KeyedBroadcastOperatorTestHarness<String, FacilityInput, RuleUpdate, Announcement> harness, long millis)
            throws Exception {
        harness.processWatermark(new Watermark(millis));
        harness.processBroadcastWatermark(new Watermark(millis));
    }

    static StreamRecord<FacilityInput> record(TelemetryMessage message) {
        return new StreamRecord<>(FacilityInput.of(message), message.logTimeMillis());
    }

    static StreamRecord<FacilityInput> asset(FacilityAsset asset) {
        return new StreamRecord<>(FacilityInput.of(asset), 0);
    }

    static List<Alarm> alarms(List<Announcement> announcements) throws Exception {
        var alarms = new ArrayList<Alarm>();
        for (var announcement : announcements) {
            alarms.add(Alarm.parseFrom(announcement.message()));
        }
        return alarms;
    }
}
