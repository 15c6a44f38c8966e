package io.yiwang.dashboard.newcomers;

import static io.yiwang.dashboard.newcomers.TestingNewcomers.bridge;
import static io.yiwang.dashboard.newcomers.TestingNewcomers.knocker;
import static io.yiwang.dashboard.newcomers.TestingNewcomers.mqtt;
import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.dashboard.assets.Assets;
import io.yiwang.dashboard.newcomers.Guess.PointGuess;
import io.yiwang.dashboard.newcomers.Guess.Reason;
import io.yiwang.dashboard.newcomers.PayloadNames.Named;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Name;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuessTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final Assets CITY = new Assets(
            new Name("市", "City"),
            List.of(),
            List.of(),
            List.of(
                    facility("gas-001", "gas", "regulator_station"),
                    facility("rural", "rural_sewage", "village_plant"),
                    facility("rural-2", "rural_sewage", "village_plant").toBuilder()
                            .addDevices(Device.newBuilder()
                                    .setId("x")
                                    .addPoints(Point.newBuilder().setMetric("rs_flow"))
                                    .addPoints(Point.newBuilder().setMetric("rs_do")))
                            .build()),
            PACKS);

    @Test
    void aTopicOfOursSaysTheFacilityAndThePayloadWhatIsMeasured() {
        var guess = guess(bridge(
                "logger-7",
                "city/v1/rural_sewage/rural/logger-7/telemetry",
                "{\"ts\":1,\"boot\":\"b\",\"seq\":1,\"values\":{\"rs_do\":2.1,\"rs_conductivity\":640,\"spare\":1}"));
        assertThat(guess.facility()).isEqualTo("rural");
        assertThat(guess.type()).isEqualTo("probe");
        assertThat(guess.points())
                .containsExactly(new PointGuess("rs_do", "", ""), new PointGuess("rs_conductivity", "", ""));
        assertThat(guess.unknownNames()).containsExactly("spare");
        assertThat(guess.because()).containsExactly(Reason.TOPIC, Reason.PAYLOAD);
    }

    @Test
    void anIdThatBeginsLikeAFacilityAndEndsLikeItsDeviceIsEnough() {
        var guess = guess(mqtt("rural-2-probe", "s"));
        assertThat(guess.facility()).isEqualTo("rural-2");
        assertThat(guess.type()).isEqualTo("probe");
        assertThat(guess.points()).extracting(PointGuess::metric).containsExactly("rs_do", "rs_conductivity");
        assertThat(guess.name().zh()).isEqualTo("水质探头");
        assertThat(guess.because()).containsExactly(Reason.ID, Reason.DEVICE_TYPE);
    }

    @Test
    void theOnlyDeviceThatIsMissingIsProbablyIt() {
        var guess = guess(mqtt("rural-2-4711", "s"));
        assertThat(guess.type()).isEqualTo("lab");
        assertThat(guess.because()).containsExactly(Reason.ID, Reason.MISSING_DEVICE);
    }

    @Test
    void hj212CodesStandForTheMetricsOfTheChosenFacility() {
        var frame = "##0100QN=1;ST=32;CN=2011;PW=***;MN=81733553213013;Flag=5;CP=&&DataTime=20260320013400;"
                + "w01018-Rtd=194.200,w01018-Flag=N;w21003-Rtd=53.1,w21003-Flag=N;w99999-Rtd=1&&6E80";
        var knocker = knocker(bridge("81733553213013", "", frame));
        assertThat(Guess.of(knocker, null, CITY, PACKS).facility()).isEmpty();
        var guess = Guess.of(knocker, "rural", CITY, PACKS);
        assertThat(guess.type()).isEqualTo("lab");
        assertThat(guess.points())
                .containsExactly(
                        new PointGuess("rs_cod_out", "w01018", ""), new PointGuess("rs_nh3n_out", "w21003", ""));
        assertThat(guess.unknownNames()).containsExactly("w99999");
        // A logger at its own door is understood without.
        var logger = knocker(bridge("81733553213013", "", frame).setDoor("hj212"));
        assertThat(Guess.of(logger, "rural", CITY, PACKS).points())
                .containsExactly(new PointGuess("rs_cod_out", "", ""), new PointGuess("rs_nh3n_out", "", ""));
    }

    @Test
    void senMlNamesAndUnitsAreFoundAlsoWhenTheEndIsCutOff() {
        assertThat(names("[{\"bn\":\"urn:dev:mac:1:\",\"bt\":1.2e9,\"n\":\"voltage\",\"u\":\"V\",\"v\":120.1},"
                        + "{\"n\":\"current\",\"u\":\"A\",\"v\":1.2},{\"n\":\"cut"))
                .containsExactly(new Named("voltage", "V"), new Named("current", "A"));
        assertThat(names("{\"deviceId\":\"x\",\"pm25\":12,\"data\":{\"humidity\":3.5,\"ok\":true,\"text\":\"t\"}}"))
                .extracting(Named::name)
                .containsExactly("pm25", "humidity", "ok");
        assertThat(names("")).isEmpty();
        assertThat(names("\u0000\u0001rs_do\u0007\u0001"))
                .extracting(Named::name)
                .contains("rs_do");
    }

    @Test
    void whoIsLikeNothingIsGuessedToBeNothing() {
        var guess = guess(mqtt("4711", "s"));
        assertThat(guess.facility()).isEmpty();
        assertThat(guess.type()).isEmpty();
        assertThat(guess.points()).isEmpty();
        assertThat(guess.because()).isEmpty();
        assertThat(guess.device()).isEqualTo("4711");
        var edge = guess(bridge("group/edge", "spBv1.0/group/NBIRTH/edge", ""));
        assertThat(edge.device()).isEmpty();
        assertThat(edge.externalId()).isEqualTo("group/edge");
    }

    private static List<Named> names(String payload) {
        return PayloadNames.of(payload.getBytes(StandardCharsets.UTF_8));
    }

    private static Guess guess(io.yiwang.model.wire.Newcomer.Builder newcomer) {
        return Guess.of(knocker(newcomer), null, CITY, PACKS);
    }

    private static Facility facility(String id, String domain, String type) {
        return Facility.newBuilder().setId(id).setDomain(domain).setType(type).build();
    }
}
