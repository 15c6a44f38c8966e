package io.yiwang.ingest.onboard;

import static io.yiwang.ingest.TestingCity.GOOD;
import static io.yiwang.ingest.TestingCity.json;
import static io.yiwang.ingest.TestingCity.telemetryTopic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.yiwang.ingest.Ingest;
import io.yiwang.ingest.IngestSettings;
import io.yiwang.ingest.TestingCity;
import io.yiwang.ingest.mqtt.DoorSettings;
import io.yiwang.ingest.mqtt.TestingDevice;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Newcomer;
import io.yiwang.servers.KafkaServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a knock at the real door to the first reading, and out again. */
class OnboardingIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String STRANGER = "gas-station-1-new";
    private static final String SECRET = "what-the-factory-put-into-it-2026";

    @TempDir
    private static Path folder;

    private static KafkaServer kafka;
    private static Ingest ingest;

    @BeforeAll
    static void start() throws Exception {
        kafka = KafkaServer.start(folder.resolve("kafka"), 0);
        TestingCity.publish(kafka.bootstrap(), TestingCity.facility(GOOD));
        ingest = Ingest.start(
                new IngestSettings(
                        kafka.bootstrap(),
                        folder.resolve("ingest"),
                        0,
                        DoorSettings.of("127.0.0.1", 0, folder.resolve("door")),
                        null,
                        null,
                        CityClock.wallClock(),
                        IngestSettings.DEFAULT_MAX_BYTES_IN_FLIGHT),
                fault -> {
                    throw new AssertionError(fault);
                });
        await().atMost(PATIENCE).until(() -> ingest.catalogue().device(GOOD) != null);
    }

    @AfterAll
    static void stop() {
        if (ingest != null) {
            ingest.close();
        }
        if (kafka != null) {
            kafka.close();
        }
    }

    @Test
    void aStrangerIsListedLetInByTheCredentialItShowedAndSentAwayAtOnceWhenThatIsRevoked() throws Exception {
        assertThatThrownBy(() -> knock(STRANGER, SECRET)).isInstanceOf(MqttException.class);
        var newcomer = listed(STRANGER);
        assertThat(newcomer.getDoor()).isEqualTo(Knock.MQTT);
        assertThat(newcomer.getAddress()).isEqualTo("127.0.0.1");
        assertThat(newcomer.hasCredential()).isTrue();
        assertThat(TestingCity.newcomers(kafka.bootstrap()))
                .noneMatch(record -> record.toByteString().toStringUtf8().contains(SECRET));

        TestingCity.publish(kafka.bootstrap(), with(STRANGER, newcomer.getCredential()));
        await().atMost(PATIENCE).until(() -> ingest.catalogue().device(STRANGER) != null);
        try (var device = new TestingDevice(ingest.mqttPort(), STRANGER, STRANGER, SECRET).connect()) {
            assertThat(device.publish(telemetryTopic(STRANGER), json(1, 2.5))).isZero();
            assertThat(TestingCity.telemetry(kafka.bootstrap()))
                    .filteredOn(message -> message.getDevice().equals(STRANGER))
                    .hasSize(1);

            TestingCity.publish(kafka.bootstrap(), with(STRANGER, null));
            // The client's keep-alive is longer than this test: only the door ends the connection.
            assertThat(device.disconnected.await(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThatThrownBy(() -> knock(STRANGER, SECRET)).isInstanceOf(MqttException.class);
    }

    @Test
    void aWrongSecretOfAKnownDeviceIsListedAndADeviceThatIsLetInIsNot() throws Exception {
        try (var device = new TestingDevice(ingest.mqttPort(), GOOD).connect()) {
            assertThatThrownBy(() -> knock(GOOD, "the-secret-of-its-replacement"))
                    .isInstanceOf(MqttException.class);
            var newcomer = listed(GOOD);
            assertThat(newcomer.getAttempts()).isEqualTo(1);
            assertThat(newcomer.getShowingsCount()).isEqualTo(1);
            // Nobody loses a connection because somebody else tried its name.
            assertThat(device.publish(telemetryTopic(GOOD), json(2, 1))).isZero();
        }
    }

    private static void knock(String id, String secret) throws Exception {
        try (var device = new TestingDevice(ingest.mqttPort(), id, id, secret)) {
            device.connect();
        }
    }

    private static Newcomer listed(String id) {
        return await().atMost(PATIENCE)
                .until(
                        () -> TestingCity.newcomers(kafka.bootstrap()).stream()
                                .filter(newcomer -> newcomer.getId().equals(id))
                                .findFirst(),
                        found -> found.isPresent())
                .orElseThrow();
    }

    private static Facility with(String device, Credential credential) {
        var facility = TestingCity.facility(GOOD, device).toBuilder();
        var added = facility.getDevicesBuilder(1);
        if (credential == null) {
            added.clearCredential();
        } else {
            added.setCredential(credential);
        }
        return facility.build();
    }
}
