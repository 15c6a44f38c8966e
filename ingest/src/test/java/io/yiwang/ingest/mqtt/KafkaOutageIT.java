package io.yiwang.ingest.mqtt;

import static io.yiwang.ingest.TestingCity.BAD;
import static io.yiwang.ingest.TestingCity.GOOD;
import static io.yiwang.ingest.TestingCity.json;
import static io.yiwang.ingest.TestingCity.telemetryTopic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.yiwang.ingest.Ingest;
import io.yiwang.ingest.IngestSettings;
import io.yiwang.ingest.TestingCity;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.Tick;
import io.yiwang.servers.KafkaServer;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka goes away and comes back: nothing is acknowledged meanwhile, nothing is lost, and the tick tells of the break. */
class KafkaOutageIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path folder;

    private Ingest ingest(String bootstrap) throws Exception {
        return Ingest.start(
                new IngestSettings(
                        bootstrap,
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
    }

    @Test
    void withoutKafkaThereIsNoAcknowledgementDevicesStayConnectedAndAfterItEveryMessageIsThere() throws Exception {
        var kafka = KafkaServer.start(folder.resolve("kafka"), 0);
        int port =
                Integer.parseInt(kafka.bootstrap().substring(kafka.bootstrap().indexOf(':') + 1));
        TestingCity.publish(kafka.bootstrap(), TestingCity.facility(GOOD, BAD));
        try (var ingest = ingest(kafka.bootstrap())) {
            await().atMost(PATIENCE).until(() -> ingest.catalogue().device(GOOD) != null);
            await().atMost(PATIENCE).until(() -> !TestingCity.ticks(port(port)).isEmpty());
            try (var device = new TestingDevice(ingest.mqttPort(), GOOD)) {
                device.options.setKeepAliveInterval(5);
                device.connect();
                assertThat(device.publish(telemetryTopic(GOOD), json(1, 1))).isZero();
                kafka.close();
                var waiting = new ArrayList<IMqttToken>();
                for (int seq = 2; seq <= 60; seq++) {
                    waiting.add(device.send(telemetryTopic(GOOD), json(seq, 2).getBytes(StandardCharsets.UTF_8)));
                }
                // Twice as long as the door waits for a client that is silent: the PINGs of a client that waits for its
                // answers are answered.
                await().during(Duration.ofSeconds(16))
                        .atMost(Duration.ofSeconds(40))
                        .until(() -> device.client.isConnected() && device.disconnected.getCount() == 1);
                assertThat(waiting).noneMatch(IMqttToken::isComplete);
                // Who comes during the outage is let in.
                try (var late = new TestingDevice(ingest.mqttPort(), BAD).connect()) {
                    assertThat(late.client.isConnected()).isTrue();
                    assertThat(ingest.meter().storedMessages()).isEqualTo(1);
                    kafka = KafkaServer.start(folder.resolve("kafka"), port);
                    for (var token : waiting) {
                        token.waitForCompletion(PATIENCE.toMillis());
                    }
                    assertThat(late.publish(telemetryTopic(BAD), json(1, 1))).isZero();
                }
                assertThat(device.disconnected.getCount()).isEqualTo(1);
            }
            assertThat(ingest.meter().failedMessages()).isZero();
            assertThat(ingest.meter().reconnects()).isZero();
            assertThat(TestingCity.telemetry(kafka.bootstrap()))
                    .filteredOn(message -> message.getDevice().equals(GOOD))
                    .extracting(Telemetry::getSeq)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, 60).boxed().toList());
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(TestingCity.ticks(port(port)))
                            .extracting(Tick::getBreakMillis)
                            .anyMatch(millis -> millis > 3000));
        } finally {
            kafka.close();
        }
    }

    @Test
    void theDoorOpensFromItsLocalCopyWhileKafkaIsAwayAndKeepsWhatComesUntilKafkaAnswers() throws Exception {
        var kafka = KafkaServer.start(folder.resolve("kafka"), 0);
        int port =
                Integer.parseInt(kafka.bootstrap().substring(kafka.bootstrap().indexOf(':') + 1));
        TestingCity.publish(kafka.bootstrap(), TestingCity.facility(GOOD));
        try (var first = ingest(kafka.bootstrap())) {
            await().atMost(PATIENCE).until(() -> first.catalogue().device(GOOD) != null);
            await().atMost(PATIENCE)
                    .until(() -> folder.resolve("ingest/assets.bin").toFile().exists());
        }
        kafka.close();
        try (var second = ingest(port(port));
                var device = new TestingDevice(second.mqttPort(), GOOD).connect()) {
            var token = device.send(telemetryTopic(GOOD), json(7, 7).getBytes(StandardCharsets.UTF_8));
            await().atMost(PATIENCE).until(() -> second.meter().receivedMessages() == 1);
            assertThat(token.isComplete()).isFalse();
            kafka = KafkaServer.start(folder.resolve("kafka"), port);
            token.waitForCompletion(PATIENCE.toMillis());
            assertThat(TestingCity.telemetry(kafka.bootstrap()))
                    .extracting(Telemetry::getSeq)
                    .containsExactly(7L);
        } finally {
            kafka.close();
        }
    }

    @Test
    void anMqtt3ClientThatDoesNotWaitForAnswersIsHeldBackAndLosesNothing() throws Exception {
        var kafka = KafkaServer.start(folder.resolve("kafka"), 0);
        int port =
                Integer.parseInt(kafka.bootstrap().substring(kafka.bootstrap().indexOf(':') + 1));
        TestingCity.publish(kafka.bootstrap(), TestingCity.facility(GOOD, BAD));
        int messages = 3000;
        try (var ingest = ingest(kafka.bootstrap());
                var socket = new Socket()) {
            await().atMost(PATIENCE).until(() -> ingest.catalogue().device(GOOD) != null);
            // Small buffers, so that what the door does not read stays with the sender.
            socket.setSendBufferSize(8192);
            socket.connect(new InetSocketAddress("127.0.0.1", ingest.mqttPort()));
            socket.setSoTimeout(90_000);
            var out = socket.getOutputStream();
            var in = new DataInputStream(socket.getInputStream());
            out.write(RawMqtt.connect(GOOD, TestingCity.secret(GOOD)));
            assertThat(in.readInt()).isEqualTo(0x20_02_00_00);
            kafka.close();
            var sender = CompletableFuture.runAsync(() -> {
                try {
                    for (int id = 1; id <= messages; id++) {
                        out.write(RawMqtt.publish(
                                telemetryTopic(GOOD), id, json(id, 1).getBytes(StandardCharsets.UTF_8)));
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            await().atMost(PATIENCE).until(() -> ingest.unanswered() == Intake.MOST_UNANSWERED);
            // Never more, however much it sends.
            await().during(Duration.ofSeconds(1))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> ingest.unanswered() == Intake.MOST_UNANSWERED);
            // A device that speaks first when Kafka is long away waits like the others; it is not sent away.
            try (var late = new TestingDevice(ingest.mqttPort(), BAD).connect()) {
                var token = late.send(telemetryTopic(BAD), json(1, 1).getBytes(StandardCharsets.UTF_8));
                await().atMost(PATIENCE).until(() -> ingest.meter().receivedMessages() == Intake.MOST_UNANSWERED + 1);
                assertThat(token.isComplete()).isFalse();
                assertThat(ingest.meter().failedMessages()).isZero();
            }
            kafka = KafkaServer.start(folder.resolve("kafka"), port);
            for (int id = 1; id <= messages; id++) {
                // PUBACK, remaining length 2, packet id: in the order of sending.
                assertThat(in.readInt()).isEqualTo(0x40_02_00_00 | id);
            }
            sender.get(60, TimeUnit.SECONDS);
            assertThat(ingest.meter().storedMessages()).isEqualTo(messages + 1);
            assertThat(ingest.meter().failedMessages()).isZero();
        } finally {
            kafka.close();
        }
    }

    private static String port(int port) {
        return "127.0.0.1:" + port;
    }
}
