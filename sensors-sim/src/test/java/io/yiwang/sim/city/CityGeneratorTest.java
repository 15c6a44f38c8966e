package io.yiwang.sim.city;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.sim.city.City.Place;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class CityGeneratorTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final DeviceKeys KEYS = DeviceKeys.of("test".getBytes(StandardCharsets.UTF_8));

    private static City city(long seed, int facilities) {
        return new CityGenerator(PACKS, seed, KEYS).generate(facilities);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 60, 400})
    void aCityHasExactlyAsManyFacilitiesAsAskedWithDistinctIdsAndNames(int facilities) {
        var city = city(1, facilities);
        assertThat(city.facilities()).hasSize(facilities);
        assertThat(city.facilities().stream().map(Facility::getId))
                .doesNotHaveDuplicates()
                .allMatch(Ids::isValid);
        assertThat(city.facilities().stream().map(f -> f.getName().getZh())).doesNotHaveDuplicates();
        assertThat(city.facilities().stream().map(f -> f.getName().getEn())).doesNotHaveDuplicates();
        assertThat(city.facilities().stream()
                        .flatMap(f -> f.getDevicesList().stream())
                        .map(Device::getId))
                .doesNotHaveDuplicates()
                .allMatch(Ids::isValid);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 99})
    void theDefaultCityHasEveryDomainThatIsPlacedAndFacilitiesInEveryDistrict(long seed) {
        var city = city(seed, 60);
        var placed = PACKS.all().stream()
                .filter(d -> d.facilityTypes().stream().anyMatch(t -> t.placement() != null))
                .map(Domain::id)
                .toList();
        assertThat(city.facilities().stream().map(Facility::getDomain).distinct())
                .containsExactlyInAnyOrderElementsOf(placed);
        for (var district : city.districts()) {
            assertThat(city.facilities().stream().map(Facility::getDistrict))
                    .as(district.id())
                    .contains(district.id());
        }
        assertThat(city.facilities()).anyMatch(f -> f.getId().equals("gas-rs-001"));
    }

    /** Every border is shared by exactly two districts, or is part of one closed outer line that has the area of all. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 99})
    void districtsTileTheCityExactly(long seed) {
        var directed = new HashSet<List<Place>>();
        var sum = 0.0;
        for (var district : city(seed, 1).districts()) {
            var ring = district.boundary();
            assertThat(ring.get(0)).isEqualTo(ring.get(ring.size() - 1));
            assertThat(area(ring)).as("counter-clockwise").isPositive();
            sum += area(ring);
            for (int i = 1; i < ring.size(); i++) {
                assertThat(directed.add(List.of(ring.get(i - 1), ring.get(i))))
                        .as("no border is twice on the same side")
                        .isTrue();
            }
        }
        var outer = new HashMap<Place, Place>();
        directed.stream()
                .filter(edge -> !directed.contains(List.of(edge.get(1), edge.get(0))))
                .forEach(edge -> assertThat(outer.put(edge.get(0), edge.get(1))).isNull());
        var line = new ArrayList<Place>();
        var at = outer.keySet().iterator().next();
        for (int i = 0; i <= outer.size(); i++) {
            line.add(at);
            at = outer.get(at);
        }
        assertThat(new HashSet<>(line)).as("one closed line").hasSize(outer.size());
        assertThat(area(line)).isCloseTo(sum, within(1e-9));
    }

    /** Square degrees. */
    private static double area(List<Place> ring) {
        var twice = 0.0;
        for (int i = 1; i < ring.size(); i++) {
            var a = ring.get(i - 1);
            var b = ring.get(i);
            twice += a.longitude() * b.latitude() - b.longitude() * a.latitude();
        }
        return twice / 2;
    }

    @ParameterizedTest
    @CsvSource({"1, 60", "1, 2000", "7, 2000", "3, 20000"})
    void aCityObeysItsLaws(long seed, int facilities) {
        var city = city(seed, facilities);
        var plane = new Plane(CityPlan.demo().area());
        var byId = city.facilities().stream().collect(Collectors.toMap(Facility::getId, f -> f));
        var districts = city.districts().stream().collect(Collectors.toMap(City.District::id, d -> d));
        var streets = city.streets().stream().collect(Collectors.toMap(City.Street::id, s -> s));
        var pipes = new HashSet<String>();
        assertThat(byId).hasSize(facilities);
        for (var facility : city.facilities()) {
            var type =
                    PACKS.domain(facility.getDomain()).orElseThrow().typesById().get(facility.getType());
            var here = new Place(facility.getLongitude(), facility.getLatitude());
            assertThat(districts.get(facility.getDistrict()).contains(here))
                    .as(facility.getId())
                    .isTrue();
            assertThat(streets.get(facility.getStreet()).district()).isEqualTo(facility.getDistrict());
            assertThat(facility.getGrid()).matches("3799\\d{12}");
            assertThat(facility.getAddress()).isNotEmpty();
            assertThat(facility.getOwner()).isNotEmpty().doesNotContain("{");
            assertThat(facility.getBuiltYear()).isBetween(1970, 2025);
            facility.getParametersMap()
                    .forEach((code, value) -> assertThat(value)
                            .as(facility.getId() + " " + code)
                            .isBetween(
                                    Math.min(
                                            0.79 * type.parameters().get(code),
                                            1.26 * type.parameters().get(code)),
                                    Math.max(
                                            0.79 * type.parameters().get(code),
                                            1.26 * type.parameters().get(code))));
            for (var pipe : facility.getPipesList()) {
                var from = byId.get(pipe.getFrom());
                assertThat(facility.getUpstreamList()).contains(pipe.getFrom());
                var spec = type.placement().pipe() != null
                        ? type.placement().pipe()
                        : PACKS.domain(from.getDomain())
                                .orElseThrow()
                                .typesById()
                                .get(from.getType())
                                .placement()
                                .pipe();
                assertThat(pipes.add(pipe.getId()) && Ids.isValid(pipe.getId())).isTrue();
                assertThat(pipe.getLengthM())
                        .isGreaterThanOrEqualTo(plane.spot(here)
                                .distanceTo(plane.spot(new Place(from.getLongitude(), from.getLatitude()))));
                assertThat(pipe.getLaidYear()).isBetween(Math.max(from.getBuiltYear(), facility.getBuiltYear()), 2025);
                assertThat(spec.diameter().contains(pipe.getDiameterMm()))
                        .as(pipe.toString())
                        .isTrue();
                assertThat(spec.depth().low() - 0.051).isLessThan(pipe.getDepthM());
                assertThat(spec.depth().high() + 0.051).isGreaterThan(pipe.getDepthM());
                assertThat(spec.materials()).contains(pipe.getMaterial());
                var course = city.map().pipes().get(pipe.getId()).places();
                assertThat(course.get(0)).isEqualTo(new Place(from.getLongitude(), from.getLatitude()));
                assertThat(course.get(course.size() - 1)).isEqualTo(here);
            }
            assertThat(sourceOf(facility, byId, facilities))
                    .as("reached from a source")
                    .isTrue();
        }
    }

    /** Whether going up from a facility ends, at one that nothing feeds. */
    private static boolean sourceOf(Facility facility, Map<String, Facility> byId, int steps) {
        var at = facility;
        for (int i = 0; i <= steps; i++) {
            if (at.getUpstreamCount() == 0) {
                return true;
            }
            at = byId.get(at.getUpstream(0));
        }
        return false;
    }

    @Test
    void whoMustBeFedIsFedAndTheLoadIsSpread() {
        var city = city(1, 5000);
        var fed = city.facilities().stream()
                .filter(f -> f.getType().equals("regulator_station"))
                .toList();
        assertThat(fed).isNotEmpty().allMatch(f -> f.getUpstreamCount() >= 1);
        var perStation = fed.stream().collect(Collectors.groupingBy(f -> f.getUpstream(0), Collectors.counting()));
        var stations = city.facilities().stream()
                .filter(f -> f.getType().equals("gate_station"))
                .count();
        assertThat(perStation.values().stream().mapToLong(n -> n).max().orElseThrow())
                .as("the busiest gate station of " + stations)
                .isLessThan(5 * fed.size() / stations);
    }

    @Test
    void typesHaveTheSharesThatTheirPacksSay() {
        var counts = city(1, 5000).facilities().stream()
                .collect(Collectors.groupingBy(f -> f.getDomain() + "/" + f.getType(), Collectors.counting()));
        var total = PACKS.all().stream()
                .flatMap(d -> d.facilityTypes().stream())
                .filter(t -> t.placement() != null)
                .mapToDouble(t -> t.placement().share())
                .sum();
        for (var domain : PACKS.all()) {
            for (var type : domain.facilityTypes()) {
                if (type.placement() != null && type.placement().share() > 0) {
                    assertThat((double) counts.getOrDefault(domain.id() + "/" + type.id(), 0L))
                            .as(type.id())
                            .isCloseTo(5000 * type.placement().share() / total, within(1.5));
                }
            }
        }
    }

    @Test
    void aNaturalPaceIsWhatThePacksSay() {
        for (var facility : new CityGenerator(PACKS, 1, KEYS, ReportingPace.NATURAL)
                .generate(300)
                .facilities()) {
            var type =
                    PACKS.domain(facility.getDomain()).orElseThrow().typesById().get(facility.getType());
            for (int i = 0; i < type.devices().size(); i++) {
                var template = type.devices().get(i);
                var period = facility.getDevices(i).getPoints(0).getPeriodSeconds();
                if (template.reportsByException()) {
                    assertThat(period).isEqualTo(template.heartbeatSeconds());
                } else if (template.sampleSeconds() > 0) {
                    assertThat(period).isEqualTo(template.sampleSeconds());
                } else {
                    assertThat(period).isPositive();
                }
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameCityAndAnotherSeedAnother() {
        assertThat(AssetsJson.write(city(1, 60))).isEqualTo(AssetsJson.write(city(1, 60)));
        assertThat(AssetsJson.write(city(1, 60))).isNotEqualTo(AssetsJson.write(city(2, 60)));
    }

    @Test
    void aLargerCityContainsTheSmallerOne() {
        var large = city(1, 200).facilities().stream().collect(Collectors.toMap(Facility::getId, f -> f));
        for (var facility : city(1, 60).facilities()) {
            var again = large.get(facility.getId());
            assertThat(again).isNotNull();
            assertThat(byItself(again)).isEqualTo(byItself(facility));
        }
    }

    /** Without what depends on others. */
    private static Facility byItself(Facility facility) {
        return facility.toBuilder()
                .clearUpstream()
                .clearPipes()
                .clearHouseholds()
                .build();
    }

    @Test
    void everyFacilityFitsItsPackAndUpstreamExists() {
        var city = city(1, 60);
        var ids = city.facilities().stream().map(Facility::getId).collect(Collectors.toCollection(HashSet::new));
        for (var facility : city.facilities()) {
            var domain = PACKS.domain(facility.getDomain()).orElseThrow();
            assertThat(domain.typesById()).containsKey(facility.getType());
            assertThat(ids).containsAll(facility.getUpstreamList());
            assertThat(facility.getDevicesList().stream().flatMap(d -> d.getPointsList().stream()))
                    .allMatch(point -> domain.metricsByCode().containsKey(point.getMetric()))
                    .allMatch(point -> point.getPeriodSeconds() >= 5 && point.getPeriodSeconds() <= 15);
        }
    }

    @Test
    void theCityIsBusyEnoughToBeSeenAndCalmEnoughForOneMachine() {
        var perSecond = city(1, 60).facilities().stream()
                .flatMap(f -> f.getDevicesList().stream())
                .mapToDouble(d -> 1.0 / d.getPoints(0).getPeriodSeconds())
                .sum();
        assertThat(perSecond).isBetween(15.0, 60.0);
    }

    @Test
    void theImportHoldsHashesThatTheSecretsFitAndNoSecret() {
        var city = city(1, 5);
        var text = new String(AssetsJson.write(city), StandardCharsets.UTF_8);
        var json = JsonMapper.shared().readTree(text);
        assertThat(json.at("/city/name/zh").asString()).isEqualTo("云泽市");
        assertThat(json.at("/districts")).hasSize(6);
        for (var facility : json.at("/facilities")) {
            for (var device : facility.at("/devices")) {
                var id = device.at("/id").asString();
                var salt =
                        Base64.getDecoder().decode(device.at("/credential/salt").asString());
                var hash =
                        Base64.getDecoder().decode(device.at("/credential/hash").asString());
                assertThat(Ids.secretHash(salt, KEYS.secret(id).getBytes(StandardCharsets.UTF_8)))
                        .isEqualTo(hash);
                assertThat(text).doesNotContain(KEYS.secret(id));
            }
        }
    }

    @Test
    void theKeyIsMadeOnceAndReadableByTheOwnerOnly(@TempDir Path data) throws Exception {
        var secret = DeviceKeys.in(data).secret("gas-rs-001-rtu");
        assertThat(DeviceKeys.in(data).secret("gas-rs-001-rtu")).isEqualTo(secret);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("demo/device-key"))))
                .isEqualTo("rw-------");
        assertThat(DeviceKeys.in(data.resolve("other")).secret("gas-rs-001-rtu"))
                .isNotEqualTo(secret);
    }

    @Test
    void aCityWithoutFacilitiesIsRefused() {
        assertThatThrownBy(() -> city(1, 0)).hasMessageContaining("1 to 100000");
    }
}
