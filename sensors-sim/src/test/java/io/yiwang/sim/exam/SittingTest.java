package io.yiwang.sim.exam;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.TelemetryRecord;
import io.yiwang.sim.fault.Truth;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A city of gas facilities for a day, with real faults. */
class SittingTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();

    private record Sat(byte[] log, Map<Integer, Sighting.Shown> shown, List<Case> cases, List<Facility> city) {}

    private static Sat sat;

    @BeforeAll
    static void sitOnce() throws IOException {
        sat = sit(settings("gas_station_leak", "sensor_dropout"));
    }

    private static Case planned(String fault) {
        return sat.cases().stream()
                .filter(planned -> planned.fault().equals(fault))
                .findFirst()
                .orElseThrow();
    }

    private static ExamSettings settings(String... faults) {
        return new ExamSettings(
                8, 0, 1, List.of(0.5), 1, 1, Duration.ofHours(1), 0.1, Set.of(faults), 7, ZoneId.of("Asia/Shanghai"));
    }

    private static Sat sit(ExamSettings settings) throws IOException {
        var faults = Planner.faults(PACKS, settings.faults());
        var city = ExamCity.draw(PACKS, faults, settings.facilities(), settings.seed());
        var cases = new Planner(PACKS, city, settings).plan().cases();
        var out = new ByteArrayOutputStream();
        var sitting = new Sitting(PACKS, city, cases, settings, Truth.inMemory(), out);
        sitting.run(day -> {});
        return new Sat(out.toByteArray(), sitting.shown(), cases, city);
    }

    private static List<TelemetryRecord> records(byte[] log) throws IOException {
        var in = new ByteArrayInputStream(log);
        var records = new ArrayList<TelemetryRecord>();
        for (var next = TelemetryRecord.parseDelimitedFrom(in);
                next != null;
                next = TelemetryRecord.parseDelimitedFrom(in)) {
            records.add(next);
        }
        return records;
    }

    @Test
    void theSameSettingsGiveTheSamePlanAndTheSameBytes() throws IOException {
        var first = sat;
        var second = sit(settings("gas_station_leak", "sensor_dropout"));
        assertThat(second.cases()).isEqualTo(first.cases());
        assertThat(second.shown()).isEqualTo(first.shown());
        assertThat(second.log()).isEqualTo(first.log());
    }

    @Test
    void theLogNeverGoesBackAndSaysWhatTimeItIs() throws IOException {
        long before = 0;
        int ticks = 0;
        int messages = 0;
        for (var record : records(sat.log())) {
            assertThat(record.getLogMillis()).isGreaterThanOrEqualTo(before);
            before = record.getLogMillis();
            if (record.hasTick()) {
                ticks++;
            } else {
                messages++;
                var said = record.getTelemetry();
                assertThat(said.getReceivedMillis()).isEqualTo(record.getLogMillis());
                assertThat(said.getReceivedMillis()).isGreaterThan(said.getEventTimeMillis());
                assertThat(said.getValuesCount()).isPositive();
            }
        }
        assertThat(ticks).isEqualTo(24 * 3600 / 10 + 1);
        assertThat(messages).isGreaterThan(10_000);
    }

    @Test
    void aDeviceThatDropsOutSaysNothingMeanwhileAndShowsItAfterThreePeriods() throws IOException {
        var planned = planned("sensor_dropout");
        var said = records(sat.log()).stream()
                .filter(record -> record.getTelemetry().getDevice().equals(planned.device()))
                .map(record -> record.getTelemetry().getEventTimeMillis())
                .toList();
        assertThat(said).noneMatch(millis -> millis >= planned.fromMillis() && millis < planned.toMillis());
        assertThat(said).anyMatch(millis -> millis < planned.fromMillis());
        assertThat(said).anyMatch(millis -> millis >= planned.toMillis());
        assertThat(sat.shown().get(planned.number()).visibleMillis())
                .isBetween(
                        planned.fromMillis() + 30_000,
                        planned.fromMillis() + Duration.ofHours(3).toMillis());
        assertThat(sat.shown().get(planned.number()).signMillis())
                .as("what shows at an instrument is its sign")
                .isEqualTo(sat.shown().get(planned.number()).visibleMillis());
    }

    @Test
    void aLeakShowsAtAReadingSoonAfterItBegins() throws IOException {
        var planned = planned("gas_station_leak");
        var shown = sat.shown().get(planned.number());
        var visible = shown.visibleMillis();
        assertThat(visible - planned.fromMillis()).isBetween(1L, 120_000L);
        assertThat(shown.plainMillis()).isGreaterThanOrEqualTo(visible);
        assertThat(shown.signMillis())
                .as("gas in the air is known by a limit")
                .isBetween(visible, planned.toMillis() - 1);
        var read = new HashMap<Long, Boolean>();
        records(sat.log()).stream()
                .filter(record -> record.getTelemetry().getFacility().equals(planned.facility()))
                .forEach(record -> read.put(record.getTelemetry().getEventTimeMillis(), true));
        assertThat(read).containsKeys(visible, shown.signMillis());
    }
}
