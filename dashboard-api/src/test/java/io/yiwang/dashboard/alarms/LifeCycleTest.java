package io.yiwang.dashboard.alarms;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.dashboard.alarms.LifeCycle.Change;
import io.yiwang.dashboard.alarms.LifeCycle.Step;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.model.wire.VerdictWord;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LifeCycleTest {

    @Test
    void aSevereAlarmThatClearsUnseenWaitsForAPerson() {
        var alarm = new Lived();
        alarm.on(event(1, AlarmStep.RAISED, 1));
        assertThat(alarm.state()).isEqualTo(AlarmState.UNACKED);
        alarm.on(event(2, AlarmStep.CLEARED, 1));
        assertThat(alarm.state()).isEqualTo(AlarmState.RETURNED_UNACKED);
        alarm.ack("li");
        assertThat(alarm.state()).isEqualTo(AlarmState.CLOSED);
        assertThat(alarm.actions()).containsExactly("raised", "cleared", "acked");
        assertThat(alarm.announced).containsExactly("raised");
    }

    @Test
    void aMildAlarmThatClearsUnseenIsOver() {
        var alarm = new Lived();
        alarm.on(event(1, AlarmStep.RAISED, 3));
        alarm.on(event(2, AlarmStep.CLEARED, 3));
        assertThat(alarm.state()).isEqualTo(AlarmState.CLOSED);
    }

    @Test
    void anAckedAlarmThatClearsIsOver() {
        var alarm = new Lived();
        alarm.on(event(1, AlarmStep.RAISED, 2));
        alarm.ack("li");
        assertThat(alarm.state()).isEqualTo(AlarmState.ACKED);
        alarm.on(event(2, AlarmStep.UPDATED, 2));
        assertThat(alarm.state()).isEqualTo(AlarmState.ACKED);
        alarm.on(event(3, AlarmStep.CLEARED, 2));
        assertThat(alarm.state()).isEqualTo(AlarmState.CLOSED);
        assertThat(alarm.life.ackedBy()).isEqualTo("li");
    }

    @Test
    void theFirstToAckStaysTheOneWhoDid() {
        var alarm = new Lived();
        alarm.on(event(1, AlarmStep.RAISED, 2));
        alarm.ack("li");
        var version = alarm.life.version();
        alarm.ack("wang");
        assertThat(alarm.life.ackedBy()).isEqualTo("li");
        assertThat(alarm.life.version()).isEqualTo(version);
    }

    @Test
    void lateNewsIsRecordedAndNeverAnnounced() {
        var alarm = new Lived();
        alarm.on(historic(event(1, AlarmStep.RAISED, 1)));
        alarm.on(historic(event(2, AlarmStep.CLEARED, 1)));
        assertThat(alarm.state()).isEqualTo(AlarmState.CLOSED);
        assertThat(alarm.announced).isEmpty();
        assertThat(alarm.actions()).containsExactly("recorded");
    }

    @Test
    void lateNewsThatTurnsOutToLastStartsToLive() {
        var alarm = new Lived();
        alarm.on(historic(event(1, AlarmStep.RAISED, 1)));
        alarm.on(event(2, AlarmStep.UPDATED, 1));
        assertThat(alarm.state()).isEqualTo(AlarmState.UNACKED);
        assertThat(alarm.announced).containsExactly("raised");
    }

    @Test
    void aWorseGradeNeedsAPersonAgain() {
        var alarm = new Lived();
        alarm.on(event(1, AlarmStep.RAISED, 3));
        alarm.ack("li");
        var seen = alarm.life.version();
        alarm.on(event(2, AlarmStep.UPDATED, 1));
        assertThat(alarm.state()).isEqualTo(AlarmState.UNACKED);
        assertThat(alarm.life.acked()).isFalse();
        assertThat(alarm.announced).containsExactly("raised", "worsened-2");
        assertThat(LifeCycle.changedSince(alarm.life, seen)).isTrue();
    }

    @Test
    void aNewPeakDoesNotMakeAnAckStale() {
        var alarm = new Lived();
        alarm.on(event(1, AlarmStep.RAISED, 1));
        var seen = alarm.life.version();
        alarm.on(event(2, AlarmStep.UPDATED, 1));
        assertThat(alarm.life.version()).isGreaterThan(seen);
        assertThat(LifeCycle.changedSince(alarm.life, seen)).isFalse();
    }

    @Test
    void aClosedAlarmIsNotAckedButMayBeCommented() {
        var alarm = new Lived();
        alarm.on(event(1, AlarmStep.RAISED, 4));
        alarm.on(event(2, AlarmStep.CLEARED, 4));
        alarm.ack("li");
        assertThat(alarm.life.acked()).isFalse();
        alarm.take(LifeCycle.comment(alarm.life, "li", 9, "checked on site"));
        assertThat(alarm.life.comments()).isEqualTo(1);
        assertThat(alarm.state()).isEqualTo(AlarmState.CLOSED);
    }

    /**
     * Words of what happens, one after the other: R raised, U updated, C cleared, W withdrawn (a digit behind = grade, 1 without; h =
     * historic), A acknowledged; then the state, who is told, and what the history says.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "R W, closed, raised withdrawn-2, raised withdrawn",
        "R A W, closed, raised withdrawn-3, raised acked withdrawn",
        "R C W, closed, raised withdrawn-3, raised cleared withdrawn",
        "R3 C3 W3, closed, raised withdrawn-3, raised cleared withdrawn",
        "Rh Wh, closed, '', recorded withdrawn",
        "W, closed, '', recorded withdrawn",
        "R C R, unacked, raised again-3, raised cleared reopened",
        "R A C R, unacked, raised again-4, raised acked cleared reopened",
        "R A C R A C R, unacked, raised again-4 again-7, raised acked cleared reopened acked cleared reopened",
        "R C A R C, returned_unacked, raised again-4, raised cleared acked reopened cleared",
        "R3 C3 R3 C3, closed, raised again-3, raised cleared reopened cleared",
        "Rh R, unacked, raised, recorded raised",
        "R3 U1 W1, closed, raised worsened-2 withdrawn-3, raised worsened withdrawn"
    })
    void livesAsTheTableSays(String happens, String state, String announced, String actions) {
        var alarm = new Lived();
        var revision = 0;
        for (var word : happens.split(" ")) {
            revision++;
            if (word.equals("A")) {
                alarm.ack("li");
                continue;
            }
            var step = switch (word.charAt(0)) {
                case 'R' -> AlarmStep.RAISED;
                case 'U' -> AlarmStep.UPDATED;
                case 'C' -> AlarmStep.CLEARED;
                default -> AlarmStep.WITHDRAWN;
            };
            var grade = word.replaceAll("\\D", "");
            var event = event(revision, step, grade.isEmpty() ? 1 : Integer.parseInt(grade));
            alarm.on(word.endsWith("h") ? historic(event) : event);
        }
        assertThat(alarm.state().code()).isEqualTo(state);
        assertThat(String.join(" ", alarm.announced)).isEqualTo(announced);
        assertThat(String.join(" ", alarm.actions())).isEqualTo(actions);
    }

    @Test
    void aReturnIsCountedAndACorrectedBeginningIsWrittenDown() {
        var alarm = new Lived();
        alarm.on(event(1, AlarmStep.RAISED, 2).toBuilder().setOnsetMillis(2_000).build());
        alarm.on(
                event(2, AlarmStep.CLEARED, 2).toBuilder().setOnsetMillis(2_000).build());
        alarm.on(event(3, AlarmStep.RAISED, 2).toBuilder()
                .setOnsetMillis(1_000)
                .setRaisedCount(3)
                .build());
        assertThat(alarm.changes)
                .extracting(change -> change.action() + " " + change.note())
                .containsExactly(
                        "raised ",
                        "cleared ",
                        "onset_corrected 1970-01-01T00:00:02Z -> 1970-01-01T00:00:01Z",
                        "reopened ×3");
    }

    @Test
    void theLastWordOfAPersonCountsAndIsLaterThanTheOneBefore() {
        var alarm = new Lived();
        alarm.on(event(1, AlarmStep.RAISED, 3));
        assertThat(LifeCycle.verdict(alarm.life, "li", 100, VerdictWord.NO_VERDICT, ""))
                .as("nothing to take back")
                .isEmpty();
        alarm.verdict("li", 100, VerdictWord.FALSE_ALARM, "flushing");
        assertThat(alarm.life.verdict()).isEqualTo(new Said(VerdictWord.FALSE_ALARM, "li", 100, "flushing"));
        assertThat(LifeCycle.verdict(alarm.life, "wang", 200, VerdictWord.FALSE_ALARM, "flushing"))
                .as("said already")
                .isEmpty();
        alarm.verdict("wang", 50, VerdictWord.NO_VERDICT, "");
        assertThat(alarm.life.verdict().atMillis()).as("a clock that went back").isEqualTo(101);
        alarm.verdict("wang", 300, VerdictWord.EXPECTED, "");
        assertThat(alarm.state()).isEqualTo(AlarmState.UNACKED);
        assertThat(alarm.actions()).containsExactly("raised", "verdict_false", "verdict_none", "verdict_expected");
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 200);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void duplicatesReorderingAndReplayChangeNothing(long seed) {
        var random = new Random(seed);
        var topic = randomTopic(random);
        var straight = new Lived();
        var disturbed = new Lived();
        for (var i = 0; i < topic.size(); i++) {
            straight.on(topic.get(i));
            disturbed.on(topic.get(i));
            for (var again = random.nextInt(3); again > 0; again--) {
                disturbed.on(topic.get(random.nextInt(i + 1)));
            }
            if (random.nextInt(4) == 0) {
                straight.ack("li");
                disturbed.ack("li");
                disturbed.ack("wang");
            }
            straight.checkLaws();
        }
        topic.forEach(disturbed::on);
        assertThat(disturbed.life).isEqualTo(straight.life);
        assertThat(disturbed.changes).isEqualTo(straight.changes);
        assertThat(disturbed.announced).isEqualTo(straight.announced);
        assertThat(straight.announced).doesNotHaveDuplicates();
    }

    /** Raised, then updates, clearings, returns and changes of grade in any order, revisions growing. */
    private static List<Alarm> randomTopic(Random random) {
        var events = new ArrayList<Alarm>();
        var historic = random.nextInt(4) == 0;
        events.add(event(1, AlarmStep.RAISED, 1 + random.nextInt(4)).toBuilder()
                .setHistoric(historic)
                .build());
        var revision = 1;
        for (var i = 0; i < random.nextInt(12); i++) {
            revision += 1 + random.nextInt(2);
            historic = historic && random.nextBoolean();
            events.add(event(revision, AlarmStep.forNumber(1 + random.nextInt(3)), 1 + random.nextInt(4)).toBuilder()
                    .setHistoric(historic)
                    .build());
        }
        return events;
    }

    private static Alarm event(int revision, AlarmStep step, int grade) {
        return Alarm.newBuilder()
                .setId("a")
                .setRevision(revision)
                .setStep(step)
                .setGrade(grade)
                .setRaisedMillis(1_000)
                .setLastMillis(1_000 + revision)
                .setClearedMillis(step == AlarmStep.CLEARED ? 1_000 + revision : 0)
                .build();
    }

    private static Alarm historic(Alarm event) {
        return event.toBuilder().setHistoric(true).build();
    }

    /** One alarm and all that happened to it. */
    private static final class Lived {
        private @Nullable AlarmLife life;
        private @Nullable Alarm newest;
        private final List<Change> changes = new ArrayList<>();
        private final List<String> announced = new ArrayList<>();

        void on(Alarm event) {
            LifeCycle.on(life, newest, event).ifPresent(step -> {
                newest = event;
                take(step);
            });
        }

        void ack(String actor) {
            LifeCycle.acknowledge(life, actor, 5_000, "").ifPresent(this::take);
        }

        void verdict(String actor, long atMillis, VerdictWord word, String note) {
            LifeCycle.verdict(life, actor, atMillis, word, note).ifPresent(this::take);
        }

        void take(Step step) {
            assertThat(step.life().version()).isEqualTo(life == null ? 1 : life.version() + 1);
            if (life != null && step.life().state() != life.state()) {
                assertThat(step.changes())
                        .as("a state changes for a recorded cause")
                        .isNotEmpty();
                assertThat(step.life().stateVersion()).isEqualTo(step.life().version());
            }
            life = step.life();
            changes.addAll(step.changes());
            if (step.telling() != null) {
                announced.add(step.telling().step(step.life().revision()));
            }
        }

        void checkLaws() {
            if (life.historic()) {
                assertThat(life.state()).isEqualTo(AlarmState.CLOSED);
                assertThat(announced).isEmpty();
                return;
            }
            assertThat(life.state().active())
                    .isEqualTo(newest.getStep() == AlarmStep.RAISED || newest.getStep() == AlarmStep.UPDATED);
            if (newest.getStep() == AlarmStep.WITHDRAWN) {
                assertThat(life.state()).isEqualTo(AlarmState.CLOSED);
                return;
            }
            if (life.state() == AlarmState.CLOSED) {
                assertThat(life.acked() || life.grade() > 2)
                        .as("nothing severe leaves unseen")
                        .isTrue();
            }
            if (life.state() == AlarmState.ACKED) {
                assertThat(life.acked()).isTrue();
            }
            if (life.state().waitsForPerson()) {
                assertThat(life.acked()).isFalse();
            }
        }

        AlarmState state() {
            return life.state();
        }

        List<String> actions() {
            return changes.stream().map(Change::action).toList();
        }
    }
}
