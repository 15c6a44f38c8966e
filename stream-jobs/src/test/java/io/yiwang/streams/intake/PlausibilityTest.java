package io.yiwang.streams.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.domain.MaxRate;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Name;
import io.yiwang.model.domain.Range;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongToDoubleFunction;
import org.apache.flink.types.PojoTestUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlausibilityTest {
    private static final Name NAME = new Name("测试", "test");
    private static final long MINUTE = 60_000;
    private static final int DAY = 1440;

    /** One point, a reading a minute unless said otherwise. */
    private static final class Point {
        final Plausibility judge;
        PointMemory memory = new PointMemory();
        long millis = 1_800_000_000_000L;

        Point(Metric metric) {
            judge = new Plausibility(metric);
        }

        Quality show(double number) {
            millis += MINUTE;
            return judge.judge(memory, millis, number);
        }

        /** Whatever it may be called. */
        Point learn(int readings, LongToDoubleFunction course) {
            for (int i = 0; i < readings; i++) {
                show(course.applyAsDouble(i));
            }
            return this;
        }

        List<Quality> shows(double... numbers) {
            var qualities = new ArrayList<Quality>();
            for (double number : numbers) {
                qualities.add(show(number));
            }
            return qualities;
        }

        /** How many readings until it is called so, at most {@code most}; -1 = not. */
        int until(Quality quality, int most, LongToDoubleFunction course) {
            for (int i = 1; i <= most; i++) {
                if (show(course.applyAsDouble(i)) == quality) {
                    return i;
                }
            }
            return -1;
        }
    }

    private static Metric metric(
            Metric.Kind kind, double high, double normalHigh, int decimals, @Nullable MaxRate rate) {
        return new Metric(
                "m",
                NAME,
                "1",
                new Range(0, high),
                new Range(0, normalHigh),
                60,
                kind,
                Map.of(),
                decimals,
                List.of(),
                null,
                Map.of(),
                rate,
                null);
    }

    private static Point analog() {
        return new Point(metric(Metric.Kind.ANALOG, 100, 90, 1, null));
    }

    /** 0.01 a second: 0.6 a minute. */
    private static Point slow() {
        return new Point(metric(Metric.Kind.ANALOG, 100, 90, 1, new MaxRate(0.01, "inertia", "P")));
    }

    private static double round(double value, int decimals) {
        double scale = Math.pow(10, decimals);
        return Math.round(value * scale) / scale;
    }

    private static LongToDoubleFunction noisy(long seed, double level, double sigma) {
        var random = new Random(seed);
        return i -> round(level + sigma * random.nextGaussian(), 1);
    }

    @Test
    void memoryTravelsWithoutKryo() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(PointMemory.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(DeviceMemory.class);
    }

    @Test
    void aChangeBeyondWhatThePackAllowsIsNotBelieved() {
        // A tenth of tolerance for the last digit.
        assertThat(slow().shows(20, 20.7, 20.0)).containsOnly(Quality.GOOD);
        assertThat(slow().shows(20, 20.8, 20.1)).containsExactly(Quality.GOOD, Quality.RATE, Quality.GOOD);
        assertThat(analog().shows(20, 80, 20)).containsOnly(Quality.GOOD);
    }

    @Test
    void whatIsAllowedGrowsWithTheTimeSinceTheLastBelievedReading() {
        var point = slow();
        point.show(20);
        point.millis += 9 * MINUTE;
        assertThat(point.show(26)).isEqualTo(Quality.GOOD);
        point.millis += 9 * MINUTE;
        assertThat(point.show(33)).isEqualTo(Quality.RATE);
        // Ten seconds later it is no faster.
        point.millis += 10_000 - MINUTE;
        assertThat(point.show(26.5)).isEqualTo(Quality.GOOD);
    }

    @Test
    void aNewLevelIsBelievedOnceSixReadingsAgree() {
        var point = slow();
        point.show(20);
        assertThat(point.shows(70, 70.1, 70.2, 70.1, 70.2))
                .as("the newest of five")
                .containsOnly(Quality.RATE);
        assertThat(point.show(70.1)).isEqualTo(Quality.GOOD);
        assertThat(point.show(20)).isEqualTo(Quality.RATE);
    }

    @Test
    void whatNeverAgreesIsNotBelieved() {
        var point = slow();
        point.show(20);
        for (int i = 0; i < 30; i++) {
            assertThat(point.show(i % 2 == 0 ? 60 : 90)).isEqualTo(Quality.RATE);
        }
    }

    @Test
    void sinceWhenTheFirstDoubtIsKnown() {
        var point = slow();
        point.show(20);
        point.show(70);
        long first = point.millis;
        point.show(70);
        assertThat(point.memory.sinceMillis(Quality.RATE, point.millis)).isEqualTo(first);
    }

    @Test
    void aCounterThatGoesBackIsNotBelievedUntilItCountsOn() {
        var point = new Point(metric(Metric.Kind.COUNTER, 1e9, 1e9, 0, null));
        assertThat(point.shows(500, 510, 510, 520, 1_000_000)).containsOnly(Quality.GOOD);
        assertThat(point.shows(0, 3, 6, 9, 12, 15, 18))
                .containsExactly(
                        Quality.RATE,
                        Quality.RATE,
                        Quality.RATE,
                        Quality.RATE,
                        Quality.RATE,
                        Quality.GOOD,
                        Quality.GOOD);
    }

    @Test
    void aCounterCanBeTooFast() {
        var point = new Point(metric(Metric.Kind.COUNTER, 1e9, 1e9, 0, new MaxRate(1, "pump", "P")));
        assertThat(point.shows(500, 560, 1000)).containsExactly(Quality.GOOD, Quality.GOOD, Quality.RATE);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aFrozenNoisyValueIsFoundWithinTwentyReadings(long seed) {
        var point = analog().learn(300, noisy(seed, 40, 0.5));
        int found = point.until(Quality.STUCK, 100, i -> 40.3);
        assertThat(found).isBetween(Plausibility.SHORTEST_STUCK, 20);
        assertThat(point.show(40.4)).as("it moves").isEqualTo(Quality.GOOD);
    }

    @Test
    void sinceWhenItStandsStillIsKnown() {
        var point = analog().learn(300, noisy(1, 40, 0.5));
        point.show(47.7);
        long first = point.millis;
        point.until(Quality.STUCK, 100, i -> 47.7);
        assertThat(point.memory.sinceMillis(Quality.STUCK, point.millis)).isEqualTo(first);
    }

    @Test
    void nothingIsStuckBeforeAnythingIsKnown() {
        assertThat(analog().until(Quality.STUCK, 5 * DAY, i -> 40)).isEqualTo(-1);
        assertThat(analog().learn(90, noisy(1, 40, 0.5)).until(Quality.STUCK, DAY, i -> 40.3))
                .isEqualTo(-1);
    }

    /** A pump's flow of 0 every night, and one night for good. */
    @Test
    void restIsNotStuck() {
        var point = analog();
        for (int day = 0; day < 3; day++) {
            point.learn(900, noisy(day, 40, 0.5));
            assertThat(point.until(Quality.STUCK, 540, i -> 0)).isEqualTo(-1);
        }
        assertThat(point.until(Quality.STUCK, 5 * DAY, i -> 0)).isEqualTo(-1);
        point.learn(10, noisy(9, 40, 0.5));
        assertThat(point.until(Quality.STUCK, 100, i -> 40.3))
                .as("frozen at a usual value")
                .isBetween(1, 20);
    }

    /** The idle current of a drive is not 0. */
    @Test
    void whereItRestedLongIsAPlaceOfRestAndDoesNotHideTheOthers() {
        var point = analog();
        for (int day = 0; day < 4; day++) {
            point.learn(900, noisy(day, 40, 0.5));
            int stuck = 0;
            for (int i = 0; i < 540; i++) {
                stuck += point.show(5.7) == Quality.STUCK ? 1 : 0;
            }
            if (day > 1) {
                assertThat(stuck).as("night %d", day).isZero();
            }
        }
        point.learn(10, noisy(8, 40, 0.5));
        assertThat(point.until(Quality.STUCK, 100, i -> 40.3))
                .as("frozen at a usual value")
                .isBetween(1, 20);
        point.learn(10, noisy(9, 40, 0.5));
        assertThat(point.until(Quality.STUCK, 2 * DAY, i -> 5.7))
                .as("three times a night")
                .isGreaterThan(540);
    }

    @Test
    void aCoarseSlowValueMayStandStill() {
        // A tenth in two hours.
        var point = analog().learn(3 * DAY, i -> round(20 + i / 1200.0, 1));
        assertThat(point.until(Quality.STUCK, 300, i -> 40)).isEqualTo(-1);
        assertThat(point.until(Quality.STUCK, 5 * DAY, i -> 40)).isPositive();
    }

    /** As after an exchange of the device, or where another system hands it on. */
    @Test
    void whatIsShownWithFewerDecimalsMayStandStillLonger() {
        var random = new Random(1);
        var level = new double[] {40};
        LongToDoubleFunction wander = i -> level[0] += 0.01 * random.nextGaussian() - 0.01 * (level[0] - 40);
        var point = new Point(metric(Metric.Kind.ANALOG, 100, 90, 6, null)).learn(DAY, wander);
        assertThat(point.learn(20, i -> 41.123456).show(41.123456)).isEqualTo(Quality.STUCK);
        point.learn(DAY, wander);
        LongToDoubleFunction coarse = i -> round(wander.applyAsDouble(i), 2 - (int) Math.min(i / DAY, 1));
        assertThat(point.until(Quality.STUCK, 3 * DAY, coarse)).isEqualTo(-1);
        assertThat(point.until(Quality.STUCK, DAY, i -> 40.7))
                .as("frozen, at last")
                .isPositive();
    }

    @Test
    void aFrozenValueIsFoundThoughItHasFewDecimals() {
        var random = new Random(1);
        var point = new Point(metric(Metric.Kind.ANALOG, 100, 90, 6, null))
                .learn(DAY, i -> round(40 + random.nextGaussian(), 6));
        point.show(0);
        assertThat(point.until(Quality.STUCK, 100, i -> 40)).isBetween(1, 20);
    }

    @Test
    void theEndOfTheRangeWhereItNeverIsIsStuckAfterFive() {
        var point = analog().learn(20, noisy(1, 40, 0.5));
        assertThat(point.shows(100, 100, 100, 100, 100))
                .containsExactly(Quality.GOOD, Quality.GOOD, Quality.GOOD, Quality.GOOD, Quality.STUCK);
        assertThat(point.shows(99.8, 100)).containsOnly(Quality.GOOD);
        var valve = new Point(metric(Metric.Kind.ANALOG, 100, 100, 1, null)).learn(300, noisy(1, 40, 0.5));
        assertThat(valve.until(Quality.STUCK, 2 * DAY, i -> 100))
                .as("it may be open")
                .isEqualTo(-1);
    }

    /** 100 % is all that there is: a valve may be open for days. */
    @Test
    void moreThanAllThereCannotBeIsNotTheEndOfAnInstrument() {
        var percent = new Metric(
                "m",
                NAME,
                "%",
                new Range(0, 100),
                new Range(0, 90),
                60,
                Metric.Kind.ANALOG,
                Map.of(),
                1,
                List.of(),
                null);
        var valve = new Point(percent).learn(300, noisy(1, 40, 0.5));
        assertThat(valve.until(Quality.STUCK, 2 * DAY, i -> 100)).isEqualTo(-1);
        assertThat(slow().shows(20, 21, 20)).contains(Quality.RATE);
    }

    /** Oxygen in air at one decimal: it shows one value nearly always, and for a while another. */
    @Test
    void whatShowsNearlyAlwaysOneValueIsNotRestingThere() {
        var random = new Random(1);
        var point = analog().learn(5 * DAY, i -> random.nextInt(12) == 0 ? 20.9 : 20.8);
        assertThat(point.memory.usualRun).isGreaterThan(8);
        assertThat(point.until(Quality.STUCK, 60, i -> 18)).isEqualTo(-1);
        assertThat(point.until(Quality.STUCK, DAY, i -> 18)).isPositive();
    }

    /** Between the jump and the standstill there is no reading that a limit would believe. */
    @Test
    void whatJumpsToTheEndOfItsRangeIsDoubtedAllAlong() {
        var point = slow();
        point.show(20);
        assertThat(point.shows(100, 100, 100, 100, 100, 100, 100, 100))
                .doesNotContain(Quality.GOOD)
                .endsWith(Quality.STUCK);
    }

    @ParameterizedTest
    @EnumSource(
            value = Metric.Kind.class,
            names = {"ENUM", "EVENT", "COUNTER"})
    void statesEventsAndCountersMayStandStill(Metric.Kind kind) {
        var random = new Random(1);
        var point = new Point(metric(kind, 1e6, 1e6, 0, null)).learn(300, i -> i * 10 + random.nextInt(5));
        assertThat(point.until(Quality.STUCK, 2 * DAY, i -> 5000)).isEqualTo(-1);
    }

    @Test
    void whoIsCalledStuckHereAndThereMayStandTwiceAsLong() {
        var point = analog().learn(300, noisy(1, 40, 0.5));
        int first = point.until(Quality.STUCK, 100, i -> 40.3);
        point.learn(10, noisy(2, 40, 0.5));
        assertThat(point.until(Quality.STUCK, 100, i -> 41.3)).isBetween(first - 2, first + 2);
        point.learn(10, noisy(3, 40, 0.5));
        assertThat(point.until(Quality.STUCK, 100, i -> 42.3)).isGreaterThanOrEqualTo(2 * (first - 2));
    }

    @Test
    void aScatterThatCollapsesWithoutStandingStillIsFound() {
        var point = new Point(metric(Metric.Kind.ANALOG, 100, 90, 3, null));
        var random = new Random(1);
        point.learn(4 * DAY, i -> round(40 + random.nextGaussian(), 3));
        int found = point.until(Quality.NOISE, 500, i -> round(40 + 0.02 * random.nextGaussian(), 3));
        assertThat(found).isBetween(30, 150);
        assertThat(point.show(40.001)).isEqualTo(Quality.NOISE);
        assertThat(point.until(Quality.GOOD, 100, i -> round(40 + random.nextGaussian(), 3)))
                .isBetween(1, 30);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aScatterThatGrowsIsFoundAndStillJudged(long seed) {
        var random = new Random(seed);
        var point = new Point(metric(Metric.Kind.ANALOG, 100, 90, 2, null));
        assertThat(point.until(Quality.NOISE, 4 * DAY, i -> round(40 + 0.2 * random.nextGaussian(), 2)))
                .isEqualTo(-1);
        int found = point.until(Quality.NOISE, 200, i -> round(40 + 1.2 * random.nextGaussian(), 2));
        assertThat(found).isBetween(5, 80);
        assertThat(Quality.NOISE.isGood()).isTrue();
        assertThat(point.until(Quality.GOOD, 200, i -> round(40 + 0.2 * random.nextGaussian(), 2)))
                .isBetween(1, 60);
    }

    /** What it did not do in the first days: a pump that starts every half hour, a lone spike, a faster course. */
    @Test
    void jumpsAndTrendsAreNoNoise() {
        var random = new Random(1);
        LongToDoubleFunction noise = i -> round(40 + 0.2 * random.nextGaussian(), 2);
        var point = new Point(metric(Metric.Kind.ANALOG, 100, 90, 2, null)).learn(4 * DAY, noise);
        assertThat(point.until(Quality.NOISE, DAY, i -> noise.applyAsDouble(i) + (i / 30 % 2 == 0 ? 0 : 30)))
                .isEqualTo(-1);
        assertThat(point.until(Quality.NOISE, DAY, i -> noise.applyAsDouble(i) + (i % 120 == 0 ? 30 : 0)))
                .isEqualTo(-1);
        assertThat(point.until(Quality.NOISE, DAY, i -> noise.applyAsDouble(i) + i % 240 * 0.2))
                .isEqualTo(-1);
    }

    @Test
    void aBurstThatComesEveryNightIsAHabit() {
        var random = new Random(1);
        var point = new Point(metric(Metric.Kind.ANALOG, 100, 90, 2, null))
                .learn(4 * DAY, i -> round(40 + 0.2 * random.nextGaussian(), 2));
        int nights = 0;
        for (int night = 0; night < 10; night++) {
            nights += point.until(Quality.NOISE, 120, i -> round(40 + random.nextGaussian(), 2)) > 0 ? 1 : 0;
            point.learn(DAY - 120, i -> round(40 + 0.2 * random.nextGaussian(), 2));
        }
        assertThat(nights).isBetween(1, 3);
    }

    @Test
    void whatComesBehindANewerOneTeachesNothing() {
        var point = slow().learn(200, noisy(1, 40, 0.1));
        point.until(Quality.STUCK, 100, i -> 40.3);
        var before = bytes(point.memory);
        assertThat(point.judge.judge(point.memory, point.millis - 30_000, 40.3)).isEqualTo(Quality.STUCK);
        assertThat(point.judge.judge(point.memory, point.millis - 30_000, 90)).isEqualTo(Quality.GOOD);
        assertThat(point.judge.judge(point.memory, point.millis - 2 * DAY * MINUTE, 40.3))
                .isEqualTo(Quality.GOOD);
        assertThat(bytes(point.memory)).isEqualTo(before);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void whatIsWrittenAndReadOrCopiedGoesOnTheSame(long seed) throws IOException {
        var random = new Random(seed);
        var point = slow().learn(3000, i -> random.nextInt(4) == 0 ? 40 : round(40 + random.nextGaussian(), 1));
        var written = bytes(point.memory);
        var read = PointMemory.read(new DataInputStream(new ByteArrayInputStream(written)));
        var copy = point.memory.copy();
        for (int i = 0; i < 500; i++) {
            double number = random.nextInt(3) == 0 ? 40 : round(40 + random.nextGaussian(), 1);
            var quality = point.show(number);
            assertThat(point.judge.judge(read, point.millis, number)).isEqualTo(quality);
            assertThat(point.judge.judge(copy, point.millis, number)).isEqualTo(quality);
        }
        assertThat(bytes(read)).isEqualTo(bytes(point.memory)).isEqualTo(bytes(copy));
    }

    private static byte[] bytes(PointMemory memory) {
        var bytes = new ByteArrayOutputStream();
        try {
            memory.write(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    /** Ways in which healthy points behave, at a reading a minute. */
    private enum Healthy {
        WHITE_NOISE {
            @Override
            LongToDoubleFunction course(Random random) {
                double sigma = 0.05 + random.nextDouble();
                return i -> round(40 + sigma * random.nextGaussian(), 1);
            }
        },
        SLOW_WANDER_ON_COARSE_DIGITS {
            @Override
            LongToDoubleFunction course(Random random) {
                double phase = random.nextDouble();
                return i -> round(
                        20 + 4 * Math.sin(2 * Math.PI * (i / (double) DAY + phase)) + 0.02 * random.nextGaussian(), 1);
            }
        },
        CORRELATED_NOISE {
            @Override
            LongToDoubleFunction course(Random random) {
                var state = new double[1];
                return i -> {
                    state[0] = 0.98 * state[0] + 0.04 * random.nextGaussian();
                    return round(40 + state[0], 1);
                };
            }
        },
        PUMP_THAT_RESTS_AT_NIGHT {
            @Override
            LongToDoubleFunction course(Random random) {
                return i -> {
                    double hour = i % DAY / 60.0;
                    return hour < 5.5 || hour > 22
                            ? 0
                            : round(40 + 5 * Math.sin(hour) + 0.4 * random.nextGaussian(), 1);
                };
            }
        },
        TANK_BETWEEN_TWO_LEVELS {
            @Override
            LongToDoubleFunction course(Random random) {
                return i -> round(40 + 20 * Math.abs(i % 90 / 45.0 - 1) + 0.05 * random.nextGaussian(), 1);
            }
        },
        LOUD_BY_DAY_QUIET_AT_NIGHT {
            @Override
            LongToDoubleFunction course(Random random) {
                return i -> {
                    double hour = i % DAY / 60.0;
                    return round(40 + (hour > 6 && hour < 20 ? 1 : 0.15) * random.nextGaussian(), 1);
                };
            }
        };

        abstract LongToDoubleFunction course(Random random);
    }

    /** 30 days of five points of each kind: 150 point days, in which 0.002 a day are a third of an alarm. */
    @ParameterizedTest
    @EnumSource(Healthy.class)
    void healthyPointsAreAlmostNeverDoubted(Healthy healthy) {
        int onsets = 0;
        for (long seed = 1; seed <= 5; seed++) {
            var point = new Point(metric(Metric.Kind.ANALOG, 100, 90, 1, new MaxRate(0.2, "inertia", "P")));
            if (healthy == Healthy.PUMP_THAT_RESTS_AT_NIGHT) {
                point = analog();
            }
            var course = healthy.course(new Random(seed));
            var before = Quality.GOOD;
            for (int i = 0; i < 30 * DAY; i++) {
                var quality = point.show(course.applyAsDouble(i));
                onsets += quality != Quality.GOOD && before == Quality.GOOD ? 1 : 0;
                before = quality;
            }
        }
        assertThat(onsets).isZero();
    }

    /** Each of those, frozen in the middle of a day at what it shows. */
    @ParameterizedTest
    @EnumSource(Healthy.class)
    void afterAWeekAFrozenPointIsFoundWithinHours(Healthy healthy) {
        for (long seed = 1; seed <= 5; seed++) {
            var point = analog();
            var course = healthy.course(new Random(seed));
            point.learn(7 * DAY + DAY / 2, course);
            double shown = point.memory.last;
            int found = point.until(Quality.STUCK, DAY, i -> shown);
            assertThat(found).as("seed %d", seed).isBetween(1, 240);
        }
    }
}
