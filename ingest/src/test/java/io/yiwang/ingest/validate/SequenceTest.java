package io.yiwang.ingest.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.ingest.validate.Sequence.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceTest {
    private static final long HOUR = Sequence.PATIENCE_MILLIS;

    private final Sequence sequence = new Sequence();
    private long gaps;

    private Kind on(String boot, long seq, long millis) {
        return sequence.on(boot, seq, millis, count -> gaps += count);
    }

    private List<Kind> on(long... seqs) {
        var kinds = new ArrayList<Kind>();
        for (long seq : seqs) {
            kinds.add(on("a", seq, 0));
        }
        return kinds;
    }

    @Test
    void inOrderNothingIsNoticed() {
        assertThat(on(7, 8, 9, 10)).containsOnly(Kind.NEXT);
        assertThat(sequence.missing()).isZero();
    }

    @Test
    void aMissingCounterIsAwaitedBeforeItIsAGap() {
        assertThat(on(1, 2, 6)).containsOnly(Kind.NEXT);
        assertThat(sequence.missing()).isEqualTo(3);
        on("a", 7, HOUR - 1);
        assertThat(gaps).isZero();
        on("a", 8, HOUR);
        assertThat(gaps).isEqualTo(3);
        assertThat(sequence.missing()).isZero();
        on("a", 9, 5 * HOUR);
        assertThat(gaps).as("counted once").isEqualTo(3);
    }

    @Test
    void aSilentDevicesGapsAreCountedWithoutIt() {
        on(1, 5);
        sequence.giveUp(HOUR, count -> gaps += count);
        assertThat(gaps).isEqualTo(3);
    }

    /** A device that sends what is new first and what it kept afterwards has lost nothing. */
    @Test
    void backfillInTimeIsNoLoss() {
        on(1, 2);
        assertThat(on("a", 100, 10)).isEqualTo(Kind.NEXT);
        for (long seq = 3; seq < 100; seq++) {
            assertThat(on("a", seq, HOUR / 2)).isEqualTo(Kind.BACKWARDS);
        }
        on("a", 101, 3 * HOUR);
        assertThat(gaps).isZero();
        assertThat(sequence.missing()).isZero();
    }

    @Test
    void backfillFromTheNewestToTheOldestIsNoLoss() {
        on(1, 50);
        for (long seq = 49; seq > 1; seq--) {
            assertThat(on("a", seq, 1)).isEqualTo(Kind.BACKWARDS);
        }
        on("a", 51, 3 * HOUR);
        assertThat(gaps).isZero();
    }

    @Test
    void aRepeatIsOneOnlyWhenItIsCertain() {
        assertThat(on(5, 6, 6, 5, 4)).containsExactly(Kind.NEXT, Kind.NEXT, Kind.REPEAT, Kind.REPEAT, Kind.BACKWARDS);
        on("a", 9, 0);
        on("a", 10, HOUR);
        assertThat(gaps).isEqualTo(2);
        assertThat(on("a", 8, HOUR)).as("given up, so it may be the first").isEqualTo(Kind.BACKWARDS);
        assertThat(on("a", 10, HOUR)).isEqualTo(Kind.REPEAT);
        assertThat(gaps).isEqualTo(2);
    }

    @Test
    void anotherBootStartsAnew() {
        on(500, 501);
        assertThat(on("b", 0, 0)).isEqualTo(Kind.NEXT);
        assertThat(on("b", 1, 0)).isEqualTo(Kind.NEXT);
        assertThat(gaps + sequence.missing()).isZero();
    }

    /** The last messages of a boot may come behind the first of the next one. */
    @Test
    void theBootBeforeIsStillKnown() {
        on(1, 2, 4);
        on("b", 0, 0);
        assertThat(on("a", 3, 0)).isEqualTo(Kind.BACKWARDS);
        assertThat(on("a", 4, 0)).isEqualTo(Kind.REPEAT);
        assertThat(on("b", 1, 0)).isEqualTo(Kind.NEXT);
        assertThat(sequence.missing()).isZero();
    }

    @Test
    void aThirdBootGivesTheFirstUp() {
        on(1, 4);
        on("b", 0, 0);
        assertThat(gaps).isZero();
        on("c", 0, 0);
        assertThat(gaps).isEqualTo(2);
    }

    @Test
    void holesAreBounded() {
        for (long i = 0; i <= Sequence.HOLES + 1; i++) {
            on("a", 10 * i, 0);
        }
        assertThat(gaps).isEqualTo(9);
        assertThat(sequence.missing()).isEqualTo(9L * Sequence.HOLES);
    }

    @Test
    void theLargestJumpOverflowsNothing() {
        on(0, Long.MAX_VALUE);
        assertThat(sequence.missing()).isEqualTo(Long.MAX_VALUE - 1);
        assertThat(on("a", Long.MAX_VALUE, HOUR)).isEqualTo(Kind.REPEAT);
        assertThat(gaps).isEqualTo(Long.MAX_VALUE - 1);
    }

    /** The naive model remembers every counter, for ever. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whileNothingIsGivenUpItKnowsAsMuchAsAMemoryOfAllCounters(long seed) {
        var random = new Random(seed);
        Map<String, Set<Long>> seen = new HashMap<>();
        Map<String, Long> first = new HashMap<>();
        var boots = List.of("a", "b");
        var next = new HashMap<>(Map.of("a", 100L, "b", 5L));
        for (int i = 0; i < 400; i++) {
            var boot = boots.get(random.nextInt(2));
            long seq;
            var known = seen.computeIfAbsent(boot, b -> new HashSet<>());
            long highest = known.isEmpty() ? next.get(boot) - 1 : Collections.max(known);
            var missing = new ArrayList<Long>();
            for (long s = first.getOrDefault(boot, highest + 1); s < highest; s++) {
                if (!known.contains(s)) {
                    missing.add(s);
                }
            }
            int what = random.nextInt(10);
            if (what < 5 || known.isEmpty()) {
                seq = highest + 1;
            } else if (what < 6 && missing.size() < 4) {
                seq = highest + 2 + random.nextInt(2);
            } else if (what < 8 && !missing.isEmpty()) {
                seq = missing.get(random.nextInt(missing.size()));
            } else {
                seq = highest - random.nextInt(20);
            }
            // Of what is earlier than the first it keeps nothing.
            boolean certain = known.contains(seq) && seq >= first.get(boot);
            var expected = certain ? Kind.REPEAT : seq > highest ? Kind.NEXT : Kind.BACKWARDS;
            assertThat(on(boot, seq, i)).as("%s %s at %s", boot, seq, i).isEqualTo(expected);
            known.add(seq);
            first.putIfAbsent(boot, seq);
            // What is earlier than the first is never awaited.
            long awaited = 0;
            for (var b : boots) {
                var of = seen.getOrDefault(b, Set.of());
                if (!of.isEmpty()) {
                    long last = Collections.max(of);
                    for (long s = first.get(b); s < last; s++) {
                        awaited += of.contains(s) ? 0 : 1;
                    }
                }
            }
            assertThat(sequence.missing()).isEqualTo(awaited);
        }
        assertThat(gaps).isZero();
    }

    /** However it goes: every counter between the first and the highest came, is awaited, or was given up. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void nothingIsCountedTwiceOrForgotten(long seed) {
        var random = new Random(seed);
        var came = new HashSet<Long>();
        long time = 0;
        long highest = 0;
        long lateAfterGap = 0;
        var given = new HashSet<Long>();
        on("a", 0, 0);
        came.add(0L);
        for (int i = 0; i < 3000; i++) {
            time += random.nextInt((int) (HOUR / 20));
            long seq = random.nextInt(4) == 0 ? random.nextLong(highest + 1) : highest + 1 + random.nextInt(5) / 3;
            boolean fresh = came.add(seq);
            long before = sequence.missing();
            long gapsBefore = gaps;
            var kind = on("a", seq, time);
            if (seq < highest
                    && fresh
                    && kind == Kind.BACKWARDS
                    && sequence.missing() + (gaps - gapsBefore) == before) {
                // It came, but only after it was given up.
                lateAfterGap++;
                given.add(seq);
            }
            highest = Math.max(highest, seq);
            assertThat(came.size() + sequence.missing() + gaps - lateAfterGap)
                    .as("at %s: %s", i, given)
                    .isEqualTo(highest + 1);
        }
        assertThat(gaps).isPositive();
    }
}
