package io.yiwang.ingest.mqtt;

import static io.yiwang.ingest.TestingCity.GOOD;
import static io.yiwang.ingest.TestingCity.json;
import static io.yiwang.ingest.TestingCity.telemetryTopic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.yiwang.ingest.Ingest;
import io.yiwang.ingest.IngestSettings;
import io.yiwang.ingest.TestingCity;
import io.yiwang.model.RejectReason;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.servers.KafkaServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bridge between a real mosquitto and a real Kafka. */
class BridgeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;

    private static KafkaServer kafka;
    private static TestingMosquitto mosquitto;

    @BeforeAll
    static void start() throws Exception {
        kafka = KafkaServer.start(folder.resolve("kafka"), 0);
        TestingCity.publish(kafka.bootstrap(), TestingCity.facility(GOOD));
        mosquitto = TestingMosquitto.start(folder.resolve("mosquitto"));
    }

    @AfterAll
    static void stop() throws Exception {
        if (mosquitto != null) {
            mosquitto.close();
        }
        if (kafka != null) {
            kafka.close();
        }
    }

    /** Paho's receiver may throw on its own thread when its client is closed in the middle; that client is given up anyway. */
    private static ConditionFactory patiently() {
        return await().dontCatchUncaughtExceptions().atMost(PATIENCE);
    }

    private static Ingest bridge(int receiveMaximum) throws Exception {
        var ingest = Ingest.start(
                new IngestSettings(
                        kafka.bootstrap(),
                        Files.createDirectories(folder.resolve("ingest")),
                        0,
                        null,
                        new BridgeSettings(
                                "mqtt://127.0.0.1:" + mosquitto.port(),
                                "bridge-under-test",
                                null,
                                null,
                                BridgeSettings.DEVICE_FILTERS,
                                null,
                                receiveMaximum,
                                Duration.ofHours(1),
                                Duration.ofSeconds(5),
                                Duration.ofMillis(200),
                                Duration.ofSeconds(1),
                                null),
                        null,
                        CityClock.wallClock(),
                        IngestSettings.DEFAULT_MAX_BYTES_IN_FLIGHT),
                fault -> {
                    throw new AssertionError(fault);
                });
        patiently().until(() -> ingest.catalogue().device(GOOD) != null && ingest.isBridgeConnected());
        return ingest;
    }

    @Test
    void nothingIsLostOverStopsOfTheBridgeAndOfTheBroker() throws Exception {
        try (var device = new TestingDevice(mosquitto.port(), "a-device-of-the-city").connect()) {
            try (var first = bridge(20)) {
                for (long seq = 1; seq <= 60; seq++) {
                    device.publish(telemetryTopic(GOOD), json(seq, 1));
                }
                device.publish(telemetryTopic("unknown-device"), json(1, 1));
                patiently().until(() -> first.meter().receivedMessages() > 30);
                // Stopped in the middle: what was not acknowledged stays in the session.
            }
            for (long seq = 61; seq <= 120; seq++) {
                device.publish(telemetryTopic(GOOD), json(seq, 1));
            }
        }
        try (var second = bridge(20)) {
            awaitSeqs(120);
            mosquitto.kill();
            patiently().until(() -> !second.isBridgeConnected());
            mosquitto.restart();
            patiently().until(second::isBridgeConnected);
            try (var device = new TestingDevice(mosquitto.port(), "a-device-of-the-city").connect()) {
                for (long seq = 121; seq <= 140; seq++) {
                    device.publish(telemetryTopic(GOOD), json(seq, 1));
                }
            }
            awaitSeqs(140);
            assertThat(TestingCity.rejected(kafka.bootstrap())).anySatisfy(record -> {
                assertThat(record.getReason()).isEqualTo(RejectReason.UNKNOWN_DEVICE.name());
                assertThat(record.getDevice()).isEqualTo("unknown-device");
            });
        }
    }

    private static void awaitSeqs(long last) {
        List<Long> all = LongStream.rangeClosed(1, last).boxed().toList();
        patiently()
                .untilAsserted(() -> assertThat(TestingCity.telemetry(kafka.bootstrap()).stream()
                                .map(Telemetry::getSeq)
                                .collect(Collectors.toSet()))
                        .containsExactlyInAnyOrderElementsOf(all));
    }

    @Test
    void whatABrokerSendsToAWrongPlaceIsRejectedAndAcknowledged() throws Exception {
        try (var device = new TestingDevice(mosquitto.port(), "another-device").connect();
                var ingest = bridge(20)) {
            var elsewhere = telemetryTopic(GOOD).replace("/" + TestingCity.FACILITY + "/", "/another-facility/");
            device.publish(elsewhere, json(9001, 1));
            var large = "{\"text\":\"" + "x".repeat(70_000) + "\"}";
            device.send(telemetryTopic(GOOD), large.getBytes(StandardCharsets.UTF_8))
                    .waitForCompletion(30_000);
            patiently()
                    .untilAsserted(() -> assertThat(TestingCity.rejected(kafka.bootstrap()))
                            .anySatisfy(
                                    record -> assertThat(record.getReason()).isEqualTo(RejectReason.WRONG_TOPIC.name()))
                            .anySatisfy(
                                    record -> assertThat(record.getReason()).isEqualTo(RejectReason.TOO_LARGE.name())));
            assertThat(ingest.isBridgeConnected()).isTrue();
        }
    }
}
