package io.yiwang.streams.detect.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.streams.detect.Announcement;
import io.yiwang.streams.kafka.FacilityAsset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.types.PojoTestUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncidentFunctionTest {
    private static final long START = 1_700_000_000_000L;
    /** S feeds A and B, T feeds C. */
    private static final List<FacilityAsset> CITY = List.of(
            TestingNetwork.asset("S", "station", Map.of()),
            TestingNetwork.asset("A", "house", Map.of(), "S"),
            TestingNetwork.asset("B", "house", Map.of(), "S"),
            TestingNetwork.asset("T", "station", Map.of()),
            TestingNetwork.asset("C", "house", Map.of(), "T"));

    private static final class Harness
            extends KeyedTwoInputStreamOperatorTestHarness<String, Showing, Link, Announcement> {
        Harness(@Nullable OperatorSubtaskState from) throws Exception {
            super(
                    new KeyedCoProcessOperator<>(new IncidentFunction(TestingNetwork::packs)),
                    Showing::domain,
                    Link::domain,
                    Types.STRING);
            if (from != null) {
                initializeState(from);
            }
            open();
            if (from == null) {
                for (var asset : CITY) {
                    link(Link.of(asset));
                }
            }
        }

        void show(Showing showing) throws Exception {
            processElement1(new StreamRecord<>(showing, showing.logMillis()));
        }

        void link(Link link) throws Exception {
            processElement2(new StreamRecord<>(link, 0));
        }

        void tick(double seconds) throws Exception {
            processBothWatermarks(new Watermark(at(seconds)));
        }

        List<Alarm> alarms() throws Exception {
            var alarms = new ArrayList<Alarm>();
            for (var announcement : extractOutputValues()) {
                alarms.add(Alarm.parseFrom(announcement.message()));
            }
            return alarms;
        }
    }

    private static long at(double seconds) {
        return START + Math.round(1000 * seconds);
    }

    private static final double LASTS = Double.POSITIVE_INFINITY;

    private static Showing showing(String facility, String symptom, double onset, double end, double log) {
        return new Showing(
                "testing",
                facility,
                facility + "1",
                symptom,
                at(onset),
                at(onset),
                Double.isInfinite(end) ? Long.MAX_VALUE : at(end),
                1,
                false,
                at(log));
    }

    @ParameterizedTest
    @ValueSource(classes = {Showing.class, Link.class})
    void travelsWithoutKryo(Class<?> type) {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(type);
    }

    @Test
    void aBurstIsOneIncidentOfTheStationWithTheHousesAsMembers() throws Exception {
        try (var harness = new Harness(null)) {
            harness.show(showing("S", "jumps", 0, LASTS, 0.5));
            harness.show(showing("A", "drops", 3, LASTS, 3.5));
            harness.show(showing("B", "drops", 3.2, LASTS, 3.5));
            assertThat(harness.alarms()).isEmpty();
            harness.tick(4);
            var alarms = harness.alarms();
            assertThat(alarms).hasSize(1);
            var alarm = alarms.get(0);
            assertThat(alarm.getFacility()).isEqualTo("S");
            assertThat(alarm.getRule()).isEqualTo("pattern.burst");
            assertThat(alarm.getRaisedMillis()).isEqualTo(at(3.2));
            assertThat(alarm.getLogMillis()).isEqualTo(at(3.5));
            assertThat(alarm.getDistrict()).isEqualTo("d1");
            assertThat(alarm.getMembersList())
                    .extracting(member -> member.getFacility() + " " + member.getDevice() + " " + member.getSymptom())
                    .containsExactly("S S1 jumps", "A A1 drops", "B B1 drops");
            assertThat(harness.extractOutputValues())
                    .extracting(Announcement::key)
                    .containsExactly("S|pattern.burst");
            harness.show(showing("S", "jumps", 0, 300, 300.5));
            harness.tick(301);
            assertThat(harness.alarms().get(1).getStep()).isEqualTo(AlarmStep.UPDATED);
            harness.show(showing("A", "drops", 3, 400, 400.5));
            harness.show(showing("B", "drops", 3.2, 401, 401.5));
            harness.tick(402);
            assertThat(harness.alarms()).last().extracting(Alarm::getStep).isEqualTo(AlarmStep.CLEARED);
        }
    }

    @Test
    void whatHappensOnAnotherNetworkIsNoPart() throws Exception {
        try (var harness = new Harness(null)) {
            harness.show(showing("T", "jumps", 0, LASTS, 0.5));
            harness.show(showing("A", "drops", 3, LASTS, 3.5));
            harness.show(showing("B", "drops", 3.2, LASTS, 3.5));
            harness.tick(10);
            assertThat(harness.alarms()).isEmpty();
            // The ledger is corrected: T feeds them.
            harness.link(Link.of(TestingNetwork.asset("A", "house", Map.of(), "T")));
            harness.link(Link.of(TestingNetwork.asset("B", "house", Map.of(), "T")));
            assertThat(harness.alarms())
                    .extracting(Alarm::getRule)
                    .contains("pattern.burst")
                    .contains("pattern.hit");
        }
    }

    @Test
    void aFacilityThatLeavesTakesItsIncidentsAlong() throws Exception {
        try (var harness = new Harness(null)) {
            harness.show(showing("S", "high", 0, LASTS, 0.5));
            harness.show(showing("S", "low", 1, LASTS, 1.5));
            harness.tick(2);
            harness.link(Link.gone("testing", "S"));
            assertThat(harness.alarms())
                    .extracting(Alarm::getStep)
                    .containsExactly(AlarmStep.RAISED, AlarmStep.CLEARED);
            harness.show(showing("S", "bad", 3, LASTS, 3.5));
            harness.tick(4);
            assertThat(harness.alarms()).hasSize(2);
        }
    }

    @Test
    void whatALateReadingRefutesIsWithdrawn() throws Exception {
        try (var harness = new Harness(null)) {
            harness.show(showing("S", "high", 0, LASTS, 0.5));
            harness.show(showing("S", "low", 1, LASTS, 1.5));
            harness.tick(2);
            harness.show(Showing.never("testing", "S", "S1", "low", at(1), at(2.5)));
            harness.tick(3);
            assertThat(harness.alarms().get(1).getStep()).isEqualTo(AlarmStep.WITHDRAWN);
            assertThat(harness.alarms().get(1).getWithdrawnReason()).isEqualTo("late_reading");
        }
    }

    @Test
    void whatIsLongOverIsForgotten() throws Exception {
        try (var harness = new Harness(null)) {
            harness.show(showing("S", "high", 0, LASTS, 0.5));
            harness.show(showing("S", "low", 1, LASTS, 1.5));
            harness.show(showing("S", "low", 1, 50, 50.5));
            harness.show(showing("S", "high", 0, 60, 60.5));
            harness.tick(61);
            assertThat(harness.alarms()).hasSize(2);
            harness.tick(6 * 3_600);
            // Five links and the clock.
            assertThat(harness.numKeyedStateEntries()).isLessThanOrEqualTo(3);
            assertThat(harness.numEventTimeTimers()).isZero();
            assertThat(harness.alarms()).hasSize(2);
        }
    }

    /** By facility, each in its order: what stage one tells of a restless city. */
    private static Map<String, List<Showing>> restless(long seed) {
        var random = new Random(seed);
        var told = new TreeMap<String, List<Showing>>();
        for (var asset : CITY) {
            var its = new ArrayList<Showing>();
            for (var symptom : TestingNetwork.DOMAIN.symptoms()) {
                double time = random.nextInt(600);
                while (time < 8_000) {
                    double end = time + 1 + random.nextInt(400);
                    its.add(showing(asset.id(), symptom.id(), time, LASTS, time + 1 + random.nextInt(3)));
                    if (random.nextInt(6) == 0) {
                        its.add(Showing.never(
                                "testing", asset.id(), asset.id() + "1", symptom.id(), at(time), at(end + 4)));
                    } else {
                        its.add(showing(asset.id(), symptom.id(), time, end, end + 4));
                    }
                    time = end + 601 + random.nextInt(600);
                }
            }
            its.sort(Comparator.comparingLong(Showing::logMillis));
            told.put(asset.id(), its);
        }
        return told;
    }

    /** @param cuts whether the job is cut and resumed now and then */
    private static Map<String, List<String>> run(Map<String, List<Showing>> told, long seed, boolean cuts)
            throws Exception {
        var random = new Random(seed);
        var next = new TreeMap<String, Integer>();
        var announced = new TreeMap<String, List<String>>();
        var harness = new Harness(null);
        for (double tick = 1; tick < 40_000; tick += 1 + random.nextInt(tick < 12_000 ? 30 : 3_000)) {
            // What is up to the tick comes before it, of several partitions in any order.
            var partitions = new ArrayList<>(told.keySet());
            Collections.shuffle(partitions, random);
            for (var facility : partitions) {
                var its = told.get(facility);
                int i = next.getOrDefault(facility, 0);
                while (i < its.size() && its.get(i).logMillis() <= at(tick) + random.nextInt(2_000)) {
                    harness.show(its.get(i++));
                }
                while (i < its.size() && its.get(i).logMillis() <= at(tick)) {
                    harness.show(its.get(i++));
                }
                next.put(facility, i);
            }
            harness.tick(tick);
            if (cuts && random.nextInt(20) == 0) {
                var state = harness.snapshot(1, 1);
                collect(harness, announced);
                harness.close();
                harness = new Harness(state);
            }
        }
        collect(harness, announced);
        harness.close();
        return announced;
    }

    private static void collect(Harness harness, Map<String, List<String>> announced) throws Exception {
        for (var alarm : harness.alarms()) {
            announced
                    .computeIfAbsent(alarm.getFacility() + "|" + alarm.getRule(), key -> new ArrayList<>())
                    .add(alarm.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void neitherTheOrderOfPartitionsNorARestoreChangesWhatIsAnnounced(long seed) throws Exception {
        var told = restless(seed);
        var once = run(told, 10 + seed, false);
        assertThat(once.keySet()).hasSizeGreaterThan(6).contains("A|pattern.hit");
        assertThat(run(told, 20 + seed, false)).isEqualTo(once);
        assertThat(run(told, 30 + seed, true)).isEqualTo(once);
    }
}
