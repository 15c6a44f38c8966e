package io.yiwang.dashboard.newcomers;

import static io.yiwang.dashboard.newcomers.TestingNewcomers.NOW;
import static io.yiwang.dashboard.newcomers.TestingNewcomers.bridge;
import static io.yiwang.dashboard.newcomers.TestingNewcomers.credential;
import static io.yiwang.dashboard.newcomers.TestingNewcomers.knocker;
import static io.yiwang.dashboard.newcomers.TestingNewcomers.mqtt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.assets.Assets;
import io.yiwang.dashboard.newcomers.Acceptance.Added;
import io.yiwang.dashboard.newcomers.Acceptance.Recredentialed;
import io.yiwang.dashboard.newcomers.Acceptance.Wanted;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Name;
import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Newcomer;
import java.util.List;
import org.junit.jupiter.api.Test;

class AcceptanceTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final Assets CITY = new Assets(
            new Name("市", "City"),
            List.of(),
            List.of(),
            List.of(Facility.newBuilder()
                    .setId("rural")
                    .setDomain("rural_sewage")
                    .setType("village_plant")
                    .addDevices(Device.newBuilder().setId("present").setCredential(credential("present", "own")))
                    .build()),
            PACKS);

    @Test
    void oneClickTakesTheGuessAndTheCredentialThatWasShown() {
        var added = (Added) accept(mqtt("rural-probe", "shown-secret"), wanted());
        assertThat(added.facility()).isEqualTo("rural");
        assertThat(added.device().getCredential()).isEqualTo(now("rural-probe", "shown-secret"));
        assertThat(added.device().getPointsList())
                .extracting(point -> point.getMetric())
                .containsExactly("rs_do", "rs_conductivity");
        assertThat(added.secret()).isNull();
    }

    @Test
    void ofSeveralSecretsAPersonMustChoose() {
        var newcomer = mqtt("rural-probe", "thiefs", "own");
        refused("SEVERAL_SECRETS", newcomer, wanted());
        var own = knocker(newcomer).showings().get(1);
        var added = (Added) accept(newcomer, with(own.id(), false, false));
        assertThat(added.device().getCredential()).isEqualTo(now("rural-probe", "own"));
        refused("SHOWING_GONE", newcomer, with("nonsense", false, false));
        // So many were tried that the device's own may be none of those that are left.
        refused("SEVERAL_SECRETS", mqtt("rural-probe", "own").setOtherAttempts(3), wanted());
    }

    @Test
    void whoShowedNoSecretGetsOne() {
        refused("NO_SECRET", mqtt("rural-probe"), wanted());
        var added = (Added) accept(mqtt("rural-probe"), with(null, true, false));
        assertThat(added.secret()).isNotNull();
        assertThat(added.device().getCredential()).isEqualTo(added.secret().credential());
        assertThat(added.secret().toString()).doesNotContain(added.secret().text());
    }

    @Test
    void behindABrokerNobodyNeedsASecretAndAnyNameBecomesAnExternalId() {
        var edge = bridge("group/edge", "spBv1.0/group/NBIRTH/edge", "");
        refused("INVALID_ID", edge, at("rural", null));
        var added = (Added) accept(edge, at("rural", "edge-1"));
        assertThat(added.device().getId()).isEqualTo("edge-1");
        assertThat(added.device().getExternalId()).isEqualTo("group/edge");
        assertThat(added.device().hasCredential()).isFalse();
    }

    @Test
    void atTheMqttDoorADeviceKeepsItsName() {
        refused("INVALID_ID", mqtt("rural-probe", "s"), at("rural", "another"));
        refused("INVALID_ID", mqtt("no id", "s"), at("rural", null));
    }

    @Test
    void aDeviceOfTheLedgerIsReplacedOnlyWhenThatIsSaid() {
        var swapped = mqtt("present", "the-new-one");
        refused("DEVICE_EXISTS", swapped, wanted());
        var again = (Recredentialed) accept(swapped, with(null, false, true));
        assertThat(again.at().device().getId()).isEqualTo("present");
        assertThat(again.credential()).isEqualTo(now("present", "the-new-one"));
        refused("UNKNOWN_DEVICE", mqtt("rural-probe", "s"), with(null, false, true));
        // That it knocked with its own secret before it was let in makes no second one to choose from.
        var before = mqtt("present", "the-new-one", "own");
        assertThat(((Recredentialed) accept(before, with(null, false, true))).credential())
                .isEqualTo(now("present", "the-new-one"));
        var device = CITY.device("present").orElseThrow().device();
        assertThat(Warning.of(knocker(before).besides(device), device))
                .extracting(Warning::code)
                .containsExactly(Warning.Code.WRONG_SECRET);
    }

    @Test
    void withoutAFacilityNothingIsAdded() {
        refused("FACILITY_NEEDED", mqtt("4711", "s"), wanted());
        refused("UNKNOWN_FACILITY", mqtt("4711", "s"), at("nowhere", null));
    }

    @Test
    void aCertificateStaysInForceByACredentialThatNobodyKnows() {
        var certified = mqtt("rural-probe");
        certified.getShowingsBuilder(0).setCertificate("CN=rural-probe");
        var added = (Added) accept(certified, wanted());
        assertThat(added.device().hasCredential()).isTrue();
        assertThat(added.device().getCredential().getIssuedMillis()).isZero();
        assertThat(added.secret()).isNull();
        // Whose device was revoked gets a new certificate instead: the old one may be stolen.
        var revoked = mqtt("present");
        revoked.getShowingsBuilder(0).setCertificate("CN=present");
        refused("NO_SECRET", revoked, with(null, false, true));
    }

    @Test
    void aLoggersPasswordIsSetAtTheLogger() {
        var logger = mqtt("rural-probe", "123456").setDoor("hj212");
        refused("NO_NEW_SECRET", logger, with(null, true, false));
        assertThat(((Added) accept(logger, wanted())).device().getCredential()).isEqualTo(now("rural-probe", "123456"));
        assertThat(Warning.of(knocker(logger), null)).isEmpty();
    }

    private static Credential now(String id, String secret) {
        return credential(id, secret).toBuilder().setIssuedMillis(NOW).build();
    }

    private static Acceptance accept(Newcomer.Builder newcomer, Wanted wanted) {
        return Acceptance.of(knocker(newcomer), wanted, CITY, PACKS, NOW);
    }

    private static void refused(String code, Newcomer.Builder newcomer, Wanted wanted) {
        assertThatThrownBy(() -> accept(newcomer, wanted))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.getBody().getProperties()).containsEntry("code", code));
    }

    private static Wanted wanted() {
        return with(null, false, false);
    }

    private static Wanted with(String showing, boolean newSecret, boolean replaceCredential) {
        return new Wanted(null, null, null, null, null, null, null, showing, newSecret, replaceCredential);
    }

    private static Wanted at(String facility, String device) {
        return new Wanted(facility, device, null, null, null, null, null, null, false, false);
    }
}
