package io.yiwang.ingest.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.ingest.TestingCity;
import io.yiwang.ingest.catalogue.Catalogue;
import io.yiwang.ingest.catalogue.CataloguedDevice;
import io.yiwang.model.domain.DomainPacks;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnTopicsTest {
    private static CataloguedDevice device;

    @BeforeAll
    static void city() {
        var catalogue = new Catalogue(DomainPacks.bundled());
        var facility = TestingCity.facility("edge-1").toBuilder();
        facility.getDevicesBuilder(0).setExternalId("Edge One");
        catalogue.put(TestingCity.FACILITY, facility.build());
        device = Objects.requireNonNull(catalogue.device("edge-1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spBv1.0/east/NCMD/edge-1",
                "spBv1.0/east/NCMD/edge-1/#",
                "spBv1.0/east/NCMD/Edge One",
                "spBv1.0/east/DCMD/edge-1/#",
                "spBv1.0/east/DCMD/edge-1/+",
                "spBv1.0/east/DCMD/Edge One/pump 7"
            })
    void anEdgeNodeHearsItsOwnCommands(String filter) {
        assertThat(OwnTopics.mayHear(device, filter)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "#",
                "+/+/+/+",
                "spBv1.0",
                "spBv1.0/#",
                "spBv1.0/+/NCMD/edge-1",
                "spBv1.0/#/NCMD/edge-1",
                "spBv1.0//NCMD/edge-1",
                "spBv1.0/east/+/edge-1",
                "spBv1.0/east/NCMD/+",
                "spBv1.0/east/NCMD/#",
                "spBv1.0/east/NCMD/edge-2",
                "spBv1.0/east/NCMD/edge-1/+",
                "spBv1.0/east/NCMD/edge-1/a/b",
                "spBv1.0/east/DCMD/edge-1",
                "spBv1.0/east/DCMD/edge-2/#",
                "spBv1.0/east/DCMD/edge-1/",
                "spBv1.0/east/DCMD/edge-1/a/#",
                "spBv1.0/east/DCMD/edge-1/a+",
                "spBv1.0/east/NDATA/edge-1",
                "spBv1.0/east/NDEATH/edge-1",
                "spBv1.0/STATE/host",
                "STATE/#",
                "$share/g/spBv1.0/east/NCMD/edge-1",
                "$SYS/#",
                "city/v1/gas/gas-station-1/edge-1/telemetry"
            })
    void andNothingElse(String filter) {
        assertThat(OwnTopics.mayHear(device, filter)).isFalse();
    }

    @Test
    void aLastWillIsItsOwnStatusOrItsOwnDeath() {
        assertThat(OwnTopics.mayLeave(device, "city/v1/gas/gas-station-1/edge-1/status"))
                .isTrue();
        assertThat(OwnTopics.mayLeave(device, "spBv1.0/east/NDEATH/edge-1")).isTrue();
        assertThat(OwnTopics.mayLeave(device, "spBv1.0/east/NDEATH/Edge One")).isTrue();
        assertThat(OwnTopics.mayLeave(device, "city/v1/gas/gas-station-1/edge-1/telemetry"))
                .isFalse();
        assertThat(OwnTopics.mayLeave(device, "city/v1/gas/gas-station-1/edge-2/status"))
                .isFalse();
        assertThat(OwnTopics.mayLeave(device, "spBv1.0/east/NDEATH/edge-2")).isFalse();
        assertThat(OwnTopics.mayLeave(device, "spBv1.0/east/NDATA/edge-1")).isFalse();
        assertThat(OwnTopics.mayLeave(device, "spBv1.0/east/DDEATH/edge-1/pump"))
                .isFalse();
    }
}
