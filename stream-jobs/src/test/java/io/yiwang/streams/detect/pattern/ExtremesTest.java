package io.yiwang.streams.detect.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.yiwang.streams.detect.pattern.Extremes.Kind;
import io.yiwang.streams.detect.pattern.Extremes.Plan;
import io.yiwang.streams.detect.pattern.Extremes.Span;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExtremesTest {
    private static final long START = 1_700_000_000_000L;
    private static final Plan PLAN =
            new Plan(List.of(new Span(120, Kind.LOWEST), new Span(120, Kind.HIGHEST), new Span(60, Kind.BOTH)), 30_000);

    private @Nullable Extremes extremes;

    private void at(double seconds, double value) {
        extremes = Extremes.after(extremes, PLAN, START + Math.round(1000 * seconds), value);
    }

    private double lowest() {
        return extremes.lowest(120, Kind.LOWEST);
    }

    private double highest() {
        return extremes.highest(120, Kind.HIGHEST);
    }

    @Test
    void theFirstReadingHasNothingToBeComparedWith() {
        at(0, 5);
        assertThat(lowest()).isNaN();
        assertThat(highest()).isNaN();
    }

    @Test
    void whatIsOlderThanTheSpanIsForgotten() {
        for (int s = 0; s < 60; s += 10) {
            at(s, 5);
        }
        for (int s = 60; s <= 160; s += 10) {
            at(s, 50);
        }
        assertThat(lowest()).isEqualTo(5);
        at(190, 50);
        assertThat(lowest()).isEqualTo(50);
    }

    @Test
    void aSpikeIsNotALevel() {
        at(0, 5);
        at(10, 5);
        at(20, 90);
        at(30, 5);
        at(40, 5);
        assertThat(highest()).isEqualTo(5);
        assertThat(extremes.highest(60, Kind.BOTH)).isEqualTo(90);
    }

    @Test
    void neighbouringReadingsAreComparedWhenThePeriodIsLongerThanTheSpan() {
        var plan = new Plan(List.of(new Span(60, Kind.LOWEST)), 3 * 1_800_000);
        var sparse = Extremes.after(null, plan, START, 5);
        sparse = Extremes.after(sparse, plan, START + 1_800_000, 9);
        assertThat(sparse.lowest(60, Kind.LOWEST)).isEqualTo(5);
        sparse = Extremes.after(sparse, plan, START + 3_600_000, 9);
        assertThat(sparse.lowest(60, Kind.LOWEST)).isEqualTo(9);
    }

    @Test
    void whatWasBeforeALongSilenceIsUnknown() {
        at(0, 5);
        at(10, 5);
        at(10 + 121, 50);
        assertThat(lowest()).isNaN();
        assertThat(extremes.sameSinceMillis()).isEqualTo(START + 131_000);
    }

    @Test
    void silenceIsNotStillness() {
        at(0, 5);
        at(10, 5);
        assertThat(extremes.sameSinceMillis()).isEqualTo(START);
        at(41, 5);
        assertThat(extremes.sameSinceMillis()).isEqualTo(START + 41_000);
    }

    /** Never more than the span, never less than 11/12 of it. */
    @Test
    void theSpanIsKeptWithinOneBucket() {
        var random = new Random(1);
        for (int turn = 0; turn < 50; turn++) {
            extremes = null;
            var times = new ArrayList<Double>();
            var values = new ArrayList<Double>();
            double time = random.nextDouble() * 100;
            for (int i = 0; i < 60; i++) {
                time += 1 + random.nextInt(9);
                double value = random.nextInt(1000);
                at(time, value);
                times.add(time);
                values.add(value);
                double least = Double.POSITIVE_INFINITY;
                double most = Double.POSITIVE_INFINITY;
                for (int j = 0; j <= i; j++) {
                    if (times.get(j) >= time - 60 * 11 / 12.0) {
                        least = Math.min(least, values.get(j));
                    }
                    if (times.get(j) >= time - 60) {
                        most = Math.min(most, values.get(j));
                    }
                }
                assertThat(extremes.lowest(60, Kind.BOTH)).isBetween(most, least);
            }
        }
    }

    @Test
    void copiesAndSavepointsGoOnAsTheOriginal() throws IOException {
        var random = new Random(2);
        for (int i = 0; i < 40; i++) {
            at(7 * i, random.nextInt(100));
        }
        var bytes = new ByteArrayOutputStream();
        extremes.write(new DataOutputStream(bytes));
        assertThat(bytes.size()).isLessThan(300);
        var restored = Extremes.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        var copy = extremes.copy();
        for (int i = 40; i < 80; i++) {
            double value = random.nextInt(100);
            at(7 * i, value);
            for (var other : List.of(restored, copy)) {
                Extremes.after(other, PLAN, START + 7_000 * i, value);
                assertThat(other.lowest(120, Kind.LOWEST)).isEqualTo(lowest());
                assertThat(other.highest(120, Kind.HIGHEST)).isEqualTo(highest());
                assertThat(other.highest(60, Kind.BOTH)).isEqualTo(extremes.highest(60, Kind.BOTH));
                assertThat(other.sameSinceMillis()).isEqualTo(extremes.sameSinceMillis());
            }
        }
    }

    @Test
    void aChangedPlanKeepsWhatItStillAsksFor() {
        at(0, 5);
        at(10, 5);
        var plan = new Plan(List.of(new Span(600, Kind.HIGHEST), new Span(120, Kind.LOWEST)), 30_000);
        extremes = Extremes.after(extremes, plan, START + 20_000, 50);
        assertThat(lowest()).isEqualTo(5);
        assertThat(highest()).isNaN();
        assertThat(extremes.highest(600, Kind.HIGHEST)).isEqualTo(5);
    }

    @Test
    void aNewerFormIsRefused() {
        assertThatThrownBy(() -> Extremes.read(new DataInputStream(new ByteArrayInputStream(new byte[] {9}))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 9");
    }
}
