package io.yiwang.sim.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.LimitFormula;
import io.yiwang.model.domain.Rule;
import io.yiwang.model.domain.Side;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The laws of sewers, treatment plants, heating networks, village plants and rivers, in a small town of them. */
class TreatmentAndHeatTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private static final List<Facility> TOWN = town();

    /** Three lift stations drain to one plant, one source heats three stations; rooms, a building, an outfall and so on hang on them. */
    private static List<Facility> town() {
        var town = new ArrayList<Facility>();
        for (int i = 1; i <= 3; i++) {
            town.add(facility("sewage", "sewer_node", "node-" + i));
            town.add(facility("sewage", "lift_station", "lift-" + i, "node-" + i));
            town.add(facility("heating", "heat_exchange_station", "station-" + i, "source"));
            town.add(facility("heating", "room_sensor", "rooms-" + i, "station-" + i));
        }
        town.add(facility("sewage", "wwtp", "plant", "lift-1", "lift-2", "lift-3"));
        town.add(facility("sewage", "outfall", "outfall", "plant"));
        town.add(facility("sewage", "sludge_line", "sludge", "plant"));
        town.add(facility("heating", "heat_source", "source"));
        town.add(facility("heating", "primary_network", "main", "source"));
        town.add(facility("heating", "building_entry", "building", "station-1"));
        town.add(facility("heating", "heat_chamber", "chamber", "source"));
        town.add(facility("rural_sewage", "village_pump", "village-pump"));
        town.add(facility("rural_sewage", "village_plant", "village-plant", "village-pump"));
        town.add(facility("black_odorous_water", "outfall_point", "mouth"));
        town.add(facility("black_odorous_water", "water_section", "river", "mouth"));
        return town;
    }

    private static Facility facility(String domain, String type, String id, String... upstream) {
        var facility =
                Facility.newBuilder().setId(id).setDomain(domain).setType(type).addAllUpstream(List.of(upstream));
        var template = PACKS.domain(domain).orElseThrow().typesById().get(type);
        for (var part : template.devices()) {
            var device = Device.newBuilder().setId(id + "-" + part.id());
            part.metrics().forEach(metric -> device.addPoints(Point.newBuilder().setMetric(metric)));
            facility.addDevices(device);
        }
        return facility.build();
    }

    private static Signals signals(long seed) {
        return new Signals(PACKS, TOWN, seed, ZONE);
    }

    private static Physics physics(long seed) {
        return signals(seed).physics();
    }

    private static long midnight(String date) {
        return LocalDate.parse(date).atStartOfDay(ZONE).toInstant().toEpochMilli();
    }

    private static double correlation(LongToDoubleFunction x, LongToDoubleFunction y, long from, long to, long step) {
        double n = 0;
        double sx = 0;
        double sy = 0;
        double sxx = 0;
        double syy = 0;
        double sxy = 0;
        for (long t = from; t < to; t += step) {
            var a = x.applyAsDouble(t);
            var b = y.applyAsDouble(t);
            n++;
            sx += a;
            sy += b;
            sxx += a * a;
            syy += b * b;
            sxy += a * b;
        }
        return (n * sxy - sx * sy) / Math.sqrt((n * sxx - sx * sx) * (n * syy - sy * sy));
    }

    /** The lag in minutes at which y follows x most closely. */
    private static long lag(LongToDoubleFunction x, LongToDoubleFunction y, String from, int days, int longestMinutes) {
        var start = midnight(from);
        var best = 0L;
        var highest = -1.0;
        for (long lag = 0; lag <= longestMinutes; lag += 15) {
            var shift = lag * MINUTE;
            var c = correlation(x, t -> y.applyAsDouble(t + shift), start, start + days * DAY, 30 * MINUTE);
            if (c > highest) {
                highest = c;
                best = lag;
            }
        }
        return best;
    }

    @Test
    void influentFollowsWaterUseTwoToFourHoursLater() {
        var factors = PACKS.domain("sewage").orElseThrow().profiles().get("water_use");
        var use = new Course(factors);
        var weather = new Weather(3, ZONE);
        var physics = physics(3);
        var lag =
                lag(t -> use.at(weather.hours(t)), t -> physics.at("plant", "sg_flow_in", t), "2026-01-12", 3, 8 * 60);
        assertThat(lag).isBetween(120L, 240L);
    }

    @Test
    void influentIsWhatTheLiftStationsBringAndWhatComesByItself() {
        var physics = physics(3);
        for (long t = midnight("2026-01-12"); t < midnight("2026-01-13"); t += HOUR) {
            var brought = 0.0;
            for (int i = 1; i <= 3; i++) {
                brought += physics.at("lift-" + i, "sg_flow_in", t - 45 * MINUTE);
            }
            var own = physics.at("plant", "own", t) * physics.at("plant", "dry", t);
            assertThat(physics.at("plant", "sg_flow_in", t)).isCloseTo(brought + own, within(0.01 * brought));
        }
    }

    @Test
    void aLiftStationThatStopsIsMissedAtThePlant() {
        var physics = physics(3);
        var noon = midnight("2026-01-12") + 12 * HOUR;
        var before = physics.at("plant", "sg_flow_in", noon + 2 * HOUR);
        var usual = physics.at("lift-1", "sg_flow_in", noon + 75 * MINUTE);
        physics.disturb((facility, name, millis) ->
                facility.equals("lift-1") && name.equals("sg_flow_in") && millis >= noon ? healthy -> 0 : null);
        assertThat(physics.at("plant", "sg_flow_in", noon + 30 * MINUTE))
                .isEqualTo(physics(3).at("plant", "sg_flow_in", noon + 30 * MINUTE));
        assertThat(physics.at("plant", "sg_flow_in", noon + 2 * HOUR)).isCloseTo(before - usual, within(0.02 * usual));
    }

    @Test
    void treatmentLagsItsInfluentBySevenHours() {
        var physics = physics(3);
        var lag = lag(
                t -> physics.at("plant", "load", t), t -> physics.at("plant", "sg_cod_out", t), "2026-01-12", 3, 600);
        assertThat(lag).isBetween(6 * 60L, 8 * 60L);
    }

    @Test
    void oxygenFollowsTheAirWithinMinutes() {
        var physics = physics(3);
        var noon = midnight("2026-01-12") + 12 * HOUR;
        physics.disturb((facility, name, millis) ->
                name.equals("sg_air_flow") && millis >= noon ? healthy -> 0.5 * healthy : null);
        var healthy = physics(3).at("plant", "sg_do_aerobic", noon + HOUR);
        assertThat(physics.at("plant", "sg_do_aerobic", noon + MINUTE)).isGreaterThan(0.8 * healthy);
        assertThat(physics.at("plant", "sg_do_aerobic", noon + 20 * MINUTE)).isLessThan(0.6 * healthy);
        assertThat(physics.at("plant", "sg_do_aerobic", noon + HOUR)).isLessThan(0.45 * healthy);
    }

    /** The wettest and a dry hour of July at the same hour of the day. */
    @Test
    void rainFillsSewersAndThinsSewage() {
        var physics = physics(3);
        var wettest = 0L;
        var dry = 0L;
        for (long day = midnight("2026-07-01"); day < midnight("2026-08-01"); day += DAY) {
            var noon = day + 12 * HOUR;
            if (physics.at("plant", "storm", noon) > (wettest == 0 ? 0.1 : physics.at("plant", "storm", wettest))) {
                wettest = noon;
            }
            if (physics.at("plant", "storm", noon) == 0) {
                dry = noon;
            }
        }
        assertThat(wettest).isNotZero();
        assertThat(dry).isNotZero();
        assertThat(physics.at("plant", "sg_flow_in", wettest))
                .isGreaterThan(1.1 * physics.at("plant", "sg_flow_in", dry));
        assertThat(physics.at("plant", "sg_cod_in", wettest)).isLessThan(0.85 * physics.at("plant", "sg_cod_in", dry));
        assertThat(physics.at("node-1", "sg_sewer_level", wettest))
                .isGreaterThan(physics.at("node-1", "sg_sewer_level", dry));
        assertThat(physics.at("village-plant", "rs_conductivity", wettest))
                .isLessThan(physics.at("village-plant", "rs_conductivity", dry));
    }

    @Test
    void ammoniaLimitIsTheOneInBracketsInColdWater() {
        var plant =
                TOWN.stream().filter(f -> f.getId().equals("plant")).findFirst().orElseThrow();
        var rule = PACKS.domain("sewage").orElseThrow().rulesOf(plant).stream()
                .filter(r -> r.id().equals("sg_nh3n_out.hh"))
                .findFirst()
                .orElseThrow();
        assertThat(rule.statistic()).isEqualTo("daily_mean");
        assertThat(rule.side()).isEqualTo(Side.HH);
        assertThat(rule.confidence()).isEqualTo("V");
        assertThat(at(rule, Map.of("sg_water_temp", 12.0))).isEqualTo(8);
        assertThat(at(rule, Map.of("sg_water_temp", 12.1))).isEqualTo(5);
        assertThat(at(rule, Map.of())).isNaN();
    }

    private static double at(Rule rule, Map<String, Double> readings) {
        var formula = rule.formula();
        assertThat(formula).isNotNull();
        return formula.at(new LimitFormula.Readings() {
            @Override
            public double here(String metric) {
                return readings.getOrDefault(metric, Double.NaN);
            }

            @Override
            public double districtMean(String metric) {
                return Double.NaN;
            }

            @Override
            public double hour() {
                return 12;
            }
        });
    }

    /** 110/49 and 60/46 °C at -15 °C outside; straight regulation with an exponent of 0.77 for radiators. */
    @Test
    void supplyFollowsTheWeatherCurve() {
        var physics = physics(3);
        for (long t = midnight("2026-01-05"); t < midnight("2026-01-12"); t += 3 * HOUR) {
            var load = Math.max(0.3, Math.min(1.15, (18 - physics.at("source", "ht_outdoor_temp", t)) / 33));
            var primary = 18 + 0.5 * (110 + 49 - 36) * Math.pow(load, 0.77) + 0.5 * (110 - 49) * load;
            var secondary = 18 + 0.5 * (60 + 46 - 36) * Math.pow(load, 0.77) + 0.5 * (60 - 46) * load;
            assertThat(physics.at("source", "ht_pri_supply_temp", t)).isCloseTo(primary, within(4.0));
            assertThat(physics.at("station-1", "ht_sec_supply_temp", t)).isCloseTo(secondary, within(2.0));
        }
        var supply = correlation(
                t -> physics.at("source", "ht_outdoor_temp", t),
                t -> physics.at("station-2", "ht_sec_supply_temp", t),
                midnight("2026-01-05"),
                midnight("2026-01-12"),
                HOUR);
        assertThat(supply).isLessThan(-0.97);
    }

    @Test
    void theSourceGivesWhatItsStationsTakeAndTheNetworkLoses() {
        var physics = physics(3);
        for (long t = midnight("2026-01-05"); t < midnight("2026-01-07"); t += HOUR) {
            var power = 0.0;
            var flow = 0.0;
            for (int i = 1; i <= 3; i++) {
                power += physics.at("station-" + i, "ht_heat_power", t);
                flow += physics.at("station-" + i, "ht_pri_flow", t);
            }
            assertThat(physics.at("source", "ht_pri_flow", t)).isCloseTo(flow, within(2.5));
            var lost = 0.001163 * flow * 1.6;
            assertThat(physics.at("source", "ht_heat_power", t)).isCloseTo(power + lost, within(0.05));
            assertThat(lost).isBetween(0.01 * power, 0.08 * power);
            assertThat(0.001163
                            * physics.at("source", "ht_pri_flow", t)
                            * (physics.at("source", "ht_pri_supply_temp", t)
                                    - physics.at("source", "ht_pri_return_temp", t)))
                    .isCloseTo(physics.at("source", "ht_heat_power", t), within(0.05));
        }
    }

    @Test
    void heatMetersCountThePower() {
        var physics = physics(3);
        var from = midnight("2026-01-05");
        var energy = 0.0;
        for (long t = from; t < from + 3 * DAY; t += 10 * MINUTE) {
            energy += physics.at("station-1", "ht_heat_power", t) * 600 / 1000;
        }
        var counted = physics.at("station-1", "ht_heat_total", from + 3 * DAY)
                - physics.at("station-1", "ht_heat_total", from);
        assertThat(counted).isCloseTo(energy, within(0.03 * energy));
    }

    @Test
    void roomsCoolSlowlyWhenTheSourceIsLost() {
        var physics = physics(3);
        var noon = midnight("2026-01-12") + 12 * HOUR;
        var before = physics.at("rooms-1", "room", noon);
        physics.disturb((facility, name, millis) ->
                facility.equals("source") && name.equals("ht_pri_supply_temp") && millis >= noon
                        ? healthy -> healthy - 60
                        : null);
        var healthyStation = physics(3).at("station-1", "ht_pri_supply_temp", noon + 10 * MINUTE);
        assertThat(physics.at("station-1", "ht_pri_supply_temp", noon + 10 * MINUTE))
                .isEqualTo(healthyStation);
        assertThat(physics.at("station-1", "ht_pri_supply_temp", noon + 30 * MINUTE))
                .isLessThan(healthyStation - 40);
        assertThat(physics.at("station-1", "ht_heat_power", noon + HOUR))
                .isLessThan(0.5 * physics(3).at("station-1", "ht_heat_power", noon + HOUR));
        assertThat(physics.at("rooms-1", "room", noon + HOUR)).isCloseTo(before, within(0.3));
        // Before people help themselves with stoves: two thirds of the fall within the 40 hours of the walls, a quarter
        // in 12.
        var balance = physics.at("rooms-1", "balance", noon);
        var after40Hours = balance - physics.at("rooms-1", "balance", noon + 40 * HOUR);
        assertThat(after40Hours).isGreaterThan(5);
        assertThat(balance - physics.at("rooms-1", "balance", noon + 12 * HOUR))
                .isBetween(0.2 * after40Hours, 0.6 * after40Hours);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-07-10", "2026-10-10", "2026-04-10"})
    void everythingRestsOutOfSeason(String date) {
        var physics = physics(3);
        for (long t = midnight(date); t < midnight(date) + DAY; t += HOUR) {
            for (var facility : List.of("source", "station-1")) {
                assertThat(physics.at(facility, "ht_circ_pump_state", t)).isIn(0.0, 3.0);
                assertThat(physics.at(facility, "ht_heat_power", t)).isZero();
                assertThat(physics.at(facility, "ht_pri_flow", t)).isZero();
                assertThat(physics.at(facility, "ht_makeup_flow", t)).isZero();
                assertThat(physics.at(facility, "ht_pri_supply_temp", t)).isBetween(3.0, 24.0);
                assertThat(physics.at(facility, "ht_season", t)).isZero();
            }
            assertThat(physics.at("station-1", "ht_sec_flow", t)).isZero();
        }
    }

    @Test
    void aVillageSendsWaterInTheMorningAndInTheEvening() {
        var physics = physics(3);
        var day = midnight("2026-06-10");
        var morning = physics.at("village-plant", "arriving", day + 7 * HOUR + 30 * MINUTE);
        var afternoon = physics.at("village-plant", "arriving", day + 15 * HOUR);
        var evening = physics.at("village-plant", "arriving", day + 19 * HOUR + 30 * MINUTE);
        assertThat(morning).isGreaterThan(2 * afternoon);
        assertThat(evening).isGreaterThan(2 * afternoon);
        assertThat(physics.at("village-plant", "arriving", day + 3 * HOUR)).isLessThan(0.3 * afternoon);
    }

    @Test
    void theRiverBreathesWithTheSunAndSuffersFromHeat() {
        var physics = physics(3);
        var lowest = 0.0;
        var highest = 0.0;
        for (int day = 0; day < 10; day++) {
            highest += physics.at("river", "bo_do", midnight("2026-05-10") + day * DAY + 15 * HOUR);
            lowest += physics.at("river", "bo_do", midnight("2026-05-10") + day * DAY + 3 * HOUR);
        }
        assertThat(highest).isGreaterThan(lowest + 10 * 0.5);
        assertThat(physics.at("river", "bo_do", midnight("2026-07-20") + 9 * HOUR))
                .isLessThan(physics.at("river", "bo_do", midnight("2026-04-10") + 9 * HOUR));
    }

    /** No reading leaves its usual range and none violates a limit, whatever the season; the edges of the heating season included. */
    @ParameterizedTest
    @CsvSource({
        "2026-01-03, 5",
        "2026-03-13, 6",
        "2026-04-20, 2",
        "2026-07-10, 5",
        "2026-10-17, 2",
        "2026-11-06, 12",
    })
    void noSeasonIsAlarming(String from, int days) {
        for (var seed : List.of(3L, 8L)) {
            assertThat(oddities(signals(seed), midnight(from), midnight(from) + days * DAY, 1_021_000))
                    .as("seed " + seed)
                    .isEmpty();
        }
    }

    private static TreeSet<String> oddities(Signals signals, long from, long to, long step) {
        var odd = new TreeSet<String>();
        for (var facility : TOWN) {
            var rules = PACKS.domain(facility.getDomain()).orElseThrow().rulesOf(facility);
            for (long t = from; t < to; t += step) {
                var readings = new HashMap<String, Double>();
                var all = new ArrayList<Map.Entry<String, Signals.Reading>>();
                for (var device : facility.getDevicesList()) {
                    all.addAll(signals.at(facility, device, t).entrySet());
                }
                all.forEach(
                        entry -> readings.put(entry.getKey(), entry.getValue().shown()));
                for (var entry : all) {
                    var shown = entry.getValue().shown();
                    var metric = entry.getValue().metric();
                    if (!metric.normal().contains(shown)) {
                        odd.add(facility.getId() + " " + metric.code() + " leaves " + metric.normal());
                    }
                    for (var rule : rules) {
                        if (rule.metric().equals(metric.code()) && violates(rule, shown, readings)) {
                            odd.add(facility.getId() + " violates " + rule.id());
                        }
                    }
                }
            }
        }
        return odd;
    }

    private static boolean violates(Rule rule, double value, Map<String, Double> readings) {
        if (rule.side() == Side.STATE) {
            return rule.states().contains(value);
        }
        var limit = rule.formula() == null ? rule.limit() : at(rule, readings);
        assertThat(limit).as(rule.id()).isNotNaN();
        return rule.side() == Side.L || rule.side() == Side.LL ? value < limit : value >= limit;
    }
}
