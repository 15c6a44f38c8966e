package io.yiwang.streams.rates;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScopeTotalsTest {
    private static final long MINUTE = 60_000;
    private static final long ALLOWANCE = 10_000;
    /** 2026-03-01 23:58 in Shanghai. */
    private static final long START = Instant.parse("2026-03-01T15:58:00Z").toEpochMilli();

    private final ScopeTotals totals = new ScopeTotals(new Windows(ZoneId.of("Asia/Shanghai")), ALLOWANCE, 60);

    @Test
    void aMinuteClosesWithItsDeadlineAndOpensItsHourAndDay() {
        var state = new ScopeState();
        totals.add(state, delta(0, 0, 30, 60, 60, 60, 5, 9, 9, 9));
        totals.add(state, delta(0, 0, 60, 60, 60, 60, 9, 9, 9, 9));
        assertThat(totals.conclude("city", state, deadline(0) - 1)).isEmpty();
        assertThat(totals.conclude("city", state, deadline(0)).stream().map(ScopeTotalsTest::text))
                .containsExactly(
                        "facility_operating_rate minute +0 90/120 of 120/120 closed 1",
                        "data_completeness minute +0 14/18 of 18/18 closed 1",
                        "facility_operating_rate hour -58 90/120 of 120/120 open 0",
                        "data_completeness hour -58 14/18 of 18/18 open 0",
                        "facility_operating_rate day -1438 90/120 of 120/120 open 0",
                        "data_completeness day -1438 14/18 of 18/18 open 0");
    }

    @Test
    void hourAndDayCloseWithTheirLastMinuteByTheCitysClock() {
        var state = new ScopeState();
        totals.add(state, delta(0, 0, 30, 60, 60, 60, 0, 0, 0, 0));
        totals.add(state, delta(1, 1, 15, 60, 60, 60, 0, 0, 0, 0));
        totals.add(state, delta(2, 2, 60, 60, 60, 60, 0, 0, 0, 0));
        totals.conclude("city", state, deadline(0));
        assertThat(totals.conclude("city", state, deadline(1)).stream().map(ScopeTotalsTest::text))
                .containsExactly(
                        "facility_operating_rate minute +1 15/60 of 60/60 closed 1",
                        "facility_operating_rate hour -58 45/120 of 120/120 closed 1",
                        "facility_operating_rate day -1438 45/120 of 120/120 closed 1");
        assertThat(totals.conclude("city", state, deadline(2)).stream().map(ScopeTotalsTest::text))
                .containsExactly(
                        "facility_operating_rate minute +2 60/60 of 60/60 closed 1",
                        "facility_operating_rate hour +2 60/60 of 60/60 open 0",
                        "facility_operating_rate day +2 60/60 of 60/60 open 0");
    }

    @Test
    void aCorrectionOfAClosedWindowIsItsNextRevision() {
        var state = new ScopeState();
        totals.add(state, delta(0, 0, 30, 60, 60, 60, 5, 9, 9, 9));
        totals.conclude("city", state, deadline(0));
        totals.add(state, delta(0, 5, -10, 0, 0, 0, 0, 0, 0, 0));
        totals.add(state, delta(0, 6, 5, 0, 0, 0, 1, 0, 0, 0));
        var told = totals.conclude("city", state, deadline(6)).stream()
                .map(ScopeTotalsTest::text)
                .filter(text -> text.contains("minute"))
                .toList();
        assertThat(told)
                .containsExactly(
                        "facility_operating_rate minute +0 20/60 of 60/60 closed 2",
                        "facility_operating_rate minute +0 25/60 of 60/60 closed 3",
                        "data_completeness minute +0 6/9 of 9/9 closed 2");
    }

    @Test
    void aWindowThatNothingNewClosesIsClosedAllTheSame() {
        var state = new ScopeState();
        totals.add(state, delta(0, 0, 30, 60, 60, 60, 0, 0, 0, 0));
        totals.conclude("city", state, deadline(0));
        assertThat(totals.deadlines(START)).contains(deadline(1));
        assertThat(totals.conclude("city", state, deadline(1)).stream().map(ScopeTotalsTest::text))
                .containsExactly(
                        "facility_operating_rate hour -58 30/60 of 60/60 closed 1",
                        "facility_operating_rate day -1438 30/60 of 60/60 closed 1");
    }

    @Test
    void aScopeThatFellSilentIsForgotten() {
        var state = new ScopeState();
        totals.add(state, delta(0, 0, 30, 60, 60, 60, 0, 0, 0, 0));
        long last = totals.deadlines(START).stream()
                .mapToLong(Long::longValue)
                .max()
                .orElseThrow();
        totals.conclude("city", state, last - 1);
        assertThat(totals.isEmpty(state)).isFalse();
        totals.conclude("city", state, last);
        assertThat(totals.isEmpty(state)).isTrue();
    }

    @Test
    void aDayIsAsLongAsTheZoneSaysAndARepeatedHourIsTwo() {
        var berlin = new Windows(ZoneId.of("Europe/Berlin"));
        // 2026-10-25: clocks go back from 3 to 2; 00:30Z and 01:30Z are both 02:30.
        var first = berlin.of(Instant.parse("2026-10-25T00:30:00Z").toEpochMilli());
        var second = berlin.of(Instant.parse("2026-10-25T01:30:00Z").toEpochMilli());
        assertThat(first.get(1).startMillis())
                .isEqualTo(Instant.parse("2026-10-25T00:00:00Z").toEpochMilli());
        assertThat(second.get(1).startMillis())
                .isEqualTo(Instant.parse("2026-10-25T01:00:00Z").toEpochMilli());
        assertThat(first.get(2)).isEqualTo(second.get(2));
        assertThat(first.get(2).endMillis() - first.get(2).startMillis()).isEqualTo(25 * 3_600_000L);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aDistrictIsTheSumOfItsFacilitiesWhateverTheirOrder(long seed) {
        var random = new Random(seed);
        var facilities = new ArrayList<List<ScopeDelta>>();
        var all = new ArrayList<ScopeDelta>();
        for (int facility = 0; facility < 5; facility++) {
            var own = new ArrayList<ScopeDelta>();
            for (int deadline = 0; deadline < 30; deadline++) {
                int minute = Math.max(0, deadline - (random.nextInt(4) == 0 ? random.nextInt(8) : 0));
                own.add(delta(minute, deadline, random.nextInt(60), 60, 60, 60, random.nextInt(9), 9, 9, 9));
            }
            facilities.add(own);
            all.addAll(own);
        }
        var district = run(all, 1);
        var sums = new TreeMap<String, Long>();
        for (var own : facilities) {
            newest(run(own, 1)).forEach((window, result) -> {
                sums.merge(window + " numerator", result.numerator(), Long::sum);
                sums.merge(window + " expected", result.expected(), Long::sum);
            });
        }
        var ofDistrict = new TreeMap<String, Long>();
        newest(district).forEach((window, result) -> {
            ofDistrict.put(window + " numerator", result.numerator());
            ofDistrict.put(window + " expected", result.expected());
        });
        assertThat(ofDistrict).isEqualTo(sums);

        // Ahead of time and in any order, concluded often or seldom: the same is told.
        Collections.shuffle(all, random);
        assertThat(run(all, 7).equals(district)).isTrue();
    }

    private List<RateResult> run(List<ScopeDelta> deltas, int step) {
        var state = new ScopeState();
        deltas.forEach(delta -> totals.add(state, delta));
        var told = new ArrayList<RateResult>();
        for (int minute = 0; minute < 35; minute += step) {
            told.addAll(totals.conclude("scope", state, deadline(minute)));
        }
        told.addAll(totals.conclude("scope", state, deadline(35)));
        return told;
    }

    private static Map<String, RateResult> newest(List<RateResult> told) {
        var newest = new TreeMap<String, RateResult>();
        told.forEach(result -> newest.put(result.code() + result.period() + result.startMillis(), result));
        return newest;
    }

    private static ScopeDelta delta(int minute, int deadline, long... amounts) {
        return new ScopeDelta("city", START + minute * MINUTE, deadline(deadline), amounts);
    }

    /** Deadline of the minute. */
    private static long deadline(int minute) {
        return START + (minute + 1) * MINUTE + ALLOWANCE;
    }

    private static String text(RateResult result) {
        long start = (result.startMillis() - START) / MINUTE;
        return result.code() + " " + result.period() + " " + (start < 0 ? "" : "+") + start + " " + result.numerator()
                + "/" + result.denominator() + " of " + result.known() + "/" + result.expected() + " "
                + (result.closed() ? "closed" : "open") + " " + result.revision();
    }
}
