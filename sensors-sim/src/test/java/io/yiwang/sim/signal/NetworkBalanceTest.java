package io.yiwang.sim.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Fault;
import io.yiwang.model.domain.Fault.Effect;
import io.yiwang.model.domain.Limit;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Neighbourhood;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gas and water are neither made up nor lost on their way through the networks, whatever happens. */
class NetworkBalanceTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    private static final long HOUR = 3_600_000;

    /** An instrument's noise is cut at so many standard deviations. */
    private static final double CUT = 3;

    /** What happens at one facility is felt at another after this long. */
    private static final long FELT_AFTER = 10_000;

    /** The metric that shows the flow of a facility. */
    private static final Map<String, String> FLOWS = Map.of("gas", "gas_flow_std", "water_supply", "ws_flow");

    private static final Set<String> STATIONS =
            Set.of("gate_station", "regulator_station", "regulator_box", "wtp", "booster_station");

    /** Midwinter, spring, midsummer, autumn; each a Friday 00:00 in the city. */
    private static final List<Long> SEASONS = Stream.of(
                    "2026-01-15T16:00:00Z", "2026-04-16T16:00:00Z", "2026-07-16T16:00:00Z", "2026-10-15T16:00:00Z")
            .map(time -> Instant.parse(time).toEpochMilli())
            .toList();

    private static Domain domain(String id) {
        return PACKS.domain(id).orElseThrow();
    }

    /** With the devices of its type and the type's parameters. */
    private static Facility facility(String domain, String type, String id, String... feeders) {
        var facility = Facility.newBuilder().setId(id).setDomain(domain).setType(type);
        for (var template : domain(domain).typesById().get(type).devices()) {
            var device = Device.newBuilder().setId(id + "-" + template.id());
            template.metrics()
                    .forEach(metric -> device.addPoints(Point.newBuilder().setMetric(metric)));
            facility.addDevices(device);
        }
        return facility.addAllUpstream(List.of(feeders)).build();
    }

    private static List<Facility> smallTown() {
        return List.of(
                facility("gas", "gate_station", "g1"),
                facility("gas", "gate_station", "g2"),
                facility("gas", "regulator_station", "r1", "g1"),
                facility("gas", "regulator_station", "r2", "g1", "g2"),
                facility("gas", "regulator_box", "b1", "g2"),
                facility("gas", "network_point", "n1", "r1"),
                facility("gas", "network_point", "n2", "r1"),
                facility("gas", "network_point", "n3", "b1"),
                facility("gas", "commercial_user", "c1", "b1"),
                facility("gas", "household", "h1", "r1"),
                facility("water_supply", "intake", "i1"),
                facility("water_supply", "wtp", "w1", "i1"),
                facility("water_supply", "booster_station", "s1", "w1"),
                facility("water_supply", "booster_station", "s2", "w1"),
                facility("water_supply", "dma", "d1", "s1"),
                facility("water_supply", "dma", "d2", "w1"),
                facility("water_supply", "pressure_point", "p1", "s1"),
                facility("water_supply", "pressure_point", "p2", "s1"),
                facility("water_supply", "quality_point", "q1", "s1"));
    }

    /**
     * A network as bad as chance makes it: types by the shares of their placement, feeders anywhere, one to three of them, nameplates
     * four fifths to five quarters of the usual.
     */
    private static List<Facility> randomTown(String domain, long seed, int size) {
        var random = new Random(seed);
        var facilities = new ArrayList<Facility>();
        var byType = new HashMap<String, List<String>>();
        var pack = domain(domain);
        var types = new ArrayList<>(pack.facilityTypes());
        var total = types.stream().mapToDouble(t -> t.placement().share()).sum();
        var done = new HashSet<String>();
        while (done.size() < types.size()) {
            for (var type : types) {
                var feeders = type.placement().fedBy();
                if (done.contains(type.id()) || !done.containsAll(feeders)) {
                    continue;
                }
                var count = Math.max(1, (int) Math.round(size * type.placement().share() / total));
                for (int i = 1; i <= count; i++) {
                    var id = type.placement().code() + i;
                    var facility = facility(domain, type.id(), id).toBuilder();
                    var possible = feeders.isEmpty()
                            ? List.<String>of()
                            : byType.get(feeders.get(random.nextInt(feeders.size())));
                    var fed = new HashSet<String>();
                    for (int k = random.nextInt(6) == 0 ? 2 : 1; k > 0 && !possible.isEmpty(); k--) {
                        fed.add(possible.get(random.nextInt(possible.size())));
                    }
                    var factor = 0.8 + 0.45 * random.nextDouble();
                    type.placement()
                            .vary()
                            .forEach(p ->
                                    facility.putParameters(p, type.parameters().get(p) * factor));
                    facilities.add(facility.addAllUpstream(fed).build());
                    byType.computeIfAbsent(type.id(), t -> new ArrayList<>()).add(id);
                }
                done.add(type.id());
            }
        }
        return facilities;
    }

    private static List<Facility> generated(long seed) {
        return new CityGenerator(PACKS, seed, DeviceKeys.of(new byte[] {1}))
                .generate(120).facilities().stream()
                        .filter(f -> FLOWS.containsKey(f.getDomain()))
                        .toList();
    }

    static Stream<List<Facility>> towns() {
        return Stream.of(
                smallTown(),
                randomTown("gas", 1, 80),
                randomTown("gas", 2, 150),
                randomTown("water_supply", 3, 80),
                randomTown("water_supply", 4, 150),
                generated(1),
                generated(7));
    }

    /** On the grid of ten seconds on which values of other facilities are exact. */
    private static LongStream hours(long from, int count, int every) {
        return LongStream.range(0, count).map(i -> from + i * every * HOUR);
    }

    private record Town(List<Facility> facilities, Signals signals) {
        Town(List<Facility> facilities) {
            this(facilities, new Signals(PACKS, facilities, 5, ZONE));
        }

        Physics physics() {
            return signals.physics();
        }

        Facility at(String id) {
            return facilities.stream()
                    .filter(f -> f.getId().equals(id))
                    .findFirst()
                    .orElseThrow();
        }

        List<Facility> fedBy(Facility feeder) {
            return facilities.stream()
                    .filter(f -> f.getUpstreamList().contains(feeder.getId()))
                    .toList();
        }

        double get(Facility facility, String name, long millis) {
            return physics().knows(facility.getId(), name) ? physics().at(facility.getId(), name, millis) : 0;
        }

        /** As its meter shows it; what no meter shows, as it is. */
        double metered(Facility facility, String flow, long millis) {
            for (var device : facility.getDevicesList()) {
                if (device.getPointsList().stream().anyMatch(p -> p.getMetric().equals(flow))) {
                    // Without the meter's counter, which would have to be summed up from its beginning.
                    var meter = device.toBuilder()
                            .clearPoints()
                            .addPoints(Point.newBuilder().setMetric(flow))
                            .build();
                    return signals.at(facility, meter, millis).get(flow).value();
                }
            }
            return get(facility, flow, millis);
        }

        /** What the station's own users, the facilities behind it and its leaks take, m³/h. */
        double taken(Facility station, long millis) {
            var draws = fedBy(station).stream()
                    .mapToDouble(f -> get(f, "draw", millis - FELT_AFTER))
                    .sum();
            return (get(station, "users", millis) + draws) * (1 + get(station, "vented", millis))
                    + get(station, "leak", millis);
        }
    }

    private static void assertBalanced(Town town, long millis) {
        for (var station : town.facilities()) {
            if (STATIONS.contains(station.getType())) {
                var flow = FLOWS.get(station.getDomain());
                assertThat(town.metered(station, flow, millis))
                        .as("flow of " + station.getId() + " at " + Instant.ofEpochMilli(millis))
                        .isCloseTo(
                                town.taken(station, millis),
                                within(CUT * town.physics().noise(station.getId(), flow) + 1e-6));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("towns")
    void aStationPassesWhatItFeedsItsUsersAndWhatEscapes(List<Facility> facilities) {
        var town = new Town(facilities);
        for (var season : SEASONS) {
            hours(season, 12, 5).forEach(millis -> assertBalanced(town, millis));
        }
    }

    /** The difference of the meters is at most what noise they may all have at once. */
    @Test
    void theMetersOfTheGatesAndOfAllTheyFeedAgree() {
        var town = new Town(randomTown("gas", 11, 120));
        for (var season : SEASONS) {
            hours(season, 8, 3).forEach(millis -> {
                var gates = 0.0;
                var fed = 0.0;
                var tolerance = 1e-6;
                for (var f : town.facilities()) {
                    var noise = town.physics().knows(f.getId(), "gas_flow_std")
                            ? CUT * town.physics().noise(f.getId(), "gas_flow_std")
                            : 0;
                    switch (f.getType()) {
                        case "gate_station" -> {
                            gates += town.metered(f, "gas_flow_std", millis) - town.get(f, "users", millis);
                            tolerance += noise;
                        }
                        case "regulator_station", "regulator_box" -> {
                            fed += town.metered(f, "gas_flow_std", millis);
                            tolerance += noise;
                        }
                        default -> {}
                    }
                }
                assertThat(gates).isCloseTo(fed, within(tolerance));
            });
        }
    }

    /** Pumps and regulators may set a pressure; streets and mains only lose it. */
    @ParameterizedTest
    @MethodSource("towns")
    void pressureNeverRisesBehindAFeeder(List<Facility> facilities) {
        var town = new Town(facilities);
        var behind = Map.of(
                "gas_inlet_pressure", "gas_outlet_pressure_mp",
                "gas_end_pressure", "gas_outlet_pressure_lp",
                "ws_network_pressure", "ws_outlet_pressure");
        for (var facility : facilities) {
            behind.forEach((here, there) -> {
                if (town.physics().knows(facility.getId(), here) && facility.getUpstreamCount() > 0) {
                    for (var season : SEASONS) {
                        hours(season, 8, 3).forEach(millis -> {
                            var highest = facility.getUpstreamList().stream()
                                    .mapToDouble(id -> town.physics().at(id, there, millis))
                                    .max()
                                    .orElseThrow();
                            assertThat(town.physics().at(facility.getId(), here, millis))
                                    .as(here + " of " + facility.getId())
                                    .isLessThanOrEqualTo(highest + 1e-9);
                        });
                    }
                }
            });
        }
    }

    /** A fault at full or least strength, as the engine acts it out: named values get the whole effect on their healthy value. */
    private static Physics.Disturbance fault(Town town, String id, String where, double severity) {
        var facility = town.at(where);
        var fault = fault(facility.getDomain(), id);
        var changes = new HashMap<String, List<Effect>>();
        for (var effect : fault.effects()) {
            for (var place : places(town, facility, effect.at())) {
                changes.computeIfAbsent(place + "/" + effect.metric(), key -> new ArrayList<>())
                        .add(effect);
            }
        }
        return (at, name, millis) -> {
            var effects = changes.get(at + "/" + name);
            return effects == null
                    ? null
                    : healthy -> effects.stream().reduce(healthy, (v, e) -> applied(e, severity, v), Double::sum);
        };
    }

    private static Fault fault(String domain, String id) {
        return domain(domain).faults().stream()
                .filter(f -> f.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static double applied(Effect effect, double severity, double value) {
        var size = effect.from() + severity * (effect.to() - effect.from());
        return switch (effect.op()) {
            case ADD -> value + size;
            case MUL -> value * size;
            case SET -> size;
            default -> value;
        };
    }

    private static Set<String> places(Town town, Facility facility, Neighbourhood at) {
        var upstream = new TreeSet<>(facility.getUpstreamList());
        var downstream = town.fedBy(facility).stream().map(Facility::getId).collect(Collectors.toSet());
        var near = new TreeSet<>(upstream);
        near.addAll(downstream);
        upstream.forEach(id -> town.fedBy(town.at(id)).forEach(f -> near.add(f.getId())));
        near.remove(facility.getId());
        return switch (at) {
            case HERE -> Set.of(facility.getId());
            case UPSTREAM -> upstream;
            case DOWNSTREAM -> downstream;
            case NEIGHBOURS -> near;
            case AROUND -> {
                near.add(facility.getId());
                yield near;
            }
        };
    }

    /** Of every process fault of both domains, at every facility of the town that it can happen to. */
    @ParameterizedTest
    @ValueSource(strings = {"gas", "water_supply"})
    void theBalanceHoldsWhileAnyProcessFaultActs(String domain) {
        var facilities = smallTown();
        for (var fault : domain(domain).faults()) {
            for (var where : facilities) {
                if (fault.layer() == Fault.Layer.PROCESS
                        && where.getDomain().equals(domain)
                        && fault.facilityTypes().contains(where.getType())) {
                    for (var severity : new double[] {0, 1}) {
                        var town = new Town(facilities);
                        town.physics().disturb(fault(town, fault.id(), where.getId(), severity));
                        hours(SEASONS.get(0), 3, 7).forEach(millis -> assertBalanced(town, millis));
                    }
                }
            }
        }
    }

    private static double ratio(Town sick, Town healthy, String facility, String name, long millis) {
        return sick.physics().at(facility, name, millis) / healthy.physics().at(facility, name, millis);
    }

    @Test
    void aPipeThatIsHitTakesItsGasFromTheStationAndTheGate() {
        var healthy = new Town(smallTown());
        var sick = new Town(smallTown());
        sick.physics().disturb(fault(sick, "gas_third_party_damage", "n1", 0.5));
        var noon = SEASONS.get(1) + 12 * HOUR;
        assertThat(ratio(sick, healthy, "r1", "gas_flow_std", noon)).isBetween(1.3, 4.0);
        var leak = sick.physics().at("n1", "leak", noon);
        assertThat(sick.physics().at("g1", "gas_flow_std", noon)
                        - healthy.physics().at("g1", "gas_flow_std", noon))
                .isCloseTo(leak, within(1e-6));
        assertThat(ratio(sick, healthy, "n1", "gas_end_pressure", noon)).isBetween(0.1, 0.8);
        assertThat(ratio(sick, healthy, "n2", "gas_end_pressure", noon))
                .as("the street beside it")
                .isLessThan(0.999);
        assertThat(sick.physics().at("r2", "gas_outlet_pressure_lp", noon))
                .as("another station")
                .isCloseTo(healthy.physics().at("r2", "gas_outlet_pressure_lp", noon), within(0.01));
    }

    @Test
    void aClosedRegulatorLeavesItsStreetsWithoutGas() {
        var healthy = new Town(smallTown());
        var sick = new Town(smallTown());
        sick.physics().disturb(fault(sick, "gas_regulator_fail_closed", "r1", 1));
        var noon = SEASONS.get(0) + 12 * HOUR;
        assertThat(sick.physics().at("r1", "gas_flow_std", noon)).isZero();
        assertThat(sick.physics().at("n1", "draw", noon)).isZero();
        assertThat(ratio(sick, healthy, "n1", "gas_end_pressure", noon)).isCloseTo(0.2, within(1e-9));
        assertThat(sick.physics().at("r1", "gas_inlet_pressure", noon))
                .as("the main is relieved")
                .isGreaterThanOrEqualTo(healthy.physics().at("r1", "gas_inlet_pressure", noon));
    }

    @Test
    void aBurstMainIsSeenAtTheStationAtOnceAndAtTheWorksWhenTheTankRefills() {
        var healthy = new Town(smallTown());
        var sick = new Town(smallTown());
        var burst = fault(sick, "ws_main_burst", "p1", 1);
        var from = SEASONS.get(1) + 10 * HOUR;
        sick.physics().disturb((at, name, millis) -> millis >= from ? burst.at(at, name, millis) : null);
        var soon = from + 60_000;
        var later = from + HOUR;
        assertThat(ratio(sick, healthy, "s1", "ws_flow", soon)).isBetween(1.15, 2.4);
        assertThat(ratio(sick, healthy, "w1", "ws_flow", soon)).isCloseTo(1, within(1e-9));
        assertThat(sick.physics().at("w1", "ws_flow", later) - healthy.physics().at("w1", "ws_flow", later))
                .isCloseTo(480, within(1e-6));
        assertThat(sick.physics().at("s1", "ws_tank_level", soon))
                .isLessThan(healthy.physics().at("s1", "ws_tank_level", soon));
        assertThat(sick.physics().at("p1", "ws_network_pressure", soon)
                        - healthy.physics().at("p1", "ws_network_pressure", soon))
                .isCloseTo(-0.25, within(1e-9));
        assertThat(sick.physics().at("p2", "ws_network_pressure", soon)
                        - healthy.physics().at("p2", "ws_network_pressure", soon))
                .as("the point beside it")
                .isLessThan(-0.05);
        assertThat(sick.physics().at("q1", "ws_turbidity_net", soon)
                        - healthy.physics().at("q1", "ws_turbidity_net", soon))
                .isCloseTo(5, within(1e-9));
        assertThat(sick.physics().at("s1", "ws_pump_freq", soon)).isLessThanOrEqualTo(50);
    }

    @Test
    void withoutPowerNothingFlowsAndTheTankBehindRunsDown() {
        var healthy = new Town(smallTown());
        var sick = new Town(smallTown());
        var outage = fault(sick, "ws_power_outage", "w1", 1);
        var from = SEASONS.get(2) + 8 * HOUR;
        sick.physics().disturb((at, name, millis) -> millis >= from ? outage.at(at, name, millis) : null);
        var later = from + 2 * HOUR;
        for (var zero : List.of("ws_flow", "ws_power", "ws_pump_state", "ws_pump_current")) {
            assertThat(sick.physics().at("w1", zero, later)).as(zero).isZero();
        }
        assertThat(sick.physics().at("s1", "ws_tank_level", later))
                .isLessThan(healthy.physics().at("s1", "ws_tank_level", later) - 0.4);
        assertThat(sick.physics().at("d2", "ws_network_pressure", later)).isLessThan(0.14);
    }

    /** Effects on what an instrument of the facility measures have the size that the catalogue gives. */
    @ParameterizedTest
    @ValueSource(strings = {"gas", "water_supply"})
    void everyNamedMetricChangesByItsSize(String domain) {
        var facilities = new ArrayList<>(smallTown());
        facilities.add(facility("gas", "valve_chamber", "v1", "r1"));
        facilities.add(facility("gas", "adjacent_space", "a1", "v1"));
        facilities.add(facility("gas", "lng_station", "l1"));
        var millis = SEASONS.get(3) + 19 * HOUR;
        for (var fault : domain(domain).faults()) {
            var shown = 0;
            for (var where : facilities) {
                if (where.getDomain().equals(domain) && fault.facilityTypes().contains(where.getType())) {
                    var healthy = new Town(facilities);
                    var sick = new Town(facilities);
                    sick.physics().disturb(fault(sick, fault.id(), where.getId(), 1));
                    for (var effect : fault.effects()) {
                        if (effect.at() == Neighbourhood.HERE && sick.physics().knows(where.getId(), effect.metric())) {
                            var before = healthy.physics().at(where.getId(), effect.metric(), millis);
                            assertThat(sick.physics().at(where.getId(), effect.metric(), millis))
                                    .as(fault.id() + " at " + where.getId() + ": " + effect.metric())
                                    .isCloseTo(applied(effect, 1, before), within(1e-9));
                            shown++;
                        }
                    }
                }
            }
            assertThat(shown).as(fault.id()).isPositive();
        }
    }

    /** Every reading outside its ordinary range and every limit that a reading violates, on two days of each season. */
    private static TreeSet<String> oddities(List<Facility> facilities, long seed) {
        var signals = new Signals(PACKS, facilities, seed, ZONE);
        var odd = new TreeSet<String>();
        for (var facility : facilities) {
            var rules = domain(facility.getDomain()).rulesOf(facility).stream()
                    .filter(rule -> rule.statistic().equals(Limit.RAW))
                    .collect(Collectors.groupingBy(Rule::metric));
            for (var season : SEASONS) {
                for (long t = season; t < season + 48 * HOUR; t += 97 * 60_000) {
                    for (var device : facility.getDevicesList()) {
                        for (var instrument : signals.of(facility, device)) {
                            var metric = instrument.metric();
                            if (metric.kind() == Metric.Kind.COUNTER) {
                                continue;
                            }
                            var value = instrument.at(t);
                            if (!metric.normal().contains(value)) {
                                odd.add(facility.getType() + " " + metric.code() + " leaves " + metric.normal());
                            }
                            var shown = Signals.round(metric, value);
                            rules.getOrDefault(metric.code(), List.of()).stream()
                                    .filter(rule -> rule.violatedBy(shown))
                                    .forEach(rule -> odd.add(facility.getType() + " violates " + rule.id()));
                        }
                    }
                }
            }
        }
        return odd;
    }

    @ParameterizedTest
    @MethodSource("towns")
    void noSeasonIsAlarmingInAnyTown(List<Facility> facilities) {
        assertThat(oddities(facilities, 1)).isEmpty();
    }
}
