package io.yiwang.sim.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Fault;
import io.yiwang.model.domain.Fault.Onset;
import io.yiwang.model.domain.Name;
import io.yiwang.model.domain.Range;
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
        faults = faults(truth);
    }

    private static Faults faults(Truth truth) {
        return new Faults(PACKS, new Signals(PACKS, CITY, 1, ZoneId.of("Asia/Shanghai")), CITY, truth, Pace.DEMO, 1);
    }

    private TruthRecord start(String fault, String facility, double severity, Duration duration) {
        return faults.start(FaultOrder.of(fault, facility, severity, duration), START);
    }

    private TruthRecord startAt(String fault, String facility, String device, String metric, Duration duration) {
        return faults.start(
                new FaultOrder(fault, facility, device, metric, 0.8, duration, Pace.DEMO, "command"), START);
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
        start("gas_station_leak", "gas-rs-001", 0.8, Duration.ofSeconds(120));
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
        start("ws_pump_trip", "water-wp-001", 1, Duration.ofSeconds(60));
        assertThat(read("water-wp-001", "-pump1", START + 10_000))
                .containsEntry("ws_pump_state", 4.0)
                .containsEntry("ws_pump_current", 0.0);
        assertThat(read("water-wp-001", "-pump2", START + 10_000)).containsEntry("ws_pump_state", 1.0);
    }

    @Test
    void eachDomainHasFaultsThatCanHappenInTheDemoCity() {
        for (var domain : PACKS.all()) {
            if (domain.faults().isEmpty()) {
                continue;
            }
            assertThat(faults.possible().entrySet())
                    .filteredOn(e -> domain.faults().contains(e.getKey()))
                    .filteredOn(e -> !e.getValue().isEmpty())
                    .as(domain.id())
                    .hasSizeGreaterThan(1);
        }
    }

    @Test
    void theTruthIsWrittenBeforeTheFaultBegins() throws Exception {
        start("gas_station_leak", "gas-rs-001", 0.5, Duration.ofSeconds(60));
        faults.end(START + 10_000);
        var lines = Files.readAllLines(data.resolve("truth/faults.jsonl"));
        assertThat(lines).hasSize(2);
        var json = JsonMapper.shared().readTree(lines.get(0));
        assertThat(json.at("/fault").asString()).isEqualTo("gas_station_leak");
        assertThat(json.at("/facility").asString()).isEqualTo("gas-rs-001");
        assertThat(json.at("/from").asString()).isEqualTo("2026-11-21T02:00:00Z");
        assertThat(json.at("/to").asString()).isEqualTo("2026-11-21T02:01:00Z");
        assertThat(json.at("/metrics/0").asString()).isEqualTo("gas_station_leak_lel");
        assertThat(json.at("/effects/0/size").asDouble()).isEqualTo(47.5);
        assertThat(json.at("/points").toString()).contains("gas-rs-001-leak1.gas_station_leak_lel");
        assertThat(json.at("/pace").asString()).isEqualTo("demo");
        assertThat(json.at("/riseSeconds").asDouble()).isEqualTo(30);
        assertThat(json.at("/naturalRiseSeconds").asDouble()).isGreaterThan(400);
        var ended = JsonMapper.shared().readTree(lines.get(1));
        assertThat(ended.at("/id")).isEqualTo(json.at("/id"));
        assertThat(ended.at("/to").asString()).isEqualTo("2026-11-21T02:00:10Z");
        assertThat(ended.at("/endedEarly").asBoolean()).isTrue();
        assertThat(ended.at("/peak").asDouble()).isLessThan(0.5);
        assertThat(truth.records()).hasSize(1);
    }

    @Test
    void whatCannotHappenIsRefusedWithAReasonAndLeavesNoTruth() {
        var minute = Duration.ofMinutes(1);
        assertThatThrownBy(() -> start("no_such", "gas-rs-001", 1, minute))
                .isInstanceOf(Faults.Impossible.class)
                .hasMessageContaining("no_such");
        assertThatThrownBy(() -> start("gas_station_leak", "gas-rs-999", 1, minute))
                .hasMessageContaining("gas-rs-999");
        assertThatThrownBy(() -> start("gas_station_leak", "heating-es-001", 1, minute))
                .hasMessageContaining("regulator_station");
        assertThatThrownBy(() -> start("gas_station_leak", "gas-rs-001", 1.5, minute))
                .hasMessageContaining("severity");
        assertThatThrownBy(() -> start("gas_station_leak", "gas-rs-001", 1, Duration.ZERO))
                .hasMessageContaining("1 second");
        assertThat(truth.records()).isEmpty();
        assertThat(data.resolve("truth")).doesNotExist();
    }

    @Test
    void theShapesAreWhatTheySay() {
        assertThat(shapes(Onset.STEP, 30, 100)).satisfies(run -> {
            assertThat(run.shape(10_000)).isGreaterThan(0.5);
            assertThat(run.shape(30_000)).isCloseTo(1, within(1e-9));
            assertThat(run.shape(99_999)).isCloseTo(1, within(1e-9));
            assertThat(run.shape(100_000)).isZero();
            assertThat(run.shape(-1)).isZero();
        });
        assertThat(shapes(Onset.RAMP, 30, 100))
                .satisfies(run -> assertThat(run.shape(15_000)).isEqualTo(0.5));
        assertThat(shapes(Onset.PULSE, 30, 100)).satisfies(run -> {
            assertThat(run.shape(50_000)).isEqualTo(1);
            assertThat(run.shape(99_999)).isLessThan(0.01);
        });
        assertThat(shapes(Onset.PULSE, 90, 100).peak()).as("up and down fit in").isEqualTo(1);
        assertThat(shapes(Onset.PERIODIC, 30, 100)).satisfies(run -> {
            assertThat(run.shape(15_000)).isCloseTo(1, within(1e-9));
            assertThat(run.shape(30_000)).isCloseTo(0, within(1e-9));
        });
        assertThat(shapes(Onset.FREEZE, 30, 100).shape(0)).isEqualTo(1);
        assertThat(shapes(Onset.RAMP, 400, 100).peak()).isCloseTo(0.25, within(0.01));
    }

    private static FaultRun shapes(Onset onset, double rise, int seconds) {
        var fault = new Fault(
                "f",
                new Name("f", "f"),
                List.of("t"),
                onset,
                new Range(rise, rise),
                List.of(new Fault.Effect("m", Fault.Op.ADD, 1, 1, null)),
                1,
                null,
                null);
        return FaultRun.of("r", fault, "f", null, null, 1, 0, seconds * 1000L, Pace.NATURAL);
    }

    @Test
    void naturalFaultsGrowAsSlowlyAsThePackSays() {
        var record = faults.start(
                new FaultOrder(
                        "gas_station_leak", "gas-rs-001", null, null, 0, Duration.ofHours(1), Pace.NATURAL, "command"),
                START);
        assertThat(record.riseSeconds()).isEqualTo(900);
        assertThat(record.fullAt()).isEqualTo(Instant.ofEpochMilli(START + 900_000));
    }

    @Test
    void aStuckInstrumentShowsOneValueWhileTheOthersAndTheProcessMove() {
        var record = startAt("sensor_stuck", "gas-rs-001", null, "gas_flow_std", Duration.ofHours(5));
        assertThat(record.metrics()).containsExactly("gas_flow_std");
        assertThat(record.layer()).isEqualTo("instrument");
        var device = facility("gas-rs-001").getDevicesList().stream()
                .filter(d -> d.getId().equals(record.device()))
                .findFirst()
                .orElseThrow();
        var stuck = faults.readings(facility("gas-rs-001"), device, START + 1_000);
        var later = faults.readings(facility("gas-rs-001"), device, START + 4 * 3_600_000);
        assertThat(later.get("gas_flow_std")).isEqualTo(stuck.get("gas_flow_std"));
        assertThat(later).isNotEqualTo(stuck);
        assertThat(faults.readings(facility("gas-rs-001"), device, START + 5 * 3_600_000))
                .isEqualTo(faults(new Truth(data)).readings(facility("gas-rs-001"), device, START + 5 * 3_600_000));
    }

    @Test
    void faultsOfMessagesLeaveValuesAlone() {
        var plc = facility("gas-rs-001").getDevices(0).getId();
        assertThat(faults.manner(plc, START)).isEqualTo(Manner.USUAL);
        startAt("clock_skew", "gas-rs-001", plc, null, Duration.ofMinutes(5));
        startAt("duplicate_frame", "gas-rs-001", plc, null, Duration.ofMinutes(5));
        startAt("late_backfill", "gas-rs-001", plc, null, Duration.ofMinutes(5));
        var manner = faults.manner(plc, START + 1_000);
        assertThat(manner.clockMillis()).isLessThan(-60_000);
        assertThat(manner.copies()).isEqualTo(2);
        assertThat(manner.held()).isTrue();
        assertThat(faults.manner(plc, START + 300_000)).isEqualTo(Manner.USUAL);
        assertThat(faults.readings(
                        facility("gas-rs-001"), facility("gas-rs-001").getDevices(0), START + 1_000))
                .isEqualTo(faults(new Truth(data))
                        .readings(facility("gas-rs-001"), facility("gas-rs-001").getDevices(0), START + 1_000));
    }

    @Test
    void aDropOfOneMetricLeavesTheOthers() {
        startAt("sensor_dropout", "gas-rs-001", null, "gas_flow_std", Duration.ofMinutes(5));
        var device = facility("gas-rs-001").getDevicesList().stream()
                .filter(d ->
                        d.getPointsList().stream().anyMatch(p -> p.getMetric().equals("gas_flow_std")))
                .findFirst()
                .orElseThrow();
        assertThat(faults.readings(facility("gas-rs-001"), device, START + 1_000))
                .isNotEmpty()
                .doesNotContainKey("gas_flow_std");
        assertThat(faults.manner(device.getId(), START + 1_000).silent()).isFalse();
        startAt("sensor_dropout", "gas-rs-001", device.getId(), null, Duration.ofMinutes(5));
        assertThat(faults.manner(device.getId(), START + 1_000).silent()).isTrue();
    }

    @Test
    void aStoppedFaultIsGoneAtOnce() {
        var record = start("gas_station_leak", "gas-rs-001", 1, Duration.ofMinutes(10));
        assertThat(read("gas-rs-001", "-leak1", START + 60_000).get("gas_station_leak_lel"))
                .isGreaterThan(50);
        assertThat(faults.activeAt("gas-rs-001", START + 60_000)).isTrue();
        var over = faults.stop(record.id(), START + 60_000);
        assertThat(over.endedEarly()).isTrue();
        assertThat(read("gas-rs-001", "-leak1", START + 60_000).get("gas_station_leak_lel"))
                .isLessThan(3);
        assertThat(read("gas-rs-001", "-leak1", START + 59_000).get("gas_station_leak_lel"))
                .as("what was is as it was")
                .isGreaterThan(50);
        assertThatThrownBy(() -> faults.stop(record.id(), START + 61_000)).isInstanceOf(Faults.Impossible.class);
    }

    @Test
    void faultsByThemselvesComeAtTheirRateAndTheSameWithTheSameSeed() {
        var first = randomDay(7);
        assertThat(first).isEqualTo(randomDay(7)).isNotEqualTo(randomDay(8));
        // 60 facilities, 2 a day each; some fall on a facility that already has one.
        assertThat(first.size()).isBetween(80, 150);
    }

    private List<String> randomDay(long seed) {
        var own = new Truth(data);
        var fresh = faults(own);
        var random = new RandomFaults(fresh, fresh.facilities(), 2, seed);
        for (long t = START; t < START + 86_400_000; t += 97_000) {
            random.advance(t);
        }
        return own.records().stream()
                .map(r -> r.fault() + " " + r.facility() + " " + r.from() + " " + r.severity())
                .toList();
    }
}
