package io.yiwang.ingest.decode.sparkplug;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.ingest.catalogue.Catalogue;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LedgerEdgesTest {
    @Test
    void behindAnEdgeNodeAreTheDevicesWhoseGatewayItIs() {
        var catalogue = new Catalogue(DomainPacks.bundled());
        var leak = Point.newBuilder().setMetric("gas_station_leak_lel").setSource("Leak");
        catalogue.put(
                "f",
                Facility.newBuilder()
                        .setId("f")
                        .setDomain("gas")
                        .addDevices(Device.newBuilder().setId("edge").setExternalId("Edge One"))
                        .addDevices(Device.newBuilder()
                                .setId("d1")
                                .setGateway("edge")
                                .addPoints(leak))
                        .addDevices(Device.newBuilder()
                                .setId("d2")
                                .setGateway("another")
                                .addPoints(leak))
                        .build());
        catalogue.put(
                "g",
                Facility.newBuilder()
                        .setId("g")
                        .setDomain("gas")
                        .addDevices(Device.newBuilder()
                                .setId("d3")
                                .setGateway("edge")
                                .addPoints(leak)
                                .addPoints(Point.newBuilder().setMetric("gas_slamshut_state")))
                        .build());
        var behind = Map.of(
                "",
                List.of(),
                "d1",
                List.of("gas_station_leak_lel"),
                "d3",
                List.of("gas_slamshut_state", "gas_station_leak_lel"));
        assertThat(new LedgerEdges(catalogue).of("Edge One")).isEqualTo(behind);
        assertThat(new LedgerEdges(catalogue).of("edge")).isEqualTo(behind);
        assertThat(new LedgerEdges(catalogue).of("nobody")).isEmpty();
    }
}
