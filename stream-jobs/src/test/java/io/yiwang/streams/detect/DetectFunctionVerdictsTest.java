package io.yiwang.streams.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.model.wire.VerdictWord;
import io.yiwang.streams.detect.learned.LearnedCondition;
import io.yiwang.streams.detect.verdict.Tolerance;
import io.yiwang.streams.kafka.AlarmVerdict;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.FacilityAsset.DeviceAsset;
import io.yiwang.streams.kafka.FacilityAsset.PointAsset;
import io.yiwang.streams.kafka.RuleUpdate;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;
import java.util.function.Predicate;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedBroadcastOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What officers say of an alarm of a learned flow, all the way through the operator. */
class DetectFunctionVerdictsTest {
    private static final String FLOW = LearnedCondition.ruleOf("test_flow");
    private static final FacilityAsset TANK = new FacilityAsset(
            "T1",
            "testing",
            "tank",
            "d1",
            Map.of(),
            List.of(new DeviceAsset("A", List.of(new PointAsset("test_flow", 60)))),
            true,
            false);
    private static final int DAY = 1440;
    /** Of the fourth day. */
    private static final int FIRST = 3 * DAY + 300;

    private static final int SECOND = FIRST + 600;
    private static final int SAID = FIRST + 60;
    private static final int BACK = FIRST + 500;
    private static final int END = 4 * DAY + 200;
    private static final Predicate<Alarm> AFTER_SECOND = alarm -> minute(alarm.getLogMillis()) >= SECOND;

    /** @param minute when it is said */
    private record Said(int minute, VerdictWord word) {}

    /** A flow that follows the day, and what is added to it; one message a minute, one in {@code late} a minute or two later. */
    private static List<TelemetryMessage> flow(IntToDoubleFunction added, int late) {
        var random = new Random(7);
        var log = new ArrayList<TelemetryMessage>();
        for (int minute = 0; minute < END; minute++) {
            double value = 40
                    + 8 * Math.sin(2 * Math.PI * minute / DAY)
                    + 0.5 * random.nextGaussian()
                    + added.applyAsDouble(minute);
            double delay = late > 0 && random.nextInt(late) == 0 ? 61 + random.nextInt(40) : 0.2;
            log.add(TestingFacility.message(
                    "A",
                    60.0 * minute,
                    60.0 * minute + delay,
                    new String[] {"test_flow"},
                    new double[] {value},
                    new byte[1],
                    minute + 1));
        }
        log.sort(Comparator.comparingLong(TelemetryMessage::logTimeMillis));
        return log;
    }

    /**
     * Announcements on the flow, oldest first.
     *
     * @param said words on the first alarm of the flow
     * @param cuts seed of where the job is cut and goes on from a snapshot; 0 = nowhere
     */
    private static List<Alarm> run(List<TelemetryMessage> log, long cuts, Said... said) throws Exception {
        var words = new TreeMap<Integer, VerdictWord>();
        for (var one : said) {
            words.put(one.minute, one.word);
        }
        var announced = new ArrayList<Alarm>();
        var random = new Random(cuts);
        var harness = DetectFunctionTest.open(null, new ArrayList<>());
        try {
            harness.processElement(DetectFunctionTest.asset(TANK));
            for (var message : log) {
                while (!words.isEmpty() && at(words.firstKey()) < message.logTimeMillis()) {
                    take(harness, announced);
                    long atMillis = at(words.firstKey());
                    DetectFunctionTest.watermark(harness, atMillis);
                    var verdict = new AlarmVerdict(
                            announced.get(0).getId(),
                            "T1",
                            FLOW,
                            List.of("A"),
                            words.pollFirstEntry().getValue(),
                            atMillis);
                    harness.processElement(new StreamRecord<>(FacilityInput.of(verdict), atMillis));
                }
                DetectFunctionTest.watermark(harness, message.logTimeMillis() - 1);
                harness.processElement(DetectFunctionTest.record(message));
                if (cuts != 0 && random.nextInt(message.logTimeMillis() < at(FIRST) ? 2000 : 10) == 0) {
                    var snapshot = harness.snapshot(1, 1);
                    take(harness, announced);
                    harness.close();
                    harness = DetectFunctionTest.open(snapshot, new ArrayList<>());
                }
            }
            take(harness, announced);
        } finally {
            harness.close();
        }
        return announced;
    }

    private static void take(
            KeyedBroadcastOperatorTestHarness<String, FacilityInput, RuleUpdate, Announcement> harness,
            List<Alarm> announced)
            throws Exception {
        DetectFunctionTest.alarms(harness.extractOutputValues()).stream()
                .filter(alarm -> alarm.getRule().equals(FLOW))
                .forEach(announced::add);
        harness.getOutput().clear();
    }

    private static long at(int minute) {
        return TestingFacility.at(60.0 * minute + 30);
    }

    private static int minute(long millis) {
        return (int) ((millis - TestingFacility.START) / 60_000);
    }

    private static List<String> steps(List<Alarm> announced) {
        return announced.stream()
                .filter(alarm -> alarm.getStep() != AlarmStep.UPDATED)
                .map(alarm -> alarm.getStep() + " " + minute(alarm.getLogMillis()))
                .toList();
    }

