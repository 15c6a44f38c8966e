package io.yiwang.streams.detect;

import static io.yiwang.streams.detect.TestingFacility.at;
import static io.yiwang.streams.detect.TestingFacility.message;
import static io.yiwang.streams.detect.TestingFacility.tank;
import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmKind;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.model.wire.PointQuality;
import io.yiwang.model.wire.Sample;
import io.yiwang.streams.detect.alarm.Alarms;
import io.yiwang.streams.detect.instrument.Instrument;
import io.yiwang.streams.detect.instrument.Repeats;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FacilityDetectionTest {
    private static final String H = "test_level.h";
    private static final String HH = "test_level.hh";
    private static final String LL = "test_level.ll";
    private static final String RANGE = "test_level.range";
    private static final String NH3 = "test_nh3.h";
    private static final String SILENT = "test_level.silent";

    private final TestingFacility tank = new TestingFacility();

    @ParameterizedTest
    @ValueSource(classes = {Announcement.class, FacilityInput.class, Alarms.State.class, Instrument.State.class})
    void stateTravelsWithoutKryo(Class<?> type) {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(type);
    }

    @Test
    void aLimitWithoutDelayIsAnAlarmAtOnceWithItsEvidence() {
        tank.level("A", 0, 70).level("A", 1, 85);

        var alarm = tank.alarms(HH).get(0);
        assertThat(alarm.getId()).isEqualTo(Ids.alarm("T1", HH, at(1)));
        assertThat(alarm.getStep()).isEqualTo(AlarmStep.RAISED);
        assertThat(alarm.getKind()).isEqualTo(AlarmKind.PROCESS);
        assertThat(alarm.getGrade()).isEqualTo(1);
        assertThat(alarm.getDomain()).isEqualTo("testing");
        assertThat(alarm.getDistrict()).isEqualTo("d1");
        assertThat(alarm.getMetric()).isEqualTo("test_level");
        assertThat(alarm.getDevicesList()).containsExactly("A");
        assertThat(alarm.getOnsetMillis()).isEqualTo(at(1));
        assertThat(alarm.getRaisedMillis()).isEqualTo(at(1));
        assertThat(alarm.getLogMillis()).isEqualTo(at(1.2));
        assertThat(alarm.getPeak()).isEqualTo(85);
        assertThat(alarm.getRevision()).isEqualTo(1);
        assertThat(alarm.getHistoric()).isFalse();
        assertThat(alarm.getEvidence().getLimit()).isEqualTo(80);
        assertThat(alarm.getEvidence().getDeadband()).isEqualTo(2);
        assertThat(alarm.getEvidence().getSource()).isEqualTo("standard 1");
        assertThat(alarm.getEvidence().getConfidence()).isEqualTo("V");
        assertThat(alarm.getEvidence().getSamplesList())
                .extracting(Sample::getNumber)
                .containsExactly(70.0, 85.0);
    }

    @Test
    void aParameterOfTheFacilityMovesTheLimit() {
        tank.becomes(new FacilityAsset(
                "T1",
                "testing",
                "tank",
                "d1",
                java.util.Map.of("top", 90.0),
                TestingFacility.TANK.devices(),
                true,
                false));
        tank.level("A", 0, 85);
        assertThat(tank.alarms(HH)).isEmpty();
        tank.level("A", 1, 90);
        assertThat(tank.alarms(HH)).hasSize(1);
    }

    @Test
    void theDeadbandHoldsTheAlarm() {
        tank.level("A", 0, 85).level("A", 1, 79).level("A", 2, 78).level("A", 3, 77.9);
        assertThat(tank.steps(HH)).containsExactly("RAISED 0.0", "CLEARED 3.0");
    }

    @Test
    void aLowLimitHasItsPeakAtTheBottom() {
        tank.level("A", 0, 4).level("A", 1, 2).level("A", 2, 6).level("A", 3, 7);
        assertThat(tank.steps(LL)).containsExactly("RAISED 0.0", "CLEARED 3.0");
        assertThat(tank.alarms(LL).get(1).getPeak()).isEqualTo(2);
        assertThat(tank.alarms(LL).get(1).getPeakMillis()).isEqualTo(at(1));
    }

    @Test
    void aStateIsAnAlarmWhileItLasts() {
        tank.state("A", 0, 1).state("A", 1, 2).state("A", 2, 2).state("A", 3, 0);
        assertThat(tank.steps("test_state.state")).containsExactly("RAISED 1.0", "CLEARED 3.0");
        assertThat(tank.alarms("test_state.state").get(0).getEvidence().getLimit())
                .isEqualTo(2);
    }

    @Test
    void theOnDelayIsConcludedByTheLogClockAlsoWithoutAReading() {
        tank.level("A", 0, 60);
        tank.tick(10.1);
        assertThat(tank.alarms(H)).isEmpty();
        tank.tick(10.2);
        assertThat(tank.steps(H)).containsExactly("RAISED 10.0");
        assertThat(tank.alarms(H).get(0).getOnsetMillis()).isEqualTo(at(0));
        assertThat(tank.alarms(H).get(0).getLogMillis()).isEqualTo(at(10.2));
    }

    @Test
    void theDevicesOwnTimeConcludesTheOnDelayToo() {
        // Both in one log second, as from a device that was offline for a while.
        tank.level("A", 0, 12, 60).level("A", 11, 12.1, 61);
        assertThat(tank.steps(H)).containsExactly("RAISED 10.0");
        assertThat(tank.alarms(H).get(0).getLogMillis()).isEqualTo(at(12.1));
    }

    @Test
    void aShortDipRestartsTheOnDelay() {
        tank.level("A", 0, 60)
                .level("A", 5, 49)
                .level("A", 6, 60)
                .level("A", 12, 60)
                .tick(16.1);
        assertThat(tank.alarms(H)).isEmpty();
        tank.tick(16.2);
        assertThat(tank.steps(H)).containsExactly("RAISED 16.0");
        assertThat(tank.alarms(H).get(0).getOnsetMillis()).isEqualTo(at(6));
    }

    @Test
    void theOffDelayMustPassInPeace() {
        tank.level("A", 0, 60).tick(10.2).level("A", 11, 40).level("A", 20, 51).level("A", 21, 40);
        tank.tick(41.1);
        assertThat(tank.steps(H)).containsExactly("RAISED 10.0");
        tank.tick(41.2);
        assertThat(tank.steps(H)).containsExactly("RAISED 10.0", "CLEARED 41.0");
    }

    @Test
    void thereIsOneAlarmForAllDevicesAndTheLastOneClearsIt() {
        tank.level("A", 0, 85)
                .level("B", 6, 95)
                .level("A", 7, 10)
                .level("B", 9, 10)
                .level("B", 10, 90);

        assertThat(tank.steps(HH)).containsExactly("RAISED 0.0", "UPDATED 6.0", "CLEARED 9.0", "RAISED 0.0");
        var steps = tank.alarms(HH);
        assertThat(steps).extracting(a -> a.getRevision()).containsExactly(1, 2, 3, 4);
        assertThat(steps.get(1).getDevicesList()).containsExactly("A", "B");
        assertThat(steps.get(2).getPeak()).isEqualTo(95);
        assertThat(steps.subList(0, 3))
                .extracting(a -> a.getId())
                .containsOnly(steps.get(0).getId());
        // Back so soon it is the same alarm, raised once more.
        assertThat(steps.get(3).getId()).isEqualTo(steps.get(0).getId());
        assertThat(steps).extracting(a -> a.getRaisedCount()).containsExactly(1, 1, 1, 2);

        tank.level("B", 11, 10).level("B", 612, 90);
        assertThat(tank.alarms(HH)).last().satisfies(alarm -> {
            assertThat(alarm.getId()).isEqualTo(Ids.alarm("T1", HH, at(612)));
            assertThat(alarm.getRaisedCount()).isEqualTo(1);
        });
    }

    @Test
    void anAlarmThatGrowsIsToldAtMostEveryFiveSecondsAndOnlyWhenItGrowsByAStep() {
        tank.level("A", 0, 81);
        for (int second = 1; second <= 12; second++) {
            tank.level("A", second, 81 + second);
        }
        tank.level("A", 18, 93.5).level("A", 24, 95);
        assertThat(tank.steps(HH)).containsExactly("RAISED 0.0", "UPDATED 5.0", "UPDATED 10.0", "UPDATED 18.0");
        assertThat(tank.alarms(HH)).extracting(a -> a.getPeak()).containsExactly(81.0, 86.0, 91.0, 93.5);
    }

    @Test
    void evidenceIsBounded() {
        for (int second = 0; second < 100; second++) {
            tank.level("A", second, second < 40 ? 10 : 85 + second / 10.0);
        }
        var newest = tank.alarms(HH).get(tank.alarms(HH).size() - 1);
        assertThat(newest.getEvidence().getSamplesCount()).isEqualTo(32);
    }

    @Test
    void anUnusableValueIsNeverAnAlarmOfTheProcessAndThreeAreOneOfTheInstrument() {
        tank.unusable("A", 0)
                .unusable("A", 1)
                .level("A", 2, 20)
                .unusable("A", 3)
                .unusable("A", 4);
        assertThat(tank.alarms).isEmpty();
        tank.unusable("A", 5).unusable("A", 6);
        assertThat(tank.steps(RANGE)).containsExactly("RAISED 5.0");
        var alarm = tank.alarms(RANGE).get(0);
        assertThat(alarm.getKind()).isEqualTo(AlarmKind.INSTRUMENT);
        assertThat(alarm.getGrade()).isEqualTo(3);
        assertThat(alarm.getOnsetMillis()).isEqualTo(at(3));
        tank.level("A", 7, 20).level("A", 8, 20).level("A", 9, 20);
        assertThat(tank.steps(RANGE)).containsExactly("RAISED 5.0", "CLEARED 9.0");
        assertThat(tank.alarms).allMatch(a -> a.getKind() == AlarmKind.INSTRUMENT);
        assertThat(tank.qualities)
                .extracting(PointQuality::getQuality)
                .containsExactly("out_of_range", "good", "out_of_range", "good");
    }

    @Test
    void anOpenAlarmOfTheProcessStaysWhileItsInstrumentIsUnusable() {
        tank.level("A", 0, 85).unusable("A", 1).unusable("A", 2);
        assertThat(tank.steps(HH)).containsExactly("RAISED 0.0");
    }

    @Test
    void aSilentDeviceIsAnAlarmOfTheInstrumentUntilItIsHeardAgain() {
        tank.level("A", 0, 20).level("B", 0, 20).level("B", 20, 20);
        tank.tick(30.1);
        assertThat(tank.alarms).isEmpty();
        tank.tick(30.2);
        assertThat(tank.steps(SILENT)).containsExactly("RAISED 30.2");
        var alarm = tank.alarms(SILENT).get(0);
        assertThat(alarm.getDevicesList()).containsExactly("A");
        // One milder than the worst of the metric's limits.
        assertThat(alarm.getGrade()).isEqualTo(2);
        tank.level("B", 40, 20).level("A", 45, 20);
        assertThat(tank.steps(SILENT)).containsExactly("RAISED 30.2", "CLEARED 45.2");
        assertThat(tank.qualities.stream().filter(q -> q.getPoint().equals("A.test_level")))
                .extracting(PointQuality::getQuality)
                .containsExactly("good", "silent", "good");
    }

    private List<String> qualities(String point) {
        return tank.qualities.stream()
                .filter(quality -> quality.getPoint().equals(point))
                .map(quality -> quality.getQuality() + " " + TestingFacility.seconds(quality.getSinceMillis()))
                .toList();
    }

    @Test
    void whatIsSaidToBeGoneIsAnAlarmOfTheInstrumentAtOnceUntilItIsHeardAgain() {
        tank.level("A", 0, 20).gone("A", 5, 5.1);
        assertThat(tank.steps(SILENT)).containsExactly("RAISED 5.0");
        var alarm = tank.alarms(SILENT).get(0);
        assertThat(alarm.getKind()).isEqualTo(AlarmKind.INSTRUMENT);
        assertThat(alarm.getEvidence().getSource()).isEqualTo("it was said to be offline");
        assertThat(alarm.getEvidence().getSamplesList())
                .extracting(Sample::getNumber)
                .containsExactly(20.0);
        // Neither a deadline nor the same word again adds to it.
        tank.tick(500).gone("A", 501, 501.1);
        assertThat(tank.steps(SILENT)).hasSize(1);
        tank.level("A", 600, 20);
        assertThat(tank.steps(SILENT)).containsExactly("RAISED 5.0", "CLEARED 600.2");
        assertThat(qualities("A.test_level")).containsExactly("good 0.0", "offline 5.0", "good 600.0");
    }

    @Test
    void whatIsGoneAfterItFellSilentIsTheSameAlarm() {
        tank.level("A", 0, 20).tick(31).gone("A", 40, 40);
        assertThat(tank.steps(SILENT)).containsExactly("RAISED 30.2");
        assertThat(qualities("A.test_level")).containsExactly("good 0.0", "silent 0.2", "offline 40.0");
        tank.level("A", 50, 20);
        assertThat(tank.steps(SILENT)).containsExactly("RAISED 30.2", "CLEARED 50.2");
    }

    /** Who says that it is gone has another clock than the device, which may be ahead. */
    @Test
    void thatADeviceIsGoneCountsThoughItsLastReadingIsOfLater() {
        tank.level("A", 8, 20).gone("A", 5, 8.5);
        assertThat(qualities("A.test_level")).containsExactly("good 8.0", "offline 5.0");
        tank.level("A", 9, 20);
        assertThat(qualities("A.test_level")).hasSize(3);
    }

    @Test
    void whatIsToldLateOfAnEarlierEndChangesNothing() {
        tank.level("A", 1000, 20).gone("A", 5, 1001);
        assertThat(tank.alarms).isEmpty();
        assertThat(qualities("A.test_level")).containsExactly("good 1000.0");
    }

    @Test
    void aLimitMovesByNoValueOfWhatIsGone() {
        plant.value("C", "test_temp", 0, 15)
                .send(message("C", "test_temp", 1, 1, Double.NaN, 3, 99))
                .value("A", "test_nh3", 2, 9);
        assertThat(plant.alarms(NH3)).isEmpty();
    }

    @Test
    void nothingIsExpectedOfWhatIsOutOfServiceAndGone() {
        tank.becomes(TestingFacility.tank(false, "A", "B"));
        tank.level("A", 0, 20).gone("A", 5, 5);
        assertThat(tank.alarms).isEmpty();
        assertThat(qualities("A.test_level")).containsExactly("good 0.0", "offline 5.0");
    }

    /** Data of minutes, hours and days can share device, time, counter and metrics with a reading. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whatIsSaidOfIntervalsChangesNothing(long seed) {
        var log = randomLog(seed);
        var once = run(log, 0, false);
        var random = new Random(seed);
        var mixed = new ArrayList<TelemetryMessage>();
        for (var message : log) {
            if (random.nextBoolean()) {
                mixed.add(TestingFacility.overInterval(message, 3600));
            }
            mixed.add(message);
            if (random.nextBoolean()) {
                mixed.add(TestingFacility.overInterval(message, 60));
            }
        }
        var also = run(mixed, 0, false);
        assertThat(also.alarms).isEqualTo(once.alarms);
        assertThat(also.qualities).isEqualTo(once.qualities);
    }

    @Test
    void closedDoorsAreNotSilence() {
        tank.level("A", 0, 20).breakOf(3600, 3605).tick(3606).tick(3659);
        assertThat(tank.alarms).isEmpty();
        tank.tick(3661);
        assertThat(tank.steps(SILENT)).containsExactly("RAISED 3660.2");
    }

    @Test
    void silenceFromBeforeTheBreakStaysSilence() {
        tank.level("A", 0, 20).breakOf(3600, 3640);
        assertThat(tank.steps(SILENT)).containsExactly("RAISED 30.2");
    }

    @Test
    void nothingIsExpectedOfAFacilityOutOfServiceButItsDangersStayDangers() {
        tank.level("A", 0, 20).tick(31);
        tank.becomes(tank(false, "A", "B"));
        assertThat(tank.steps(SILENT)).hasSize(2).last().asString().startsWith("CLEARED");
        tank.level("A", 40, 85).tick(4000);
        assertThat(tank.steps(SILENT)).hasSize(2);
        assertThat(tank.steps(HH)).containsExactly("RAISED 40.0");
    }

    @Test
    void whatComesTooLateIsRecordedAndNeverLive() {
        tank.level("A", 1000, 20);
        tank.level("A", 500, 1001, 85).level("A", 510, 1001.1, 90).level("A", 520, 1001.2, 20);

        assertThat(tank.alarms(HH)).allMatch(alarm -> alarm.getHistoric());
        assertThat(tank.steps(HH)).containsExactly("RAISED 500.0", "UPDATED 510.0", "CLEARED 520.0");
        assertThat(tank.steps(H)).containsExactly("RAISED 510.0");
        // Its off-delay is concluded by no clock; it closes when no more late readings come.
        tank.level("A", 1005, 20).tick(1301.1);
        assertThat(tank.steps(H)).hasSize(1);
        tank.tick(1301.2);
        assertThat(tank.steps(H)).hasSize(2).last().isEqualTo("CLEARED 520.0");
        assertThat(tank.state.course.tracks.values()).allMatch(track -> track.late() == null);
    }

    @Test
    void aLateReadingOfAnOpenAlarmOnlyMakesItWorse() {
        tank.level("A", 0, 85).level("A", 40, 85);
        tank.level("B", 5, 41, 99);
        assertThat(tank.steps(HH)).containsExactly("RAISED 0.0", "UPDATED 40.0");
        assertThat(tank.alarms(HH).get(1).getPeak()).isEqualTo(99);
        assertThat(tank.alarms(HH).get(1).getPeakMillis()).isEqualTo(at(5));
        tank.level("A", 42, 20);
        assertThat(tank.steps(HH)).hasSize(3).last().isEqualTo("CLEARED 42.0");
    }

    @Test
    void aReadingThatIsOvertakenDoesNotTurnTimeBack() {
        tank.level("A", 10, 85).level("A", 9, 10.5, 20);
        assertThat(tank.steps(HH)).containsExactly("RAISED 10.0");
    }

    @Test
    void aReadingThatIsOvertakenCorrectsWhenTheAlarmBegan() {
        tank.level("A", 0, 20).level("A", 10, 85).level("A", 9, 10.5, 90);

        assertThat(tank.steps(HH)).containsExactly("RAISED 10.0", "UPDATED 10.0");
        var corrected = tank.alarms(HH).get(1);
        assertThat(corrected.getId()).isEqualTo(tank.alarms(HH).get(0).getId());
        assertThat(corrected.getOnsetMillis()).isEqualTo(at(9));
        assertThat(corrected.getPeak()).isEqualTo(90);
    }

    @Test
    void anAlarmThatALateReadingRefutesIsWithdrawnWithTheReason() {
        // Above 50 for the on-delay of 10 s, as far as was known at second 11; at second 5 it was not.
        tank.level("A", 0, 60).level("A", 11, 60);
        assertThat(tank.steps(H)).containsExactly("RAISED 10.0");
        tank.level("A", 5, 12, 20);

        assertThat(tank.alarms(H)).last().satisfies(alarm -> {
            assertThat(alarm.getStep()).isEqualTo(AlarmStep.WITHDRAWN);
            assertThat(alarm.getWithdrawnReason()).isEqualTo("late_reading");
            assertThat(alarm.getRevision()).isEqualTo(2);
        });
        // It begins at second 11 instead, and is another alarm.
        tank.level("A", 22, 60);
        assertThat(tank.alarms(H)).last().satisfies(alarm -> {
            assertThat(alarm.getStep()).isEqualTo(AlarmStep.RAISED);
            assertThat(alarm.getOnsetMillis()).isEqualTo(at(11));
            assertThat(alarm.getId()).isNotEqualTo(tank.alarms(H).get(0).getId());
        });
    }

    @Test
    void whatTheLogClockConcludedTooEarlyIsWithdrawn() {
        tank.level("A", 0, 60).tick(10.3);
        assertThat(tank.steps(H)).containsExactly("RAISED 10.0");
        tank.level("A", 8, 12, 20);
        assertThat(tank.alarms(H))
                .last()
                .satisfies(alarm -> assertThat(alarm.getStep()).isEqualTo(AlarmStep.WITHDRAWN));
    }

    @Test
    void anAlarmOfWhichNobodyKnewAndThatIsOverIsOnlyRecorded() {
        tank.level("A", 0, 20).level("A", 10, 20).level("A", 5, 11, 85);
        assertThat(tank.steps(HH)).containsExactly("RAISED 5.0", "CLEARED 10.0");
        assertThat(tank.alarms(HH)).allMatch(alarm -> alarm.getHistoric());
    }

    /** Once lateness is over, the record says the same as if every reading had come in its order. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void lateOvertakenAndRepeatedReadingsLeaveTheSameRecord(long seed) {
        var inOrder = excursions(seed);
        var random = new Random(seed);
        var mixed = new ArrayList<TelemetryMessage>();
        for (var message : inOrder) {
            boolean late = random.nextInt(20) == 0;
            long log = message.eventTimeMillis() + (late ? random.nextInt(29_000) : random.nextInt(1_500));
            mixed.add(loggedAt(message, log));
            if (random.nextInt(20) == 0) {
                mixed.add(loggedAt(message, log + random.nextInt(60_000)));
            }
        }
        mixed.sort(Comparator.comparingLong(TelemetryMessage::logTimeMillis));

        var expected = record(run(inOrder, 0, false));
        assertThat(expected).hasSizeGreaterThan(10);
        assertThat(record(run(mixed, 0, false))).containsExactlyElementsOf(expected);
        assertThat(record(run(mixed, seed, false))).containsExactlyElementsOf(expected);
    }

    /** Eight hours of two devices that report every 10 s and leave their limits now and then, in order. */
    private static List<TelemetryMessage> excursions(long seed) {
        var random = new Random(seed);
        var log = new ArrayList<TelemetryMessage>();
        double[] aim = {40, 40};
        double[] level = {40, 40};
        for (int i = 0; i < 5760; i++) {
            int device = i % 2;
            if (random.nextInt(40) == 0) {
                aim[device] = random.nextInt(3) > 0 ? 40 : random.nextInt(101);
            }
            level[device] = Math.min(100, Math.max(0, level[device] * 0.6 + aim[device] * 0.4 + random.nextGaussian()));
            double seconds = i * 5 + random.nextDouble();
            boolean bad = random.nextInt(200) == 0;
            log.add(message(
                    device == 0 ? "A" : "B",
                    "test_level",
                    seconds,
                    seconds,
                    bad ? Double.NaN : level[device],
                    bad ? 2 : 0,
                    i));
        }
        return log;
    }

    /** The alarms of the process as they stand at last; what arrival decides (id, whether it was live) is not in it. */
    private static List<String> record(TestingFacility tank) {
        var last = new LinkedHashMap<String, Alarm>();
        tank.alarms.forEach(alarm -> last.put(alarm.getId(), alarm));
        return last.values().stream()
                .filter(alarm -> alarm.getKind() == AlarmKind.PROCESS && alarm.getStep() != AlarmStep.WITHDRAWN)
                .map(alarm -> String.join(
                        " ",
                        alarm.getRule(),
                        String.valueOf(alarm.getOnsetMillis()),
                        String.valueOf(alarm.getRaisedMillis()),
                        String.valueOf(alarm.getClearedMillis()),
                        String.valueOf(alarm.getPeak()),
                        String.valueOf(alarm.getPeakMillis()),
                        String.valueOf(alarm.getRaisedCount()),
                        alarm.getDevicesList().toString()))
                .sorted()
                .toList();
    }

    private static TelemetryMessage loggedAt(TelemetryMessage message, long logTimeMillis) {
        return again(message, logTimeMillis);
    }

    @Test
    void whatLeavesTheCatalogueLetsGoOfItsAlarms() {
        tank.level("A", 0, 85)
                .level("B", 0, 85)
                .unusable("B", 1)
                .unusable("B", 2)
                .unusable("B", 3);
        assertThat(tank.alarms(RANGE)).hasSize(1);

        tank.becomes(tank(true, "A"));
        assertThat(tank.steps(RANGE)).hasSize(2).last().asString().startsWith("CLEARED");
        assertThat(tank.steps(HH)).containsExactly("RAISED 0.0");
        assertThat(tank.state.course.points.keySet()).allMatch(point -> point.startsWith("A."));

        tank.becomes(FacilityAsset.gone("T1"));
        assertThat(tank.steps(HH)).hasSize(2).last().asString().startsWith("CLEARED");
        assertThat(tank.state.course.points).isEmpty();
        assertThat(tank.state.intake).isEmpty();
        tank.tick(100_000);
    }

    @Test
    void aDeviceThatIsNotInTheCatalogueIsNotJudged() {
        tank.level("C", 0, 99);
        assertThat(tank.alarms).isEmpty();
        assertThat(tank.qualities).isEmpty();
    }

    private final TestingFacility plant = new TestingFacility(TestingFacility.PLANT);

    private static double limit(TestingFacility facility, String rule) {
        return facility.alarms(rule).get(0).getEvidence().getLimit();
    }

    /** Where a limit stood long ago is known no more: what was judged by it stays as it was, however much is put in order later. */
    @Test
    void anAlarmOfAMovingLimitKeepsItsBeginningWhenLaterReadingsAreOvertaken() {
        for (int after = 1; after < 60; after++) {
            var plant = new TestingFacility(TestingFacility.PLANT);
            int minute = 0;
            for (; minute < 40 + after; minute++) {
                for (int i = 0; i < 6; i++) {
                    plant.value("C", "test_temp", 60 * minute + 10 * i, minute < 40 ? 10 : 15 + 0.1 * i);
                }
                plant.value("A", "test_nh3", 60 * minute + 55, 6);
            }
            plant.value("C", "test_temp", 60 * minute, 16);
            plant.value("A", "test_nh3", 60 * minute + 8, 6.1);
            plant.value("A", "test_nh3", 60 * minute + 5, 6.2);
            var told = plant.alarms.stream()
                    .filter(alarm -> alarm.getRule().equals(NH3))
                    .toList();
            assertThat(told).as("overtaken after %d minutes", after).isNotEmpty();
            assertThat(told)
                    .as("overtaken after %d minutes", after)
                    .allMatch(alarm -> alarm.getOnsetMillis() == TestingFacility.at(2455)
                            && alarm.getStep() != AlarmStep.WITHDRAWN
                            && alarm.getStep() != AlarmStep.CLEARED);
        }
    }

    @Test
    void aLimitFollowsAnotherMetricOfTheFacility() {
        plant.value("C", "test_temp", 0, 15).value("A", "test_nh3", 1, 6).value("A", "test_nh3", 12, 6);
        assertThat(plant.steps(NH3)).containsExactly("RAISED 11.0");
        assertThat(limit(plant, NH3)).isEqualTo(5);

        plant.value("C", "test_temp", 13, 12).value("A", "test_nh3", 14, 5.9);
        assertThat(plant.steps(NH3)).containsExactly("RAISED 11.0", "CLEARED 14.0");
        plant.value("A", "test_nh3", 15, 7.9)
                .value("A", "test_nh3", 30, 7.9)
                .value("A", "test_nh3", 31, 8)
                .value("A", "test_nh3", 42, 8);
        assertThat(plant.steps(NH3)).containsExactly("RAISED 11.0", "CLEARED 14.0", "RAISED 11.0");
        assertThat(plant.alarms(NH3).get(2).getEvidence().getLimit()).isEqualTo(8);
    }

    @Test
    void aLimitWhosePlaceIsNotKnownJudgesNothing() {
        plant.value("A", "test_nh3", 0, 9).value("A", "test_nh3", 11, 9).tick(12);
        assertThat(plant.alarms(NH3)).isEmpty();
        plant.value("C", "test_temp", 13, 20).value("A", "test_nh3", 14, 9).tick(25);
        assertThat(plant.steps(NH3)).containsExactly("RAISED 24.0");
    }

    @Test
    void aMessageIsKnownAtOnce() {
        var metrics = new String[] {"test_nh3", "test_temp"};
        var both = new FacilityAsset(
                "T1",
                "testing",
                "tank",
                "d1",
                java.util.Map.of(),
                List.of(new FacilityAsset.DeviceAsset(
                        "A",
                        List.of(
                                new FacilityAsset.PointAsset("test_nh3", 0),
                                new FacilityAsset.PointAsset("test_temp", 0)))),
                true,
                false);
        var together = new TestingFacility(both);
        together.send(message("A", 0, 0.2, metrics, new double[] {6, 20}, new byte[2], 1));
        together.send(message("A", 5, 5.2, metrics, new double[] {6, 10}, new byte[2], 2));
        together.tick(20);
        assertThat(together.alarms(NH3)).isEmpty();
        together.send(message("A", 21, 21.2, metrics, new double[] {6, 20}, new byte[2], 3));
        together.tick(32);
        assertThat(together.steps(NH3)).containsExactly("RAISED 31.0");
    }

    @Test
    void theAlarmCarriesTheLimitThatTheValueWasBeyond() {
        plant.value("C", "test_temp", 0, 20)
                .value("A", "test_nh3", 1, 6)
                .value("C", "test_temp", 5, 10)
                .tick(11.2);
        assertThat(plant.steps(NH3)).containsExactly("RAISED 11.0");
        assertThat(limit(plant, NH3)).isEqualTo(5);
    }

    @Test
    void aValueMovesNoLimitOnceItsPointIsSilent() {
        plant.value("C", "test_temp", 0, 20);
        plant.value("A", "test_nh3", 29, 6).value("A", "test_nh3", 31, 4);
        plant.value("A", "test_nh3", 32, 9).value("A", "test_nh3", 45, 9).tick(50);
        assertThat(plant.steps("test_temp.silent")).hasSize(1);
        assertThat(plant.alarms(NH3)).isEmpty();
    }

    @Test
    void anUnusableValueMovesNoLimit() {
        plant.value("C", "test_temp", 0, 20);
        plant.send(message("C", "test_temp", 1, 1.2, Double.NaN, 2, 99));
        plant.value("A", "test_nh3", 2, 6).tick(13);
        assertThat(plant.steps(NH3)).containsExactly("RAISED 12.0");
    }

    @Test
    void aLimitMovesWithTheHourOfTheCity() {
        plant.value("A", "test_nh3", 99, 25);
        assertThat(limit(plant, "test_nh3.hh")).isEqualTo(20);
        plant.value("A", "test_nh3", 100, 25);
        assertThat(plant.steps("test_nh3.hh")).containsExactly("RAISED 99.0", "CLEARED 100.0");
    }

    @Test
    void aLateReadingIsJudgedByTheHourButNotByWhatIsNoLongerKnown() {
        plant.value("C", "test_temp", 400, 20).value("A", "test_nh3", 400, 4);
        plant.send(message("A", "test_nh3", 50, 401, 25, 0, 98));
        plant.send(message("A", "test_nh3", 70, 401.5, 25, 0, 99));
        assertThat(plant.alarms(NH3)).isEmpty();
        assertThat(plant.alarms("test_nh3.hh")).singleElement().satisfies(alarm -> {
            assertThat(alarm.getHistoric()).isTrue();
            assertThat(alarm.getEvidence().getLimit()).isEqualTo(20);
        });
    }

    @Test
    void aLimitThatMovesWithTheDistrictIsNeverAnAlarm() {
        plant.value("A", "test_dust", 0, 99).value("A", "test_dust", 10, 99).tick(20);
        assertThat(plant.alarms).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void replayAndTicksChangeNothingWhereLimitsMove(long seed) {
        var log = randomPlantLog(seed);
        var once = run(TestingFacility.PLANT, log, 0, false);
        assertThat(once.alarms(NH3))
                .extracting(alarm -> alarm.getEvidence().getLimit())
                .isNotEmpty()
                .isSubsetOf(5.0, 8.0);
        assertThat(run(TestingFacility.PLANT, log, seed, false).alarms).isEqualTo(once.alarms);
        assertThat(withoutRepeats(run(TestingFacility.PLANT, log, seed, true))).isEqualTo(once.alarms);
    }

    /** That messages come again is told of the devices themselves; of anything else it changes nothing. */
    private static List<Alarm> withoutRepeats(TestingFacility facility) {
        return facility.alarms.stream()
                .filter(alarm -> !alarm.getRule().equals(Repeats.RULE))
                .toList();
    }

    /** Ammonia around its limits under water that warms up and cools down, with unusable values, gaps and late messages. */
    static List<TelemetryMessage> randomPlantLog(long seed) {
        var random = new Random(seed);
        var log = new ArrayList<TelemetryMessage>();
        double logSeconds = 0;
        double ammonia = 6;
        double temperature = 12;
        for (int i = 0; i < 600; i++) {
            logSeconds += random.nextInt(100) == 0 ? 60 : random.nextDouble() * 4;
            ammonia = Math.min(35, Math.max(0, ammonia + random.nextGaussian() * 1.5));
            temperature = Math.min(20, Math.max(5, temperature + random.nextGaussian()));
            boolean warm = random.nextInt(4) == 0;
            boolean bad = random.nextInt(25) == 0;
            double age = random.nextInt(30) == 0 ? random.nextDouble() * 400 : random.nextDouble() * 2;
            log.add(message(
                    warm ? "C" : "A",
                    warm ? "test_temp" : "test_nh3",
                    logSeconds - age,
                    logSeconds,
                    bad ? Double.NaN : warm ? temperature : ammonia,
                    bad ? 2 : 0,
                    i));
        }
        return log;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void replayDuplicatesAndTicksChangeNothing(long seed) {
        var log = randomLog(seed);
        var once = run(log, 0, false);
        assertThat(once.alarms).isNotEmpty();

        var again = run(log, 0, false);
        assertThat(again.alarms).isEqualTo(once.alarms);
        assertThat(again.qualities).isEqualTo(once.qualities);

        assertThat(withoutRepeats(once)).isEqualTo(once.alarms);

        // Deadlines are concluded by ticks, which come at any time between the messages.
        var ticked = run(log, seed, false);
        assertThat(ticked.alarms).isEqualTo(once.alarms);
        assertThat(ticked.qualities).isEqualTo(once.qualities);

        var repeated = run(log, seed, true);
        assertThat(withoutRepeats(repeated)).isEqualTo(once.alarms);
        assertThat(repeated.qualities).isEqualTo(once.qualities);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void anAlarmsLifeIsRaisedUpdatedClearedWithOneIdAndCountedSteps(long seed) {
        var tank = run(randomLog(seed), 0, false);
        var known = new LinkedHashMap<String, Alarm>();
        for (var alarm : tank.alarms) {
            var before = known.put(alarm.getId(), alarm);
            if (before == null) {
                assertThat(alarm.getStep()).isEqualTo(AlarmStep.RAISED);
                assertThat(alarm.getRevision()).isEqualTo(1);
                assertThat(alarm.getId()).isEqualTo(Ids.alarm("T1", alarm.getRule(), alarm.getOnsetMillis()));
            } else {
                assertThat(alarm.getRevision()).isEqualTo(before.getRevision() + 1);
                assertThat(before.getStep()).isNotEqualTo(AlarmStep.WITHDRAWN);
                assertThat(alarm.getRule()).isEqualTo(before.getRule());
                if (before.getStep() == AlarmStep.CLEARED) {
                    assertThat(alarm.getStep()).isNotEqualTo(AlarmStep.UPDATED);
                } else {
                    assertThat(alarm.getStep()).isNotEqualTo(AlarmStep.RAISED);
                }
            }
            assertThat(alarm.getRaisedMillis()).isGreaterThanOrEqualTo(alarm.getOnsetMillis());
            assertThat(alarm.getEvidence().getSamplesCount()).isLessThanOrEqualTo(32);
            if (alarm.getStep() == AlarmStep.CLEARED) {
                assertThat(alarm.getClearedMillis()).isGreaterThanOrEqualTo(alarm.getRaisedMillis());
            } else if (alarm.getStep() != AlarmStep.WITHDRAWN) {
                assertThat(alarm.getClearedMillis()).isZero();
            }
        }
        assertThat(tank.alarms)
                .extracting(Alarm::getStep)
                .contains(AlarmStep.RAISED, AlarmStep.UPDATED, AlarmStep.CLEARED);
    }

    /** Two devices whose levels wander over all limits, with unusable values, gaps, overtaking, late messages and ends. */
    static List<TelemetryMessage> randomLog(long seed) {
        var random = new Random(seed);
        var log = new ArrayList<TelemetryMessage>();
        double logSeconds = 0;
        double[] level = {50, 50};
        for (int i = 0; i < 1000; i++) {
            logSeconds += random.nextInt(200) == 0 ? 60 : random.nextDouble() * 4;
            int device = random.nextInt(2);
            level[device] = Math.min(100, Math.max(0, level[device] + random.nextGaussian() * 12));
            double age = random.nextInt(30) == 0 ? random.nextDouble() * 400 : random.nextDouble() * 2;
            boolean state = random.nextInt(8) == 0;
            boolean bad = random.nextInt(25) < (i / 100) % 12;
            boolean gone = random.nextInt(40) == 0;
            log.add(message(
                    device == 0 ? "A" : "B",
                    state ? "test_state" : "test_level",
                    logSeconds - age,
                    logSeconds,
                    bad || gone ? Double.NaN : state ? random.nextInt(4) : level[device],
                    gone ? 3 : bad ? 2 : 0,
                    i));
        }
        return log;
    }

    /** @param tickSeed 0 = no ticks between the messages */
    private static TestingFacility run(List<TelemetryMessage> log, long tickSeed, boolean duplicates) {
        return run(TestingFacility.TANK, log, tickSeed, duplicates);
    }

    private static TestingFacility run(
            FacilityAsset asset, List<TelemetryMessage> log, long tickSeed, boolean duplicates) {
        var tank = new TestingFacility(asset);
        var random = new Random(tickSeed);
        long clock = log.get(0).logTimeMillis();
        for (int i = 0; i < log.size(); i++) {
            var message = log.get(i);
            while (tickSeed != 0 && clock < message.logTimeMillis()) {
                tank.detection.conclude(tank.state, clock, tank);
                clock += 1 + random.nextInt(3000);
            }
            tank.send(message);
            if (duplicates && random.nextInt(3) == 0) {
                var earlier = log.get(Math.max(0, i - random.nextInt(20)));
                tank.send(again(earlier, message.logTimeMillis()));
            }
        }
        return tank.tick(1_000_000);
    }

    private static TelemetryMessage again(TelemetryMessage message, long logTimeMillis) {
        return new TelemetryMessage(
                message.domain(),
                message.district(),
                message.facility(),
                message.device(),
                message.boot(),
                message.seq(),
                message.eventTimeMillis(),
                message.receivedMillis(),
                logTimeMillis,
                message.partition(),
                message.metrics(),
                message.numbers(),
                message.qualities(),
                0);
    }
}
