package io.yiwang.sim.exam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmKind;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.model.wire.Evidence;
import io.yiwang.model.wire.Member;
import io.yiwang.sim.exam.Scorer.Score;
import io.yiwang.sim.fault.FaultOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScorerTest {
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final long DAY = 24 * HOUR;
    private static final long EXAM = 14 * DAY;
    private static final long END = 44 * DAY;
    private static final long GRACE = 10 * 60_000;
    private static final long SETTLE = 2 * HOUR;
    private static final long FROM = EXAM + 3 * DAY;
    private static final long TO = FROM + 4 * HOUR;

    private static final Case BURST = fault(1, "burst", "dma-1", FROM, TO, Set.of("dma-1", "booster-1"));
    private static final Case LEAK = fault(2, "leak", "dma-2", FROM + 2 * DAY, TO + 2 * DAY, Set.of("dma-2"));

    private final AlarmBook book = new AlarmBook();

    private static Case fault(int number, String id, String facility, long from, long to, Set<String> zone) {
        return new Case(
                number,
                new FaultOrder(id, facility, null, null, 0.5, Duration.ofMillis(to - from), null, "exam"),
                1,
                false,
                Set.of(facility + "-meter.pressure", "booster-1-plc.flow"),
                zone,
                from,
                to,
                GRACE,
                SETTLE,
                false);
    }

    /** Visible then, with a sign half a minute and plain a minute later. */
    private static Sighting.Shown shown(long millis) {
        return new Sighting.Shown(millis, millis + 60_000, millis + 30_000);
    }

    private static Alarm.Builder alarm(String id, String facility, String metric, long raised) {
        return Alarm.newBuilder()
                .setId(id)
                .setFacility(facility)
                .setRule(metric + ".l")
                .setGrade(2)
                .setMetric(metric)
                .addDevices(facility + "-meter")
                .setStep(AlarmStep.RAISED)
                .setOnsetMillis(raised)
                .setRaisedMillis(raised)
                .setLogMillis(raised + 1_000);
    }

    private ScorerTest raised(String id, String facility, long raised) {
        book.add(alarm(id, facility, "pressure", raised).build());
        return this;
    }

    private Score score() {
        return new Scorer(Map.of("pattern.main_burst", Set.of("burst")), EXAM, END)
                .score(
                        List.of(BURST, LEAK),
                        Map.of(1, shown(FROM + 60_000), 2, shown(LEAK.fromMillis())),
                        book.raises());
    }

    @Test
    void anAlarmDuringTheFaultFindsItAndCountsFromTheMomentItShowed() {
        var score = raised("a", "dma-1", FROM + 90_000).score();
        assertThat(score.outcomes().get(0).isFound()).isTrue();
        assertThat(score.outcomes().get(0).delayMillis()).hasValue(30_000);
        assertThat(score.outcomes().get(0).plainDelayMillis()).hasValue(0);
        assertThat(score.outcomes().get(0).signDelayMillis()).hasValue(0);
        assertThat(score.outcomes().get(0).rightCause()).isTrue();
        assertThat(score.outcomes().get(1).isFound()).isFalse();
        assertThat(score.outcomes().get(1).delayMillis()).isEmpty();
        assertThat(score.right()).hasSize(1);
        assertThat(score.wrong()).isEmpty();
    }

    @Test
    void theFirstOfSeveralAlarmsCountsForTheTime() {
        var score = raised("late", "dma-1", FROM + HOUR)
                .raised("early", "booster-1", FROM + 70_000)
                .score();
        assertThat(score.outcomes().get(0).delayMillis()).hasValue(10_000);
    }

    @Test
    void anAlarmAtAFacilityThatTheFaultMovesFindsItAndOneElsewhereIsFalse() {
        var score = raised("neighbour", "booster-1", FROM + HOUR)
                .raised("elsewhere", "dma-9", FROM + HOUR)
                .score();
        assertThat(score.outcomes().get(0).isFound()).isTrue();
        assertThat(score.wrong()).extracting(Raise::alarm).containsExactly("elsewhere");
    }

    @Test
    void beginningAndGraceBelongToTheFaultAndAMillisecondMoreDoesNot() {
        assertThat(raised("a", "dma-1", FROM).score().outcomes().get(0).isFound())
                .isTrue();
        assertThat(new ScorerTest()
                        .raised("a", "dma-1", TO + GRACE)
                        .score()
                        .outcomes()
                        .get(0)
                        .isFound())
                .isTrue();
        var early = new ScorerTest().raised("a", "dma-1", FROM - 1).score();
        assertThat(early.outcomes().get(0).isFound()).isFalse();
        assertThat(early.wrong()).hasSize(1);
        var late = new ScorerTest().raised("a", "dma-1", TO + GRACE + 1).score();
        assertThat(late.outcomes().get(0).isFound()).isFalse();
        assertThat(late.wrong()).as("its aftermath is not false").isEmpty();
    }

    @Test
    void theAftermathEndsAfterAWhileAndLaterForADailyStatistic() {
        var after = TO + SETTLE + HOUR + 1;
        assertThat(raised("a", "dma-1", after).score().wrong()).hasSize(1);
        var daily = new ScorerTest();
        daily.book.add(alarm("a", "dma-1", "pressure", after)
                .setEvidence(Evidence.newBuilder().setStatistic("daily_mean"))
                .build());
        assertThat(daily.score().wrong()).isEmpty();
    }

    @Test
    void whatIsSilentFindsNothing() {
        var score = score();
        assertThat(score.outcomes()).noneMatch(Scorer.Outcome::isFound);
        var report = DetectionReport.of(Map.of(), score, 10, 30, List.of());
        assertThat(report.total().recall()).isZero();
        assertThat(report.meetsGoals()).isFalse();
    }

    @Test
    void whoAlwaysCallsOutFindsEverythingAndFailsAllTheSame() {
        for (int hour = 0; hour < 30 * 24; hour++) {
            for (var facility : List.of("dma-1", "dma-2", "booster-1")) {
                raised(facility + hour, facility, EXAM + hour * HOUR);
            }
        }
        var report = DetectionReport.of(Map.of(), score(), 3, 30, List.of());
        assertThat(report.total().recall()).isEqualTo(1);
        assertThat(report.precision()).isLessThan(0.05);
        assertThat(report.falsePerFacilityDay()).isGreaterThan(20);
        assertThat(report.meetsGoals()).isFalse();
    }

    @Test
    void anAlarmThatStandsOpenFromBeforeFindsNothing() {
        raised("a", "dma-1", EXAM + HOUR);
        book.add(alarm("a", "dma-1", "pressure", EXAM + HOUR)
                .setStep(AlarmStep.UPDATED)
                .setLogMillis(FROM + HOUR)
                .build());
        assertThat(score().outcomes().get(0).isFound()).isFalse();
    }

    @Test
    void anAlarmRaisedAgainByTheFaultFindsItAlthoughItIsAnOldOne() {
        raised("a", "dma-1", EXAM + HOUR);
        book.add(alarm("a", "dma-1", "pressure", EXAM + HOUR)
                .setStep(AlarmStep.CLEARED)
                .setClearedMillis(FROM - 60_000)
                .build());
        raised("a", "dma-1", FROM + 120_000);
        var score = score();
        assertThat(score.outcomes().get(0).delayMillis()).hasValue(60_000);
        assertThat(score.right()).hasSize(1);
        assertThat(score.wrong()).as("its first time was nothing").hasSize(1);
    }

    @Test
    void anAlarmThatFluttersCountsOnce() {
        for (int i = 0; i < 5; i++) {
            raised("right", "dma-1", FROM + (i + 1) * 600_000L);
            raised("false", "dma-9", FROM + (i + 1) * 600_000L);
        }
        var score = score();
        assertThat(score.right()).hasSize(1);
        assertThat(score.wrong()).hasSize(1);
    }

    @Test
    void aFalseAlarmThatReturnsOnAnotherDayCountsAgain() {
        var score = raised("false", "dma-9", FROM)
                .raised("false", "dma-9", FROM + DAY)
                .raised("with it", "dma-9", FROM + DAY + 60_000)
                .score();
        assertThat(score.wrong()).hasSize(3);
        assertThat(DetectionReport.of(Map.of(), score, 10, 30, List.of()).falseHours())
                .isEqualTo(2);
    }

    @Test
    void whatWasWithdrawnIsNoAlarm() {
        for (var facility : List.of("dma-1", "dma-9")) {
            raised(facility, facility, FROM + HOUR);
            book.add(alarm(facility, facility, "pressure", FROM + HOUR)
                    .setStep(AlarmStep.WITHDRAWN)
                    .setWithdrawnReason("late_reading")
                    .build());
        }
        var score = score();
        assertThat(score.outcomes().get(0).isFound()).isFalse();
        assertThat(score.wrong()).isEmpty();
        assertThat(score.withdrawn()).isEqualTo(2);
    }

    @Test
    void anIncidentAndTheAlarmsOfItsMembersAreOneAlarm() {
        raised("member", "dma-9", FROM);
        raised("other", "dma-9", FROM + DAY);
        book.add(Alarm.newBuilder()
                .setId("incident")
                .setFacility("dma-9")
                .setRule("pattern.main_burst")
                .setKind(AlarmKind.INCIDENT)
                .setStep(AlarmStep.RAISED)
                .setOnsetMillis(FROM)
                .setRaisedMillis(FROM + 30_000)
                .setLogMillis(FROM + 30_000)
                .setClearedMillis(FROM + HOUR)
                .addMembers(Member.newBuilder()
                        .setFacility("dma-9")
                        .setDevice("dma-9-meter")
                        .setMetric("pressure"))
                .build());
        var score = score();
        assertThat(score.members()).isEqualTo(1);
        assertThat(score.wrong()).extracting(Raise::alarm).containsExactlyInAnyOrder("incident", "other");
    }

    @Test
    void theCauseIsRightWhenAPatternExplainsTheFaultOrAMetricIsOneThatItMoves() {
        book.add(alarm("a", "dma-1", "temperature", FROM + HOUR).build());
        assertThat(score().outcomes().get(0).isFound()).isTrue();
        assertThat(score().outcomes().get(0).rightCause()).isFalse();
        book.add(Alarm.newBuilder()
                .setId("i")
                .setFacility("dma-1")
                .setRule("pattern.main_burst")
                .setKind(AlarmKind.INCIDENT)
                .setRaisedMillis(FROM + HOUR)
                .setLogMillis(FROM + HOUR)
                .build());
        assertThat(score().outcomes().get(0).rightCause()).isTrue();
    }

    @Test
    void anInstrumentAlarmOfTheStruckDeviceNamesTheCauseWhateverItsMetric() {
        book.add(alarm("a", "dma-1", "clock_offset", FROM + HOUR)
                .setKind(AlarmKind.INSTRUMENT)
                .build());
        assertThat(score().outcomes().get(0).rightCause()).isTrue();
    }

    @Test
    void whatWasConcludedFromLateReadingsCountsWhenItWasTold() {
        book.add(alarm("a", "dma-1", "pressure", FROM + 70_000)
                .setHistoric(true)
                .setLogMillis(FROM + HOUR)
                .build());
        assertThat(score().outcomes().get(0).delayMillis()).hasValue(HOUR - 60_000);
    }

    @Test
    void alarmsOfTheTimeOfLearningAreNotCounted() {
        var score = raised("a", "dma-9", EXAM - 1).raised("b", "dma-9", END).score();
        assertThat(score.wrong()).isEmpty();
        assertThat(raised("c", "dma-9", EXAM).score().wrong()).hasSize(1);
    }

    @Test
    void aFaultThatNeverShowedCountsNeitherForNorAgainst() {
        var raises = new ArrayList<Raise>();
        var score = new Scorer(Map.of(), EXAM, END)
                .score(List.of(BURST, LEAK), Map.of(2, shown(LEAK.fromMillis())), raises);
        var report = DetectionReport.of(Map.of(), score, 10, 30, List.of());
        assertThat(report.total().runs()).isEqualTo(2);
        assertThat(report.total().visible()).isEqualTo(1);
    }

    @Test
    void timesCountFromTheFirstSignTooAndAnAlarmBeforeItTakesNone() {
        var late = raised("a", "dma-1", FROM + HOUR).score().outcomes().get(0);
        assertThat(late.signDelayMillis()).hasValue(HOUR - 90_000);
        var early = new ScorerTest()
                .raised("a", "dma-1", FROM + 70_000)
                .score()
                .outcomes()
                .get(0);
        assertThat(early.signDelayMillis()).hasValue(0);
    }

    @Test
    void aFaultWithoutASignIsCountedApart() {
        book.add(alarm("a", "dma-1", "pressure", FROM + 2 * HOUR).build());
        var raise = book.raises().get(0);
        var signless = new Scorer.Outcome(BURST, new Sighting.Shown(FROM, -1, -1), raise, true);
        assertThat(signless.isVisible()).isTrue();
        assertThat(signless.signDelayMillis()).isEmpty();
        var signed = new Scorer.Outcome(BURST, new Sighting.Shown(FROM, FROM, FROM + HOUR), raise, true);
        var row = DetectionReport.Row.of("all", 1, "", List.of(signless, signed));
        assertThat(row.visible()).isEqualTo(2);
        assertThat(row.withSign()).isEqualTo(1);
        assertThat(row.signP95Seconds()).isEqualTo(3_600);
        assertThat(row.p95Seconds()).isEqualTo(7_200);
    }

    @Test
    void theStricterTimeIsAGoalBesideTheOther() {
        var score = new Scorer(Map.of(), EXAM, END)
                .score(
                        List.of(BURST),
                        Map.of(1, new Sighting.Shown(FROM, FROM, FROM + HOUR)),
                        raised("a", "dma-1", FROM + HOUR + 20_000).book.raises());
        var goals = DetectionReport.of(Map.of(), score, 10, 30, List.of()).goals();
        assertThat(goals)
                .filteredOn(goal -> goal.name().startsWith("G1 p95"))
                .extracting(DetectionReport.Goal::name, DetectionReport.Goal::got, DetectionReport.Goal::isMet)
                .containsExactly(
                        tuple("G1 p95 seconds since visible", 3_620.0, false),
                        tuple("G1 p95 seconds since sign", 20.0, true));
    }

    @Test
    void percentilesAreOfWhatWasFound() {
        for (int i = 1; i <= 20; i++) {
            book.add(alarm("a" + i, "dma-1", "pressure", FROM + 60_000 + i * 1_000L)
                    .build());
        }
        var outcomes = new ArrayList<Scorer.Outcome>();
        for (var raise : book.raises()) {
            outcomes.add(new Scorer.Outcome(BURST, shown(FROM + 60_000), raise, true));
        }
        var row = DetectionReport.Row.of("all", 1, "", outcomes);
        assertThat(row.medianSeconds()).isEqualTo(10);
        assertThat(row.p95Seconds()).isEqualTo(19);
    }
}
