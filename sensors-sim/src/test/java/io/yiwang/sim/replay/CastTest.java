package io.yiwang.sim.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.sim.city.DeviceKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CastTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final DeviceKeys KEYS = DeviceKeys.of(new byte[32]);

    @TempDir
    Path folder;

    private Recording recording() throws IOException {
        var file = Files.writeString(
                folder.resolve("Plant 7.csv"),
                "time,Flow (1),Flow [1],p\n2020-01-01 00:00,1,2,3\n2020-01-01 00:05,1,2,3\n");
        return Recording.open(file, new Recording.Hints(null, List.of(), List.of()));
    }

    private Cast mapped(String map) throws IOException {
        return Cast.mapped(recording(), Files.writeString(folder.resolve("map.yaml"), map), PACKS, KEYS);
    }

    @Test
    void withoutAMapEachSeriesIsADeviceOfItsOwn() throws IOException {
        var cast = Cast.unmapped(recording(), KEYS);
        assertThat(cast.roles())
                .extracting(Cast.Role::device)
                .containsExactly("replay-plant-7-flow-1", "replay-plant-7-flow-1-2", "replay-plant-7-p");
        var facility = cast.facilities().get(0);
        assertThat(PACKS.domain(facility.getDomain()).orElseThrow().typesById()).containsKey(facility.getType());
        assertThat(facility.getDevices(0).getPoints(0).getPeriodSeconds()).isEqualTo(300);
        assertThat(PACKS.metric(facility.getDevices(0).getPoints(0).getMetric()))
                .isPresent();
    }

    @Test
    void aMapGivesSeriesToRealFacilities() throws IOException {
        var cast = mapped("""
                Flow (1): {domain: gas, type: gate_station, facility: north, metric: gas_flow_std, scale: 1000}
                p: {domain: gas, type: gate_station, facility: north, metric: gas_outlet_pressure_mp}
                """);
        assertThat(cast.facilities()).hasSize(1);
        assertThat(cast.roles()).hasSize(1);
        assertThat(cast.roles().get(0).parts())
                .containsExactly(new Cast.Part(0, "gas_flow_std", 1000), new Cast.Part(2, "gas_outlet_pressure_mp", 1));
        assertThat(cast.facilities().get(0).getId()).isEqualTo("replay-north");
    }

    @Test
    void saysWhichColumnOfTheMapDoesNotFit() throws IOException {
        for (var wrong : List.of(
                "q: {domain: gas, type: gate_station, facility: n, metric: gas_flow_std}",
                "p: {domain: gold, type: gate_station, facility: n, metric: gas_flow_std}",
                "p: {domain: gas, type: gate, facility: n, metric: gas_flow_std}",
                "p: {domain: gas, type: gate_station, facility: n, metric: ph}",
                "p: {domain: gas, type: gate_station, facility: n}")) {
            assertThatExceptionOfType(CannotReplay.class)
                    .as(wrong)
                    .isThrownBy(() -> mapped(wrong))
                    .withMessageContaining("column " + wrong.charAt(0));
        }
    }
}
