package io.yiwang.streams.rates;

import static io.yiwang.streams.rates.TestingPlant.device;
import static io.yiwang.streams.rates.TestingPlant.facility;
import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.streams.kafka.FacilityAsset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FacilityMinutesTest {
    /** First counted minute; a multiple of five minutes. */
    private static final long FIRST = 29_000_000;

    private static final long ZERO = FIRST * 60;
    private static final int HISTORY = 30;

    private final FacilityMinutes minutes = new FacilityMinutes(10_000, HISTORY);
    private FacilityState state = new FacilityState();
    private final List<Contribution> told = new ArrayList<>();
    private Plan plan = plan(facility("pumped", device("p1", "pump", "level")));

    /** Amounts: run, known scheduled, known, expected seconds | received, due and known, known, expected readings. */
    @Test
    void aMinuteIsTheSumOfItsSeconds() {
        begin();
        for (int second = 0; second < 60; second += 10) {
            read(second, "p1", "pump", second < 40 ? 1 : 0);
        }
        read(5, "p1", "level", 3);
        read(25, "p1", "level", 3);
        clock(69);
        assertThat(told).isEmpty();
        clock(70);
        assertThat(sums()).isEqualTo("{0=[40, 60, 60, 60, 8, 9, 9, 9]}");
        assertThat(told.get(0).deadlineMillis()).isEqualTo((ZERO + 70) * 1000);
    }

    @Test
    void aStateHoldsForThreePeriodsOfSilenceAndIsUnknownThen() {
        begin();
        read(5, "p1", "pump", 1);
        clock(130);
        assertThat(sums()).isEqualTo("{0=[30, 30, 30, 60, 1, 9, 9, 9], 1=[0, 0, 0, 60, 0, 9, 9, 9]}");
    }

    @Test
    void aStateHoldsAcrossTheMinutesEnd() {
        begin();
        read(50, "p1", "pump", 1);
        clock(130);
        assertThat(sums()).isEqualTo("{0=[10, 10, 10, 60, 1, 9, 9, 9], 1=[20, 20, 20, 60, 0, 9, 9, 9]}");
    }

    @Test
    void aFacilityThatNeverSpokeIsExpectedAllTheSame() {
        begin();
        clock(130);
        assertThat(sums()).isEqualTo("{0=[0, 0, 0, 60, 0, 9, 9, 9], 1=[0, 0, 0, 60, 0, 9, 9, 9]}");
    }

    @Test
    void nothingIsExpectedOfAFacilityOutOfService() {
        plan = plan(TestingPlant.outOfService(facility("pumped", device("p1", "pump", "level"))));
        begin();
        read(5, "p1", "pump", 1);
        clock(130);
        assertThat(told).isEmpty();
    }

    @Test
    void aFacilityRunsWhileOnePumpRunsAndStandsOnlyWhenAllAreKnownToStand() {
        plan = plan(facility("pumped", device("p1", "pump"), device("p2", "pump")));
        begin();
        read(0, "p1", "pump", 0); // known to stand for seconds 0 to 29
        read(10, "p2", "pump", 1); // runs for seconds 10 to 19
        read(20, "p2", "pump", 0); // stands for seconds 20 to 49
        clock(70);
        // Runs 10–19, stands for sure 20–29, otherwise one of the two is unknown.
        assertThat(sums()).isEqualTo("{0=[10, 20, 20, 60, 3, 12, 12, 12]}");
    }

    @Test
    void aStateSentOnChangeHoldsWhileItsDeviceIsHeard() {
        plan = plan(facility("gated", device("g1", "gate", "level"), device("g2", "tide")));
        begin();
        read(-20, "g1", "gate", 0); // before the first counted minute
        read(0, "g1", "level", 1); // heard for seconds 0 to 59
        read(60, "g1", "level", 1); // heard until second 119
        read(90, "g1", "gate", 1); // closed
        clock(190);
        assertThat(sums())
                .isEqualTo("{0=[60, 60, 60, 60, 1, 3, 3, 3], 1=[30, 60, 60, 60, 1, 3, 3, 3],"
                        + " 2=[0, 30, 30, 60, 0, 3, 3, 3]}");
    }

    @Test
    void withoutAStateAFacilityRunsWhileItReports() {
        plan = plan(facility("reporting", device("a", "level"), device("b", "tide")));
        begin();
        read(10, "a", "level", 1);
        clock(130);
        assertThat(sums()).isEqualTo("{0=[50, 50, 50, 60, 1, 3, 3, 3], 1=[10, 10, 10, 60, 0, 3, 3, 3]}");
    }

    @Test
    void aSlotLongerThanAMinuteIsDueInTheMinuteOfItsEnd() {
        plan = plan(facility("reporting", device("b", "tide")));
        begin();
        read(10, "b", "tide", 1);
        read(200, "b", "tide", 1); // the same slot
        clock(310);
        assertThat(sums()).startsWith("{0=[50, 50, 50, 60, 0, 0, 0, 0]").endsWith("4=[60, 60, 60, 60, 1, 1, 1, 1]}");
    }

    @Test
    void aLateReadingCorrectsWhatWasToldAtTheNextDeadline() {
        begin();
        read(0, "p1", "pump", 1);
        clock(80);
        told.clear();
        read(30, "p1", "pump", 0, 85);
        assertThat(told).isEmpty();
        clock(130);
        assertThat(told).hasSize(2);
        assertThat(told.get(0).minuteMillis()).isEqualTo(ZERO * 1000);
        assertThat(told.get(0).delta()).containsExactly(0, 30, 30, 0, 1, 0, 0, 0);
        assertThat(told.get(0).deadlineMillis()).isEqualTo((ZERO + 130) * 1000);
    }

    @Test
    void aReadingBeyondTheHistoryIsRefused() {
        begin();
        clock(60 * (HISTORY + 2) + 10);
        assertThat(minutes.read(plan, state, "p1", "pump", (ZERO + 5) * 1000, (ZERO + 60 * 40) * 1000, 1))
                .isFalse();
        assertThat(minutes.read(plan, state, "p1", "pump", (ZERO + 60 * 60) * 1000, (ZERO + 60 * 40) * 1000, 1))
                .isFalse();
        assertThat(minutes.read(plan, state, "p1", "pump", (ZERO + 60 * 35) * 1000, (ZERO + 60 * 40) * 1000, 1))
                .isTrue();
    }

    @Test
    void readingsThatAClosedDoorMayHaveSwallowedAreUnknownNotMissing() {
        begin();
        for (int second = 0; second < 30; second += 10) {
            read(second, "p1", "pump", 1);
        }
        // Closed from second 30 to 100; the device resends one of the readings of that time.
        conclude(100);
        minutes.doorsWereClosed(state, (ZERO + 100) * 1000, 70_000);
        read(40, "p1", "pump", 1, 101);
        for (int second = 100; second < 120; second += 10) {
            read(second, "p1", "pump", 1);
        }
        clock(130);
        // Minute 0: 9 due; pump 3 + 1 resent, 2 swallowed; level one missing, one half swallowed, one swallowed.
        // Minute 1: pump 2 received, 4 swallowed; level 40–59 swallowed in part 80–99, received none of 100–119.
        assertThat(sums()).isEqualTo("{0=[60, 60, 60, 60, 4, 5, 5, 9], 1=[30, 30, 30, 60, 2, 3, 3, 9]}");
    }

    @Test
    void countingBeginsWithTheFirstWholeMinuteAndNeverTwice() {
        minutes.begin(state, (ZERO + 200) * 1000);
        minutes.begin(state, (ZERO - 1) * 1000);
        minutes.begin(state, (ZERO + 100) * 1000);
        clock(70);
        minutes.begin(state, (ZERO - 500) * 1000);
        clock(130);
        assertThat(sums()).isEqualTo("{0=[0, 0, 0, 60, 0, 9, 9, 9], 1=[0, 0, 0, 60, 0, 9, 9, 9]}");
    }

    @Test
    void aChangedCatalogueCountsFromTheOpenMinuteOn() {
        begin();
        read(5, "p1", "pump", 1);
        clock(80);
        read(75, "p1", "pump", 1, 82);
        var next = plan(facility("pumped", device("p0", "level"), device("p1", "pump")));
        minutes.replan(state, plan, next);
        plan = next;
        read(45, "p1", "pump", 1, 90); // late for a minute of the old catalogue: stays out
        clock(130);
        // The second minute has the reading from before the change, under its new place.
        assertThat(sums()).isEqualTo("{0=[30, 30, 30, 60, 1, 9, 9, 9], 1=[30, 30, 30, 60, 1, 9, 9, 9]}");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void secondsAreWhatACountOfEachSecondGives(long seed) {
        var random = new Random(seed);
        plan = plan(facility("pumped", device("p1", "pump"), device("p2", "pump")));
        begin();
        var readings = randomReadings(random, 150, 600);
        feed(readings);
        clock(60 * 20 + 10);

        var expected = new TreeMap<Long, List<Long>>();
        for (long minute = 0; minute < 20; minute++) {
            long running = 0;
            long known = 0;
            for (long second = 60 * minute; second < 60 * minute + 60; second++) {
                int first = stateAt(readings, "p1", second);
                int other = stateAt(readings, "p2", second);
                running += first == 1 || other == 1 ? 1 : 0;
                known += first == 1 || other == 1 || (first == 0 && other == 0) ? 1 : 0;
            }
            expected.put(minute, List.of(running, known));
        }
        var counted = new TreeMap<Long, List<Long>>();
        totals().forEach((minute, sums) -> counted.put(minute, List.of(sums[0], sums[1])));
        assertThat(counted).isEqualTo(expected);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void duplicatesAndOrderChangeNothing(long seed) {
        var random = new Random(seed);
        plan = plan(facility("pumped", device("p1", "pump"), device("p2", "pump")));
        var readings = randomReadings(random, 120, 600);
        begin();
        feed(readings);
        clock(60 * 20 + 10);
        var inOrder = sums();

        var again = new ArrayList<>(readings);
        again.addAll(readings.subList(0, readings.size() / 2));
        Collections.shuffle(again, random);
        state = new FacilityState();
        told.clear();
        begin();
        // All within the history, spread over the log clock.
        long clock = 0;
        for (var reading : again) {
            clock += random.nextInt(9);
            read(reading.second, reading.device, "pump", reading.value, clock);
        }
        clock(Math.max(clock, 60 * 20 + 10));
        var shuffled = totals();
        shuffled.keySet().removeIf(minute -> minute >= 20);
        assertThat(text(shuffled)).isEqualTo(inOrder);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void aReplayTellsTheSameWhateverTheTimersDid(long seed) {
        var random = new Random(seed);
        plan = plan(facility("pumped", device("p1", "pump"), device("p2", "pump")));
        var readings = randomReadings(random, 120, 600);
        Collections.shuffle(readings, random);
        begin();
        long clock = 0;
        for (var reading : readings) {
            clock += 8;
            read(reading.second, reading.device, "pump", reading.value, clock);
        }
        clock(1500);
        var first = told.stream().map(FacilityMinutesTest::text).toList();

        state = new FacilityState();
        told.clear();
        begin();
        clock = 0;
        for (var reading : readings) {
            // A timer may come just before the reading, or not at all.
            if (random.nextBoolean()) {
                clock(clock + random.nextInt(9));
            }
            clock += 8;
            read(reading.second, reading.device, "pump", reading.value, clock);
        }
        clock(1500);
        assertThat(told.stream().map(FacilityMinutesTest::text).toList()).isEqualTo(first);
    }

    private record Reading(long second, String device, double value) {}

    /** At most one reading of a device in a second. */
    private static List<Reading> randomReadings(Random random, int count, int seconds) {
        var bySecond = new TreeMap<String, Reading>();
        for (int i = 0; i < count; i++) {
            var reading = new Reading(random.nextInt(seconds), random.nextBoolean() ? "p1" : "p2", random.nextInt(2));
            bySecond.put(String.format("%05d", reading.second) + reading.device, reading);
        }
        return new ArrayList<>(bySecond.values());
    }

    /** 1 runs, 0 stands, −1 unknown: the newest reading of the last 30 s. */
    private static int stateAt(List<Reading> readings, String device, long second) {
        int found = -1;
        for (var reading : readings) {
            if (reading.device.equals(device) && reading.second <= second && second < reading.second + 30) {
                found = (int) reading.value;
            }
        }
        return found;
    }

    private static Plan plan(FacilityAsset asset) {
        return Plan.of(asset, TestingPlant.PACKS);
    }

    private void begin() {
        minutes.begin(state, (ZERO - 30) * 1000);
    }

    private void feed(List<Reading> readings) {
        for (var reading : readings) {
            read(reading.second, reading.device, "pump", reading.value);
        }
    }

    private void clock(long second) {
        conclude(second);
    }

    private void conclude(long second) {
        told.addAll(minutes.conclude(plan, state, (ZERO + second) * 1000));
    }

    private void read(long second, String device, String metric, double value) {
        read(second, device, metric, value, second);
    }

    private void read(long second, String device, String metric, double value, long logSecond) {
        conclude(logSecond);
        assertThat(minutes.read(
                        plan, state, device, metric, (ZERO + second) * 1000 + 500, (ZERO + logSecond) * 1000, value))
                .isTrue();
    }

    private TreeMap<Long, long[]> totals() {
        var totals = new TreeMap<Long, long[]>();
        for (var contribution : told) {
            Amounts.add(
                    totals.computeIfAbsent(contribution.minuteMillis() / 60_000 - FIRST, m -> new long[Amounts.SIZE]),
                    contribution.delta());
        }
        return totals;
    }

    private String sums() {
        return text(totals());
    }

    private static String text(Map<Long, long[]> totals) {
        return totals.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + Arrays.toString(entry.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String text(Contribution contribution) {
        return contribution.minuteMillis() + " at " + contribution.deadlineMillis() + " "
                + Arrays.toString(contribution.delta());
    }
}
