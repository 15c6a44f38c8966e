package io.yiwang.ingest.catalogue;

import static io.yiwang.ingest.TestingCity.BAD;
import static io.yiwang.ingest.TestingCity.FACILITY;
import static io.yiwang.ingest.TestingCity.GOOD;
import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.ingest.TestingCity;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogueTest {
    private final Catalogue catalogue = new Catalogue(DomainPacks.bundled());
    private final List<String> changed = new ArrayList<>();

    {
        catalogue.onAccessChanged(changed::add);
    }

    @Test
    void aDeviceIsKnownByItsFacilitysPlaceAndItsOwnMetrics() {
        catalogue.put(FACILITY, TestingCity.facility(GOOD));
        assertThat(catalogue.device(GOOD)).isNotNull().satisfies(device -> {
            assertThat(device.facility()).isEqualTo(FACILITY);
            assertThat(device.district()).isEqualTo("east");
            assertThat(device.points()).containsOnlyKeys(TestingCity.METRIC, TestingCity.STATE);
            assertThat(device.telemetryTopic()).isEqualTo(TestingCity.telemetryTopic(GOOD));
        });
        assertThat(catalogue.device(BAD)).isNull();
        assertThat(changed).isEmpty();
    }

    @Test
    void aDeviceThatIsTakenOutIsGoneAndReported() {
        catalogue.put(FACILITY, TestingCity.facility(GOOD, BAD));
        catalogue.put(FACILITY, TestingCity.facility(GOOD));
        assertThat(catalogue.device(BAD)).isNull();
        assertThat(changed).containsExactly(BAD);
        catalogue.put(FACILITY, null);
        assertThat(catalogue.deviceCount()).isZero();
        assertThat(changed).containsExactly(BAD, GOOD);
    }

    @Test
    void onlyAChangeOfCredentialOrPlaceIsReported() {
        var facility = TestingCity.facility(GOOD);
        catalogue.put(FACILITY, facility);
        catalogue.put(FACILITY, facility.toBuilder().setLongitude(120).build());
        assertThat(changed).isEmpty();
        var revoked = facility.toBuilder();
        revoked.getDevicesBuilder(0).clearCredential();
        catalogue.put(FACILITY, revoked.build());
        assertThat(changed).containsExactly(GOOD);
    }

    @Test
    void aDeviceMayMoveToAnotherFacilityInAnyOrderOfRecords() {
        var there = TestingCity.facility(GOOD).toBuilder().setId("there").build();
        catalogue.put(FACILITY, TestingCity.facility(GOOD));
        catalogue.put("there", there);
        catalogue.put(FACILITY, TestingCity.facility());
        assertThat(catalogue.device(GOOD))
                .isNotNull()
                .extracting(CataloguedDevice::facility)
                .isEqualTo("there");
    }

    @Test
    void whatTheTopicNoLongerHasIsForgotten() {
        catalogue.put(FACILITY, TestingCity.facility(GOOD));
        catalogue.put("old", TestingCity.facility(BAD).toBuilder().setId("old").build());
        catalogue.retain(Set.of(FACILITY));
        assertThat(catalogue.device(BAD)).isNull();
        assertThat(catalogue.device(GOOD)).isNotNull();
    }

    @Test
    void theLocalCopyIsWhatWasWrittenAndForTheOwnerOnly(@TempDir Path folder) throws IOException {
        var copy = new CatalogueCopy(folder);
        assertThat(copy.read()).isEmpty();
        var facilities = List.of(TestingCity.facility(GOOD), TestingCity.facility(BAD));
        copy.write(List.of(TestingCity.facility()));
        copy.write(facilities);
        assertThat(copy.read()).contains(facilities);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("assets.bin"))))
                .isEqualTo("rw-------");
    }

    private static Facility plant(Point... points) {
        return Facility.newBuilder()
                .setId("plant")
                .setDomain("sewage")
                .setDistrict("east")
                .addDevices(Device.newBuilder().setId("out").addAllPoints(List.of(points)))
                .build();
    }

    private static Point point(String metric, String source) {
        return Point.newBuilder().setMetric(metric).setSource(source).build();
    }

    private String metricCalled(String name) {
        var device = catalogue.device("out");
        var point = device == null ? null : device.points().get(name);
        return point == null ? "" : point.metric().code();
    }

    @Test
    void aMetricIsKnownByItsCodeInADialectWithoutAWordInTheLedger() {
        catalogue.put("plant", plant(point("sg_cod_out", ""), point("sg_flow_out", "")));
        assertThat(metricCalled("w01018")).isEqualTo("sg_cod_out");
        assertThat(metricCalled("w00000")).isEqualTo("sg_flow_out");
        assertThat(metricCalled("sg_cod_out")).isEqualTo("sg_cod_out");
    }

    @Test
    void aCodeOfTwoPointsIsNeithersUntilTheLedgerDecides() {
        catalogue.put("plant", plant(point("sg_cod_in", ""), point("sg_cod_out", "")));
        assertThat(metricCalled("w01018")).isEmpty();
        catalogue.put("plant", plant(point("sg_cod_in", "w01018"), point("sg_cod_out", "")));
        assertThat(metricCalled("w01018")).isEqualTo("sg_cod_in");
        catalogue.put("plant", plant(point("sg_cod_in", "e10201"), point("sg_cod_out", "")));
        assertThat(metricCalled("w01018")).isEqualTo("sg_cod_out");
        assertThat(metricCalled("e10201")).isEqualTo("sg_cod_in");
    }
}
