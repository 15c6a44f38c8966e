package io.yiwang.ingest.decode.senml;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.ingest.catalogue.Catalogue;
import io.yiwang.ingest.decode.senml.SenmlNames.Meaning;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LedgerNamesTest {
    private static final LedgerNames NAMES = new LedgerNames(ledger());

    private static Catalogue ledger() {
        var catalogue = new Catalogue(DomainPacks.bundled());
        catalogue.put(
                "f",
                Facility.newBuilder()
                        .setId("f")
                        .setDomain("gas")
                        .addDevices(Device.newBuilder()
                                .setId("gw")
                                .addPoints(Point.newBuilder().setMetric("gas_station_leak_lel"))
                                .addPoints(Point.newBuilder()
                                        .setMetric("gas_slamshut_state")
                                        .setSource("urn:dev:x:valve")))
                        .addDevices(Device.newBuilder().setId("d1").setExternalId("urn:dev:mac:0024befffe804ff1"))
                        .addDevices(Device.newBuilder().setId("d1-part"))
                        .build());
        return catalogue;
    }

    @ParameterizedTest(name = "{0} means {2} of {1}")
    @CsvSource({
        // the whole name is a point of the sender
        "gas_station_leak_lel, '', gas_station_leak_lel",
        "urn:dev:x:valve, '', urn:dev:x:valve",
        // its beginning is a device
        "d1:leak, d1, leak",
        "d1/leak, d1, leak",
        "d1.leak, d1, leak",
        "d1/room/leak, d1, room/leak",
        "urn:dev:mac:0024befffe804ff1:leak, d1, leak",
        "urn:dev:mac:0024befffe804ff1/in/leak, d1, in/leak",
        "d1-part:leak, d1-part, leak",
        // neither: its last part is the sender's
        "elsewhere:leak, '', leak",
        "2001:db8::2/temperature, '', temperature",
        "leak, '', leak",
        "d1, '', d1",
        "d1:, '', d1:",
        "d1-unknown:leak, '', leak"
    })
    void theLedgerSaysWhatANameMeans(String name, String device, String point) {
        assertThat(NAMES.of("gw", name)).isEqualTo(new Meaning(device, point));
    }
}
