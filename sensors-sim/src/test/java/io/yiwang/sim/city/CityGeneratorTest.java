package io.yiwang.sim.city;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.sim.city.City.Place;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HashSet;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
    void theDefaultCityHasEveryDomainInTheCityAndFacilitiesInEveryDistrict(long seed) {
        var city = city(seed, 60);
        assertThat(city.facilities().stream().map(Facility::getDomain).distinct())
                .containsExactlyInAnyOrder("gas", "water_supply", "sewage", "heating", "waste");
        for (var district : city.districts()) {
            assertThat(city.facilities())
                    .filteredOn(f -> f.getDistrict().equals(district.id()))
                    .as(district.id())
                    .hasSizeGreaterThan(4)
                    .allMatch(f -> district.contains(new Place(f.getLongitude(), f.getLatitude())));
        }
        assertThat(city.facilities()).anyMatch(f -> f.getId().equals("gas-rs-001"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 99})
    void districtsTileTheArea(long seed) {
        var districts = city(seed, 1).districts();
        var random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            // Well inside the area: its outer border is not straight.
            var place = new Place(116.06 + 0.40 * random.nextDouble(), 36.62 + 0.24 * random.nextDouble());
            assertThat(districts.stream().filter(d -> d.contains(place)))
                    .as(place.toString())
                    .hasSize(1);
        }
        for (var district : districts) {
            assertThat(district.boundary().get(0))
                    .isEqualTo(district.boundary().get(district.boundary().size() - 1));
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
            assertThat(again.toBuilder().clearUpstream().build())
                    .isEqualTo(facility.toBuilder().clearUpstream().build());
        }
    }

    @Test
    void everyFacilityFitsItsPackAndUpstreamExists() {
        var city = city(1, 60);
        var ids = city.facilities().stream().map(Facility::getId).collect(Collectors.toCollection(HashSet::new));
        for (var facility : city.facilities()) {
            var domain = PACKS.domain(facility.getDomain()).orElseThrow();
            assertThat(domain.typesById()).containsKey(facility.getType());
            assertThat(domain.rulesOf(facility)).as(facility.getId()).isNotEmpty();
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
        assertThat(perSecond).isBetween(25.0, 60.0);
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
