package io.yiwang.sim.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Limit;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Rule;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import io.yiwang.sim.city.CityGenerator;
import io.yiwang.sim.city.DeviceKeys;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalsTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    private static final long MIDNIGHT = Instant.parse("2026-11-20T16:00:00Z").toEpochMilli();
    private static final long DAY = 86_400_000;

    /** A domain without any behaviour is not simulated: its readings are recorded ones. */
    static Stream<Domain> domains() {
        return PACKS.all().stream()
                .filter(domain -> domain.facilityTypes().stream()
                        .anyMatch(type -> !type.behaviour().isEmpty()));
    }

    private static List<Facility> demo(long seed) {
        return new CityGenerator(PACKS, seed, DeviceKeys.of(new byte[] {1}))
                .generate(60)
                .facilities();
    }

    /** One facility of every type, with the pack's devices and defaults. */
    private static List<Facility> oneOfEach(Domain domain) {
        var facilities = new ArrayList<Facility>();
        for (var type : domain.facilityTypes()) {
            var facility = Facility.newBuilder()
                    .setId(type.id())
                    .setDomain(domain.id())
                    .setType(type.id());
            for (var template : type.devices()) {
                var device = Device.newBuilder().setId(type.id() + "-" + template.id());
                template.metrics()
                        .forEach(metric -> device.addPoints(Point.newBuilder().setMetric(metric)));
                facility.addDevices(device);
            }
            facilities.add(facility.build());
        }
        return facilities;
    }

    /** Every raw limit that a day of readings violates, and every reading outside its ordinary or physical range. */
    private static TreeSet<String> oddities(List<Facility> facilities, long seed, long from, long to, long step) {
        var signals = new Signals(PACKS, facilities, seed, ZONE);
        var odd = new TreeSet<String>();
        for (var facility : facilities) {
            var domain = PACKS.domain(facility.getDomain()).orElseThrow();
            var rules = new HashMap<String, List<Rule>>();
            domain.rulesOf(facility).stream()
                    .filter(rule -> rule.statistic().equals(Limit.RAW))
                    .forEach(rule -> rules.computeIfAbsent(rule.metric(), m -> new ArrayList<>())
                            .add(rule));
            for (long t = from; t < to; t += step) {
                for (var device : facility.getDevicesList()) {
                    for (var entry : signals.at(facility, device, t).entrySet()) {
                        var value = entry.getValue().shown();
                        var metric = entry.getValue().metric();
                        if (!metric.normal().contains(entry.getValue().value())) {
                            odd.add(facility.getId() + " " + metric.code() + " leaves " + metric.normal());
                        }
                        for (var rule : rules.getOrDefault(metric.code(), List.of())) {
                            if (rule.violatedBy(value)) {
                                odd.add(facility.getId() + " violates " + rule.id());
                            }
                        }
                    }
                }
            }
        }
        return odd;
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 7})
    void noHourOfTheDayOfTheDemoCityIsAlarming(long seed) {
        assertThat(oddities(demo(seed), seed, MIDNIGHT, MIDNIGHT + DAY, 301_000))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("domains")
    void noMomentOfATypicalHourIsAlarmingAtAnyTypeOfFacility(Domain domain) {
        var morning = MIDNIGHT + 8 * 3_600_000;
        assertThat(oddities(oneOfEach(domain), 3, morning, morning + 1_800_000, 5_000))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("domains")
    void everyPointOfEveryTypeBehaves(Domain domain) {
        var facilities = oneOfEach(domain);
        var signals = new Signals(PACKS, facilities, 1, ZONE);
        for (var facility : facilities) {
            for (var device : facility.getDevicesList()) {
                assertThat(signals.at(facility, device, MIDNIGHT))
                        .as(device.getId())
                        .hasSize(device.getPointsCount());
            }
        }
    }

    @Test
    void theSameMomentAlwaysLooksTheSame() {
        var city = demo(1);
        var facility = city.get(3);
        var forwards = new Signals(PACKS, city, 1, ZONE);
        var device = facility.getDevices(0);
        var first = forwards.at(facility, device, MIDNIGHT);
        forwards.at(facility, device, MIDNIGHT + 5_000);
        assertThat(forwards.at(facility, device, MIDNIGHT)).isEqualTo(first);
        assertThat(new Signals(PACKS, city, 1, ZONE).at(facility, device, MIDNIGHT))
                .isEqualTo(first);
        assertThat(new Signals(PACKS, city, 2, ZONE).at(facility, device, MIDNIGHT))
                .isNotEqualTo(first);
    }

    @Test
    void demandDrivesFlowAndFlowDrivesPressure() {
        var gas = PACKS.domain("gas").orElseThrow();
        var station = oneOfEach(gas).stream()
                .filter(f -> f.getType().equals("regulator_station"))
                .findFirst()
                .orElseThrow();
        var signals = new Signals(PACKS, List.of(station), 1, ZONE);
        var night = signals.at(station, station.getDevices(0), MIDNIGHT + 3 * 3_600_000);
        var evening = signals.at(station, station.getDevices(0), MIDNIGHT + 18 * 3_600_000);
        assertThat(evening.get("gas_flow_std").value())
                .isGreaterThan(4 * night.get("gas_flow_std").value());
        assertThat(evening.get("gas_outlet_pressure_lp").value())
                .isLessThan(night.get("gas_outlet_pressure_lp").value());
        assertThat(evening.get("gas_filter_dp").value())
                .isGreaterThan(night.get("gas_filter_dp").value());
    }

    @Test
    void countersOnlyGrow() {
        var city = demo(1);
        var signals = new Signals(PACKS, city, 1, ZONE);
        for (var facility : city) {
            for (var device : facility.getDevicesList()) {
                var before = new HashMap<String, Double>();
                for (long t = MIDNIGHT; t < MIDNIGHT + 2 * DAY; t += 3_600_000) {
                    signals.at(facility, device, t).forEach((code, reading) -> {
                        if (reading.metric().kind() == Metric.Kind.COUNTER) {
                            var last = before.put(code, reading.shown());
                            assertThat(reading.shown())
                                    .as(device.getId() + " " + code)
                                    .isGreaterThan(last == null ? 0 : last - 1e-9);
                        }
                    });
                }
            }
        }
    }

    @Test
    void noiseHasUnitVarianceAndRemembersItsPast() {
        var n = 20_000;
        double sum = 0;
        double squares = 0;
        double products = 0;
        var before = Noise.at(5, 0);
        for (int i = 1; i <= n; i++) {
            var x = Noise.at(5, i * 5_000L);
            sum += x;
            squares += x * x;
            products += x * before;
            before = x;
        }
        assertThat(sum / n).isBetween(-0.1, 0.1);
        assertThat(squares / n).isBetween(0.9, 1.1);
        assertThat(products / squares).isBetween(0.87, 0.93);
    }

    @Test
    void aCourseGoesThroughItsFactorsAndItsAreaGrowsByItsMean() {
        var factors = new ArrayList<Double>();
        for (int h = 0; h < 24; h++) {
            factors.add(h < 12 ? 0.5 : 1.5);
        }
        var course = new Course(factors);
        assertThat(course.at(3)).isEqualTo(0.5);
        assertThat(course.at(11.5)).isEqualTo(1.0);
        assertThat(course.at(23.5)).isEqualTo(1.0);
        assertThat(course.at(-1)).isEqualTo(1.5);
    }
}
