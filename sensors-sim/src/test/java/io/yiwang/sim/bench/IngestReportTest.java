package io.yiwang.sim.bench;

import static io.yiwang.sim.bench.IngestReport.BRIDGE;
import static io.yiwang.sim.bench.IngestReport.BROKER;
import static io.yiwang.sim.bench.IngestReport.CAMEL;
import static io.yiwang.sim.bench.IngestReport.DOOR;
import static io.yiwang.sim.bench.IngestReport.FLOOR_DOOR;
import static io.yiwang.sim.bench.IngestReport.FLOOR_PRODUCER;
import static io.yiwang.sim.bench.IngestReport.FLOOR_RECEIVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.yiwang.sim.bench.IngestReport.Capacity;
import io.yiwang.sim.bench.IngestReport.Ratio;
import io.yiwang.sim.bench.IngestReport.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IngestReportTest {
    private static IngestTurn turn(String candidate, int round, Map<String, Double> micros, String... faults) {
        return new IngestTurn(candidate, round, 100_000, 20, micros, 1.5, 3, 15, 1, 0.1, List.of(faults));
    }

    private static List<IngestTurn> round(int round, double door) {
        return new ArrayList<>(List.of(
                turn(DOOR, round, Map.of("ingest", door)),
                turn(FLOOR_DOOR, round, Map.of("floor-door", 30.0)),
                turn(FLOOR_PRODUCER, round, Map.of("floor-producer", 10.0)),
                turn(BRIDGE, round, Map.of("ingest", 27.0, BROKER, 20.0)),
                turn(FLOOR_RECEIVER, round, Map.of("floor-receiver", 8.0, BROKER, 20.0)),
                turn(CAMEL, round, Map.of("camel", 60.0, BROKER, 40.0))));
    }

    private static Ratio ratio(List<IngestTurn> turns, String name) {
        return IngestReport.ratios(turns).stream()
                .filter(ratio -> ratio.name().startsWith(name))
                .findFirst()
                .orElseThrow();
    }

    private static IngestReport report(List<IngestTurn> turns, Capacity capacity) {
        return new IngestReport(
                "2026-01-01T00:00:00Z",
                2,
                5000,
                2000,
                20,
                140,
                160,
                turns,
                IngestReport.ratios(turns),
                capacity,
                List.of());
    }

    @Test
    void theBrokerCountsBesideCamelForTheDoorAndForNobodyElse() {
        var turns = round(1, 50);

        assertThat(ratio(turns, "door / (floor").median()).isEqualTo(50.0 / 40);
        assertThat(ratio(turns, "bridge / (floor").median()).isEqualTo(27.0 / 18);
        assertThat(ratio(turns, "bridge / Camel").median()).isEqualTo(27.0 / 60);
        assertThat(ratio(turns, "door / (mosquitto").median()).isEqualTo(50.0 / 100);
        assertThat(ratio(turns, "bridge / (floor").isMet()).isTrue();
        assertThat(ratio(turns, "door / (mosquitto").isMet()).isFalse();
    }

    @Test
    void aRatioIsFormedWithinARoundAndItsMedianIsOverRounds() {
        var turns = round(1, 40);
        turns.addAll(round(2, 80));
        turns.addAll(round(3, 44));

        var ratio = ratio(turns, "door / (floor");

        assertThat(ratio.rounds()).containsExactly(1.0, 2.0, 1.1);
        assertThat(ratio.median()).isEqualTo(1.1);
        assertThat(ratio.lowest()).isEqualTo(1.0);
        assertThat(ratio.highest()).isEqualTo(2.0);
    }

    @Test
    void aVoidRoundOfAnyPartCountsForNoRatioWithThatPart() {
        var turns = round(1, 40);
        turns.removeIf(turn -> turn.candidate().equals(FLOOR_PRODUCER));
        turns.add(turn(FLOOR_PRODUCER, 1, Map.of("floor-producer", 1.0), "LOST: 3 records"));
        turns.addAll(round(2, 44));

        assertThat(ratio(turns, "door / (floor").rounds()).containsExactly(1.1);
        assertThat(ratio(turns, "door / (mosquitto").rounds()).hasSize(2);
        assertThat(report(turns, Capacity.of(List.of())).table())
                .contains("VOID: floor producer, round 1: LOST: 3 records");
    }

    @Test
    void aResultWithoutARoundThatCountsIsNotValid() {
        var turns = round(1, 40);
        turns.set(0, turn(DOOR, 1, Map.of("ingest", 40.0), "fell behind"));

        var report = report(turns, Capacity.of(List.of()));

        assertThat(report.isValid()).isFalse();
        assertThat(report.table()).contains("not measured");
    }

    @Test
    void withoutABrokerOnlyTheDoorAndItsFloorAreCompared() {
        var turns = round(1, 40);
        turns.removeIf(turn -> turn.cpuMicros().containsKey(BROKER));

        assertThat(IngestReport.ratios(turns))
                .extracting(Ratio::name)
                .containsExactly("door / (floor door + floor producer)");
        assertThat(report(turns, Capacity.of(List.of())).isValid()).isTrue();
    }

    private static Step step(double offered, double acknowledged, double doorCores, String... faults) {
        return new Step(
                offered, acknowledged, 4, 20, 10, 0, doorCores, 0.2, 0.3, 0, faults.length == 0, List.of(faults));
    }

    @Test
    void theCapacityIsTheHighestRateThatWasKeptUp() {
        var capacity = Capacity.of(List.of(
                step(10_000, 10_000, 0.5),
                step(20_000, 20_000, 0.8),
                step(25_000, 23_000, 1.2, "fell behind"),
                step(25_000, 22_000, 1.2, "fell behind")));

        assertThat(capacity.highestRate()).isEqualTo(20_000);
        assertThat(capacity.doorMicros()).isCloseTo(40, within(1e-9));
        assertThat(capacity.twoCoresRate()).isCloseTo(50_000, within(1e-6));
        assertThat(report(round(1, 40), capacity).table()).contains("20000 messages/s (goal 20000: met)");
    }

    @Test
    void aDoorThatKeptUpNothingHasNoCapacity() {
        assertThat(Capacity.of(List.of(step(5_000, 1_000, 0.5, "fell behind"))))
                .extracting(Capacity::highestRate, Capacity::twoCoresRate)
                .containsExactly(0.0, 0.0);
    }
}
