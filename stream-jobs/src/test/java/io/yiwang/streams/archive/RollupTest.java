package io.yiwang.streams.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.streams.intake.Quality;
import io.yiwang.streams.intake.Reading;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RollupTest {
    private static final long START = 1_800_000_000_000L / 60_000 * 60_000;

    private final Rollup rollup = new Rollup(5_000, 600_000);
    private final RollupState state = new RollupState();

    @Test
    void aMinuteIsToldOnceItIsOver() {
        rollup.add(state, good("d2", "p", START, 3));
        rollup.add(state, good("d1", "q", START + 59_999, -1));
        rollup.add(state, good("d1", "p", START + 1, 1));
        rollup.add(state, good("d1", "p", START + 2, 2));
        rollup.add(state, good("d1", "p", START + 60_000, 100));
        assertThat(rollup.nextDeadlineMillis(START)).isEqualTo(START + 5_000);
        assertThat(rollup.nextDeadlineMillis(START + 5_000)).isEqualTo(START + 65_000);
        assertThat(conclude(64_999)).isEmpty();
        assertThat(conclude(65_000))
                .containsExactly(
                        "d1 +0 p n=2 1.5 [1.0, 2.0]", "d1 +0 q n=1 -1.0 [-1.0, -1.0]", "d2 +0 p n=1 3.0 [3.0, 3.0]");
        assertThat(conclude(125_000)).containsExactly("d1 +60000 p n=1 100.0 [100.0, 100.0]");
        assertThat(conclude(185_000)).isEmpty();
    }

    @Test
    void aLateReadingTellsTheWholeMinuteAnew() {
        rollup.add(state, good("d1", "p", START, 1));
        rollup.add(state, good("d1", "q", START, 7));
        conclude(65_000);
        rollup.add(state, good("d1", "p", START + 30_000, 4));
        assertThat(conclude(125_000)).containsExactly("d1 +0 p n=2 2.5 [1.0, 4.0]", "d1 +0 q n=1 7.0 [7.0, 7.0]");
    }

    @Test
    void aMinuteTakesReadingsForTheHistoryAndIsForgottenThen() {
        assertThat(rollup.takes(START, START + 659_999)).isTrue();
        assertThat(rollup.takes(START, START + 660_000)).isFalse();
        rollup.add(state, good("d1", "p", START, 1));
        // Taken in at the last moment, told at the deadline behind it, forgotten with it.
        assertThat(conclude(rollup.nextDeadlineMillis(START + 659_999) - START)).hasSize(1);
        conclude(725_000);
        assertThat(state.minutes).isEmpty();
    }

    @Test
    void doubtedReadingsCountNothingAndLeaveTheGreatestCode() {
        rollup.add(state, good("d1", "p", START, 1));
        rollup.add(state, new Reading("d1", "p", START + 1, START + 1, 99, Quality.RATE, false));
        rollup.add(state, new Reading("d1", "q", START + 1, START + 1, 7, Quality.STUCK, false));
        rollup.add(state, new Reading("d1", "q", START + 2, START + 2, Double.NaN, Quality.OUT_OF_RANGE, false));
        rollup.add(state, new Reading("d1", "r", START + 1, START + 1, 7, Quality.BACKFILL, true));
        var minute = rollup.conclude("f", state, START + 65_000).get(0);
        assertThat(minute.metrics()).containsExactly("p", "q", "r");
        assertThat(minute.counts()).containsExactly(1, Double.NaN, 1);
        assertThat(minute.means()).containsExactly(1, Double.NaN, 7);
        assertThat(minute.qualities()).containsExactly(4, 5, 9);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void orderChangesNothing(long seed) {
        var random = new Random(seed);
        var values = new ArrayList<Double>();
        for (int i = 0; i < 200; i++) {
            values.add(random.nextGaussian() * Math.pow(10, random.nextInt(8) - 2));
        }
        var first = mean(values);
        Collections.shuffle(values, random);
        assertThat(mean(values)).isEqualTo(first);
    }

    private String mean(List<Double> values) {
        state.minutes.clear();
        values.forEach(value -> rollup.add(state, good("d", "p", START, value)));
        return String.join(";", conclude(65_000));
    }

    private List<String> conclude(long afterStart) {
        return rollup.conclude("f", state, START + afterStart).stream()
                .flatMap(minute -> {
                    var texts = new ArrayList<String>();
                    for (int i = 0; i < minute.metrics().length; i++) {
                        texts.add(minute.device() + " +" + (minute.minuteMillis() - START) + " " + minute.metrics()[i]
                                + " n=" + (long) minute.counts()[i] + " " + minute.means()[i] + " ["
                                + minute.minima()[i] + ", " + minute.maxima()[i] + "]");
                    }
                    return texts.stream();
                })
                .toList();
    }

    private static Reading good(String device, String metric, long eventMillis, double number) {
        return new Reading(device, metric, eventMillis, eventMillis, number, Quality.GOOD, false);
    }
}
