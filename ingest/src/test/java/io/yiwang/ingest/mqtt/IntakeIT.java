package io.yiwang.ingest.mqtt;

import static io.yiwang.ingest.TestingCity.json;
import static io.yiwang.ingest.TestingCity.telemetryTopic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.yiwang.ingest.IngestMeter.Refusal;
import io.yiwang.ingest.mqtt.RawClient.Packet;
import io.yiwang.model.RejectReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of publishes within the door, packet by packet, with a log that the test answers for. */
class IntakeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;

    private static TestingDoor door;
    private static int devices;
    private static final List<String> IDS =
            IntStream.range(0, 30).mapToObj(i -> "device-" + i).toList();

    @BeforeAll
    static void open() {
        door = TestingDoor.open(folder, IDS.toArray(String[]::new));
    }

    @AfterAll
    static void close() {
        if (door != null) {
            door.close();
        }
    }

    /** A device of which no other test has heard. */
    private static String device() {
        return IDS.get(devices++);
    }

    private static void awaitWaiting(int records) {
        await().atMost(PATIENCE).until(() -> door.log.waiting() == records);
    }

    private static byte[] payload(long seq) {
        return json(seq, 1).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void manyMessagesOfOneClientAreUnderWayAndAnsweredInTheirOrderWhateverTheOrderOfStoring() throws Exception {
        var id = device();
        try (var client = RawClient.connect(door.port(), id)) {
            for (int i = 1; i <= 100; i++) {
                client.publish(telemetryTopic(id), i, json(i, 1));
            }
            awaitWaiting(100);
            assertThat(door.door.unanswered()).isEqualTo(100);
            for (int i = 99; i > 0; i--) {
                door.log.answer(i, null);
            }
            assertThat(client.nextOrPong().type())
                    .as("nothing is answered before the first")
                    .isEqualTo(Packet.PINGRESP);
            door.log.answer(0, null);
            for (int i = 1; i <= 100; i++) {
                var puback = client.read();
                assertThat(puback.type()).isEqualTo(Packet.PUBACK);
                assertThat(puback.packetId()).isEqualTo(i);
            }
            assertThat(door.door.unanswered()).isZero();
        }
    }

    @Test
    void anAnswerDiesWithItsConnectionAndTheNewerConnectionTakesOver() throws Exception {
        var id = device();
        long before = door.meter.takeovers();
        try (var older = RawClient.connect(door.port(), id)) {
            older.publish(telemetryTopic(id), 1, json(1, 1));
            awaitWaiting(1);
            try (var newer = RawClient.connect(door.port(), id)) {
                assertThat(older.read().type()).isEqualTo(Packet.END);
                newer.publish(telemetryTopic(id), 1, json(2, 1));
                awaitWaiting(2);
                door.log.answer(0, null);
                assertThat(newer.nextOrPong().type())
                        .as("the answer of the older connection's message, under the same packet id")
                        .isEqualTo(Packet.PINGRESP);
                door.log.answer(0, null);
                assertThat(newer.read().type()).isEqualTo(Packet.PUBACK);
            }
        }
        await().atMost(PATIENCE).until(() -> door.meter.takeovers() == before + 1);
        assertThat(door.meter.reconnects()).isPositive();
    }

    @Test
    void aRepetitionOfWhatIsUnansweredIsNotAnsweredTwice() throws Exception {
        var id = device();
        try (var client = RawClient.connect(door.port(), id)) {
            client.publish(telemetryTopic(id), 5, json(1, 1));
            client.send(RawMqtt.publishAgain(telemetryTopic(id), 5, payload(1)));
            client.publish(telemetryTopic(id), 6, json(2, 1));
            awaitWaiting(2);
            door.log.answerAll();
            assertThat(client.read().packetId()).isEqualTo(5);
            assertThat(client.read().packetId()).isEqualTo(6);
            assertThat(client.nextOrPong().type()).isEqualTo(Packet.PINGRESP);
            // Answered, the id is free again, and a repetition is a message.
            client.send(RawMqtt.publishAgain(telemetryTopic(id), 5, payload(1)));
            awaitWaiting(1);
            door.log.answerAll();
            assertThat(client.read().packetId()).isEqualTo(5);
        }
    }

    @Test
    void aPublishThatGetsPastTheIntakeIsNeverAcknowledged() throws Exception {
        for (boolean mqtt5 : new boolean[] {false, true}) {
            var id = device();
            try (var client = mqtt5 ? RawClient.connect5(door.port(), id) : RawClient.connect(door.port(), id)) {
                var channel = door.door.internals().of(id).orElseThrow().getChannel();
                channel.eventLoop()
                        .submit(() -> channel.pipeline().remove(Intake.class))
                        .get(30, TimeUnit.SECONDS);
                client.send(
                        mqtt5
                                ? RawMqtt.publish5(telemetryTopic(id), 0, 1, payload(1))
                                : RawMqtt.publish(telemetryTopic(id), 1, payload(1)));
                assertThat(client.read().type()).isIn(Packet.DISCONNECT, Packet.END);
                assertThat(client.read().type()).isEqualTo(Packet.END);
            }
            assertThat(door.log.telemetry())
                    .noneMatch(message -> message.getDevice().equals(id));
        }
    }

    @Test
    void whatCannotBeStoredEndsTheConnectionAfterTheAnswersToWhatWasStored() throws Exception {
        var id = device();
        try (var client = RawClient.connect5(door.port(), id)) {
            for (int i = 1; i <= 3; i++) {
                client.send(RawMqtt.publish5(telemetryTopic(id), 0, i, payload(i)));
            }
            awaitWaiting(3);
            door.log.answer(1, new IllegalStateException("for the test"));
            door.log.answer(1, null);
            assertThat(client.nextOrPong().type()).isEqualTo(Packet.PINGRESP);
            door.log.answer(0, null);
            var first = client.read();
            assertThat(first.type()).isEqualTo(Packet.PUBACK);
            assertThat(first.packetId()).isEqualTo(1);
            var goodbye = client.read();
            assertThat(goodbye.type()).isEqualTo(Packet.DISCONNECT);
            assertThat(goodbye.body()[0] & 0xff).isEqualTo(MqttReturnCode.RETURN_CODE_SERVER_BUSY);
            assertThat(client.read().type()).isEqualTo(Packet.END);
        }
    }

    @Test
    void withoutRoomNothingIsTakenPingsAreAnsweredAndThenEverythingIsStored() throws Exception {
        var id = device();
        int before = door.log.telemetry().size();
        door.log.room(false);
        try (var client = RawClient.connect5(door.port(), id)) {
            for (int i = 1; i <= 10; i++) {
                client.send(RawMqtt.publish5(telemetryTopic(id), 0, i, payload(i)));
            }
            assertThat(client.nextOrPong().type()).isEqualTo(Packet.PINGRESP);
            assertThat(door.log.telemetry()).hasSize(before);
            for (int i = 11; i <= 100; i++) {
                client.send(RawMqtt.publish5(telemetryTopic(id), 0, i, payload(i)));
            }
            // More than may be held: the client is not read any more.
            await().atMost(PATIENCE).until(() -> door.door.paused() == 1);
            assertThat(door.log.telemetry()).hasSize(before);
            door.log.room(true);
            awaitWaiting(100);
            door.log.answerAll();
            for (int i = 1; i <= 100; i++) {
                assertThat(client.read().packetId()).isEqualTo(i);
            }
            assertThat(client.nextOrPong().type()).isEqualTo(Packet.PINGRESP);
            assertThat(door.door.paused()).isZero();
        } finally {
            door.log.room(true);
        }
    }

    @Test
    void whoIsNotReadIsNotHeldToItsKeepAlive() throws Exception {
        var id = device();
        door.log.room(false);
        try (var client = RawClient.connect(door.port(), id, 3)) {
            for (int i = 1; i <= 100; i++) {
                client.publish(telemetryTopic(id), i, json(i, 1));
            }
            await().atMost(PATIENCE).until(() -> door.door.paused() == 1);
            // The broker gives up a client that is silent for one and a half times as long as it promised.
            await().during(Duration.ofSeconds(8)).atMost(PATIENCE).until(() -> door.door.paused() == 1);
            door.log.room(true);
            awaitWaiting(100);
            door.log.answerAll();
            for (int i = 1; i <= 100; i++) {
                assertThat(client.read().packetId()).isEqualTo(i);
            }
            // And from then on it is again.
            assertThat(client.read().type()).isEqualTo(Packet.END);
        } finally {
            door.log.room(true);
        }
    }

    @Test
    void theReceiveMaximumHoldsAndTopicAliasesAreUnderstood() throws Exception {
        var id = device();
        try (var client = RawClient.connect5(door.port(), id)) {
            client.send(RawMqtt.publish5(telemetryTopic(id), 1, 1, payload(1)));
            for (int i = 2; i <= Intake.RECEIVE_MAXIMUM; i++) {
                client.send(RawMqtt.publish5("", 1, i, payload(i)));
            }
            awaitWaiting(Intake.RECEIVE_MAXIMUM);
            assertThat(door.log.telemetry().stream()
                            .filter(message -> message.getDevice().equals(id)))
                    .hasSize(Intake.RECEIVE_MAXIMUM);
            client.send(RawMqtt.publish5("", 1, Intake.RECEIVE_MAXIMUM + 1, payload(0)));
            var goodbye = client.read();
            assertThat(goodbye.type()).isEqualTo(Packet.DISCONNECT);
            assertThat(goodbye.body()[0] & 0xff).isEqualTo(0x93);
            door.log.answerAll();
            assertThat(client.read().type()).isEqualTo(Packet.END);
        }
        await().atMost(PATIENCE).until(() -> door.door.unanswered() == 0);
    }

    @Test
    void qos2AndRetainedMessagesAreRefusedAndQos0IsStored() throws Exception {
        for (int flags : new int[] {0x04, 0x03, 0x01}) {
            var id = device();
            try (var client = RawClient.connect(door.port(), id)) {
                client.send(RawMqtt.publish(flags, telemetryTopic(id), 1, payload(1)));
                assertThat(client.read().type()).as("flags %x", flags).isEqualTo(Packet.END);
            }
            assertThat(door.log.telemetry())
                    .noneMatch(message -> message.getDevice().equals(id));
        }
        assertThat(door.meter.refusals(Refusal.QOS)).isPositive();
        var id = device();
        try (var client = RawClient.connect(door.port(), id)) {
            client.send(RawMqtt.publish(0, telemetryTopic(id), 0, payload(1)));
            awaitWaiting(1);
            door.log.answerAll();
            assertThat(client.nextOrPong().type()).isEqualTo(Packet.PINGRESP);
        }
    }

    @Test
    void anMqtt3ClientOnSomebodyElsesTopicIsAnsweredOnceThatIsStored() throws Exception {
        var id = device();
        try (var client = RawClient.connect(door.port(), id)) {
            client.publish(telemetryTopic(id), 1, json(1, 1));
            client.publish(telemetryTopic("device-29"), 2, json(2, 1));
            awaitWaiting(2);
            door.log.answer(1, null);
            assertThat(client.nextOrPong().type()).isEqualTo(Packet.PINGRESP);
            door.log.answer(0, null);
            assertThat(client.read().packetId()).isEqualTo(1);
            assertThat(client.read().packetId()).isEqualTo(2);
        }
        assertThat(door.log.rejected())
                .anyMatch(record ->
                        record.getClient().equals(id) && record.getReason().equals(RejectReason.WRONG_TOPIC.name()));
    }

    @Test
    void anEdgeNodeHearsItsOwnCommandsAndNothingElse() throws Exception {
        var id = device();
        var topic = "spBv1.0/east/NCMD/" + id;
        var heard = new ArrayList<String>();
        try (var edge = new TestingDevice(door.port(), id).connect()) {
            for (var filter :
                    List.of("#", "spBv1.0/#", "spBv1.0/east/NCMD/+", "spBv1.0/east/NCMD/device-29", "STATE/#")) {
                var answer = edge.client.subscribe(filter, 0);
                answer.waitForCompletion(30_000);
                assertThat(answer.getReasonCodes())
                        .as(filter)
                        .containsExactly(MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED);
            }
            for (var filter : List.of(topic + "/#", "spBv1.0/east/DCMD/" + id + "/#", topic)) {
                var answer = edge.client.subscribe(filter, 0);
                answer.waitForCompletion(30_000);
                assertThat(answer.getReasonCodes()).as(filter).containsExactly(0);
            }
            edge.onMessage = (on, message) -> {
                synchronized (heard) {
                    heard.add(on + " " + new String(message.getPayload(), StandardCharsets.UTF_8));
                }
            };
            assertThat(edge.publish(telemetryTopic(id), TestingDoor.REPLY + topic))
                    .isZero();
            await().atMost(PATIENCE).until(() -> {
                synchronized (heard) {
                    return Set.copyOf(heard).equals(Set.of(topic + " again"));
                }
            });
        }
    }

    @Test
    void theDeathOfAnEdgeNodeIsSaidWhenItGoesWithoutGoodbye() throws Exception {
        var id = device();
        var death = "spBv1.0/east/NDEATH/" + id;
        var will = new MqttMessage("not a Sparkplug payload".getBytes(StandardCharsets.UTF_8), 1, false, null);
        var edge = new TestingDevice(door.port(), id);
        edge.options.setWill(death, will);
        edge.connect();
        var channel = door.door.internals().of(id).orElseThrow().getChannel();
        channel.close();
        await().atMost(PATIENCE)
                .until(() -> door.log.rejected().stream()
                        .anyMatch(record -> record.getMqttTopic().equals(death)
                                && record.getClient().equals(id)));
        door.log.answerAll();
        edge.close();
        try (var other = new TestingDevice(door.port(), id)) {
            other.options.setWill("spBv1.0/east/NDEATH/device-29", will);
            assertThatThrownBy(other::connect).isInstanceOf(MqttException.class);
        }
    }

    @Test
    void aGoodbyeLeavesNoWill() throws Exception {
        var id = device();
        var death = "spBv1.0/east/NDEATH/" + id;
        try (var edge = new TestingDevice(door.port(), id)) {
            edge.options.setWill(death, new MqttMessage("x".getBytes(StandardCharsets.UTF_8), 1, false, null));
            edge.connect();
            var channel = door.door.internals().of(id).orElseThrow().getChannel();
            edge.client.disconnect().waitForCompletion(30_000);
            channel.closeFuture().get(30, TimeUnit.SECONDS);
            channel.eventLoop().submit(() -> {}).get(30, TimeUnit.SECONDS);
        }
        assertThat(door.log.rejected())
                .noneMatch(record -> record.getMqttTopic().equals(death));
    }

    @Test
    void aClientThatIsFasterThanItsRateIsThrottledAndLosesNothing(@TempDir Path other) throws Exception {
        var standard = DoorSettings.of("127.0.0.1", 0, other);
        var settings = new DoorSettings(
                standard.bind(), 0, other, 10, 10, 100, standard.maxPacketBytes(), new ClientRate(50, 1 << 20, 1));
        try (var slow = new TestingDoor(settings, "fast");
                var client = RawClient.connect(slow.port(), "fast")) {
            var answers = new Thread(() -> {
                while (slow.log.telemetry().size() < 300 || slow.log.waiting() > 0) {
                    slow.log.answerAll();
                    Thread.onSpinWait();
                }
            });
            answers.setDaemon(true);
            answers.start();
            var all = new ByteArrayOutputStream();
            for (int i = 1; i <= 300; i++) {
                all.writeBytes(RawMqtt.publish(telemetryTopic("fast"), i, payload(i)));
            }
            client.send(all.toByteArray());
            for (int i = 1; i <= 300; i++) {
                assertThat(client.read().packetId()).isEqualTo(i);
            }
            assertThat(slow.meter.throttles()).isPositive();
            answers.join(30_000);
        }
    }

    @Test
    void oneAddressHasSoManyConnectionsAndNoMore(@TempDir Path other) throws Exception {
        var standard = DoorSettings.of("127.0.0.1", 0, other);
        var settings =
                new DoorSettings(standard.bind(), 0, other, 10, 2, 100, standard.maxPacketBytes(), ClientRate.STANDARD);
        try (var small = new TestingDoor(settings, "one", "two", "three")) {
            try (var one = RawClient.connect(small.port(), "one");
                    var two = new Socket("127.0.0.1", small.port())) {
                two.setSoTimeout(30_000);
                assertThatThrownBy(
                                () -> RawClient.connect(small.port(), "three").close())
                        .isInstanceOf(IOException.class);
                assertThat(small.meter.refusals(Refusal.CONNECTION)).isEqualTo(1);
                assertThat(one.nextOrPong().type()).isEqualTo(Packet.PINGRESP);
            }
            await().atMost(PATIENCE).ignoreExceptions().until(() -> {
                try (var three = RawClient.connect(small.port(), "three")) {
                    return three.nextOrPong().type() == Packet.PINGRESP;
                }
            });
        }
    }
}
