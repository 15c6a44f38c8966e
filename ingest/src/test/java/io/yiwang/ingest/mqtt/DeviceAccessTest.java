package io.yiwang.ingest.mqtt;

import static io.yiwang.ingest.TestingCity.BAD;
import static io.yiwang.ingest.TestingCity.FACILITY;
import static io.yiwang.ingest.TestingCity.GOOD;
import static io.yiwang.ingest.TestingCity.secret;
import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.ingest.TestingCity;
import io.yiwang.ingest.catalogue.Catalogue;
import io.yiwang.model.domain.DomainPacks;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceAccessTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);
    private static final TestingAuthority AUTHORITY = new TestingAuthority("authority");

    private final Catalogue catalogue = new Catalogue(DomainPacks.bundled());
    private final DeviceAccess access = new DeviceAccess(catalogue, () -> NOW);

    {
        catalogue.put(FACILITY, TestingCity.facility(GOOD, BAD));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private Admission bySecret(String client, String user, ByteBuffer secret) {
        return access.decide(client, user, secret, null);
    }

    private static X509Certificate certificate(String subject) {
        return AUTHORITY.client(subject, NOW.minus(DAY), NOW.plus(DAY)).certificate();
    }

    @Test
    void clientIdUserAndSecretMustBeTheDevices() {
        assertThat(bySecret(GOOD, GOOD, bytes(secret(GOOD)))).isEqualTo(Admission.ADMITTED);
        assertThat(bySecret(GOOD, BAD, bytes(secret(GOOD)))).isEqualTo(Admission.OTHER_USER);
        assertThat(bySecret(BAD, GOOD, bytes(secret(GOOD)))).isEqualTo(Admission.OTHER_USER);
        assertThat(bySecret(BAD, BAD, bytes(secret(GOOD)))).isEqualTo(Admission.WRONG_SECRET);
        assertThat(bySecret(GOOD, null, bytes(secret(GOOD)))).isEqualTo(Admission.OTHER_USER);
        assertThat(bySecret(GOOD, GOOD, null)).isEqualTo(Admission.WRONG_SECRET);
        assertThat(bySecret(GOOD, GOOD, bytes(""))).isEqualTo(Admission.WRONG_SECRET);
        assertThat(bySecret("nobody", "nobody", bytes(secret(GOOD)))).isEqualTo(Admission.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"#", "+", "", "a/b", "gas-station-1-leak1 ", "a\u0000", "$SYS", "\uff07"})
    void whatIsNoDeviceIdIsNobody(String id) {
        assertThat(bySecret(id, id, bytes(secret(GOOD)))).isEqualTo(Admission.NO_ID);
        assertThat(access.decide(id, null, null, certificate("CN=" + GOOD))).isEqualTo(Admission.NO_ID);
    }

    @Test
    void withoutACredentialNobodyIsAdmittedByWhateverProof() {
        var facility = TestingCity.facility(GOOD).toBuilder();
        facility.getDevicesBuilder(0).clearCredential();
        catalogue.put(FACILITY, facility.build());
        assertThat(bySecret(GOOD, GOOD, bytes(secret(GOOD)))).isEqualTo(Admission.REVOKED);
        assertThat(bySecret(GOOD, GOOD, bytes(""))).isEqualTo(Admission.REVOKED);
        assertThat(access.decide(GOOD, null, null, certificate("CN=" + GOOD))).isEqualTo(Admission.REVOKED);
        assertThat(access.mark(GOOD)).isEmpty();
    }

    @Test
    void aCertificateIsAsGoodAsTheSecretAndDecidesAlone() {
        var own = certificate("CN=" + GOOD);
        assertThat(access.decide(GOOD, null, null, own)).isEqualTo(Admission.ADMITTED);
        assertThat(access.decide(GOOD, GOOD, bytes("whatever"), own)).isEqualTo(Admission.ADMITTED);
        assertThat(access.decide(GOOD, BAD, null, own)).isEqualTo(Admission.OTHER_USER);
        // With the right secret beside it too: who shows a certificate wants to be known by it.
        assertThat(access.decide(BAD, BAD, bytes(secret(BAD)), own)).isEqualTo(Admission.OTHER_CERTIFICATE);
        assertThat(access.decide("nobody", null, null, certificate("CN=nobody")))
                .isEqualTo(Admission.UNKNOWN);
    }

    @Test
    void aCertificateIsNotBelievedOutsideItsTime() {
        var past = AUTHORITY.client("CN=" + GOOD, NOW.minus(DAY), NOW.minusSeconds(1));
        var future = AUTHORITY.client("CN=" + GOOD, NOW.plusSeconds(1), NOW.plus(DAY));
        assertThat(access.decide(GOOD, null, null, past.certificate())).isEqualTo(Admission.EXPIRED_CERTIFICATE);
        assertThat(access.decide(GOOD, null, null, future.certificate())).isEqualTo(Admission.EXPIRED_CERTIFICATE);
    }

    @Test
    void aNewCredentialEndsTheCertificatesFromBeforeIt() {
        var facility = TestingCity.facility(GOOD).toBuilder();
        facility.getDevicesBuilder(0)
                .getCredentialBuilder()
                .setIssuedMillis(NOW.minusSeconds(60).toEpochMilli() + 999);
        catalogue.put(FACILITY, facility.build());
        assertThat(access.decide(GOOD, null, null, certificate("CN=" + GOOD))).isEqualTo(Admission.OLD_CERTIFICATE);
        // Made in the same second, of which the certificate does not know the fraction.
        var after = AUTHORITY.client("CN=" + GOOD, NOW.minusSeconds(60), NOW.plus(DAY));
        assertThat(access.decide(GOOD, null, null, after.certificate())).isEqualTo(Admission.ADMITTED);
        assertThat(bySecret(GOOD, GOOD, bytes(secret(GOOD)))).isEqualTo(Admission.ADMITTED);
    }

    @Test
    void theCommonNameIsReadAsItIsAndOnlyWhenThereIsOne() {
        assertThat(name("O=City, CN=" + GOOD + ", C=CN")).isEqualTo(GOOD);
        assertThat(name("CN=\"" + GOOD + ", CN=other\"")).isEqualTo(GOOD + ", CN=other");
        assertThat(name("CN=" + GOOD + ", CN=" + BAD)).isNull();
        assertThat(name("CN=" + GOOD + "+OU=x")).isNull();
        assertThat(name("O=" + GOOD)).isNull();
    }

    private static String name(String subject) {
        return DeviceAccess.commonName(new X500Principal(subject));
    }

    @Test
    void theCredentialsOfADeviceCanBeToldApart() {
        var before = access.mark(GOOD);
        var facility = TestingCity.facility(GOOD).toBuilder();
        facility.getDevicesBuilder(0).getCredentialBuilder().setSalt(com.google.protobuf.ByteString.copyFromUtf8("x"));
        catalogue.put(FACILITY, facility.build());
        assertThat(before).isPresent().isNotEqualTo(access.mark(GOOD));
    }
}
