package io.yiwang.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MqttAuthorityTest {
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

    @TempDir
    Path dir;

    private DataFolder data;

    @BeforeEach
    void prepare() {
        data = DataFolder.of(dir);
        data.prepare();
    }

    private static X509Certificate read(Path pem) throws Exception {
        try (InputStream in = Files.newInputStream(pem)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private KeyStore store(String name) throws Exception {
        var password = Files.readString(data.of("mqtt-ca.password")).strip();
        return KeyStore.getInstance(data.of(name).toFile(), password.toCharArray());
    }

    private X509Certificate door() throws Exception {
        return (X509Certificate) store("mqtt-door.p12").getCertificate("it");
    }

    private void assertSigned(X509Certificate certificate) throws Exception {
        var anchor = new TrustAnchor(read(MqttAuthority.certificate(data)), null);
        var rules = new PKIXParameters(Set.of(anchor));
        rules.setRevocationEnabled(false);
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)), rules);
    }

    @Test
    void theAuthorityIsMadeOnceAndItsSecretsAreTheOwnersOnly() throws Exception {
        MqttAuthority.prepare(data);
        var before = read(MqttAuthority.certificate(data));
        var door = door();
        MqttAuthority.prepare(data);
        assertThat(read(MqttAuthority.certificate(data))).isEqualTo(before);
        assertThat(door()).isEqualTo(door);
        assertThat(before.getBasicConstraints()).isZero();
        assertThat(store("mqtt-trust.p12").getCertificate("authority")).isEqualTo(before);
        // The door has its own key and not that of the authority.
        assertThat(List.of("it"))
                .isEqualTo(java.util.Collections.list(store("mqtt-door.p12").aliases()));
        for (var secret : List.of("mqtt-ca.p12", "mqtt-ca.password", "mqtt-door.p12")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.of(secret))))
                    .as(secret)
                    .isEqualTo("rw-------");
        }
        try (var files = Files.list(dir)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .noneMatch(name -> name.startsWith("mqtt-signing") || name.endsWith(".next"));
        }
    }

    @Test
    void theDoorsCertificateIsForEveryAddressOfTheMachineAndForNoClient() throws Exception {
        MqttAuthority.prepare(data);
        var door = door();
        assertSigned(door);
        assertThat(door.getExtendedKeyUsage()).containsExactly(SERVER_AUTH);
        assertThat(door.getSubjectAlternativeNames())
                .extracting(name -> String.valueOf(name.get(1)))
                .contains("localhost", "127.0.0.1", InetAddress.getLocalHost().getHostName());
        assertThat(door.getNotAfter().toInstant())
                .isBefore(Instant.now().plus(Duration.ofDays(366)))
                .isAfter(Instant.now().plus(Duration.ofDays(360)));
    }

    @Test
    void aDevicesCertificateNamesItIsForAClientAndLastsAYear() throws Exception {
        var issued = MqttAuthority.prepare(data).issue("gas-001-leak1");
        var certificate = read(issued.certificate());
        assertSigned(certificate);
        assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=gas-001-leak1");
        assertThat(certificate.getExtendedKeyUsage()).containsExactly(CLIENT_AUTH);
        assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
        assertThat(Duration.between(
                        certificate.getNotBefore().toInstant(),
                        certificate.getNotAfter().toInstant()))
                .isLessThanOrEqualTo(Duration.ofDays(365));
        var password = Files.readString(issued.passwordFile()).strip();
        var store = KeyStore.getInstance(issued.store().toFile(), password.toCharArray());
        assertThat(store.getCertificate("it")).isEqualTo(certificate);
        assertThat(Files.readString(issued.key())).startsWith("-----BEGIN PRIVATE KEY-----");
        for (var file : List.of(issued.store(), issued.passwordFile(), issued.key())) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
        // The authority's own password opens nothing that leaves the machine.
        assertThat(password)
                .isNotEqualTo(Files.readString(data.of("mqtt-ca.password")).strip());
    }

    @Test
    void onlyADeviceOfTheLedgerThatMayConnectGetsOne() throws Exception {
        assertThat(refusal("gas-001-leak1")).contains("./yiwang up");
        MqttAuthority.prepare(data);
        assertThat(refusal("gas-001-leak1")).contains("no copy of the asset ledger");
        Files.createDirectories(data.of("ingest"));
        try (var out = Files.newOutputStream(data.of("ingest").resolve("assets.bin"))) {
            Facility.newBuilder()
                    .setId("gas-001")
                    .setDomain("gas")
                    .addDevices(Device.newBuilder()
                            .setId("gas-001-leak1")
                            .setCredential(Credential.newBuilder().setSalt(ByteString.copyFromUtf8("salt"))))
                    .addDevices(Device.newBuilder().setId("gas-001-leak2"))
                    .build()
                    .writeDelimitedTo(out);
        }
        assertThat(refusal("nobody")).contains("no device 'nobody'");
        assertThat(refusal("../x")).contains("no device id");
        assertThat(refusal("gas-001-leak2"))
                .contains("no credential")
                .contains("/api/devices/gas-001-leak2/credential");
        assertThat(Yiwang.commandLine().execute("certificate", "gas-001-leak1", "--data", dir.toString()))
                .isZero();
        assertThat(data.of("certificates/gas-001-leak1/gas-001-leak1.crt")).exists();
    }

    @Test
    void withoutTlsTheDoorStaysOnThisMachineUnlessAskedFor() {
        var options = new UpOptions();
        options.facilities = 1;
        options.bind = "0.0.0.0";
        assertThat(options.plainMqttBind()).isEqualTo("127.0.0.1");
        options.plainMqtt = true;
        assertThat(options.plainMqttBind()).isEqualTo("0.0.0.0");
        options.clientCertificates = "sometimes";
        assertThatThrownBy(options::check).isInstanceOf(Refusal.class).hasMessageContaining("optional");
    }

    private String refusal(String device) {
        var said = new StringWriter();
        int code = Yiwang.commandLine()
                .setErr(new PrintWriter(said, true))
                .execute("certificate", device, "--data", dir.toString());
        assertThat(code).isEqualTo(1);
        assertThat(said.toString()).startsWith("yiwang: ").doesNotContain("\tat ");
        return said.toString();
    }
}
