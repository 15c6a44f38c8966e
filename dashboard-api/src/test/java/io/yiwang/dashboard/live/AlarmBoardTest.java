package io.yiwang.dashboard.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.dashboard.alarms.AlarmView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AlarmBoardTest {
    private final AlarmBoard board = new AlarmBoard();

    @Test
    void aFacilityShowsItsWorstAndCountsWhatWaits() {
        board.take(
                List.of(alarm("a", 1, 3, "unacked"), alarm("b", 1, 2, "acked"), alarm("c", 1, 1, "returned_unacked")),
                0);
        var glance = board.of("f1");
        assertThat(glance.worstGrade()).isEqualTo(1);
        assertThat(glance.unacked()).isEqualTo(2);
        assertThat(glance.active()).isEqualTo(2);
        assertThat(glance.fault()).isTrue();
        assertThat(glance.worst().id())
                .as("what lasts is shown before what is over")
                .isEqualTo("b");
        board.take(List.of(alarm("b", 2, 2, "closed")), 0);
        assertThat(board.of("f1").fault()).isFalse();
        assertThat(board.of("elsewhere").worstGrade()).isZero();
    }

    @Test
    void whatAnIncidentSpeaksForIsNotCountedBesideIt() {
        board.take(
                List.of(
                        TestingAlarmViews.alarm("i", 1, "f1", 2, "acked", "incident", null),
                        TestingAlarmViews.alarm("member", 1, "f1", 3, "unacked", "process", "i"),
                        TestingAlarmViews.alarm("graver", 1, "f1", 1, "unacked", "process", "i"),
                        TestingAlarmViews.alarm("other", 1, "f1", 3, "unacked", "process", "gone")),
                0);
        assertThat(board.open()).extracting(AlarmView::id).containsExactly("i", "graver", "other");
        assertThat(board.shown()).hasSize(4);
        assertThat(board.of("f1").unacked()).isEqualTo(3);
        board.take(List.of(TestingAlarmViews.alarm("i", 2, "f1", 2, "closed", "incident", null)), 0);
        assertThat(board.open()).extracting(AlarmView::id).containsExactly("member", "graver", "other");
    }

    @Test
    void closedOnesAreShownForAMinute() {
        board.take(List.of(alarm("a", 1, 1, "unacked")), 0);
        board.take(List.of(alarm("a", 2, 1, "closed")), 1_000);
        assertThat(board.expire(60_999)).isEmpty();
        assertThat(board.shown()).hasSize(1);
        assertThat(board.expire(61_000)).containsExactly("a");
        assertThat(board.shown()).isEmpty();
        assertThat(board.take(List.of(alarm("a", 1, 1, "unacked")), 61_000)).isEmpty();
    }

    @Test
    void whatWasNeverOpenIsNotShown() {
        assertThat(board.take(List.of(alarm("a", 1, 1, "closed")), 0)).isEmpty();
        assertThat(board.shown()).isEmpty();
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 50);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theOrderOfArrivalDoesNotMatter(long seed) {
        var random = new Random(seed);
        var states = List.of("unacked", "acked", "returned_unacked", "closed");
        var changes = new ArrayList<AlarmView>();
        for (var id : List.of("a", "b", "c")) {
            for (var version = 1; version <= 5; version++) {
                changes.add(alarm(id, version, 1 + random.nextInt(4), states.get(random.nextInt(4))));
            }
        }
        var ordered = new AlarmBoard();
        ordered.take(changes, 0);
        Collections.shuffle(changes, random);
        changes.forEach(change -> board.take(List.of(change), 0));
        assertThat(board.open()).containsExactlyInAnyOrderElementsOf(ordered.open());
        assertThat(board.of("f1")).isEqualTo(ordered.of("f1"));
    }

    private static AlarmView alarm(String id, int version, int grade, String state) {
        return TestingAlarmViews.alarm(id, version, "f1", grade, state);
    }
}
