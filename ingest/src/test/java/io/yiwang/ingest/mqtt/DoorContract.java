package io.yiwang.ingest.mqtt;

import static io.yiwang.ingest.TestingCity.BAD;
import static io.yiwang.ingest.TestingCity.GOOD;
import static io.yiwang.ingest.TestingCity.METRIC;
import static io.yiwang.ingest.TestingCity.STATE;
import static io.yiwang.ingest.TestingCity.json;
import static io.yiwang.ingest.TestingCity.telemetryTopic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.yiwang.ingest.Ingest;
import io.yiwang.ingest.TestingCity;
import io.yiwang.model.RejectReason;
import io.yiwang.model.Topics;
import io.yiwang.model.id.DeviceTopic;
import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.servers.KafkaServer;
import java.io.DataInputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.core.ConditionFactory;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a device may rely on, whichever door it speaks to. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DoorContract {
    static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private static Path folder;

    KafkaServer kafka;
    Ingest ingest;

    /** Starts ingest with the door under test. */
    abstract Ingest open(String bootstrap, Path folder) throws Exception;

    /** Where devices connect. */
    abstract int port();

    abstract void close() throws Exception;

    /** How often somebody whom the ledger does not know was turned away, wherever that is noticed. */
    abstract long strangersTurnedAway();

    /** How often a message was turned away because it was too large, wherever that is noticed. */
    abstract long tooLarge();

    @BeforeAll
    void start() throws Exception {
        kafka = KafkaServer.start(folder.resolve("kafka"), 0);
        TestingCity.publish(kafka.bootstrap(), TestingCity.facility(GOOD, BAD));
        ingest = open(kafka.bootstrap(), folder);
        patiently().until(() -> ingest.catalogue().device(GOOD) != null);
    }

    @AfterAll
    void stop() throws Exception {
        if (ingest != null) {
            ingest.close();
        }
        close();
        if (kafka != null) {
            kafka.close();
        }
    }

    /** A client that is closed in the middle may stumble on a thread of its own; it is given up anyway. */
    static ConditionFactory patiently() {
        return await().dontCatchUncaughtExceptions().atMost(PATIENCE);
    }

    private TestingDevice connect(String device) throws MqttException {
        return new TestingDevice(port(), device).connect();
    }

    private List<Telemetry> stored(Predicate<Telemetry> which) {
        return TestingCity.telemetry(kafka.bootstrap()).stream().filter(which).toList();
    }

    private List<Rejected> rejected(RejectReason reason) {
        return TestingCity.rejected(kafka.bootstrap()).stream()
                .filter(record -> record.getReason().equals(reason.name()))
                .toList();
    }

    @Test
    void aGoodMessageIsAcknowledgedAndStoredInItsPlace() throws Exception {
        try (var device = connect(GOOD)) {
            assertThat(device.publish(telemetryTopic(GOOD), json(101, 4.5))).isZero();
        }
        patiently().until(() -> !stored(message -> message.getSeq() == 101).isEmpty());
        assertThat(stored(message -> message.getSeq() == 101)).singleElement().satisfies(message -> {
            assertThat(message.getFacility()).isEqualTo(TestingCity.FACILITY);
            assertThat(message.getDistrict()).isEqualTo("east");
            assertThat(message.getDevice()).isEqualTo(GOOD);
            assertThat(message.getValues(0).getNumber()).isEqualTo(4.5);
        });
    }

    @Test
    void anArrayBecomesItsMessagesAndIsAcknowledgedOnce() throws Exception {
        var array = "[" + json(201, 1) + "," + json(202, 2) + "," + json(203, 3) + "]";
        try (var device = connect(GOOD)) {
            assertThat(device.publish(telemetryTopic(GOOD), array)).isZero();
        }
        patiently()
                .untilAsserted(() -> assertThat(stored(message -> message.getSeq() / 100 == 2))
                        .extracting(Telemetry::getSeq)
                        .containsExactly(201L, 202L, 203L));
    }

    @Test
    void aBadMessageIsAcknowledgedAndRejectedWithItsReasonAndDisturbsNobody() throws Exception {
        try (var good = connect(GOOD);
                var bad = connect(BAD)) {
            for (int i = 0; i < 5; i++) {
                assertThat(bad.publish(telemetryTopic(BAD), "garbage " + i)).isZero();
                assertThat(good.publish(telemetryTopic(GOOD), json(301 + i, 1))).isZero();
            }
            assertThat(bad.client.isConnected()).isTrue();
        }
        patiently().untilAsserted(() -> {
            assertThat(rejected(RejectReason.MALFORMED))
                    .hasSize(5)
                    .allSatisfy(record -> assertThat(record.getDevice()).isEqualTo(BAD));
            assertThat(stored(message -> message.getSeq() / 100 == 3)).hasSize(5);
        });
        assertThat(ingest.meter().rejectedMessages(RejectReason.MALFORMED)).isEqualTo(5);
    }

    @Test
    void whomTheLedgerDoesNotKnowStoresNothingAndIsCounted() throws Exception {
        long before = strangersTurnedAway();
        var stranger = "gas-station-1-leak9";
        try (var device = connect(stranger)) {
            device.publish(telemetryTopic(stranger), json(401, 1));
        } catch (MqttException e) {
            // The door does not let it in.
        }
        patiently().until(() -> strangersTurnedAway() == before + 1);
        assertThat(stored(message -> message.getSeq() == 401)).isEmpty();
    }

    @Test
    void aForeignTopicIsRejected() throws Exception {
        var elsewhere = telemetryTopic(GOOD).replace("/" + TestingCity.FACILITY + "/", "/another-facility/");
        try (var device = connect(GOOD)) {
            answerOf(device.send(elsewhere, json(501, 1).getBytes(StandardCharsets.UTF_8)));
        }
        patiently().until(() -> !rejected(RejectReason.WRONG_TOPIC).isEmpty());
        assertThat(rejected(RejectReason.WRONG_TOPIC)).singleElement().satisfies(record -> {
            assertThat(record.getMqttTopic()).isEqualTo(elsewhere);
            assertThat(record.getDevice()).isEqualTo(GOOD);
        });
        assertThat(stored(message -> message.getSeq() == 501)).isEmpty();
    }

    /** A refusal or the end of the connection is an answer as well. */
    private static void answerOf(IMqttToken token) {
        try {
            token.waitForCompletion(30_000);
        } catch (MqttException e) {
            assertThat(token.isComplete()).isTrue();
        }
    }

    @Test
    void aStatusMessageIsAcknowledgedAndIsNoTelemetry() throws Exception {
        long before = ingest.meter().receivedMessages();
        var topic = new DeviceTopic("gas", TestingCity.FACILITY, GOOD, DeviceTopic.STATUS).toString();
        try (var device = connect(GOOD)) {
            assertThat(device.publish(topic, "{\"up\":true}")).isZero();
            // What is sent after it is there: it was dealt with.
            device.publish(telemetryTopic(GOOD), json(601, 1));
        }
        patiently().until(() -> !stored(message -> message.getSeq() == 601).isEmpty());
        assertThat(ingest.meter().receivedMessages()).isEqualTo(before + 1);
    }

    @Test
    void aMessageThatIsTooLargeIsCountedAndStoredNowhere() throws Exception {
        long before = tooLarge();
        var large = "{\"text\":\"" + "x".repeat(70_000) + "\"}";
        // By hand: a client would keep to the limit that the door told it.
        try (var socket = new Socket("127.0.0.1", port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(RawMqtt.connect(BAD, TestingCity.secret(BAD)));
            var in = new DataInputStream(socket.getInputStream());
            assertThat(in.readInt()).isEqualTo(0x20_02_00_00);
            socket.getOutputStream()
                    .write(RawMqtt.publish(telemetryTopic(BAD), 7, large.getBytes(StandardCharsets.UTF_8)));
            // Answered or sent away.
            assertThat(in.read()).isIn(0x40, -1);
        } catch (SocketException e) {
            // Sent away while it was still sending.
        }
        patiently().until(() -> tooLarge() == before + 1);
        try (var device = connect(GOOD)) {
            assertThat(device.publish(telemetryTopic(GOOD), json(701, 1))).isZero();
        }
    }

    @Test
    void messagesAreStoredAndAnsweredInTheOrderOfTheirSending() throws Exception {
        int count = 60;
        var tokens = new ArrayList<IMqttToken>();
        var answered = new ArrayList<Integer>();
        try (var device = connect(GOOD)) {
            for (int i = 0; i < count; i++) {
                int number = i;
                var payload = json(8000 + i, 1).getBytes(StandardCharsets.UTF_8);
                tokens.add(device.client.publish(
                        telemetryTopic(GOOD), payload, 1, false, null, new MqttActionListener() {
                            @Override
                            public void onSuccess(IMqttToken token) {
                                synchronized (answered) {
                                    answered.add(number);
                                }
                            }

                            @Override
                            public void onFailure(IMqttToken token, Throwable cause) {}
                        }));
            }
            for (var token : tokens) {
                token.waitForCompletion(30_000);
            }
            patiently().untilAsserted(() -> {
                synchronized (answered) {
                    assertThat(answered).hasSize(count).isSorted();
                }
            });
        }
        patiently()
                .untilAsserted(() -> assertThat(stored(message -> message.getSeq() / 1000 == 8))
                        .extracting(Telemetry::getSeq)
                        .containsExactlyElementsOf(
                                LongStream.range(8000, 8000 + count).boxed().toList()));
    }

    @Test
    void aRecordThatKafkaRefusesForGoodIsRejectedAndDoesNotComeAgainForEver() throws Exception {
        largestRecord("240");
        try {
            var poison = "{\"ts\":%d,\"boot\":\"%s\",\"seq\":901,\"values\":{\"%s\":1,\"%s\":1}}"
                    .formatted(
                            System.currentTimeMillis(),
                            // It does not get smaller by compression.
                            "0f9b3e7c2a6d815440b7ce92f3a1d6580e4c7b29d3f6a8150c9e2b7d4f1a6380",
                            METRIC,
                            STATE);
            sendUntilAnswered(telemetryTopic(BAD), poison);
            patiently()
                    .until(() -> rejected(RejectReason.TOO_LARGE).stream().anyMatch(record -> record.getSeq() == 901));
            assertThat(stored(message -> message.getSeq() == 901)).isEmpty();
            try (var device = connect(GOOD)) {
                assertThat(device.publish(telemetryTopic(GOOD), json(902, 1))).isZero();
            }
            patiently().until(() -> !stored(message -> message.getSeq() == 902).isEmpty());
            assertThat(rejected(RejectReason.TOO_LARGE).stream().filter(record -> record.getSeq() == 901))
                    .hasSize(1);
        } finally {
            largestRecord("1048588");
        }
    }

    /** As a device does: connects again and sends again until it is answered. */
    private void sendUntilAnswered(String topic, String payload) {
        patiently().ignoreExceptions().until(() -> {
            try (var device = connect(BAD)) {
                var token = device.send(topic, payload.getBytes(StandardCharsets.UTF_8));
                token.waitForCompletion(10_000);
                return token.getException() == null;
            }
        });
    }

    private void largestRecord(String bytes) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, Topics.TELEMETRY),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("max.message.bytes", bytes), AlterConfigOp.OpType.SET))))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void theCountersBalance() {
        patiently()
                .until(() -> ingest.meter().receivedMessages()
                        == ingest.meter().storedMessages() + ingest.meter().failedMessages());
        patiently()
                .untilAsserted(() -> assertThat(TestingCity.telemetry(kafka.bootstrap()))
                        .hasSize((int) ingest.meter().acceptedMessages()));
        assertThat(TestingCity.rejected(kafka.bootstrap()))
                .hasSize((int) ingest.meter().rejectedMessages());
    }
}
