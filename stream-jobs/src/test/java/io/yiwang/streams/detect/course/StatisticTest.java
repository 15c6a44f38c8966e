package io.yiwang.streams.detect.course;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.yiwang.model.domain.Averaging;
import io.yiwang.streams.detect.course.Statistic.Mean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatisticTest {
    private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
    private static final long MINUTE = 60_000;

    private static long at(String time) {
        return Instant.parse(time).toEpochMilli();
    }

    private static List<Mean> means(Windows windows, long from, long stepMillis, double... values) {
        var statistic = new Statistic();
        var means = new ArrayList<Mean>();
        for (int i = 0; i < values.length; i++) {
            var mean = statistic.on(windows, from + i * stepMillis, values[i]);
            if (mean != null) {
                means.add(mean);
            }
        }
        return means;
    }

    @Test
    void aWindowIsOverWithTheFirstReadingBehindIt() {
        var windows = new Windows(Averaging.MEAN_5MIN, SHANGHAI, 60);

        var means = means(windows, at("2026-03-01T08:00:00Z"), MINUTE, 1, 2, 3, 4, 5, 100);

        assertThat(means).containsExactly(new Mean(at("2026-03-01T08:00:00Z"), at("2026-03-01T08:05:00Z"), 3, 5, 1.0));
    }

    @Test
    void theLogClockEndsAWindowAsAReadingWould() {
        var windows = new Windows(Averaging.HOURLY_MEAN, SHANGHAI, 600);
        var statistic = new Statistic();
        for (int i = 0; i < 6; i++) {
            assertThat(statistic.on(windows, at("2026-03-01T08:00:00Z") + i * 10 * MINUTE, i))
                    .isNull();
        }

        assertThat(statistic.runningMean()).isEqualTo(2.5);
        assertThat(statistic.dueMillis()).isEqualTo(at("2026-03-01T09:00:00Z"));
        assertThat(statistic.at(windows, at("2026-03-01T08:59:59.999Z"))).isNull();
        assertThat(statistic.at(windows, at("2026-03-01T09:00:00Z")))
                .isEqualTo(new Mean(at("2026-03-01T08:00:00Z"), at("2026-03-01T09:00:00Z"), 2.5, 6, 1.0));
        assertThat(statistic.at(windows, at("2026-03-01T09:00:00Z"))).isNull();
        assertThat(statistic.runningMean()).isNaN();
        assertThat(statistic.dueMillis()).isEqualTo(Long.MAX_VALUE);
    }

    /** 45 of 60 minutes is enough, 44 is not. */
    @ParameterizedTest
    @CsvSource({"45, true", "44, false"})
    void anHourNeedsThreeQuartersOfItsReadings(int minutes, boolean valid) {
        var windows = new Windows(Averaging.HOURLY_MEAN, SHANGHAI, 60);
        var statistic = new Statistic();
        long start = at("2026-03-01T08:00:00Z");
        for (int i = 0; i < minutes; i++) {
            statistic.on(windows, start + i * MINUTE, 7);
        }

        var mean = statistic.at(windows, start + 60 * MINUTE);

        if (valid) {
            assertThat(mean).isEqualTo(new Mean(start, start + 60 * MINUTE, 7, 45, 0.75));
        } else {
            assertThat(mean).isNull();
        }
    }

    @Test
    void aBurstDoesNotHideAGap() {
        var windows = new Windows(Averaging.HOURLY_MEAN, SHANGHAI, 60);
        var statistic = new Statistic();
        long start = at("2026-03-01T08:00:00Z");
        for (int i = 0; i < 600; i++) {
            statistic.on(windows, start + i * 1000, 7);
        }

        assertThat(statistic.at(windows, start + 60 * MINUTE)).isNull();
    }

    /** Every two minutes gives two or three readings in five, each window as well covered as the next. */
    @Test
    void readingsThatDoNotFitTheWindowCoverItAcrossItsBegin() {
        var windows = new Windows(Averaging.MEAN_5MIN, SHANGHAI, 120);
        var values = new double[11];
        java.util.Arrays.fill(values, 4);

        var means = means(windows, at("2026-03-01T08:01:59Z"), 2 * MINUTE, values);

        // The first window begins before the first reading: 181 s of 300 are covered.
        assertThat(means).extracting(Mean::coverage).containsExactly(1.0, 1.0, 1.0);
        assertThat(means).extracting(Mean::count).containsExactly(3, 2, 3);
    }

    @Test
    void anEmptyWindowSaysNothingAndTheNextBeginsAnew() {
        var windows = new Windows(Averaging.MEAN_5MIN, SHANGHAI, 60);
        var statistic = new Statistic();
        long start = at("2026-03-01T08:00:00Z");
        for (int i = 0; i < 5; i++) {
            statistic.on(windows, start + i * MINUTE, 1);
        }

        var first = statistic.on(windows, start + 20 * MINUTE, 9);
        assertThat(first).isEqualTo(new Mean(start, start + 5 * MINUTE, 1, 5, 1.0));
        for (int i = 21; i < 25; i++) {
            assertThat(statistic.on(windows, start + i * MINUTE, 9)).isNull();
        }
        assertThat(statistic.at(windows, start + 25 * MINUTE))
                .isEqualTo(new Mean(start + 20 * MINUTE, start + 25 * MINUTE, 9, 5, 1.0));
    }

    @Test
    void daysBeginAtLocalMidnight() {
        var windows = new Windows(Averaging.DAILY_MEAN, SHANGHAI, 3600);

        assertThat(windows.startMillis(at("2026-03-01T15:59:59Z"))).isEqualTo(at("2026-02-28T16:00:00Z"));
        assertThat(windows.startMillis(at("2026-03-01T16:00:00Z"))).isEqualTo(at("2026-03-01T16:00:00Z"));
        assertThat(windows.endMillis(at("2026-03-01T16:00:00Z"))).isEqualTo(at("2026-03-02T16:00:00Z"));
    }

    @ParameterizedTest
    @CsvSource({
        // the day the clocks go forward, and the day they go back
        "2026-03-29T12:00:00Z, 2026-03-28T23:00:00Z, 2026-03-29T22:00:00Z",
        "2026-10-25T12:00:00Z, 2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z"
    })
    void aDayMayHave23Or25Hours(String moment, String start, String end) {
        var windows = new Windows(Averaging.DAILY_MEAN, ZoneId.of("Europe/Berlin"), 3600);

        assertThat(windows.startMillis(at(moment))).isEqualTo(at(start));
        assertThat(windows.endMillis(at(start))).isEqualTo(at(end));
    }

    /** On Lord Howe Island the clocks go back by half an hour at 02:00 to 01:30: 15:00 UTC of the day before. */
    @Test
    void aChangeOfTheClocksWithinAnHourEndsTheWindowThere() {
        var windows = new Windows(Averaging.HOURLY_MEAN, ZoneId.of("Australia/Lord_Howe"), 60);
        long change = at("2026-04-04T15:00:00Z");

        assertThat(windows.startMillis(change - 1)).isEqualTo(at("2026-04-04T14:00:00Z"));
        assertThat(windows.endMillis(at("2026-04-04T14:00:00Z"))).isEqualTo(change);
        assertThat(windows.startMillis(change)).isEqualTo(change);
        assertThat(windows.endMillis(change)).isEqualTo(at("2026-04-04T15:30:00Z"));
        assertThat(windows.startMillis(at("2026-04-04T15:30:00Z"))).isEqualTo(at("2026-04-04T15:30:00Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"})
    void windowsFollowEachOtherWithoutGapAndEveryMomentIsInOne(String zone) {
        for (var averaging : Averaging.values()) {
            var windows = new Windows(averaging, ZoneId.of(zone), 60);
            long start = windows.startMillis(at("2026-03-28T00:00:00Z"));
            while (start < at("2026-04-06T00:00:00Z")) {
                long end = windows.endMillis(start);
                assertThat(end)
                        .as(averaging + " from " + Instant.ofEpochMilli(start))
                        .isGreaterThan(start);
                assertThat(windows.startMillis(start)).isEqualTo(start);
                assertThat(windows.startMillis(end - 1)).isEqualTo(start);
                assertThat(windows.startMillis(end)).isEqualTo(end);
                start = end;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void agreesWithTheMeanOfEachWindowTakenAtOnce(long seed) {
        var random = new Random(seed);
        var windows = new Windows(Averaging.MEAN_10MIN, SHANGHAI, 30);
        var statistic = new Statistic();
        var got = new ArrayList<Mean>();
        var values = new java.util.TreeMap<Long, List<Double>>();
        long time = at("2026-03-01T08:00:00Z");
        for (int i = 0; i < 2000; i++) {
            double value = random.nextGaussian();
            var mean = statistic.on(windows, time, value);
            if (mean != null) {
                got.add(mean);
            }
            values.computeIfAbsent(windows.startMillis(time), start -> new ArrayList<>())
                    .add(value);
            time += 25_000 + random.nextInt(10_000) + (random.nextInt(40) == 0 ? 400_000 : 0);
        }

        assertThat(got).hasSizeGreaterThan(50).hasSizeLessThan(values.size() - 5);
        for (var mean : got) {
            var of = values.get(mean.startMillis());
            assertThat(mean.count()).isEqualTo(of.size());
            assertThat(mean.mean())
                    .isCloseTo(of.stream().mapToDouble(v -> v).average().orElseThrow(), within(1e-12));
        }
    }

    @Test
    void aCopyAndWhatWasWrittenGoOnAlike() throws IOException {
        var windows = new Windows(Averaging.MEAN_5MIN, SHANGHAI, 60);
        var statistic = new Statistic();
        long start = at("2026-03-01T08:00:00Z");
        for (int i = 0; i < 3; i++) {
            statistic.on(windows, start + i * MINUTE, i);
        }
        var bytes = new ByteArrayOutputStream();
        statistic.write(new DataOutputStream(bytes));
        var read =
                Statistic.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())), Statistic.VERSION);
        var copy = statistic.copy();

        assertThat(bytes.size()).isEqualTo(40);
        for (var one : List.of(statistic, copy, read)) {
            one.on(windows, start + 3 * MINUTE, 10);
            assertThat(one.at(windows, start + 5 * MINUTE))
                    .isEqualTo(new Mean(start, start + 5 * MINUTE, 3.25, 4, 0.8));
        }
        assertThatThrownBy(() -> Statistic.read(new DataInputStream(new ByteArrayInputStream(new byte[40])), 9))
                .hasMessageContaining("version 9");
    }

    @Test
    void aPointWithoutAPaceHasNoMean() {
        assertThatThrownBy(() -> new Windows(Averaging.DAILY_MEAN, SHANGHAI, 0)).hasMessageContaining("period 0");
    }
}
