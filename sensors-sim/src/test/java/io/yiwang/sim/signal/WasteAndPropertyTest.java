package io.yiwang.sim.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.FacilityType;
import io.yiwang.model.domain.Limit;
import io.yiwang.model.domain.LimitFormula;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Rule;
import io.yiwang.model.domain.Side;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The laws of waste, lifts, pump rooms, building sites and village bins. */
class WasteAndPropertyTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    private static final List<String> DOMAINS = List.of("waste", "property", "construction_dust", "rural_waste");
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    /** Mondays. */
    private static final long JANUARY = midnight("2027-01-11");

    private static final long APRIL = midnight("2027-04-12");
    private static final long JULY = midnight("2027-07-12");
    private static final long OCTOBER = midnight("2026-10-12");

    private static long midnight(String date) {
        return Instant.parse(date + "T00:00:00Z").toEpochMilli() - 8 * HOUR;
    }

    private static Domain domain(String id) {
        return PACKS.domain(id).orElseThrow();
    }

    private static Facility facility(String domain, FacilityType type, String id, String... upstream) {
        var facility = Facility.newBuilder()
                .setId(id)
                .setDomain(domain)
                .setType(type.id())
                .addAllUpstream(List.of(upstream));
        for (var template : type.devices()) {
            var device = Device.newBuilder().setId(id + "-" + template.id());
            template.metrics()
                    .forEach(metric -> device.addPoints(Point.newBuilder().setMetric(metric)));
            facility.addDevices(device);
        }
        return facility.build();
    }

    private static Facility facility(String domain, String type, String id, String... upstream) {
        return facility(domain, domain(domain).typesById().get(type), id, upstream);
    }

    private static Physics physics(long seed, Facility... facilities) {
        return physics(seed, List.of(facilities));
    }

    private static Physics physics(long seed, Collection<Facility> facilities) {
        return new Physics(PACKS, facilities, new Weather(seed, ZONE), seed);
    }

    private static DoubleStream over(long from, long to, long step, LongToDoubleFunction value) {
        return LongStream.iterate(from, t -> t < to, t -> t + step).mapToDouble(value);
    }

    private static double mean(long from, long to, long step, LongToDoubleFunction value) {
        return over(from, to, step, value).average().orElseThrow();
    }

    /** One facility of each type with the pack's defaults, and one at either end of what varies. */
    private static List<Facility> city(Domain domain) {
        var facilities = new ArrayList<Facility>();
        for (var type : domain.facilityTypes()) {
            var feeders = type.placement() == null
                    ? List.<String>of()
                    : type.placement().fedBy();
            for (var factor : List.of(1.0, 0.8, 1.25)) {
                var id = type.id() + "-" + factor;
                var facility = facility(
                        domain.id(),
                        type,
                        id,
                        feeders.stream().map(feeder -> feeder + "-" + factor).toArray(String[]::new))
                        .toBuilder();
                var placement = type.placement();
                if (placement != null && factor != 1) {
                    for (var parameter : placement.vary()) {
                        facility.putParameters(
                                parameter, Math.rint(type.parameters().get(parameter) * factor));
                    }
                    if (placement.households() != null) {
                        facility.setHouseholds((int)
                                (factor < 1
                                        ? placement.households().low()
                                        : placement.households().high()));
                    }
                }
                facilities.add(facility.build());
            }
        }
        return facilities;
    }

    static Stream<Arguments> seasons() {
        return DOMAINS.stream()
                .flatMap(domain -> Stream.of(JANUARY, APRIL, JULY, OCTOBER)
                        .map(from -> Arguments.of(domain, Instant.ofEpochMilli(from + 8 * HOUR), from)));
    }

    /** Moving limits of raw readings count as well, at the hour they are read. */
    @ParameterizedTest(name = "{0}, week from {1}")
    @MethodSource("seasons")
    void noHourOfAnySeasonIsOddWithoutFaults(String id, Instant week, long from) {
        var domain = domain(id);
        var odd = new TreeSet<String>();
        for (long seed = 1; seed <= 2; seed++) {
            var facilities = city(domain);
            var signals = new Signals(PACKS, facilities, seed, ZONE);
            for (var facility : facilities) {
                var rules = new HashMap<String, List<Rule>>();
                domain.rulesOf(facility)
                        .forEach(rule -> rules.computeIfAbsent(rule.metric(), m -> new ArrayList<>())
                                .add(rule));
                for (long t = from; t < from + 7 * DAY; t += 617_000) {
                    for (var device : facility.getDevicesList()) {
                        for (var entry : signals.at(facility, device, t).entrySet()) {
                            var reading = entry.getValue();
                            var normal = reading.metric().normal();
                            if (!normal.contains(reading.value())) {
                                odd.add(facility.getId() + " " + entry.getKey() + " leaves " + normal + ": "
                                        + (reading.value() < normal.low() ? "low" : "high"));
                            }
                            for (var rule : rules.getOrDefault(entry.getKey(), List.of())) {
                                if (violates(rule, reading.shown(), t)) {
                                    odd.add(facility.getId() + " violates " + rule.id());
                                }
                            }
                        }
                    }
                }
            }
        }
        assertThat(odd).isEmpty();
    }

    private static boolean violates(Rule rule, double value, long millis) {
        if (!rule.statistic().equals(Limit.RAW) || rule.formula() == null) {
            return rule.statistic().equals(Limit.RAW) && rule.violatedBy(value);
        }
        var limit = rule.formula().at(readings(millis, Map.of()));
        return rule.side() == Side.L || rule.side() == Side.LL ? value < limit : value >= limit;
    }

    private static LimitFormula.Readings readings(long millis, Map<String, Double> districtMeans) {
        return new LimitFormula.Readings() {
            @Override
            public double here(String metric) {
                return Double.NaN;
            }

            @Override
            public double districtMean(String metric) {
                return districtMeans.getOrDefault(metric, Double.NaN);
            }

            @Override
            public double hour() {
                return (millis + 8 * HOUR) % DAY / (double) HOUR;
            }
        };
    }

    private static Rule rule(Facility facility, String id) {
        return domain(facility.getDomain()).rulesOf(facility).stream()
                .filter(rule -> rule.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theDustLimitFollowsTheDistrictUpTo150AndTheNoiseLimitTheHour() {
        var site = facility("construction_dust", "construction_site", "cs");
        var dust = rule(site, "cd_pm10.hh");
        assertThat(dust.statistic()).isEqualTo("hourly_mean");
        assertThat(dust.confidence()).isEqualTo("V");
        assertThat(dust.formula().at(readings(JULY, Map.of("cd_pm10", 70.0)))).isEqualTo(150);
        assertThat(dust.formula().at(readings(JULY, Map.of("cd_pm10", 300.0)))).isEqualTo(230);
        var noise = rule(site, "cd_noise.h");
        assertThat(noise.formula().at(readings(JULY + 6 * HOUR, Map.of()))).isEqualTo(70);
        assertThat(noise.formula().at(readings(JULY + 22 * HOUR, Map.of()))).isEqualTo(55);
    }

    @Test
    void aTruckThatArrivesIsWeighedFillsTheHopperAndSetsThePressToWork() {
        var station = facility("waste", "transfer_station", "ts");
        var physics = physics(5, station);
        var arrivals = 0;
        for (long t = APRIL + 4 * HOUR; t < APRIL + 20 * HOUR; t += MINUTE) {
            if (physics.at("ts", "since_truck", t) < 60 && physics.at("ts", "pending", t - 1) == 0) {
                arrivals++;
                assertThat(physics.at("ts", "wt_net_mass", t + MINUTE / 2))
                        .isNotEqualTo(physics.at("ts", "wt_net_mass", t - 1));
                assertThat(physics.at("ts", "wt_vehicle_gross", t))
                        .isGreaterThan(physics.at("ts", "wt_net_mass", t) + 7);
                assertThat(physics.at("ts", "wt_hopper_level", t + 1))
                        .isGreaterThan(physics.at("ts", "wt_hopper_level", t - 1) + 20);
                assertThat(physics.at("ts", "wt_compactor_state", t - 1)).isEqualTo(2);
                assertThat(physics.at("ts", "wt_compactor_state", t + 1)).isEqualTo(1);
                assertThat(over(t, t + 2 * MINUTE, 1000, at -> physics.at("ts", "wt_compactor_current", at))
                                .max()
                                .orElseThrow())
                        .isGreaterThan(75);
                assertThat(physics.at("ts", "wt_compactor_current", t - 1)).isLessThan(10);
            }
        }
        assertThat(arrivals).isGreaterThan(5);
        var weighings = over(
                        APRIL,
                        APRIL + DAY,
                        MINUTE,
                        t -> physics.at("ts", "since_truck", t) < 60 ? physics.at("ts", "wt_net_mass", t) : 0)
                .toArray();
        assertThat(DoubleStream.of(weighings).sum())
                .as("what was weighed is the day's intake, up to loads being all taken as average")
                .isBetween(
                        0.9 * physics.at("ts", "wt_daily_mass", APRIL + DAY - 1),
                        1.1 * physics.at("ts", "wt_daily_mass", APRIL + DAY - 1));
    }

    @Test
    void pressureIsASawtoothOfTheCompactorsCycle() {
        for (long seed = 1; seed <= 2; seed++) {
            var station = facility("waste", "transfer_station", "ts");
            var physics = physics(seed, station);
            var strokes = new ArrayList<Long>();
            var before = 0.0;
            for (long t = OCTOBER + 6 * HOUR; t < OCTOBER + 10 * HOUR; t += 1000) {
                var pressure = physics.at("ts", "wt_compactor_pressure", t);
                if (before < 10 && pressure >= 10 && physics.at("ts", "wt_compactor_state", t - 120_000) == 1) {
                    strokes.add(t);
                }
                before = pressure;
            }
            var periods = IntStream.range(1, strokes.size())
                    .mapToDouble(i -> (strokes.get(i) - strokes.get(i - 1)) / 1000.0)
                    .filter(seconds -> seconds < 200)
                    .toArray();
            assertThat(periods).hasSizeGreaterThan(20);
            assertThat(DoubleStream.of(periods).sorted().toArray()[periods.length / 2])
                    .as("seed " + seed)
                    .isBetween(45.0, 110.0);
            assertThat(physics.at("ts", "wt_cycle_time", OCTOBER + 8 * HOUR)).isBetween(45.0, 110.0);
        }
    }

    @Test
    void odourGrowsWithHeatAndWithWhatLiesThereAndWithoutTheFan() {
        var station = facility("waste", "transfer_station", "ts");
        var physics = physics(2, station);
        LongToDoubleFunction h2s = t -> physics.at("ts", "wt_h2s_indoor", t);
        assertThat(mean(JULY, JULY + 7 * DAY, HOUR / 2, h2s))
                .isGreaterThan(2 * mean(JANUARY, JANUARY + 7 * DAY, HOUR / 2, h2s));
        var weather = new Weather(2, ZONE);
        for (long t = JULY; t < JULY + DAY; t += 11 * MINUTE) {
            var heat = Math.exp(0.07 * (8 + 0.6 * weather.outdoor(t) - 20));
            assertThat((h2s.applyAsDouble(t) - 0.06) / heat / physics.at("ts", "stock", t))
                    .isCloseTo(0.06, within(1e-9));
        }
        var noon = JULY + 12 * HOUR;
        var nh3 = physics.at("ts", "wt_nh3_indoor", noon);
        var boundary = physics.at("ts", "wt_odor_boundary", noon);
        physics.disturb((facility, name, millis) -> name.equals("wt_deodor_fan_state") ? healthy -> 4 : null);
        assertThat(physics.at("ts", "wt_nh3_indoor", noon)).isGreaterThan(2 * nh3);
        assertThat(physics.at("ts", "wt_odor_boundary", noon)).isGreaterThan(boundary);
        assertThat(physics.at("ts", "wt_negative_pressure", noon)).isGreaterThan(-8);
    }

    @Test
    void aJamLetsTrucksQueueWithinFortyMinutes() {
        var physics = physics(3, facility("waste", "transfer_station", "ts"));
        var onset = APRIL + 6 * HOUR;
        physics.disturb(
                (facility, name, millis) -> name.equals("wt_compactor_state") && millis >= onset ? healthy -> 4 : null);
        assertThat(physics.at("ts", "wt_queue_length", onset)).isLessThan(6);
        assertThat(physics.at("ts", "wt_queue_length", onset + 40 * MINUTE)).isGreaterThan(8);
    }

    @Test
    void leachateFollowsTheWetMonths() {
        var physics = physics(4, facility("waste", "transfer_station", "ts"));
        LongToDoubleFunction flow = t -> physics.at("ts", "wt_leachate_flow", t);
        assertThat(mean(JULY, JULY + DAY, HOUR, flow) / mean(JANUARY, JANUARY + DAY, HOUR, flow))
                .isBetween(1.8, 2.8);
    }

    @Test
    void liftsTravelMostWhenPeopleCommuteAndTheirMotorsWarmUpLater() {
        var trips = new double[24];
        for (int i = 0; i < 12; i++) {
            var id = "el" + i;
            var physics = physics(6, facility("property", "elevator", id));
            for (long t = JANUARY; t < JANUARY + 3 * DAY; t += MINUTE) {
                trips[(int) ((t - JANUARY) % DAY / HOUR)] += physics.at(id, "since_trip", t) < 60 ? 1 : 0;
            }
        }
        var morning = trips[7] + trips[8];
        assertThat(morning).isGreaterThan(1.3 * (trips[9] + trips[10]));
        assertThat(trips[18]).isGreaterThan(1.5 * trips[15]);
        assertThat(trips[2] + trips[3]).isLessThan(0.1 * morning);

        var physics = physics(6, facility("property", "elevator", "el"));
        LongToDoubleFunction motor = t -> physics.at("el", "el_motor_temp", t);
        assertThat(motor.applyAsDouble(JANUARY + 9 * HOUR))
                .as("still warm when the rush is over")
                .isGreaterThan(motor.applyAsDouble(JANUARY + 7 * HOUR) + 2);
        var day = physics.at("el", "el_start_count", JANUARY + DAY) - physics.at("el", "el_start_count", JANUARY);
        var cycles = physics.at("el", "el_door_cycle_count", JANUARY + DAY)
                - physics.at("el", "el_door_cycle_count", JANUARY);
        assertThat(day).isBetween(200.0, 280.0);
        assertThat(cycles / day).isBetween(2.0, 3.0);
    }

    @Test
    void aTrappedCarStandsWithItsDoorsClosed() {
        var physics = physics(6, facility("property", "elevator", "el"));
        physics.disturb((facility, name, millis) -> name.equals("el_run_state") ? healthy -> 4 : null);
        for (long t = JANUARY + 8 * HOUR; t < JANUARY + 9 * HOUR; t += 7_000) {
            assertThat(physics.at("el", "el_speed", t)).isZero();
            assertThat(physics.at("el", "el_door_state", t)).isZero();
            assertThat(physics.at("el", "el_trapped", t)).isEqualTo(1);
        }
    }

    @Test
    void pumpsFollowDemandAtAConstantSetPointAndChlorineFallsWhileWaterStands() {
        var physics = physics(7, facility("property", "secondary_supply", "sw"));
        var night = JULY + DAY + 3 * HOUR;
        var evening = JULY + DAY + 19 * HOUR;
        assertThat(physics.at("sw", "sw_pump_freq", evening))
                .isGreaterThan(physics.at("sw", "sw_pump_freq", night) + 7);
        assertThat(over(JULY, JULY + 2 * DAY, 7 * MINUTE, t -> physics.at("sw", "sw_outlet_pressure", t)))
                .allMatch(pressure -> Math.abs(pressure - 0.6) < 0.03);
        assertThat(physics.at("sw", "sw_free_chlorine", JULY + DAY + 6 * HOUR))
                .isLessThan(physics.at("sw", "sw_free_chlorine", JULY + DAY + 21 * HOUR) - 0.015);
        assertThat(physics.at("sw", "sw_free_chlorine", JANUARY + DAY + 6 * HOUR))
                .isGreaterThan(physics.at("sw", "sw_free_chlorine", JULY + DAY + 6 * HOUR));
        var levels = over(JULY, JULY + DAY, MINUTE, t -> physics.at("sw", "sw_tank_level", t))
                .summaryStatistics();
        assertThat(levels.getMax() - levels.getMin()).isBetween(0.8, 1.0);

        physics.disturb((facility, name, millis) -> name.equals("sw_tank_level") ? healthy -> healthy + 1.2 : null);
        assertThat(over(JULY, JULY + DAY, MINUTE, t -> physics.at("sw", "sw_room_flood", t))
                        .max()
                        .orElseThrow())
                .as("what overflows stands in the pump room")
                .isEqualTo(1);
    }

    @Test
    void dustFollowsWorkAndCalmAirAndSitesShareTheRegion() {
        var one = facility("construction_dust", "construction_site", "cs1");
        var two = facility("construction_dust", "construction_site", "cs2");
        var physics = physics(8, one, two);
        var weather = new Weather(8, ZONE);
        LongToDoubleFunction local = t -> physics.at("cs1", "raised", t);
        var working = 0.0;
        var resting = 0.0;
        for (int day = 0; day < 6; day++) {
            working += mean(APRIL + day * DAY + 8 * HOUR, APRIL + day * DAY + 11 * HOUR, 10 * MINUTE, local);
            resting += mean(APRIL + day * DAY, APRIL + day * DAY + 4 * HOUR, 10 * MINUTE, local);
        }
        assertThat(working).isGreaterThan(2 * resting);
        var calm = new ArrayList<Double>();
        var windy = new ArrayList<Double>();
        for (long t = APRIL; t < APRIL + 60 * DAY; t += DAY) {
            var ten = t + 10 * HOUR;
            (weather.wind(ten) < 2 ? calm : windy).add(physics.at("cs1", "raised", ten));
        }
        assertThat(calm.stream().mapToDouble(x -> x).average().orElseThrow())
                .isGreaterThan(
                        1.2 * windy.stream().mapToDouble(x -> x).average().orElseThrow());
        assertThat(over(
                        APRIL,
                        APRIL + 7 * DAY,
                        HOUR,
                        t -> physics.at("cs1", "region", t) - physics.at("cs2", "region", t)))
                .allMatch(difference -> difference == 0);
        assertThat(mean(JANUARY, JANUARY + 7 * DAY, HOUR, t -> physics.at("cs1", "region", t)))
                .isGreaterThan(1.2 * mean(JULY, JULY + 7 * DAY, HOUR, t -> physics.at("cs1", "region", t)));
        // Local dust is coarse.
        var dusty = LongStream.iterate(APRIL, t -> t < APRIL + 7 * DAY, t -> t + 10 * MINUTE)
                .filter(t -> physics.at("cs1", "dust", t) > 15)
                .mapToDouble(t -> physics.at("cs1", "cd_pm_ratio", t))
                .average()
                .orElseThrow();
        assertThat(dusty)
                .isLessThan(mean(APRIL, APRIL + 4 * HOUR, MINUTE, t -> physics.at("cs1", "cd_pm_ratio", t)) - 0.02);
    }

    @Test
    void hazeAtTheAirStationReachesItsSitesAndTheirGates() {
        var physics = physics(
                8,
                facility("construction_dust", "air_station", "as"),
                facility("construction_dust", "construction_site", "cs", "as"),
                facility("construction_dust", "haul_gate", "hg", "cs"));
        var night = APRIL + 2 * HOUR;
        var gate = physics.at("hg", "cd_pm10", night);
        physics.disturb((facility, name, millis) -> facility.equals("as") && name.equals("region") ? h -> 3 * h : null);
        assertThat(physics.at("hg", "cd_pm10", night)).isGreaterThan(2 * gate);
    }

    @Test
    void withoutItsSprayASiteIsDustier() {
        var physics = physics(9, facility("construction_dust", "construction_site", "cs"));
        var sprayed = LongStream.iterate(APRIL, t -> t < APRIL + 7 * DAY, t -> t + 10 * MINUTE)
                .filter(t -> physics.at("cs", "cd_spray_state", t) == 1)
                .limit(20)
                .toArray();
        assertThat(sprayed).isNotEmpty();
        for (var t : sprayed) {
            var before = physics.at("cs", "cd_tsp", t);
            physics.disturb((facility, name, millis) -> name.equals("cd_spray_state") ? healthy -> 0 : null);
            assertThat(physics.at("cs", "cd_tsp", t)).isGreaterThan(before + 20);
            physics.disturb(Physics.Disturbance.NONE);
        }
    }

    @Test
    void binsFillAndAreEmptiedTwoToSevenTimesAWeek() {
        for (var contract : Map.of(48.0, 7, 60.0, 4, 100.0, 2).entrySet()) {
            var point = facility("rural_waste", "collection_point", "cp").toBuilder()
                    .putParameters("contract_hours", contract.getKey())
                    .build();
            var physics = physics(10, point);
            var emptied = 0;
            var before = physics.at("cp", "rw_bin_fill", JULY - 1);
            var mass = physics.at("cp", "rw_pickup_mass", JULY - 1);
            for (long t = JULY; t < JULY + 7 * DAY; t += 5 * MINUTE) {
                var fill = physics.at("cp", "rw_bin_fill", t);
                var hours = physics.at("cp", "rw_hours_since_pickup", t);
                assertThat(hours).isLessThan(contract.getKey());
                if (fill < before - 5) {
                    emptied++;
                    assertThat(fill).isLessThan(6);
                    assertThat(hours).isLessThan(0.2);
                    assertThat((t + 8 * HOUR) % DAY / HOUR).as("by day").isBetween(6L, 11L);
                    assertThat(physics.at("cp", "rw_pickup_mass", t)).isNotEqualTo(mass);
                } else {
                    assertThat(fill).isGreaterThanOrEqualTo(before);
                    assertThat(physics.at("cp", "rw_pickup_mass", t)).isEqualTo(mass);
                }
                before = fill;
                mass = physics.at("cp", "rw_pickup_mass", t);
            }
            assertThat(emptied).as("contract " + contract.getKey()).isEqualTo(contract.getValue());
        }
    }

    @Test
    void everyMetricOfThesePacksThatIsJudgedHasAProcedureAndEveryFaultIsExplained() {
        for (var id : DOMAINS) {
            var domain = domain(id);
            assertThat(domain.metrics())
                    .filteredOn(metric -> !metric.limits().isEmpty())
                    .allMatch(metric -> metric.procedure() != null);
            assertThat(domain.faults()).allSatisfy(fault -> {
                assertThat(fault.procedure()).as(fault.id()).isNotNull();
                assertThat(domain.patterns())
                        .as(fault.id())
                        .anyMatch(pattern -> pattern.explains().contains(fault.id())
                                && pattern.facilityTypes().stream().anyMatch(fault.facilityTypes()::contains));
            });
            assertThat(domain.metrics())
                    .filteredOn(metric -> metric.kind() == Metric.Kind.ENUM)
                    .allMatch(metric -> !metric.states().isEmpty());
        }
    }
}
