package io.yiwang.dashboard.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.dashboard.assets.LiveState.Latest;
import io.yiwang.dashboard.assets.LiveState.Learning;
import io.yiwang.dashboard.live.AlarmBoard.Glance;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import io.yiwang.model.wire.Quality;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FacilityNowTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final String FLOW = "gas_flow_std";
    private static final String TEMPERATURE = "gas_temperature";
    private static final long T = 1_770_000_000_000L;

    private final FacilityNow facility = new FacilityNow(entry(10, FLOW, TEMPERATURE), PACKS, 0);

    @Test
    void runsStopsAndIsUnknownWhenNothingFreshCame() {
        assertThat(word(T)).isEqualTo("unknown");
        take(T, 1, FLOW, 500, T + 100);
        assertThat(word(T + 100)).isEqualTo("run");
        take(T + 1, 2, FLOW, 10, T + 101);
        assertThat(word(T + 101)).as("not above 10").isEqualTo("stop");
        assertThat(word(T + 101 + 30_000)).as("three periods of 10 s").isEqualTo("stop");
        assertThat(word(T + 102 + 30_000)).isEqualTo("unknown");
    }

    @Test
    void aSevereAlarmOfTheProcessIsAFaultWhateverTheReadingsSay() {
        take(T, 1, FLOW, 500, T);
        var board = new AlarmBoard();
        board.take(List.of(TestingAlarmViews.alarm("a", 1, "f1", 2, "unacked")), T);
        assertThat(facility.state(board.of("f1"), T).state()).isEqualTo("fault");
        assertThat(facility.state(board.of("f1"), T).grade()).isEqualTo(2);
    }

    @Test
    void backfillTellsThePastAndNotThatTheFacilityReports() {
        take(T - 3_600_000, 1, FLOW, 500, T);
        assertThat(word(T)).isEqualTo("unknown");
        assertThat(facility.latest("d1", FLOW).value()).isEqualTo(500);
    }

    @Test
    void whatTheCatalogueDoesNotNameIsNotKept() {
        facility.take(telemetry("stranger", T, 1, FLOW, 1), T);
        take(T, 1, "gas_h2s", 1, T);
        assertThat(facility.readings()).isEmpty();
    }

    @Test
    void aChangedCatalogueKeepsTheReadingsOfPointsThatStay() {
        take(T, 1, FLOW, 500, T);
        take(T, 2, TEMPERATURE, 15, T);
        facility.judged("d1", TEMPERATURE, "silent", T, null);
        var changed = new FacilityNow(entry(20, TEMPERATURE, "gas_filter_dp"), PACKS, 0);
        changed.inherit(facility);
        assertThat(changed.readings()).hasSize(1);
        assertThat(changed.latest("d1", TEMPERATURE).value()).isEqualTo(15);
        assertThat(changed.latest("d1", TEMPERATURE).quality()).isEqualTo("silent");
        assertThat(changed.latest("d1", FLOW)).isNull();
    }

    @Test
    void aSilentPointSpeaksAgainWithItsNextReading() {
        take(T, 1, FLOW, 500, T);
        facility.judged("d1", FLOW, "silent", T, null);
        assertThat(facility.latest("d1", FLOW).quality()).isEqualTo("silent");
        assertThat(word(T)).as("a silent point says nothing about the state").isEqualTo("unknown");
        take(T + 1, 2, FLOW, 500, T + 1);
        assertThat(facility.latest("d1", FLOW).quality()).isEqualTo("good");
    }

    @Test
    void howFarLearningIsStaysWhateverTheValueIsWorth() {
        take(T, 1, FLOW, 500, T);
        var learns = new Learning("learns", T + 172_800_000L);
        facility.judged("d1", FLOW, "silent", T, learns);
        take(T + 1, 2, FLOW, 500, T + 1);
        assertThat(facility.latest("d1", FLOW)).isEqualTo(new Latest(T + 1, 500.0, "good", null, learns));
        var changed = new FacilityNow(entry(20, FLOW), PACKS, 0);
        changed.inherit(facility);
        assertThat(changed.readings()).extracting(FacilityNow.Reading::learning).containsExactly(learns);
        facility.judged("d1", FLOW, "good", T + 2, null);
        assertThat(facility.latest("d1", FLOW).learning()).isNull();
    }

    @Test
    void whatOnlyTheCourseOfAPointShowsStaysUntilItIsSaidToBeOver() {
        take(T, 1, FLOW, 500, T);
        facility.judged("d1", FLOW, "stuck", T - 600_000, null);
        take(T + 1, 2, FLOW, 500, T + 1);
        assertThat(facility.latest("d1", FLOW)).isEqualTo(new Latest(T + 1, 500.0, "stuck", T - 600_000, null));
        assertThat(word(T)).as("a frozen flow says nothing about the state").isEqualTo("unknown");
        facility.judged("d1", FLOW, "noise", T + 2, null);
        assertThat(word(T)).isEqualTo("run");
        facility.judged("d1", FLOW, "good", T + 3, null);
        assertThat(facility.latest("d1", FLOW)).isEqualTo(new Latest(T + 1, 500.0, "good", null, null));
    }

    @Test
    void whatIsSaidOfAnIntervalIsNotThePresent() {
        facility.take(
                telemetry("d1", T, 1, FLOW, 500).toBuilder()
                        .setIntervalSeconds(3600)
                        .build(),
                T);
        assertThat(facility.readings()).isEmpty();
        assertThat(word(T)).isEqualTo("unknown");
    }

    @Test
    void aPointThatIsGoneIsOfflineAndDoesNotReport() {
        take(T, 1, FLOW, 500, T);
        facility.take(
                Telemetry.newBuilder()
                        .setFacility("f1")
                        .setDevice("d1")
                        .setEventTimeMillis(T + 29_000)
                        .setSeq(2)
                        .addValues(Value.newBuilder().setMetric(FLOW).setQuality(Quality.OFFLINE))
                        .build(),
                T + 29_000);
        assertThat(facility.latest("d1", FLOW).quality()).isEqualTo("offline");
        assertThat(facility.latest("d1", FLOW).value()).isNull();
        assertThat(word(T + 29_000)).isEqualTo("unknown");
        assertThat(facility.reportsAt(T + 31_000)).as("its end is no report").isFalse();
        take(T + 40_000, 3, FLOW, 500, T + 40_000);
        assertThat(word(T + 40_000)).isEqualTo("run");
    }

    @Test
    void whatTheDetectJobKnowsToBeOfflineIsShownSo() {
        take(T, 1, FLOW, 500, T);
        facility.judged("d1", FLOW, "offline", T, null);
        assertThat(facility.readings())
                .singleElement()
                .satisfies(row -> assertThat(row.quality()).isEqualTo("offline"));
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 50);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whateverTheOrderTheNewestReadingStands(long seed) {
        var random = new Random(seed);
        var messages = new ArrayList<Telemetry>();
        for (var i = 0; i < 60; i++) {
            var time = T + random.nextInt(20);
            messages.add(telemetry("d1", time, i, random.nextBoolean() ? FLOW : TEMPERATURE, i));
        }
        messages.addAll(messages.subList(0, 20));
        Collections.shuffle(messages, random);
        messages.forEach(message -> facility.take(message, T));
        for (var metric : new String[] {FLOW, TEMPERATURE}) {
            var newest = messages.stream()
                    .filter(message -> message.getValues(0).getMetric().equals(metric))
                    .max((a, b) -> a.getEventTimeMillis() != b.getEventTimeMillis()
                            ? Long.compare(a.getEventTimeMillis(), b.getEventTimeMillis())
                            : Long.compare(a.getSeq(), b.getSeq()))
                    .orElseThrow();
            assertThat(facility.latest("d1", metric).value())
                    .isEqualTo(newest.getValues(0).getNumber());
        }
    }

    private String word(long now) {
        return facility.state(Glance.CALM, now).state();
    }

    private void take(long time, long seq, String metric, double value, long logMillis) {
        facility.take(telemetry("d1", time, seq, metric, value), logMillis);
    }

    private static Telemetry telemetry(String device, long time, long seq, String metric, double value) {
        return Telemetry.newBuilder()
                .setFacility("f1")
                .setDevice(device)
                .setSeq(seq)
                .setEventTimeMillis(time)
                .addValues(Value.newBuilder().setMetric(metric).setNumber(value))
                .build();
    }

    private static Facility entry(int periodSeconds, String... metrics) {
        var device = Device.newBuilder().setId("d1");
        for (var metric : metrics) {
            device.addPoints(Point.newBuilder().setMetric(metric).setPeriodSeconds(periodSeconds));
        }
        return Facility.newBuilder()
                .setId("f1")
                .setDomain("gas")
                .setType("gate_station")
                .setInService(true)
                .addDevices(device)
                .build();
    }
}
