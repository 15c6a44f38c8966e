package io.yiwang.sim.drive;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.FacilityType.Link;
import io.yiwang.model.domain.Metric;
import io.yiwang.sim.fault.Manner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TerminalTest {
    private static final long HOUR_MILLIS = 3_600_000;
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final long START = 1_800_000_000_000L;
    private static final Metric MOVING = PACKS.all().get(0).metrics().stream()
            .filter(m -> m.kind() == Metric.Kind.ANALOG)
            .findFirst()
            .orElseThrow();
    private static final String EVENT = "an_event";

    private static Reporting byException(double change, int sample, int heartbeat) {
        return new Reporting(
                Link.BATTERY, 1000L * sample, Map.of(MOVING.code(), 1, EVENT, 0), change, 1000L * heartbeat, Map.of());
    }

    private record Told(long millis, Map<String, Double> values) {}

    /** What the terminal tells of a course of values. */
    private static List<Told> told(Reporting reporting, List<Map<String, Double>> course) {
        var terminal = new Terminal(reporting, PACKS, 5, START);
        var told = new ArrayList<Told>();
        for (var seen : course) {
            var now = terminal.nextMillis();
            var tell = terminal.look(seen);
            if (!tell.isEmpty()) {
                told.add(new Told(now, tell));
            }
        }
        return told;
    }

    private static Map<String, Double> seen(double value, double event) {
        return Map.of(MOVING.code(), value, EVENT, event);
    }

    @Test
    void aStillDeviceSpeaksOncePerHeartbeat() {
        var course = new ArrayList<Map<String, Double>>();
        for (int i = 0; i < 1_000; i++) {
            course.add(seen(1, 0));
        }
        var told = told(byException(0.05, 60, 900), course);
        assertThat(told).hasSizeBetween(1_000 / 15, 1_000 / 14 + 2);
        for (int i = 2; i < told.size(); i++) {
            assertThat(told.get(i).millis() - told.get(i - 1).millis())
                    .isBetween(780_000L, 900_000L + 2 * Terminal.LONGEST_JITTER_MILLIS);
        }
    }

    @Test
    void everyChangeOfItsShareIsToldAtOnceAndNoSmallerOne() {
        var random = new Random(3);
        var span = MOVING.normal().span();
        var course = new ArrayList<Map<String, Double>>();
        var value = MOVING.normal().low();
        for (int i = 0; i < 5_000; i++) {
            value += 0.02 * span * random.nextGaussian();
            course.add(seen(value, 0));
        }
        var terminal = new Terminal(byException(0.05, 60, 3_600), PACKS, 5, START);
        Double last = null;
        var lastMillis = 0L;
        for (var seen : course) {
            var now = terminal.nextMillis();
            var tell = terminal.look(seen);
            var moved = last == null || Math.abs(seen.get(MOVING.code()) - last) >= 0.05 * span;
            if (moved) {
                assertThat(tell).isEqualTo(seen);
            } else if (!tell.isEmpty()) {
                assertThat(now - lastMillis).as("only the heartbeat").isGreaterThan(3_500_000L);
            }
            if (!tell.isEmpty()) {
                last = seen.get(MOVING.code());
                lastMillis = now;
            }
        }
    }

    @Test
    void anEventIsToldWhenItHappens() {
        var course = List.of(seen(1, 0), seen(1, 0), seen(1, 1), seen(1, 1), seen(1, 0), seen(1, 0));
        assertThat(told(byException(0.05, 60, 3_600), course).stream().map(Told::values))
                .containsExactly(seen(1, 0), seen(1, 1), seen(1, 0));
        var wired = new Reporting(Link.WIRED, 5_000, Map.of(MOVING.code(), 12, EVENT, 0), 0, 5_000, Map.of());
        var told = told(wired, java.util.Collections.nCopies(48, seen(1, 0)));
        assertThat(told)
                .as("with each message and no oftener")
                .hasSizeBetween(4, 6)
                .allSatisfy(t -> assertThat(t.values()).containsKey(EVENT));
    }

    @Test
    void jitterIsBoundedAndTheSameMomentsComeWheneverItIsSwitchedOn() {
        var reporting = new Reporting(Link.WIRED, 5_000, Map.of(MOVING.code(), 1), 0, 5_000, Map.of());
        var early = moments(reporting, START, 2_000);
        var late = moments(reporting, START + 3_600_000, 100);
        assertThat(early).containsAll(late);
        var jitters = new HashMap<Long, Integer>();
        for (int i = 1; i < early.size(); i++) {
            var distance = early.get(i) - early.get(i - 1);
            assertThat(distance).isBetween(4_800L, 5_200L);
            jitters.merge(distance, 1, Integer::sum);
        }
        assertThat(jitters).hasSizeGreaterThan(50);
    }

    private static List<Long> moments(Reporting reporting, long start, int count) {
        var terminal = new Terminal(reporting, PACKS, 5, start);
        var moments = new ArrayList<Long>();
        for (int i = 0; i < count; i++) {
            moments.add(terminal.nextMillis());
            terminal.look(seen(1, 0));
        }
        return moments;
    }

    @Test
    void aDeviceThatSeldomSpeaksIsHeardSoonAfterItIsSwitchedOn() {
        var reporting = new Reporting(Link.WIRED, 86_400_000, Map.of(MOVING.code(), 1), 0, 86_400_000, Map.of());
        assertThat(moments(reporting, START, 1).get(0)).isBetween(START, START + 10_000);
    }

    private static Outgoing message(long seq) {
        return new Outgoing(seq, seq, List.of("m"), new byte[0], false);
    }

    @ParameterizedTest
    @EnumSource(Link.class)
    void messagesTravelWithinTheLinksDelayAndKeepTheirOrder(Link link) {
        var way = new Way(link, HOUR_MILLIS, 1);
        var range = Way.usualMillis(link);
        var left = new ArrayList<Long>();
        for (long seq = 1; seq <= 500; seq++) {
            way.add(message(seq), Manner.USUAL, seq * 60_000);
            assertThat(way.nextMillis() - seq * 60_000).isBetween(range[0], range[1]);
            way.left(seq * 60_000 + range[1]).forEach(m -> left.add(m.seq()));
        }
        assertThat(left).hasSize(500).isSorted();
        for (long seq = 501; seq <= 1_000; seq++) {
            way.add(message(seq), Manner.USUAL, 40_000_000 + seq * 100);
        }
        way.all().forEach(m -> left.add(m.seq()));
        assertThat(left).hasSize(1_000).isSorted();
    }

    @Test
    void aDeviceThatReportsOftenIsNeverLateByMoreThanHalfItsPeriod() {
        var way = new Way(Link.BATTERY, 10_000, 1);
        for (long seq = 1; seq <= 500; seq++) {
            way.add(message(seq), Manner.USUAL, seq * 10_000);
            assertThat(way.nextMillis() - seq * 10_000).isBetween(1_000L, 5_000L);
            assertThat(way.left(seq * 10_000 + 5_000)).hasSize(1);
        }
    }

    @Test
    void whatWasHeldComesOldestFirstWhenTheFaultIsOver() {
        var way = new Way(Link.WIRED, HOUR_MILLIS, 1);
        var held = new Manner(false, 0, true, 0, 0);
        for (long seq = 1; seq <= 50; seq++) {
            way.add(message(seq), held, seq * 1000);
        }
        assertThat(way.left(Long.MAX_VALUE)).isEmpty();
        way.add(message(51), Manner.USUAL, 60_000);
        var left = way.left(70_000).stream().map(Outgoing::seq).toList();
        assertThat(left).hasSize(51).isSorted();
    }

    @Test
    void copiesFollowTheirOriginalAndAreMarked() {
        var way = new Way(Link.WIRED, HOUR_MILLIS, 1);
        way.add(message(1), new Manner(false, 0, false, 2, 0), 0);
        assertThat(way.left(5_000).stream().map(m -> m.seq() + " " + m.copy()))
                .containsExactly("1 false", "1 true", "1 true");
    }

    @Test
    void messagesOutOfOrderAreAllThereAndNotTooFarOff() {
        var way = new Way(Link.WIRED, HOUR_MILLIS, 1);
        var shuffle = new Manner(false, 0, false, 0, 5);
        var left = new ArrayList<Long>();
        for (long seq = 1; seq <= 200; seq++) {
            way.add(message(seq), shuffle, seq * 5_000);
            way.left(seq * 5_000).forEach(m -> left.add(m.seq()));
        }
        way.tick(Manner.USUAL, 2_000_000);
        way.all().forEach(m -> left.add(m.seq()));
        assertThat(left).hasSize(200).doesNotHaveDuplicates();
        assertThat(left.equals(left.stream().sorted().toList())).isFalse();
        for (int i = 0; i < left.size(); i++) {
            assertThat((int) (left.get(i) - 1)).as("nobody is early by more").isLessThanOrEqualTo(i + 5);
        }
    }
}
