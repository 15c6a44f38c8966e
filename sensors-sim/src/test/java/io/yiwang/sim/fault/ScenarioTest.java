package io.yiwang.sim.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Facility;
import io.yiwang.sim.city.CityGenerator;
import io.yiwang.sim.city.DeviceKeys;
import io.yiwang.sim.signal.Signals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenarioTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final List<Facility> CITY = new CityGenerator(PACKS, 1, DeviceKeys.of(new byte[] {1}))
            .generate(60)
            .facilities();
    private static final long START = Instant.parse("2026-11-21T02:00:00Z").toEpochMilli();

    @TempDir
    private Path data;

    private Truth truth;
    private Scenarios scenarios;

    @BeforeEach
    void start() {
        truth = new Truth(data);
        var faults =
                new Faults(PACKS, new Signals(PACKS, CITY, 1, ZoneId.of("Asia/Shanghai")), CITY, truth, Pace.DEMO, 1);
        scenarios = new Scenarios(faults, CITY, 1);
    }

    @Test
    void everyFlawIsNamedWithItsLine() {
        assertThatThrownBy(() -> Scenario.read("""
                        name: wrong
                        colour: red
                        steps:
                        - {at: soon, fault: gas_station_leak}
                        - at: 5m
                          severity: 3
                        - {fault: x, facility: a, type: b, for: 2m}
                        """))
                .isInstanceOfSatisfying(
                        Scenario.Refused.class,
                        e -> assertThat(e.flaws())
                                .extracting(Scenario.Flaw::line)
                                .containsExactly(2, 4, 5, 5, 7))
                .hasMessageContaining("unknown word 'colour'")
                .hasMessageContaining("'soon' is not a duration");
        assertThatThrownBy(() -> Scenario.read("steps: [")).isInstanceOf(Scenario.Refused.class);
        assertThatThrownBy(() -> Scenario.read("")).hasMessageContaining("line 1");
        assertThatThrownBy(() -> Scenario.read("name: x\n")).hasMessageContaining("needs steps");
    }

    @Test
    void whatThisCityCannotDoIsRefusedBeforeAnythingHappens() {
        assertThatThrownBy(() -> scenarios.start("""
                        steps:
                        - {fault: gas_station_leak}
                        - {fault: gas_station_leak, type: wtp}
                        - {fault: gas_station_leak, facility: gas-rs-999}
                        - {fault: no_such}
                        """, START))
                .isInstanceOfSatisfying(
                        Scenario.Refused.class,
                        e -> assertThat(e.flaws())
                                .extracting(Scenario.Flaw::line)
                                .containsExactly(3, 4, 5));
        assertThat(scenarios.list()).isEmpty();
        assertThat(truth.records()).isEmpty();
    }

    @Test
    void stepsHappenAtTheirMomentsHoweverLateSomebodyLooks() {
        var status = scenarios.start("""
                name: two leaks
                pace: 20s
                repeat: {every: 1h, times: 2}
                steps:
                - {at: 5m, fault: gas_station_leak, type: regulator_station, severity: 0.5, for: 10m}
                - {at: 1m, fault: sensor_stuck, facility: gas-rs-001}
                """, START);
        assertThat(status.steps()).hasSize(4);
        scenarios.advance(START);
        assertThat(truth.records()).isEmpty();
        scenarios.advance(START + 7_200_000);
        assertThat(truth.records())
                .extracting(TruthRecord::from)
                .containsExactly(
                        Instant.ofEpochMilli(START + 60_000),
                        Instant.ofEpochMilli(START + 300_000),
                        Instant.ofEpochMilli(START + 3_660_000),
                        Instant.ofEpochMilli(START + 3_900_000));
        assertThat(truth.records().get(1)).satisfies(leak -> {
            assertThat(leak.riseSeconds()).isEqualTo(20);
            assertThat(leak.pace()).isEqualTo("20.0s");
            assertThat(leak.severity()).isEqualTo(0.5);
            assertThat(Duration.between(leak.from(), leak.to())).isEqualTo(Duration.ofMinutes(10));
        });
        assertThat(scenarios.list().get(0).state()).isEqualTo("done");
    }

    @Test
    void theExamplesFitTheDemoCity() throws Exception {
        var examples = Path.of("..", "docs", "examples", "scenarios");
        try (var files = Files.list(examples)) {
            var scenarioFiles =
                    files.filter(f -> f.toString().endsWith(".scenario.yaml")).toList();
            assertThat(scenarioFiles).hasSizeGreaterThanOrEqualTo(2);
            for (var file : scenarioFiles) {
                assertThat(scenarios.dryRun(Files.readString(file), START).steps())
                        .as(file.toString())
                        .isNotEmpty();
            }
        }
    }
}