    /** From the fourth day on the flow is another one, until it is as before again. */
    private static List<TelemetryMessage> shift(int late) {
        return flow(minute -> minute >= FIRST && minute < BACK ? 12 : 0, late);
    }

    /** Ten minutes of another flow, and hours later ten minutes of the same. */
    private static List<TelemetryMessage> twice() {
        return flow(
                minute -> minute >= FIRST && minute < FIRST + 10 || minute >= SECOND && minute < SECOND + 10 ? 8 : 0,
                0);
    }

    @Test
    void whatIsExpectedIsLearnedAtOnceAndTheAlarmEnds() throws Exception {
        assertThat(steps(run(shift(0), 0)).subList(0, 2))
                .as("without a word it lasts as long as the flow is another one")
                .satisfiesExactly(
                        raised -> assertThat(raised).isEqualTo("RAISED " + FIRST),
                        cleared -> assertThat(cleared).isGreaterThanOrEqualTo("CLEARED " + BACK));

        var announced = run(shift(0), 0, new Said(SAID, VerdictWord.EXPECTED));

        assertThat(steps(announced).subList(0, 2)).containsExactly("RAISED " + FIRST, "CLEARED " + (SAID + 1));
        assertThat(announced.stream().filter(alarm -> minute(alarm.getLogMillis()) > SAID + 1))
                .as("the new course is the usual one")
                .noneMatch(alarm -> minute(alarm.getLogMillis()) < BACK);
        assertThat(announced)
                .allSatisfy(alarm -> assertThat(alarm.getEvidence().getLearned().getTolerance())
                        .as("the band is not wider")
                        .isEqualTo(1));
    }

    @Test
    void whatWasCalledExpectedByMistakeIsAsBeforeWhenItIsTakenBackInTime() throws Exception {
        var announced =
                run(shift(0), 0, new Said(SAID, VerdictWord.EXPECTED), new Said(SAID + 1, VerdictWord.NO_VERDICT));

        var control = run(shift(0), 0);
        assertThat(steps(announced).subList(0, 3))
                .containsExactly("RAISED " + FIRST, "CLEARED " + (SAID + 1), "RAISED " + (SAID + 1));
        assertThat(steps(announced).subList(3, steps(announced).size()))
                .isEqualTo(steps(control).subList(1, steps(control).size()));
        assertThat(announced)
                .extracting(Alarm::getId)
                .containsOnly(control.get(0).getId());
    }

    /** Two periods after it was said, the course is learned for good. */
    @Test
    void whatWasLearnedStaysWhenTheWordIsTakenBackLater() throws Exception {
        var said = new Said(SAID, VerdictWord.EXPECTED);
        assertThat(run(shift(0), 0, said, new Said(SAID + 10, VerdictWord.NO_VERDICT)))
                .isEqualTo(run(shift(0), 0, said));
    }

    @Test
    void aFalseAlarmMakesTheThresholdMoreTolerantUntilTheWordIsTakenBack() throws Exception {
        var control = run(twice(), 0);
        assertThat(control).anyMatch(AFTER_SECOND);

        var tolerant = run(twice(), 0, new Said(SAID, VerdictWord.FALSE_ALARM));
        assertThat(tolerant).as("the like is no alarm any more").noneMatch(AFTER_SECOND);

        var undone =
                run(twice(), 0, new Said(SAID, VerdictWord.FALSE_ALARM), new Said(SAID + 60, VerdictWord.NO_VERDICT));
        assertThat(undone).isEqualTo(control);
    }

    @Test
    void whatIsFarBeyondTheWiderBandIsAnAlarmThatSaysByWhatItIsWider() throws Exception {
        var log = flow(minute -> minute >= FIRST && minute < FIRST + 10 ? 8 : minute >= SECOND ? 25 : 0, 0);
        var announced = run(log, 0, new Said(SAID, VerdictWord.FALSE_ALARM));
        var second = announced.stream().filter(AFTER_SECOND).findFirst().orElseThrow();
        assertThat(second.getStep()).isEqualTo(AlarmStep.RAISED);
        assertThat(second.getEvidence().getLearned().getTolerance()).isEqualTo(Tolerance.STEP);
        assertThat(second.getEvidence().getLearned().getWidenedByList())
                .containsExactly(announced.get(0).getId());
    }

    /** Words, what comes late and what is pending survive a cut anywhere. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void aRestoreChangesNothingOfWhatWasSaid(long seed) throws Exception {
        for (var words : List.of(
                new Said[] {new Said(SAID, VerdictWord.EXPECTED)},
                new Said[] {new Said(SAID, VerdictWord.EXPECTED), new Said(SAID + 1, VerdictWord.NO_VERDICT)},
                new Said[] {new Said(FIRST + 1, VerdictWord.EXPECTED), new Said(FIRST + 4, VerdictWord.FALSE_ALARM)})) {
            var whole = run(shift(8), 0, words);
            assertThat(whole).hasSizeGreaterThanOrEqualTo(2);
            assertThat(run(shift(8), seed, words)).isEqualTo(whole);
        }
    }
}
