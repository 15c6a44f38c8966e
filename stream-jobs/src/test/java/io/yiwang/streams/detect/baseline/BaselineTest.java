package io.yiwang.streams.detect.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.yiwang.streams.detect.baseline.Baseline.Learning;
import io.yiwang.streams.detect.baseline.Baseline.Settings;
import io.yiwang.streams.detect.baseline.Baseline.Shape;
import io.yiwang.streams.detect.baseline.Baseline.State;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BaselineTest {
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    /** A Monday. */
    private static final long START =
            LocalDate.of(2026, 3, 2).atStartOfDay(ZONE).toInstant().toEpochMilli();

    private static final int PERIOD = 300;
    private static final int DAY = 86_400 / PERIOD;
    private static final double NOISE = 0.5;

    /** One point that is fed. */
    private static final class Feed {
        private final Baseline baseline;
        private State state;
        private int fed;
        private int episodes;
        private double tolerance = 1;

        Feed(int periodSeconds) {
            baseline = new Baseline(Settings.DEFAULT, periodSeconds, ZONE);
            state = baseline.fresh();
        }

        /** Readings until an episode is on, at most {@code most}; -1 if none began. */
        int untilAlarming(IntToDoubleFunction values, int most) {
            for (int i = 1; i <= most; i++) {
                feed(values, 1);
                if (state.alarming()) {
                    return i;
                }
            }
            return -1;
        }

        void feed(IntToDoubleFunction values, int count) {
            for (int i = 0; i < count; i++) {
                boolean before = state.alarming();
                baseline.step(state, millis(fed), values.applyAsDouble(fed), tolerance);
                fed++;
                if (state.alarming() && !before) {
                    episodes++;
                }
            }
        }
    }

    private static long millis(int i) {
        return START + i * 1000L * PERIOD;
    }

    private static double gauss(int seed, int i) {
        return new Random(seed * 1_000_003L + i * 7_919L + 17).nextGaussian();
    }

    /** A working day that is high and a weekend that is lower, as a consumer's flow is. */
    private static double course(int i) {
        double hour = i % DAY * 24.0 / DAY;
        double day = 20 + 10 * Math.sin((hour - 9) / 24 * 2 * Math.PI) + 4 * Math.sin((hour - 3) / 12 * 2 * Math.PI);
        return i / DAY % 7 >= 5 ? 0.8 * day : day;
    }

    private static double healthy(int i) {
        return course(i) + NOISE * gauss(1, i);
    }

    private static Feed settled() {
        var feed = new Feed(PERIOD);
        feed.feed(BaselineTest::healthy, 28 * DAY + DAY / 2);
        assertThat(feed.episodes).isZero();
        assertThat(feed.state.learning()).isEqualTo(Learning.READY);
        return feed;
    }

    @Test
    void saysWhenItHasSeenEnough() {
        var feed = new Feed(PERIOD);
        feed.feed(BaselineTest::healthy, 2 * DAY);
        assertThat(feed.state.learning()).isEqualTo(Learning.LEARNS);
        assertThat(feed.state.readyMillis()).isZero();
        assertThat(feed.untilAlarming(i -> 1e6, 1)).isEqualTo(-1);
        feed = new Feed(PERIOD);
        feed.feed(BaselineTest::healthy, 2 * DAY + 1);
        assertThat(feed.state.learning()).isEqualTo(Learning.READY);
        assertThat(feed.state.readyMillis()).isEqualTo(START + 2 * 86_400_000L);
    }

    @Test
    void learnsTheCourseOfDayAndWeek() {
        var feed = settled();
        double off = 0;
        for (int i = 0; i < 7 * DAY; i++) {
            feed.feed(BaselineTest::healthy, 1);
            int at = feed.fed - 1;
            off += Math.abs(feed.state.expected() - course(at));
            assertThat(feed.state.low()).isLessThan(course(at));
            assertThat(feed.state.high()).isGreaterThan(course(at));
        }
        assertThat(off / (7 * DAY)).isLessThan(NOISE);
        assertThat(feed.episodes).isZero();
    }

    @Test
    void aSpikeAlarmsAtOnceAndEndsSoon() {
        var feed = settled();
        assertThat(feed.untilAlarming(i -> healthy(i) + 30, 1)).isEqualTo(1);
        assertThat(feed.state.shape()).isEqualTo(Shape.SPIKE);
        assertThat(feed.state.onsetMillis()).isEqualTo(millis(feed.fed - 1));
        assertThat(feed.state.score()).isGreaterThan(0.5);
        assertThat(feed.state.learning()).isEqualTo(Learning.FROZEN);
        feed.feed(BaselineTest::healthy, 24);
        assertThat(feed.state.alarming()).isFalse();
        assertThat(feed.episodes).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-6, 6})
    void aShiftWithinTheUsualRangeIsFound(double shift) {
        var feed = settled();
        int began = feed.fed;
        assertThat(feed.untilAlarming(i -> healthy(i) + shift, 48)).isBetween(1, 36);
        // What a long mean tells began at most two of its lengths ago.
        assertThat(feed.state.onsetMillis()).isBetween(millis(began - 96), millis(feed.fed - 1));
    }

    @Test
    void aSlowDriftIsFound() {
        var feed = settled();
        int began = feed.fed;
        int after = feed.untilAlarming(i -> healthy(i) + 1.5 * (i - began) / DAY, 10 * DAY);
        assertThat(after).isBetween(1, 5 * DAY);
        assertThat(feed.state.onsetMillis()).isBetween(millis(began - DAY), millis(feed.fed - 1));
    }

    @Test
    void strongerScatterIsFound() {
        var feed = settled();
        assertThat(feed.untilAlarming(i -> course(i) + 8 * NOISE * gauss(2, i), DAY / 4))
                .isBetween(1, 24);
    }

    @Test
    void aMissingDayIsFound() {
        var feed = new Feed(PERIOD);
        IntToDoubleFunction everyDayAlike = i -> course(i % DAY) + NOISE * gauss(1, i);
        feed.feed(everyDayAlike, 29 * DAY);
        assertThat(feed.episodes).isZero();
        assertThat(feed.untilAlarming(i -> course(0) + NOISE * gauss(1, i), DAY))
                .isBetween(1, DAY / 2);
        assertThat(feed.state.shape()).isEqualTo(Shape.SEASON);
    }

    @Test
    void aValueThatNoLongerMovesIsFound() {
        var feed = settled();
        double held = healthy(feed.fed - 1);
        int after = feed.untilAlarming(i -> held, 48);
        assertThat(after).isBetween(12, 48);
    }

    @Test
    void whatHistorySaysIsImpossibleCountsStrongly() {
        var feed = new Feed(PERIOD);
        IntToDoubleFunction turbidity = i -> Math.exp(1.0 * gauss(3, i / 4)) + 0.1;
        feed.feed(turbidity, 14 * DAY);
        int before = feed.episodes;
        assertThat(feed.untilAlarming(i -> -0.05, 1)).isEqualTo(1);
        assertThat(feed.state.score()).isGreaterThanOrEqualTo(0.8 - 1e-6);
        assertThat(feed.episodes).isEqualTo(before + 1);
    }

    /** With what may be raised per point and day: unbounded noise that is new at every reading asks most. */
    private enum Noise {
        GAUSSIAN(0.1) {
            @Override
            double at(int seed, int i) {
                return gauss(seed, i);
            }
        },
        HEAVY_TAIL(0.15) {
            @Override
            double at(int seed, int i) {
                return Math.exp(0.7 * gauss(seed, i));
            }
        },
        QUANTISED(0.03) {
            @Override
            double at(int seed, int i) {
                return Math.round(2 * gauss(seed, i)) / 2.0;
            }
        },
        ON_OFF(0.002) {
            @Override
            double at(int seed, int i) {
                return new Random(seed * 31L + i / 7).nextInt(3) == 0 ? 1 : 0;
            }
        },
        DAILY_WEEKLY(0.03) {
            @Override
            double at(int seed, int i) {
                return course(i) + NOISE * gauss(seed, i);
            }
        };

        final double perDay;

        Noise(double perDay) {
            this.perDay = perDay;
        }

        abstract double at(int seed, int i);
    }

    @ParameterizedTest
    @EnumSource(Noise.class)
    void healthyNoiseHardlyAlarms(Noise noise) {
        int points = 10;
        int days = 60;
        int episodes = 0;
        for (int seed = 1; seed <= points; seed++) {
            var feed = new Feed(PERIOD);
            int point = seed;
            feed.feed(i -> noise.at(point, i), days * DAY);
            episodes += feed.episodes;
        }
        assertThat(episodes / (double) (points * days)).isLessThanOrEqualTo(noise.perDay);
    }

    @Test
    void aRandomWalkIsNotAFaultByItself() {
        int episodes = 0;
        for (int seed = 1; seed <= 10; seed++) {
            var feed = new Feed(PERIOD);
            var random = new Random(seed);
            var at = new double[] {100};
            feed.feed(i -> at[0] += random.nextGaussian(), 60 * DAY);
            episodes += feed.episodes;
        }
        assertThat(episodes / 600.0).isLessThanOrEqualTo(0.05);
    }

    @Test
    void aPumpThatRunsEveryDayIsUsual() {
        var feed = new Feed(PERIOD);
        IntToDoubleFunction current = i -> {
            double hour = i % DAY * 24.0 / DAY;
            return hour >= 6.2 && hour < 9.7 ? 14 + 0.2 * gauss(5, i) : 0;
        };
        feed.feed(current, 45 * DAY);
        assertThat(feed.episodes).isZero();
    }

    @Test
    void aConstantIsNeverJudged() {
        var feed = new Feed(PERIOD);
        feed.feed(i -> 7, 30 * DAY);
        assertThat(feed.state.learning()).isEqualTo(Learning.LEARNS);
        assertThat(feed.untilAlarming(i -> 8, 1)).isEqualTo(-1);
    }

    @Test
    void aCounterMayCount() {
        var feed = new Feed(PERIOD);
        var count = new double[] {4e8};
        feed.feed(i -> count[0] += 0.25 * course(i), 45 * DAY);
        assertThat(feed.episodes).isLessThanOrEqualTo(1);
    }

    @Test
    void gapsIrregularAndRepeatedTimesAreSurvived() {
        var baseline = new Baseline(Settings.DEFAULT, 0, ZONE);
        var state = baseline.fresh();
        var random = new Random(9);
        long millis = START;
        int episodes = 0;
        for (int i = 0; i < 20_000; i++) {
            millis += switch (i % 50) {
                case 7 -> 0;
                case 20 -> i % 1000 == 20 ? 30 * 3_600_000L : 900_000;
                default -> 240_000 + random.nextInt(120_000);
            };
            int at = (int) ((millis - START) / (1000L * PERIOD));
            boolean before = state.alarming();
            baseline.step(state, millis, course(at) + NOISE * random.nextGaussian(), 1);
            baseline.step(state, millis, Double.NaN, 1);
            episodes += state.alarming() && !before ? 1 : 0;
        }
        assertThat(episodes).isLessThanOrEqualTo(5);
        assertThat(state.expected()).isBetween(0.0, 40.0);
        assertThat(state.score()).isBetween(0.0, 1.0);
    }

    @Test
    void whatIsFlaggedIsNotLearned() {
        var feed = settled();
        feed.feed(i -> healthy(i) + 30, 60);
        assertThat(feed.state.alarming()).isTrue();
        assertThat(feed.state.learning()).isEqualTo(Learning.FROZEN);
        feed.feed(BaselineTest::healthy, DAY - 30);
        assertThat(feed.state.alarming()).isFalse();
        assertThat(feed.state.expected()).isCloseTo(course(feed.fed - 1), within(2 * NOISE));
        assertThat(feed.episodes).isEqualTo(1);
    }

    @Test
    void aShiftThatStaysIsLearnedAfterADay() {
        var feed = settled();
        IntToDoubleFunction shifted = i -> healthy(i) + 40;
        feed.feed(shifted, DAY - 1);
        assertThat(feed.state.alarming()).isTrue();
        assertThat(feed.episodes).isEqualTo(1);
        feed.feed(shifted, 10 * DAY);
        assertThat(feed.episodes).isEqualTo(1);
        assertThat(feed.state.learning()).isEqualTo(Learning.READY);
        assertThat(feed.state.expected()).isCloseTo(course(feed.fed - 1) + 40, within(4.0));
        assertThat(feed.untilAlarming(i -> healthy(i) + 90, 1)).isEqualTo(1);
    }

    @Test
    void anAcceptedCourseIsLearnedAtOnce() {
        var feed = settled();
        feed.feed(i -> healthy(i) + 40, 50);
        assertThat(feed.state.alarming()).isTrue();
        feed.baseline.accept(feed.state);
        assertThat(feed.state.alarming()).isFalse();
        feed.feed(i -> healthy(i) + 40, 12);
        assertThat(feed.state.alarming()).isFalse();
        assertThat(feed.state.expected()).isCloseTo(course(feed.fed - 1) + 40, within(10.0));
    }

    @Test
    void toleranceWidensTheBandAndIsBounded() {
        var strict = settled();
        var tolerant = settled();
        tolerant.tolerance = 2;
        strict.feed(i -> healthy(i) + 8, 1);
        tolerant.feed(i -> healthy(i) + 8, 1);
        assertThat(ratio(tolerant.state)).isBetween(0.25 * ratio(strict.state), 0.75 * ratio(strict.state));
        assertThat(settled().untilAlarming(i -> healthy(i) + 90, 1)).isEqualTo(1);
        tolerant = settled();
        tolerant.tolerance = 2;
        assertThat(tolerant.untilAlarming(i -> healthy(i) + 90, 1)).isEqualTo(1);
        var plain = settled();
        var less = settled();
        less.tolerance = 0.1;
        plain.feed(BaselineTest::healthy, DAY);
        less.feed(BaselineTest::healthy, DAY);
        assertThat(less.state.score()).isEqualTo(plain.state.score());
    }

    /** How far the farthest statistic went; 1 is its threshold. */
    private static double ratio(State state) {
        return Math.sqrt(state.score() / (1 - state.score()));
    }

    @Test
    void neverGrowsDeaf() {
        var feed = settled();
        feed.feed(i -> healthy(i) + 200, 3);
        feed.feed(BaselineTest::healthy, 365 * DAY);
        assertThat(feed.untilAlarming(i -> healthy(i) + 60, 2)).isPositive();
    }

    @Test
    void aWrittenStateGoesOnAsTheOneThatWasNot() throws IOException {
        var feed = new Feed(0);
        feed.feed(i -> i > 9 * DAY && i < 9 * DAY + 40 ? healthy(i) + 40 : healthy(i), 1);
        var other = new Feed(0);
        other.feed(i -> healthy(i), 1);
        var random = new Random(4);
        for (int i = 1; i < 12 * DAY; i++) {
            IntToDoubleFunction values = k -> k > 9 * DAY && k < 9 * DAY + 40 ? healthy(k) + 40 : healthy(k);
            feed.feed(values, 1);
            other.feed(values, 1);
            if (random.nextInt(20) == 0) {
                other.state = State.read(new DataInputStream(new ByteArrayInputStream(bytes(other.state))));
            }
            assertThat(other.state.score()).isEqualTo(feed.state.score());
            assertThat(other.state.alarming()).isEqualTo(feed.state.alarming());
        }
        assertThat(feed.episodes).isPositive();
        assertThat(bytes(other.state)).isEqualTo(bytes(feed.state));
    }

    @Test
    void aCopyLivesOnItsOwn() throws IOException {
        var feed = settled();
        byte[] before = bytes(feed.state);
        var copy = feed.state.copy();
        assertThat(bytes(copy)).isEqualTo(before);
        for (int i = 0; i < 200; i++) {
            feed.baseline.step(copy, millis(feed.fed + i), healthy(feed.fed + i) + 50, 1);
        }
        assertThat(bytes(feed.state)).isEqualTo(before);
        assertThat(copy.alarming()).isTrue();
    }

    @Test
    void theSameReadingsGiveTheSameState() throws IOException {
        assertThat(bytes(settled().state)).isEqualTo(bytes(settled().state));
    }

    @Test
    void isSmallWhateverWasSeen() throws IOException {
        assertThat(bytes(new Feed(0).state)).hasSizeLessThanOrEqualTo(8);
        var feed = settled();
        assertThat(bytes(feed.state)).hasSizeLessThanOrEqualTo(MOST_BYTES);
        feed.feed(i -> healthy(i) + 40, 50);
        assertThat(feed.state.alarming()).isTrue();
        assertThat(bytes(feed.state)).hasSizeLessThanOrEqualTo(MOST_BYTES + 32);
    }

    private static final int MOST_BYTES = 720;

    /** Written by the first form four weeks into the healthy course, in the third reading of an episode. */
    @Test
    void readsTheFirstForm() throws IOException {
        var feed = new Feed(PERIOD);
        try (var in = new DataInputStream(BaselineTest.class.getResourceAsStream("/baseline-1.bin"))) {
            feed.state = State.read(in);
            assertThat(in.read()).isEqualTo(-1);
        }
        feed.fed = 28 * DAY + DAY / 2 + 3;
        assertThat(feed.state.learning()).isEqualTo(Learning.FROZEN);
        feed.feed(BaselineTest::healthy, 14 * DAY);
        assertThat(feed.state.alarming()).isFalse();
        assertThat(feed.episodes).isZero();
        var again = State.read(new DataInputStream(new ByteArrayInputStream(bytes(feed.state))));
        assertThat(bytes(again)).isEqualTo(bytes(feed.state));
    }

    /** A river's turbidity: storms that go far, and weeks in which nothing moves. */
    @Test
    void findsALoneReadingInAQuietPhaseAlthoughLouderOnesHaveGoneAsFar() {
        var feed = new Feed(PERIOD);
        IntToDoubleFunction river =
                i -> i / DAY % 4 == 0 ? 60 + 30 * Math.sin(i / 20.0) + 6 * gauss(1, i) : 10 + 0.5 * gauss(1, i);
        feed.feed(river, 14 * DAY);
        feed.feed(i -> 10 + 0.5 * gauss(1, i), DAY);
        assertThat(feed.state.alarming()).isFalse();
        feed.feed(i -> 45, 1);
        assertThat(feed.state.alarming()).as("it may stay").isFalse();
        long spike = millis(feed.fed - 1);
        feed.feed(i -> 10 + 0.5 * gauss(1, i), 1);
        assertThat(feed.state.alarming()).isTrue();
        assertThat(feed.state.shape()).isEqualTo(Shape.SPIKE);
        assertThat(feed.state.onsetMillis()).isEqualTo(spike);
    }

    @Test
    void refusesWhatALaterVersionWrote() {
        assertThatThrownBy(() -> State.read(new DataInputStream(new ByteArrayInputStream(new byte[] {99, 0, 0, 0, 0}))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("99");
    }

    @Test
    void needsARateOfFalseAlarms() {
        assertThatThrownBy(() -> new Settings(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Settings(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] bytes(State state) throws IOException {
        var bytes = new ByteArrayOutputStream();
        state.write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }
}
