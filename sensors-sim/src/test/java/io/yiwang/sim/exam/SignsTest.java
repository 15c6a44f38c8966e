package io.yiwang.sim.exam;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import io.yiwang.sim.fault.FaultOrder;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Readings by hand, against what the packs say. */
class SignsTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;

    private static final Facility STATION = facility(
            "waste", "transfer_station", "station", List.of(), List.of("wt_leachate_level", "wt_noise_boundary"));
    private static final Facility BOOSTER =
            facility("water_supply", "booster_station", "booster", List.of(), List.of("ws_outlet_pressure"));
    private static final Facility AREA = facility(
            "water_supply", "dma", "area", List.of("booster"), List.of("ws_network_pressure", "ws_dma_inflow"));

    private static Facility facility(
            String domain, String type, String id, List<String> upstream, List<String> metrics) {
        var device = Device.newBuilder().setId(id + "-plc");
        metrics.forEach(metric -> device.addPoints(Point.newBuilder().setMetric(metric)));
        return Facility.newBuilder()
                .setDomain(domain)
                .setType(type)
                .setId(id)
                .addAllUpstream(upstream)
                .addDevices(device)
                .build();
    }

    private static Signs signs(String fault, Set<String> moved, Facility... zone) {
        var ids = new TreeSet<String>();
        for (var facility : zone) {
            ids.add(facility.getId());
        }
        var planned = new Case(
                1,
                new FaultOrder(fault, zone[0].getId(), null, null, 0.5, Duration.ofHours(4), null, "exam"),
                1,
                false,
                moved,
                ids,
                0,
                4 * HOUR,
                0,
                0,
                false);
        return new Signs(PACKS, new Surroundings(List.of(zone)), planned, ZONE);
    }

    private static Signs leachate() {
        return signs("wt_leachate_overflow", Set.of("station-plc.wt_leachate_level"), STATION);
    }

    @Test
    void aPatternIsASignWhenEnoughOfItIsThereWithoutWaitingForHowLong() {
        var signs = leachate();
        var level = "station-plc.wt_leachate_level";
        assertThat(signs.read(level, 0, 66, 66)).isFalse();
        assertThat(signs.read(level, 5 * MINUTE, 71.5, 66)).as("it has risen").isFalse();
        assertThat(signs.read(level, 10 * MINUTE, 72, 66)).as("and is high").isTrue();
    }

    @Test
    void aLimitIsASignAlone() {
        var signs = leachate();
        var level = "station-plc.wt_leachate_level";
        for (int reading = 0; reading < 40; reading++) {
            // Too slowly to have risen by 5 in two hours.
            var real = 60 + reading * 0.5;
            assertThat(signs.read(level, reading * HOUR, real, 60))
                    .as("%s", real)
                    .isFalse();
        }
        assertThat(signs.read(level, 40 * HOUR, 80, 60)).isTrue();
    }

    @Test
    void whatTheHealthyCityShowsTooIsNoSign() {
        var signs = leachate();
        var level = "station-plc.wt_leachate_level";
        assertThat(signs.read(level, 0, 66, 66)).isFalse();
        assertThat(signs.read(level, 5 * MINUTE, 79, 73))
                .as("both have risen and are high")
                .isFalse();
        assertThat(signs.read(level, 10 * MINUTE, 96, 81))
                .as("very high it is only really")
                .isTrue();
    }

    @Test
    void whatTheHealthyCityShowsEveryDayIsASignAtTheHourAtWhichItDoesNot() {
        // A leak by which the flow never gets low: by day it is not low anyway.
        var signs = signs("ws_background_leak", Set.of(), AREA);
        var flow = "area-plc.ws_dma_inflow";
        assertThat(signs.read(flow, 0, 150, 120)).as("by day").isFalse();
        assertThat(signs.read(flow, HOUR, 19, 15)).as("too small a leak").isFalse();
        assertThat(signs.read(flow, 2 * HOUR, 31, 15)).isTrue();
    }

    @Test
    void aLimitOfWhatTheFaultDoesNotMoveIsNoSign() {
        var signs = leachate();
        assertThat(signs.lookAt("station-plc.wt_noise_boundary")).isFalse();
        assertThat(signs("nobody_knows", Set.of(), STATION).areKnown()).isFalse();
    }

    @Test
    void aLimitThatMovesIsJudgedWhereItStandsAtThatHour() {
        var noise = "station-plc.wt_noise_boundary";
        var signs = signs("nobody_knows", Set.of(noise), STATION);
        assertThat(signs.read(noise, millis("2026-01-15T21:59:00+08:00"), 59, 40))
                .isFalse();
        assertThat(signs.read(noise, millis("2026-01-15T22:00:00+08:00"), 59, 40))
                .isTrue();
    }

    private static long millis(String time) {
        return OffsetDateTime.parse(time).toInstant().toEpochMilli();
    }

    /** Whether the area's pressure falls and, so many minutes later, that of the station before it. */
    private static boolean fallOneAfterTheOther(long minutes, String fault) {
        var signs = signs(fault, Set.of(), AREA, BOOSTER);
        assertThat(signs.read("area-plc.ws_network_pressure", 0, 0.30, 0.30)).isFalse();
        assertThat(signs.read("area-plc.ws_network_pressure", MINUTE, 0.26, 0.30))
                .isFalse();
        assertThat(signs.read("booster-plc.ws_outlet_pressure", minutes * MINUTE, 0.45, 0.45))
                .isFalse();
        return signs.read("booster-plc.ws_outlet_pressure", (minutes + 1) * MINUTE, 0.42, 0.45);
    }

    @Test
    void partsOfAPatternMayBeAtOtherFacilitiesAndWithinItsTime() {
        assertThat(fallOneAfterTheOther(10, "ws_main_burst")).isTrue();
        assertThat(fallOneAfterTheOther(11, "ws_main_burst")).isFalse();
        assertThat(fallOneAfterTheOther(10, "ws_abrupt_leak")).isTrue();
        assertThat(signs("ws_valve_misclosed", Set.of(), AREA, BOOSTER).lookAt("booster-plc.ws_outlet_pressure"))
                .as("what speaks against a pattern is no sign of it")
                .isFalse();
    }
}
