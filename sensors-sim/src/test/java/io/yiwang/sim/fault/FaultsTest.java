package io.yiwang.sim.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Device;
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
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class FaultsTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final List<Facility> CITY = new CityGenerator(PACKS, 1, DeviceKeys.of(new byte[] {1}))
            .generate(60)
            .facilities();
    private static final long START = Instant.parse("2026-11-21T02:00:00Z").toEpochMilli();

    @TempDir
    private Path data;

    private Truth truth;
    private Faults faults;

    @BeforeEach
    void startWithoutFaults() {
        truth = new Truth(data);
        faults = new Faults(PACKS, new Signals(PACKS, 1, ZoneId.of("Asia/Shanghai")), CITY, truth);
    }

    private static Facility facility(String id) {
        return CITY.stream().filter(f -> f.getId().equals(id)).findFirst().orElseThrow();
    }

    private static Device device(Facility facility, String suffix) {
        return facility.getDevicesList().stream()
                .filter(d -> d.getId().endsWith(suffix))
                .findFirst()
                .orElseThrow();
    }

    private Map<String, Double> read(String facility, String device, long millis) {
        return faults.readings(facility(facility), device(facility(facility), device), millis);
    }

    @Test
    void aGasLeakPassesItsHighestLimitWithinHalfAMinuteAndEnds() {
        faults.start("gas_station_leak", "gas-rs-001", 0.8, Duration.ofSeconds(120), START);
        assertThat(read("gas-rs-001", "-leak1", START).get("gas_station_leak_lel"))
                .isLessThan(3);
        assertThat(read("gas-rs-001", "-leak1", START + 15_000).get("gas_station_leak_lel"))
                .isBetween(30.0, 40.0);
        assertThat(read("gas-rs-001", "-leak1", START + 30_000).get("gas_station_leak_lel"))
                .isCloseTo(67.8, within(1.5));
        assertThat(read("gas-rs-001", "-leak2", START + 30_000).get("gas_station_leak_lel"))
                .as("the other detector is further away")
                .isBetween(20.0, 32.0);
        assertThat(read("gas-rs-002", "-leak1", START + 30_000).get("gas_station_leak_lel"))
                .as("another station")
                .isLessThan(3);
        assertThat(read("gas-rs-001", "-leak1", START + 120_000).get("gas_station_leak_lel"))
                .isLessThan(3);
    }

    @Test
    void aPumpTripStopsOnePumpAtOnce() {
        faults.start("ws_pump_trip", "water-wp-001", 1, Duration.ofSeconds(60), START);
        assertThat(read("water-wp-001", "-pump1", START + 10_000))
                .containsEntry("ws_pump_state", 4.0)
                .containsEntry("ws_pump_current", 0.0);
        assertThat(read("water-wp-001", "-pump2", START + 10_000)).containsEntry("ws_pump_state", 1.0);
    }

    @Test
    void aFrozenInstrumentShowsOneValueWhileTheProcessMoves() {
        faults.start("sg_analyser_fake", "sewage-tp-001", 1, Duration.ofHours(2), START);
        var first = read("sewage-tp-001", "-out", START + 1_000).get("sg_cod_out");
        for (int i = 1; i < 100; i++) {
            assertThat(read("sewage-tp-001", "-out", START + i * 60_000)).containsEntry("sg_cod_out", first);
        }
    }

    @Test
    void everyFaultChangesSomeReadingAndStaysWithinThePhysicalRange() {
        for (var entry : faults.possible().entrySet()) {
            for (var where : entry.getValue().stream().limit(1).toList()) {
                var facility = facility(where);
                var fresh = new Faults(PACKS, new Signals(PACKS, 1, ZoneId.of("Asia/Shanghai")), CITY, new Truth(data));
                fresh.start(entry.getKey().id(), where, 1, Duration.ofSeconds(900), START);
                var changed = false;
                for (var device : facility.getDevicesList()) {
                    for (long t = START + 10_000; t <= START + 800_000; t += 30_000) {
                        var sick = fresh.readings(facility, device, t);
                        changed |= !sick.equals(faults.readings(facility, device, t));
                        sick.forEach((metric, value) -> assertThat(PACKS.metric(metric)
                                        .orElseThrow()
                                        .range()
                                        .contains(value))
                                .as(entry.getKey().id() + " " + metric + " " + value)
                                .isTrue());
                    }
                }
                assertThat(changed).as(entry.getKey().id() + " at " + where).isTrue();
            }
        }
    }

    @Test
    void eachDomainHasFaultsThatCanHappenInTheDemoCity() {
        for (var domain : PACKS.all()) {
            assertThat(faults.possible().entrySet())
                    .filteredOn(e -> domain.faults().contains(e.getKey()))
                    .filteredOn(e -> !e.getValue().isEmpty())
                    .as(domain.id())
                    .hasSizeGreaterThan(4);
        }
    }

    @Test
    void theTruthIsWrittenBeforeTheFaultBegins() throws Exception {
        faults.start("gas_station_leak", "gas-rs-001", 0.5, Duration.ofSeconds(60), START);
        truth.end(Instant.ofEpochMilli(START + 10_000));
        var lines = Files.readAllLines(data.resolve("truth/faults.jsonl"));
        assertThat(lines).hasSize(2);
        var json = JsonMapper.shared().readTree(lines.get(0));
        assertThat(json.at("/fault").asString()).isEqualTo("gas_station_leak");
        assertThat(json.at("/facility").asString()).isEqualTo("gas-rs-001");
        assertThat(json.at("/from").asString()).isEqualTo("2026-11-21T02:00:00Z");
        assertThat(json.at("/to").asString()).isEqualTo("2026-11-21T02:01:00Z");
        assertThat(json.at("/metrics/0").asString()).isEqualTo("gas_station_leak_lel");
        assertThat(json.at("/effects/0/size").asDouble()).isEqualTo(47.5);
        assertThat(JsonMapper.shared().readTree(lines.get(1)).at("/endedAt").asString())
                .isEqualTo("2026-11-21T02:00:10Z");
        assertThat(truth.records()).hasSize(1);
    }

    @Test
    void whatCannotHappenIsRefusedWithAReasonAndLeavesNoTruth() {
        var minute = Duration.ofMinutes(1);
        assertThatThrownBy(() -> faults.start("no_such", "gas-rs-001", 1, minute, START))
                .isInstanceOf(Faults.Impossible.class)
                .hasMessageContaining("no_such");
        assertThatThrownBy(() -> faults.start("gas_station_leak", "gas-rs-999", 1, minute, START))
                .hasMessageContaining("gas-rs-999");
        assertThatThrownBy(() -> faults.start("gas_station_leak", "heating-es-001", 1, minute, START))
                .hasMessageContaining("regulator_station");
        assertThatThrownBy(() -> faults.start("gas_station_leak", "gas-rs-001", 1.5, minute, START))
                .hasMessageContaining("severity");
        assertThatThrownBy(() -> faults.start("gas_station_leak", "gas-rs-001", 1, Duration.ZERO, START))
                .hasMessageContaining("1 second");
        assertThat(truth.records()).isEmpty();
        assertThat(data.resolve("truth")).doesNotExist();
    }

    @Test
    void pulsesAreGoneAtTheirEndAndPeriodicFaultsComeAndGo() {
        var sewage = PACKS.domain("sewage").orElseThrow();
        var pulse = sewage.faults().stream()
                .filter(f -> f.id().equals("sg_h2s_release"))
                .findFirst()
                .orElseThrow();
        var run = FaultRun.of("r", pulse, "f", 1, 0, 100_000);
        assertThat(run.shape(50_000)).isEqualTo(1);
        assertThat(run.shape(99_999)).isLessThan(0.01);
        assertThat(run.shape(100_000)).isZero();
        var heating = PACKS.domain("heating").orElseThrow();
        var periodic = heating.faults().stream()
                .filter(f -> f.id().equals("ht_water_theft"))
                .findFirst()
                .orElseThrow();
        var swing = FaultRun.of("r", periodic, "f", 1, 0, 100_000);
        assertThat(swing.shape(15_000)).isCloseTo(1, within(1e-9));
        assertThat(swing.shape(30_000)).isCloseTo(0, within(1e-9));
    }
}
