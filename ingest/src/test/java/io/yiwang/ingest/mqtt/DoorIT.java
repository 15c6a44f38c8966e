package io.yiwang.ingest.mqtt;

import static io.yiwang.ingest.TestingCity.BAD;
import static io.yiwang.ingest.TestingCity.GOOD;
import static io.yiwang.ingest.TestingCity.METRIC;
import static io.yiwang.ingest.TestingCity.STATE;
import static io.yiwang.ingest.TestingCity.json;
import static io.yiwang.ingest.TestingCity.telemetryTopic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.yiwang.ingest.Ingest;
import io.yiwang.ingest.IngestMeter.Refusal;
import io.yiwang.ingest.IngestSettings;
import io.yiwang.ingest.TestingCity;
import io.yiwang.model.RejectReason;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.Quality;
import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.servers.KafkaServer;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Devices at the door, with a real broker and a real Kafka. */
class DoorIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;

    private static KafkaServer kafka;
    private static Ingest ingest;

    @BeforeAll
    static void start() throws Exception {
        kafka = KafkaServer.start(folder.resolve("kafka"), 0);
        TestingCity.publish(kafka.bootstrap(), TestingCity.facility(GOOD, BAD));
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
    void aGoodMessageIsAcknowledgedAndInKafkaWithItsPlace() throws Exception {
        try (var device = new TestingDevice(ingest.mqttPort(), GOOD).connect()) {
            assertThat(device.publish(telemetryTopic(GOOD), json(1001, 4.5))).isZero();
        }
        // Acknowledged last: what has a PUBACK is in Kafka already.
        assertThat(TestingCity.telemetry(kafka.bootstrap()))
                .filteredOn(message -> message.getSeq() == 1001)
                .singleElement()
                .satisfies(message -> {
                    assertThat(message.getDomain()).isEqualTo("gas");
                    assertThat(message.getDistrict()).isEqualTo("east");
                    assertThat(message.getFacility()).isEqualTo(TestingCity.FACILITY);
                    assertThat(message.getDevice()).isEqualTo(GOOD);
                    assertThat(message.getBoot()).isEqualTo("b1");
                    assertThat(message.getValues(0).getNumber()).isEqualTo(4.5);
                });
    }

    @Test
    void onlyTheDeviceWithItsSecretMayConnect() {
        double before = ingest.meter().refusals(Refusal.CREDENTIAL);
        record Attempt(String id, String user, String secret) {}
        for (var attempt : List.of(
                new Attempt(GOOD, GOOD, "wrong"),
                new Attempt(GOOD, BAD, TestingCity.secret(BAD)),
                new Attempt(GOOD, BAD, TestingCity.secret(GOOD)),
                new Attempt("nobody", "nobody", TestingCity.secret(GOOD)),
                new Attempt("a#+b", "a#+b", "x"))) {
            assertThatThrownBy(
                            () -> new TestingDevice(ingest.mqttPort(), attempt.id(), attempt.user(), attempt.secret())
                                    .connect())
                    .as(attempt.toString())
                    .isInstanceOfSatisfying(
                            MqttException.class,
                            e -> assertThat(e.getReasonCode())
                                    .isEqualTo(MqttReturnCode.RETURN_CODE_BAD_USERNAME_OR_PASSWORD));
        }
        assertThat(ingest.meter().refusals(Refusal.CREDENTIAL) - before).isEqualTo(5);
    }

    @Test
    void anAnonymousMqtt3ClientIsRefused() throws IOException {
        try (var socket = new Socket("127.0.0.1", ingest.mqttPort())) {
            socket.setSoTimeout(20_000);
            // CONNECT, remaining length 15, "MQTT" level 4, clean session, keep alive 60 s, client id "abc", no user.
            socket.getOutputStream()
                    .write(new byte[] {0x10, 15, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 3, 'a', 'b', 'c'});
            var in = new DataInputStream(socket.getInputStream());
            // CONNACK, remaining length 2, no session, return code 4: bad user name or password.
            assertThat(in.readInt()).isEqualTo(0x20_02_00_04);
        }
    }

    @Test
    void aDevicePublishesToItsOwnTopicsOnly() throws Exception {
        try (var device = new TestingDevice(ingest.mqttPort(), BAD).connect()) {
            var refusal = device.send(telemetryTopic(GOOD), json(2001, 1).getBytes(StandardCharsets.UTF_8));
            try {
                refusal.waitForCompletion(30_000);
            } catch (MqttException e) {
                assertThat(e.getReasonCode()).isEqualTo(MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED);
            }
            assertThat(refusal.getReasonCodes()).contains(MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED);
        }
        assertThat(TestingCity.telemetry(kafka.bootstrap())).noneMatch(message -> message.getSeq() == 2001);
        assertThat(TestingCity.rejected(kafka.bootstrap()))
                .filteredOn(record -> record.getReason().equals(RejectReason.WRONG_TOPIC.name()))
                .anySatisfy(record -> {
                    assertThat(record.getClient()).isEqualTo(BAD);
                    assertThat(record.getDevice()).isEqualTo(BAD);
                    assertThat(record.getMqttTopic()).isEqualTo(telemetryTopic(GOOD));
                });
    }

    @Test
    void nobodyMaySubscribe() throws Exception {
        try (var device = new TestingDevice(ingest.mqttPort(), BAD).connect()) {
            var answer = device.client.subscribe("city/v1/gas/x/y/telemetry", 1);
            answer.waitForCompletion(30_000);
            assertThat(answer.getReasonCodes()).containsExactly(MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED);
        }
        assertThat(ingest.meter().refusals(Refusal.SUBSCRIBE)).isPositive();
    }

    @Test
    void aLastWillGoesToTheDevicesOwnStatusTopicOnly() throws Exception {
        var will = new MqttMessage("{}".getBytes(StandardCharsets.UTF_8), 1, false, null);
        try (var device = new TestingDevice(ingest.mqttPort(), BAD)) {
            device.options.setWill("city/v1/gas/" + TestingCity.FACILITY + "/" + GOOD + "/status", will);
            assertThatThrownBy(device::connect).isInstanceOf(MqttException.class);
        }
        try (var device = new TestingDevice(ingest.mqttPort(), BAD)) {
            device.options.setWill("city/v1/gas/" + TestingCity.FACILITY + "/" + BAD + "/status", will);
            assertThat(device.connect().client.isConnected()).isTrue();
        }
    }

    @Test
    void aStatusMessageIsAcknowledgedAndIsNoTelemetry() throws Exception {
        long before = ingest.meter().receivedMessages();
        try (var device = new TestingDevice(ingest.mqttPort(), BAD).connect()) {
            assertThat(device.publish("city/v1/gas/" + TestingCity.FACILITY + "/" + BAD + "/status", "{\"up\":true}"))
                    .isZero();
        }
        assertThat(ingest.meter().receivedMessages()).isEqualTo(before);
    }

    @Test
    void aPacketOfOneMegabyteClosesItsConnectionAndNobodyElses() throws Exception {
        double before = ingest.meter().refusals(Refusal.TOO_LARGE);
        try (var good = new TestingDevice(ingest.mqttPort(), GOOD).connect();
                var bad = new TestingDevice(ingest.mqttPort(), BAD)) {
            bad.connect();
            // The client would keep to the broker's limit, so the packet is written by hand.
            try (var socket = new Socket("127.0.0.1", ingest.mqttPort())) {
                socket.setSoTimeout(20_000);
                var out = socket.getOutputStream();
                out.write(RawMqtt.connect(BAD, TestingCity.secret(BAD)));
                out.flush();
                var in = new DataInputStream(socket.getInputStream());
                assertThat(in.readInt()).isEqualTo(0x20_02_00_00);
                out.write(RawMqtt.publishHeader(telemetryTopic(BAD), 7, 1 << 20));
                out.flush();
                assertThat(in.read()).isEqualTo(-1);
            }
            await().atMost(PATIENCE).until(() -> ingest.meter().refusals(Refusal.TOO_LARGE) > before);
            assertThat(good.publish(telemetryTopic(GOOD), json(3001, 1))).isZero();
            assertThat(good.client.isConnected()).isTrue();
        }
    }

    @Test
    void everyBadPayloadIsRejectedWithItsReasonAndAGoodDeviceIsNotDisturbed() throws Exception {
        long now = System.currentTimeMillis();
        var zoo = new LinkedHashMap<String, RejectReason>();
        zoo.put("", RejectReason.MALFORMED);
        zoo.put("not json", RejectReason.MALFORMED);
        zoo.put("{\"ts\":" + now, RejectReason.MALFORMED);
        zoo.put(json(1, 1) + json(2, 1), RejectReason.MALFORMED);
        zoo.put("{\"ts\":%d,\"ts\":%d,\"values\":{\"%s\":1}}".formatted(now, now, METRIC), RejectReason.MALFORMED);
        zoo.put("[".repeat(10_000), RejectReason.MALFORMED);
        zoo.put(message(now, "\"" + METRIC + "\":\"12\""), RejectReason.WRONG_TYPE);
        zoo.put(message(now, "\"" + METRIC + "\":null"), RejectReason.WRONG_TYPE);
        zoo.put(message(now, "\"" + METRIC + "\":true"), RejectReason.WRONG_TYPE);
        zoo.put(message(now, "\"" + STATE + "\":0.5"), RejectReason.WRONG_TYPE);
        zoo.put(message(now, "\"" + METRIC + "\":NaN"), RejectReason.NOT_FINITE);
        zoo.put(message(now, "\"" + METRIC + "\":-Infinity"), RejectReason.NOT_FINITE);
        zoo.put(message(now, "\"" + METRIC + "\":1e999"), RejectReason.NOT_FINITE);
        zoo.put(message(now, "\"" + METRIC + "\":-1e6"), RejectReason.OUT_OF_RANGE);
        zoo.put(message(now, "\"unheard_of\":1"), RejectReason.UNKNOWN_METRIC);
        zoo.put(message(now + 3_600_000, "\"" + METRIC + "\":1"), RejectReason.TIMESTAMP_FUTURE);
        zoo.put(message(now - 8L * 86_400_000, "\"" + METRIC + "\":1"), RejectReason.TIMESTAMP_ANCIENT);
        zoo.put("{\"values\":{\"" + METRIC + "\":1}}", RejectReason.MISSING_FIELD);
        zoo.put("{\"ts\":" + now + "}", RejectReason.MISSING_FIELD);
        zoo.put(
                message(
                        now,
                        IntStream.range(0, 257)
                                .mapToObj(i -> "\"m" + i + "\":1")
                                .collect(Collectors.joining(","))),
                RejectReason.TOO_MANY_VALUES);

        try (var good = new TestingDevice(ingest.mqttPort(), GOOD).connect();
                var bad = new TestingDevice(ingest.mqttPort(), BAD).connect()) {
            long seq = 4000;
            for (var payload : zoo.keySet()) {
                assertThat(bad.publish(telemetryTopic(BAD), payload))
                        .as(payload)
                        .isZero();
                assertThat(good.publish(telemetryTopic(GOOD), json(seq++, 2))).isZero();
            }
            var rejected = TestingCity.rejected(kafka.bootstrap());
            zoo.forEach((payload, reason) -> {
                assertThat(rejected)
                        .as("rejected with %s: %s", reason, payload)
                        .filteredOn(record -> record.getPayloadSize() == payload.length()
                                && record.getPayload()
                                        .toStringUtf8()
                                        .equals(payload.substring(0, Math.min(4096, payload.length()))))
                        .singleElement()
                        .extracting(Rejected::getReason)
                        .isEqualTo(reason.name());
                assertThat(ingest.meter().rejectedMessages(reason)).isPositive();
            });
            assertThat(bad.client.isConnected()).isTrue();
            assertThat(TestingCity.telemetry(kafka.bootstrap()))
                    .filteredOn(message -> message.getDevice().equals(GOOD)
                            && message.getSeq() >= 4000
                            && message.getSeq() < 4000 + zoo.size())
                    .hasSize(zoo.size());
            // A value out of range travels on as a gap.
            assertThat(TestingCity.telemetry(kafka.bootstrap()))
                    .filteredOn(message -> message.getDevice().equals(BAD))
                    .flatExtracting(Telemetry::getValuesList)
                    .singleElement()
                    .satisfies(value -> {
                        assertThat(value.getQuality()).isEqualTo(Quality.OUT_OF_RANGE);
                        assertThat(value.hasNumber()).isFalse();
                    });
        }
    }

    private static String message(long ts, String values) {
        return "{\"ts\":" + ts + ",\"boot\":\"zoo\",\"seq\":1,\"values\":{" + values + "}}";
    }

    @Test
    void whoseCredentialIsWithdrawnIsSentAway() throws Exception {
        var third = "gas-station-1-leak3";
        TestingCity.publish(kafka.bootstrap(), TestingCity.facility(GOOD, BAD, third));
        await().atMost(PATIENCE).until(() -> ingest.catalogue().device(third) != null);
        try (var device = new TestingDevice(ingest.mqttPort(), third).connect()) {
            TestingCity.publish(kafka.bootstrap(), TestingCity.facility(GOOD, BAD));
            assertThat(device.disconnected.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void everyPartitionGetsTicksAndNoBreakIsClaimed() {
        await().atMost(PATIENCE)
                .until(() -> TestingCity.ticks(kafka.bootstrap()).size() >= 12);
        assertThat(TestingCity.ticks(kafka.bootstrap()))
                .allSatisfy(tick -> assertThat(tick.getBreakMillis()).isZero());
    }

    @Test
    void healthTellsCountsAndParts() throws Exception {
        try (var device = new TestingDevice(ingest.mqttPort(), GOOD).connect()) {
            device.publish(telemetryTopic(GOOD), json(5001, 1));
        }
        var client = HttpClient.newHttpClient();
        var base = "http://127.0.0.1:" + ingest.healthPort();
        var health = client.send(
                HttpRequest.newBuilder(URI.create(base + "/health")).build(), HttpResponse.BodyHandlers.ofString());
        var body = JsonMapper.shared().readValue(health.body(), Map.class);
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(body).containsKeys("status", "parts", "received", "accepted", "rejected", "perSecond");
        assertThat(((Number) body.get("received")).longValue()).isPositive();
        var metrics = client.send(
                HttpRequest.newBuilder(URI.create(base + "/metrics")).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(metrics.body())
                .contains("yiwang_ingest_messages_received_total")
                .contains("yiwang_ingest_connections ")
                .contains("yiwang_ingest_door_unanswered ")
                .contains("yiwang_ingest_reconnects_total")
                .contains("yiwang_ingest_takeovers_total")
                .contains("yiwang_ingest_throttled_total")
                .contains("yiwang_ingest_publish_to_kafka_seconds_bucket");
    }
}
