package io.yiwang.ingest.mqtt;

import static io.yiwang.ingest.TestingCity.FACILITY;
import static io.yiwang.ingest.TestingCity.json;
import static io.yiwang.ingest.TestingCity.secret;
import static io.yiwang.ingest.TestingCity.telemetryTopic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.yiwang.ingest.Ingest;
import io.yiwang.ingest.IngestMeter.Refusal;
import io.yiwang.ingest.IngestSettings;
import io.yiwang.ingest.TestingCity;
import io.yiwang.ingest.mqtt.TestingAuthority.Issued;
import io.yiwang.model.RejectReason;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.id.DeviceTopic;
import io.yiwang.model.wire.Facility;
import io.yiwang.servers.KafkaServer;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Whom the door lets in and what it lets them do, by TCP and by TLS, with a real broker and a real Kafka. */
class SecurityIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String OWN = "gas-station-1-own";
    private static final String OTHER = "gas-station-1-other";
    private static final String GATEWAY = "gas-station-1-gateway";
    private static final String BEHIND = "gas-station-1-behind";
    private static final String FLEETING = "gas-station-1-fleeting";
    private static final String RENEWED = "gas-station-1-renewed";
    private static final Instant RENEWAL = Instant.now().minus(Duration.ofHours(1));
    private static final TestingAuthority AUTHORITY = new TestingAuthority("city authority");
    private static final TestingAuthority STRANGERS = new TestingAuthority("another authority");

    @TempDir
    private static Path folder;

    private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();
    private static KafkaServer kafka;
    private static Ingest ingest;

    @BeforeAll
    static void start() throws Exception {
        LOG.start();
        ((Logger) LoggerFactory.getLogger("io.yiwang")).addAppender(LOG);
        kafka = KafkaServer.start(folder.resolve("kafka"), 0);
        publish(ledger());
        ingest = Ingest.start(settings(AUTHORITY.server("127.0.0.1", "localhost")), fault -> {
            throw new AssertionError(fault);
        });
        await().atMost(PATIENCE).until(() -> ingest.catalogue().device(OWN) != null);
    }

    private static IngestSettings settings(Issued server) {
        return new IngestSettings(
                kafka.bootstrap(),
                folder.resolve("ingest"),
                0,
                DoorSettings.of("127.0.0.1", 0, folder.resolve("door"))
                        .with(
                                new TlsSettings(
                                        "127.0.0.1",
                                        0,
                                        server.store(folder.resolve("door.p12")),
                                        TestingAuthority.PASSWORD,
                                        AUTHORITY.trustStore(folder.resolve("authorities.p12")),
                                        TestingAuthority.PASSWORD,
                                        ClientCertificates.OPTIONAL),
                                false),
                null,
                null,
                CityClock.wallClock(),
                IngestSettings.DEFAULT_MAX_BYTES_IN_FLIGHT);
    }

    @AfterAll
    static void stop() {
        if (ingest != null) {
            ingest.close();
        }
        if (kafka != null) {
            kafka.close();
        }
        ((Logger) LoggerFactory.getLogger("io.yiwang")).detachAppender(LOG);
    }

    private static Facility.Builder ledger() {
        var facility = TestingCity.facility(OWN, OTHER, GATEWAY, BEHIND, FLEETING, RENEWED).toBuilder();
        facility.getDevicesBuilder(3).setGateway(GATEWAY).clearCredential();
        facility.getDevicesBuilder(5).getCredentialBuilder().setIssuedMillis(RENEWAL.toEpochMilli());
        return facility;
    }

    private static void publish(Facility.Builder facility) throws Exception {
        TestingCity.publish(kafka.bootstrap(), facility.build());
    }

    private static String status(String device) {
        return new DeviceTopic("gas", FACILITY, device, DeviceTopic.STATUS).toString();
    }

    private static TestingDevice byCertificate(String id, Issued own) throws MqttException {
        return new TestingDevice(ingest.mqttsPort(), id, AUTHORITY.context(own));
    }

    private static TestingDevice bySecret(String id) throws MqttException {
        return new TestingDevice(ingest.mqttPort(), id);
    }

    private static void assertStored(long seq, String device) {
        assertThat(TestingCity.telemetry(kafka.bootstrap()))
                .filteredOn(message -> message.getSeq() == seq)
                .singleElement()
                .extracting(message -> message.getDevice())
                .isEqualTo(device);
    }

    /** The client must hear that it is refused, and the count of {@code why} must grow by one. */
    private static void assertRefused(TestingDevice device, Refusal why) throws MqttException {
        long before = ingest.meter().refusals(why);
        try (device) {
            assertThatThrownBy(device::connect).isInstanceOf(MqttException.class);
            assertThat(device.client.isConnected()).isFalse();
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(ingest.meter().refusals(why)).isEqualTo(before + 1));
    }

    // Who is let in.

    @Test
    void aCertificateWithTheDevicesIdIsEnough() throws Exception {
        try (var device = byCertificate(OWN, AUTHORITY.client(OWN)).connect()) {
            assertThat(device.publish(telemetryTopic(OWN), json(101, 1.5))).isZero();
        }
        assertStored(101, OWN);
        try (var device = byCertificate(OWN, AUTHORITY.client(OWN))) {
            device.options.setUserName(OWN);
            assertThat(device.connect().client.isConnected()).isTrue();
        }
    }

    @Test
    void withoutCertificateTheSecretWorksByTlsAsItDoesWithout() throws Exception {
        try (var device = byCertificate(OWN, null)) {
            device.options.setUserName(OWN);
            device.options.setPassword(secret(OWN).getBytes(StandardCharsets.UTF_8));
            assertThat(device.connect().publish(telemetryTopic(OWN), json(102, 1.5)))
                    .isZero();
        }
        assertStored(102, OWN);
        try (var device = bySecret(OWN).connect()) {
            assertThat(device.publish(telemetryTopic(OWN), json(103, 1.5))).isZero();
        }
        assertStored(103, OWN);
    }

    @Test
    void withoutNameOrWithAWrongSecretOrAnotherNameNobodyIsLetIn() throws Exception {
        for (boolean tls : new boolean[] {false, true}) {
            var anonymous = tls ? byCertificate(OWN, null) : bySecret(OWN);
            anonymous.options.setUserName(null);
            anonymous.options.setPassword(null);
            assertRefused(anonymous, Refusal.CREDENTIAL);
            for (var wrong : List.of(
                    new String[] {OWN, "wrong"},
                    new String[] {OTHER, secret(OTHER)},
                    new String[] {OTHER, secret(OWN)},
                    new String[] {OWN, ""})) {
                var device = tls ? byCertificate(OWN, null) : bySecret(OWN);
                device.options.setUserName(wrong[0]);
                device.options.setPassword(wrong[1].getBytes(StandardCharsets.UTF_8));
                assertRefused(device, Refusal.CREDENTIAL);
            }
        }
    }

    @Test
    void aCertificateThatTheAuthorityHasNotIssuedForThisFailsTheHandshake() throws Exception {
        assertRefused(byCertificate(OWN, STRANGERS.client(OWN)), Refusal.TLS);
        assertRefused(byCertificate(OWN, TestingAuthority.selfSigned(OWN)), Refusal.TLS);
        var now = Instant.now();
        assertRefused(
                byCertificate(
                        OWN,
                        AUTHORITY.client("CN=" + OWN, now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(1)))),
                Refusal.TLS);
        assertRefused(
                byCertificate(
                        OWN, AUTHORITY.client("CN=" + OWN, now.plus(Duration.ofDays(1)), now.plus(Duration.ofDays(9)))),
                Refusal.TLS);
        // A server's certificate is not for clients, whatever name it has.
        assertRefused(byCertificate(OWN, AUTHORITY.server(OWN)), Refusal.TLS);
    }

    @Test
    void aCertificateOfAnotherDeviceIsRefusedAlsoWithTheRightSecret() throws Exception {
        assertRefused(byCertificate(OWN, AUTHORITY.client(OTHER)), Refusal.CERTIFICATE);
        var both = byCertificate(OWN, AUTHORITY.client(OTHER));
        both.options.setUserName(OWN);
        both.options.setPassword(secret(OWN).getBytes(StandardCharsets.UTF_8));
        assertRefused(both, Refusal.CERTIFICATE);
        var otherUser = byCertificate(OWN, AUTHORITY.client(OWN));
        otherUser.options.setUserName(OTHER);
        assertRefused(otherUser, Refusal.CREDENTIAL);
        assertRefused(
                byCertificate(
                        OWN,
                        AUTHORITY.client(
                                "CN=" + OTHER + ", CN=" + OWN,
                                TestingAuthority.yesterday(),
                                Instant.now().plus(Duration.ofDays(1)))),
                Refusal.CERTIFICATE);
    }

    @Test
    void aCertificateIsNothingWithoutALedgerEntryAndItsCredential() throws Exception {
        assertRefused(
                byCertificate("gas-station-1-unheard", AUTHORITY.client("gas-station-1-unheard")), Refusal.CREDENTIAL);
        assertRefused(byCertificate(BEHIND, AUTHORITY.client(BEHIND)), Refusal.CREDENTIAL);
    }

    @Test
    void aCertificateFromBeforeTheCredentialWasRenewedIsRefused() throws Exception {
        assertRefused(byCertificate(RENEWED, AUTHORITY.client(RENEWED)), Refusal.CERTIFICATE);
        var fresh = AUTHORITY.client(
                "CN=" + RENEWED, RENEWAL.plusSeconds(1), Instant.now().plus(Duration.ofDays(1)));
        try (var device = byCertificate(RENEWED, fresh).connect()) {
            assertThat(device.client.isConnected()).isTrue();
        }
    }

    // What is spoken at the ports.

    @Test
    void whoDoesNotSpeakTlsAtTheTlsPortIsCutOffAndCounted() throws Exception {
        long before = ingest.meter().refusals(Refusal.TLS);
        try (var socket = new Socket("127.0.0.1", ingest.mqttsPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(RawMqtt.connect(OWN, secret(OWN)));
            assertEnded(socket);
        }
        await().atMost(PATIENCE).until(() -> ingest.meter().refusals(Refusal.TLS) == before + 1);
    }

    /** Nothing that could be an answer of MQTT comes any more. */
    private static void assertEnded(Socket socket) throws IOException {
        try {
            int first = socket.getInputStream().read();
            // A TLS alert (0x15) may come before the end; a CONNACK (0x20) must not.
            assertThat(first).isIn(-1, 0x15);
        } catch (java.net.SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    @Test
    void tlsOnePointOneIsNotSpoken() throws Exception {
        long before = ingest.meter().refusals(Refusal.TLS);
        try (var socket = new Socket("127.0.0.1", ingest.mqttsPort())) {
            socket.setSoTimeout(20_000);
            var hello = ByteBuffer.allocate(100);
            // client_version 3.2 = TLS 1.1, random, no session, suites ECDHE_RSA/ECDSA_AES_128_CBC_SHA + RSA_AES_128,
            // no compression.
            hello.putShort((short) 0x0302).put(new byte[32]).put((byte) 0);
            hello.putShort((short) 6)
                    .putShort((short) 0xc013)
                    .putShort((short) 0xc009)
                    .putShort((short) 0x002f);
            hello.put((byte) 1).put((byte) 0);
            int length = hello.position();
            var record = ByteBuffer.allocate(9 + length);
            // Handshake record of version 3.1; ClientHello (1) with its length in three bytes.
            record.put((byte) 0x16).putShort((short) 0x0301).putShort((short) (4 + length));
            record.put((byte) 1).put((byte) 0).putShort((short) length).put(hello.array(), 0, length);
            socket.getOutputStream().write(record.array());
            var in = new DataInputStream(socket.getInputStream());
            // Alert record (0x15), version, length 2: fatal (2), protocol_version (70).
            assertThat(in.readUnsignedByte()).isEqualTo(0x15);
            in.readInt();
            assertThat(in.readUnsignedByte()).isEqualTo(2);
            assertThat(in.readUnsignedByte()).isEqualTo(70);
        }
        await().atMost(PATIENCE).until(() -> ingest.meter().refusals(Refusal.TLS) == before + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void bothVersionsThatAreSpokenUseForwardSecrecyAndAuthenticatedEncryption(String version) throws Exception {
        try (var socket =
                (SSLSocket) AUTHORITY.context(null).getSocketFactory().createSocket("127.0.0.1", ingest.mqttsPort())) {
            socket.setEnabledProtocols(new String[] {version});
            socket.startHandshake();
            assertThat(socket.getSession().getProtocol()).isEqualTo(version);
            assertThat(DoorTls.CIPHER_SUITES).contains(socket.getSession().getCipherSuite());
        }
    }

    @Test
    void aCipherSuiteWithoutForwardSecrecyIsRefused() throws Exception {
        try (var socket =
                (SSLSocket) AUTHORITY.context(null).getSocketFactory().createSocket("127.0.0.1", ingest.mqttsPort())) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.setEnabledCipherSuites(
                    new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256"});
            assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void whoOnlyKnocksAtThePortsIsNoRefusal() throws Exception {
        long tls = ingest.meter().refusals(Refusal.TLS);
        long protocol = ingest.meter().refusals(Refusal.PROTOCOL);
        for (int i = 0; i < 20; i++) {
            new Socket("127.0.0.1", ingest.mqttsPort()).close();
            new Socket("127.0.0.1", ingest.mqttPort()).close();
        }
        // Counted in order of arrival by the same threads: when a later refusal is seen, the knocks have been.
        assertRefused(byCertificate(OWN, STRANGERS.client(OWN)), Refusal.TLS);
        assertThat(ingest.meter().refusals(Refusal.TLS)).isEqualTo(tls + 1);
        assertThat(ingest.meter().refusals(Refusal.PROTOCOL)).isEqualTo(protocol);
    }

    @Test
    void whatIsNoMqttIsCutOffAndCounted() throws Exception {
        long before = ingest.meter().refusals(Refusal.PROTOCOL);
        try (var socket = new Socket("127.0.0.1", ingest.mqttPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertEnded(socket);
        }
        await().atMost(PATIENCE).until(() -> ingest.meter().refusals(Refusal.PROTOCOL) == before + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"#", "+", "$SYS", "a/b"})
    void aClientIdThatIsNoDeviceIdIsRefused(String id) throws Exception {
        long before = ingest.meter().refusals(Refusal.CREDENTIAL);
        try (var socket = new Socket("127.0.0.1", ingest.mqttPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(RawMqtt.connect(id, secret(OWN)));
            // CONNACK with return code 4: bad user name or password.
            assertThat(new DataInputStream(socket.getInputStream()).readInt()).isEqualTo(0x20_02_00_04);
        }
        assertThat(ingest.meter().refusals(Refusal.CREDENTIAL)).isEqualTo(before + 1);
    }

    @Test
    void aClientIdThatIsTooLongIsRefusedByTheBrokerAndCounted() throws Exception {
        for (int length : new int[] {65, 65_535}) {
            long before =
                    ingest.meter().refusals(Refusal.PROTOCOL) + ingest.meter().refusals(Refusal.TOO_LARGE);
            try (var socket = new Socket("127.0.0.1", ingest.mqttPort())) {
                socket.setSoTimeout(20_000);
                var connect = new ByteArrayOutputStream();
                connect.writeBytes(RawMqtt.connect("x".repeat(length), "s"));
                try {
                    socket.getOutputStream().write(connect.toByteArray());
                } catch (java.net.SocketException cutOffWhileWriting) {
                    // just as good
                }
                try {
                    int first = socket.getInputStream().read();
                    // CONNACK or the end; an accepted one would be followed by 02 00 00.
                    assertThat(first).isIn(0x20, -1);
                    if (first == 0x20) {
                        assertThat(socket.getInputStream().readNBytes(3)[2]).isNotZero();
                    }
                } catch (java.net.SocketException reset) {
                    assertThat(reset).hasMessageContaining("reset");
                }
            }
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(ingest.meter().refusals(Refusal.PROTOCOL)
                                    + ingest.meter().refusals(Refusal.TOO_LARGE))
                            .as("length " + length)
                            .isEqualTo(before + 1));
        }
    }

    // What is allowed to whom.

    @Test
    void aDevicePublishesAsItselfOnly() throws Exception {
        long seq = 201;
        for (boolean certificate : new boolean[] {false, true}) {
            try (var device = (certificate ? byCertificate(OWN, AUTHORITY.client(OWN)) : bySecret(OWN)).connect()) {
                for (var topic : List.of(
                        telemetryTopic(OTHER),
                        status(OTHER),
                        telemetryTopic(BEHIND),
                        telemetryTopic(OWN) + "/x",
                        telemetryTopic(OWN).replace("gas/", "water_supply/"),
                        telemetryTopic(OWN).replace("/telemetry", "/cmd"),
                        "$SYS/broker",
                        "x")) {
                    long number = seq++;
                    var answer = device.send(topic, json(number, 1).getBytes(StandardCharsets.UTF_8));
                    try {
                        answer.waitForCompletion(30_000);
                    } catch (MqttException e) {
                        assertThat(e.getReasonCode()).isEqualTo(MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED);
                    }
                    assertThat(answer.getReasonCodes()).as(topic).contains(MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED);
                }
            }
        }
        long end = seq;
        assertThat(TestingCity.telemetry(kafka.bootstrap()))
                .noneMatch(message -> message.getSeq() >= 201 && message.getSeq() < end);
        assertThat(TestingCity.rejected(kafka.bootstrap()))
                .filteredOn(record -> record.getMqttTopic().equals(status(OTHER)))
                .hasSize(2)
                .allSatisfy(record -> {
                    assertThat(record.getReason()).isEqualTo(RejectReason.WRONG_TOPIC.name());
                    assertThat(record.getClient()).isEqualTo(OWN);
                });
    }

    @Test
    void aGatewaySpeaksForItsDevicesAndForNobodyElse() throws Exception {
        try (var gateway = byCertificate(GATEWAY, AUTHORITY.client(GATEWAY)).connect()) {
            assertThat(gateway.publish(telemetryTopic(BEHIND), json(301, 2.5))).isZero();
            var foreign = gateway.send(telemetryTopic(OTHER), json(302, 2.5).getBytes(StandardCharsets.UTF_8));
            try {
                foreign.waitForCompletion(30_000);
            } catch (MqttException e) {
                assertThat(e.getReasonCode()).isEqualTo(MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED);
            }
            assertThat(foreign.getReasonCodes()).contains(MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED);
        }
        assertStored(301, BEHIND);
        assertThat(TestingCity.telemetry(kafka.bootstrap())).noneMatch(message -> message.getSeq() == 302);
        // A device does not speak for its gateway.
        try (var device = bySecret(OWN).connect()) {
            var foreign = device.send(telemetryTopic(GATEWAY), json(303, 2.5).getBytes(StandardCharsets.UTF_8));
            try {
                foreign.waitForCompletion(30_000);
            } catch (MqttException e) {
                assertThat(e.getReasonCode()).isEqualTo(MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED);
            }
            assertThat(foreign.getReasonCodes()).contains(MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED);
        }
    }

    @Test
    void aLastWillGoesNowhereElse() throws Exception {
        for (var topic : List.of(status(OTHER), telemetryTopic(OTHER), telemetryTopic(OWN), "x", "$SYS/x")) {
            var device = byCertificate(OWN, AUTHORITY.client(OWN));
            device.options.setWill(topic, new MqttMessage("{}".getBytes(StandardCharsets.UTF_8), 1, false, null));
            assertRefused(device, Refusal.WILL);
        }
        long before = ingest.meter().refusals(Refusal.WILL) + ingest.meter().refusals(Refusal.PROTOCOL);
        try (var retained = byCertificate(OWN, AUTHORITY.client(OWN))) {
            retained.options.setWill(
                    status(OWN), new MqttMessage("{}".getBytes(StandardCharsets.UTF_8), 1, true, null));
            assertThatThrownBy(retained::connect).isInstanceOf(MqttException.class);
        }
        await().atMost(PATIENCE)
                .until(() ->
                        ingest.meter().refusals(Refusal.WILL) + ingest.meter().refusals(Refusal.PROTOCOL)
                                == before + 1);
        try (var own = byCertificate(OWN, AUTHORITY.client(OWN))) {
            own.options.setWill(status(OWN), new MqttMessage("{}".getBytes(StandardCharsets.UTF_8), 1, false, null));
            assertThat(own.connect().client.isConnected()).isTrue();
        }
    }

    @Test
    void nothingIsRetained() throws Exception {
        long before = ingest.meter().refusals(Refusal.RETAIN);
        // A well-behaved client knows from the CONNACK that nothing is retained here.
        try (var socket = new Socket("127.0.0.1", ingest.mqttPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(RawMqtt.connect(OWN, secret(OWN)));
            assertThat(new DataInputStream(socket.getInputStream()).readInt()).isEqualTo(0x20_02_00_00);
            var publish = RawMqtt.publish(telemetryTopic(OWN), 3, json(401, 1).getBytes(StandardCharsets.UTF_8));
            publish[0] |= 1;
            socket.getOutputStream().write(publish);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        await().atMost(PATIENCE).until(() -> ingest.meter().refusals(Refusal.RETAIN) == before + 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#",
                "+/+/+/+/+/+",
                "$share/x/#",
                "$share/x/city/v1/gas/gas-station-1/gas-station-1-other/telemetry",
                "$SYS/#",
                "city/v1/gas/gas-station-1/gas-station-1-other/telemetry",
                "city/v1/gas/gas-station-1/gas-station-1-own/telemetry"
            })
    void nobodyListens(String filter) throws Exception {
        long before = ingest.meter().refusals(Refusal.SUBSCRIBE);
        try (var socket = new Socket("127.0.0.1", ingest.mqttPort())) {
            socket.setSoTimeout(20_000);
            var out = socket.getOutputStream();
            out.write(RawMqtt.connect(OWN, secret(OWN)));
            var in = new DataInputStream(socket.getInputStream());
            assertThat(in.readInt()).isEqualTo(0x20_02_00_00);
            out.write(RawMqtt.subscribe(filter, 9));
            int first = in.read();
            if (first != -1) {
                // SUBACK, remaining length 3, packet id 9, 0x80 = failure.
                assertThat(first).isEqualTo(0x90);
                assertThat(in.readInt()).isEqualTo(0x03_00_09_80);
            }
        }
        await().atMost(PATIENCE).until(() -> ingest.meter().refusals(Refusal.SUBSCRIBE) == before + 1);
    }

    // Revocation.

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoseCredentialIsWithdrawnIsCutOffAtOnceAndCannotComeBack(boolean certificate) throws Exception {
        publish(ledger());
        await().atMost(PATIENCE)
                .until(() -> ingest.catalogue().device(FLEETING) != null
                        && ingest.catalogue().device(FLEETING).credential() != null);
        var own = AUTHORITY.client(FLEETING);
        try (var device = (certificate ? byCertificate(FLEETING, own) : bySecret(FLEETING)).connect();
                var other = bySecret(OTHER).connect()) {
            assertThat(device.publish(telemetryTopic(FLEETING), json(501, 1))).isZero();
            var revoked = ledger();
            revoked.getDevicesBuilder(4).clearCredential();
            publish(revoked);
            assertThat(device.disconnected.await(60, TimeUnit.SECONDS)).isTrue();
            assertRefused(certificate ? byCertificate(FLEETING, own) : bySecret(FLEETING), Refusal.CREDENTIAL);
            assertThat(other.publish(telemetryTopic(OTHER), json(502, 1))).isZero();
        }
        // Let in again by a new credential, the old certificate stays dead and a new one is taken.
        var renewed = ledger();
        renewed.getDevicesBuilder(4).getCredentialBuilder().setIssuedMillis(System.currentTimeMillis() - 5_000);
        publish(renewed);
        await().atMost(PATIENCE).until(() -> ingest.catalogue().device(FLEETING).credential() != null);
        assertRefused(byCertificate(FLEETING, own), Refusal.CERTIFICATE);
        var fresh = AUTHORITY.client(
                "CN=" + FLEETING, Instant.now().minusSeconds(2), Instant.now().plusSeconds(600));
        try (var device = byCertificate(FLEETING, fresh).connect()) {
            assertThat(device.publish(telemetryTopic(FLEETING), json(503, 1))).isZero();
        }
    }

    // Storms.

    @Test
    void aThousandConnectsWithOneIdLeaveOneConnectionAndDisturbNobody() throws Exception {
        try (var other = bySecret(OTHER).connect()) {
            var sockets = new ArrayList<Socket>();
            for (int i = 0; i < 1000; i++) {
                var socket = new Socket("127.0.0.1", ingest.mqttPort());
                socket.setSoTimeout(30_000);
                socket.getOutputStream().write(RawMqtt.connect(OWN, secret(OWN)));
                assertThat(new DataInputStream(socket.getInputStream()).readInt())
                        .isEqualTo(0x20_02_00_00);
                sockets.add(socket);
                if (i % 100 == 99) {
                    assertThat(other.publish(telemetryTopic(OTHER), json(600 + i, 1)))
                            .isZero();
                }
            }
            for (var socket : sockets.subList(0, 999)) {
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
                socket.close();
            }
            var last = sockets.get(999);
            last.getOutputStream()
                    .write(RawMqtt.publish(telemetryTopic(OWN), 5, json(1700, 1).getBytes(StandardCharsets.UTF_8)));
            // PUBACK of packet 5.
            assertThat(new DataInputStream(last.getInputStream()).readInt()).isEqualTo(0x40_02_00_05);
            last.close();
            assertThat(other.client.isConnected()).isTrue();
        }
    }

    // What is said of it.

    @Test
    void refusalsAreToldOnceInAWhileAndNeverWithASecret() throws Exception {
        for (int i = 0; i < 30; i++) {
            var wrong = bySecret(OWN);
            wrong.options.setPassword("let-me-in-%d".formatted(i).getBytes(StandardCharsets.UTF_8));
            assertRefused(wrong, Refusal.CREDENTIAL);
        }
        List<String> said;
        synchronized (LOG) {
            said = List.copyOf(LOG.list).stream()
                    .map(event -> event.getFormattedMessage() + event.getThrowableProxy())
                    .toList();
        }
        assertThat(said)
                .anySatisfy(line -> assertThat(line).contains("Refused").contains("client"))
                .noneMatch(line -> line.contains("let-me-in"))
                .noneMatch(line -> line.contains("secret-of-"))
                .noneMatch(line -> line.contains(TestingAuthority.PASSWORD));
        assertThat(said.stream().filter(line -> line.startsWith("Refused "))).hasSizeLessThan(30);
        var metrics = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ingest.healthPort() + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        assertThat(metrics)
                .contains("yiwang_ingest_refused_total{why=\"credential\"}")
                .contains("yiwang_ingest_refused_total{why=\"certificate\"}")
                .contains("yiwang_ingest_refused_total{why=\"tls\"}")
                .containsPattern("yiwang_ingest_door_certificate_days_left 29\\d");
    }

    // A client that is not ours.

    @Test
    void mosquittosClientGetsInByCertificateAndNotWithAStrangers() throws Exception {
        assertThat(mosquittoPub("own", AUTHORITY.client(OWN), OWN, 701)).isZero();
        assertStored(701, OWN);
        assertThat(mosquittoPub("foreign", STRANGERS.client(OWN), OWN, 702)).isNotZero();
        assertThat(mosquittoPub("other", AUTHORITY.client(OTHER), OWN, 703)).isNotZero();
        assertThat(TestingCity.telemetry(kafka.bootstrap()))
                .noneMatch(message -> message.getSeq() == 702 || message.getSeq() == 703);
    }

    private static int mosquittoPub(String name, Issued issued, String id, long seq) throws Exception {
        var process = new ProcessBuilder(
                        "mosquitto_pub",
                        "-V",
                        "5",
                        "-q",
                        "1",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        String.valueOf(ingest.mqttsPort()),
                        "--cafile",
                        AUTHORITY.pem(folder.resolve("ca.crt")).toString(),
                        "--cert",
                        issued.certificatePem(folder.resolve(name + ".crt")).toString(),
                        "--key",
                        issued.keyPem(folder.resolve(name + ".key")).toString(),
                        "-i",
                        id,
                        "-t",
                        telemetryTopic(id),
                        "-m",
                        json(seq, 3.5))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    // Another door: certificates only, and a new certificate while it runs.

    @Test
    void aDoorThatRequiresCertificatesTakesNoSecretAndRenewsItsOwnWhileItRuns() throws Exception {
        var store = AUTHORITY.server("127.0.0.1").store(folder.resolve("strict.p12"));
        var trust = AUTHORITY.trustStore(folder.resolve("strict-trust.p12"));
        try (var strict = Ingest.start(
                new IngestSettings(
                        kafka.bootstrap(),
                        folder.resolve("strict"),
                        0,
                        DoorSettings.of("127.0.0.1", 0, folder.resolve("strict-door"))
                                .with(
                                        new TlsSettings(
                                                "127.0.0.1",
                                                0,
                                                store,
                                                TestingAuthority.PASSWORD,
                                                trust,
                                                TestingAuthority.PASSWORD,
                                                ClientCertificates.REQUIRED),
                                        true),
                        null,
                        null,
                        CityClock.wallClock(),
                        IngestSettings.DEFAULT_MAX_BYTES_IN_FLIGHT),
                fault -> {
                    throw new AssertionError(fault);
                })) {
            await().atMost(PATIENCE).until(() -> strict.catalogue().device(OWN) != null);
            assertThat(strict.mqttPort()).isEqualTo(DoorSettings.NO_PORT);
            try (var secretOnly = new TestingDevice(strict.mqttsPort(), OWN, AUTHORITY.context(null))) {
                secretOnly.options.setUserName(OWN);
                secretOnly.options.setPassword(secret(OWN).getBytes(StandardCharsets.UTF_8));
                assertThatThrownBy(secretOnly::connect).isInstanceOf(MqttException.class);
            }
            await().atMost(PATIENCE).until(() -> strict.meter().refusals(Refusal.TLS) == 1);

            try (var steady =
                    new TestingDevice(strict.mqttsPort(), OWN, AUTHORITY.context(AUTHORITY.client(OWN))).connect()) {
                var renewed = AUTHORITY.server("127.0.0.1");
                renewed.store(store);
                new TestingAuthority("successor").trustStore(trust);
                await().atMost(PATIENCE).until(() -> serving(strict.mqttsPort()), renewed.certificate()::equals);
                // Who is in stays in; who comes now is judged by the new authorities.
                assertThat(steady.publish(telemetryTopic(OWN), json(801, 1))).isZero();
                try (var late =
                        new TestingDevice(strict.mqttsPort(), OTHER, AUTHORITY.context(AUTHORITY.client(OTHER)))) {
                    assertThatThrownBy(late::connect).isInstanceOf(MqttException.class);
                }
            }
        }
    }

    /** The certificate that the door shows now. */
    private static X509Certificate serving(int port) throws IOException {
        try (var socket = (SSLSocket)
                AUTHORITY.context(AUTHORITY.client(OWN)).getSocketFactory().createSocket("127.0.0.1", port)) {
            // With 1.3 the client has the server's certificate before it hears whether its own is taken.
            socket.setEnabledProtocols(new String[] {"TLSv1.3"});
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }
}
