package io.yiwang.sim.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.sim.ledger.Ledger;
import io.yiwang.sim.ledger.LedgerReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

/** The generator against a real mosquitto. */
class LoadIT {
    private static final LoadShape SHAPE = LoadShape.choose(DomainPacks.bundled(), 3);

    @TempDir
    private Path folder;

    @Test
    void sendsEveryMessageOnTimeAndKeepsTheLedger() throws Exception {
        try (var broker = Mosquitto.start(folder, "allow_anonymous true")) {
            var out = new StringWriter();
            int exit = new CommandLine(new LoadCommand())
                    .setOut(new PrintWriter(out, true))
                    .execute(
                            "--devices",
                            "20",
                            "--rate",
                            "500",
                            "--duration",
                            "2s",
                            "--no-register",
                            "--json",
                            "--mqtt",
                            "tcp://127.0.0.1:" + broker.port(),
                            "--data",
                            folder.toString());

            var report = JsonMapper.shared().readTree(out.toString());
            assertThat(report.get("offered").asLong()).isEqualTo(1000);
            assertThat(report.get("sent").asLong()).isEqualTo(1000);
            assertThat(report.get("acked").asLong()).isEqualTo(1000);
            assertThat(report.get("acknowledged").get("count").asLong()).isEqualTo(1000);
            assertThat(exit).isEqualTo(report.get("lateness").get("isVoid").asBoolean() ? 1 : 0);
            var ledger = LedgerReader.read(Ledger.folderOf(folder));
            assertThat(ledger.messages()).isEqualTo(1000);
            assertThat(ledger.devices()).hasSize(20);
            var entries = ledger.devices().get("load-0001-d01");
            assertThat(entries.size()).isEqualTo(50);
            assertThat(entries.entry(0).metrics()).isEqualTo(SHAPE.metricCodes());
            for (int i = 0; i < entries.size(); i++) {
                assertThat(entries.entry(i).acked()).isTrue();
                assertThat(entries.entry(i).seq()).isEqualTo(i);
            }
        }
    }

    @Test
    void aKilledBrokerGetsAgainWhatItDidNotConfirm() throws Exception {
        try (var broker = Mosquitto.start(folder, "allow_anonymous true", "max_queued_messages 0");
                var ledger = Ledger.open(Ledger.folderOf(folder), "killed-broker")) {
            var city = LoadCity.of(SHAPE, 20, List.of(), 1, new SecureRandom());
            var received = new ConcurrentLinkedQueue<String>();
            var subscriber = subscribe(broker, received);
            var schedule = Schedule.of(400, 20, Duration.ofSeconds(8));
            try (var generator = new LoadGenerator(
                    broker.address(),
                    city.devices(),
                    10,
                    SHAPE,
                    schedule,
                    0,
                    Disturbances.NONE,
                    "boot",
                    ledger,
                    LoadListener.NONE)) {
                generator.connect(Duration.ofSeconds(20)).get();
                generator.start();
                Awaitility.await().until(() -> generator.counts().acked() > 500);
                broker.kill();
                broker.startAgain();
                generator.allOffered().get(60, TimeUnit.SECONDS);
                var counts = generator.finish(Duration.ofSeconds(30));

                assertThat(counts.offered()).isEqualTo(3200);
                assertThat(counts.acked()).isEqualTo(3200);
                assertThat(counts.reconnects()).isGreaterThanOrEqualTo(20);
                assertThat(generator.ackMicros().getTotalCount()).isEqualTo(3200);
            }
            subscriber.disconnectForcibly(0, 100, false);
            subscriber.close();
            var payload = JsonMapper.shared().readTree(received.peek());
            assertThat(payload.get("boot").asString()).isEqualTo("boot");
            assertThat(payload.get("values").propertyNames()).containsExactlyInAnyOrderElementsOf(SHAPE.metricCodes());
            assertThat(payload.get("ts").asLong()).isGreaterThan(1_700_000_000_000L);
        }
        var entries = LedgerReader.read(Ledger.folderOf(folder)).devices().values();
        assertThat(entries).hasSize(20);
        for (var device : entries) {
            assertThat(device.size()).isEqualTo(160);
            for (int i = 0; i < device.size(); i++) {
                assertThat(device.entry(i).acked()).isTrue();
                assertThat(device.repeatsItsCounter(i)).isFalse();
            }
        }
    }

    @Test
    void aBrokerThatSlowsDownDoesNotSlowTheSending() throws Exception {
        // One message in flight per device: the rest waits its turn, counted from when it was due.
        try (var broker = Mosquitto.start(folder, "allow_anonymous true", "max_inflight_messages 1");
                var ledger = Ledger.open(Ledger.folderOf(folder), "slow")) {
            var city = LoadCity.of(SHAPE, 1, List.of(), 1, new SecureRandom());
            var schedule = Schedule.of(2_000, 1, Duration.ofSeconds(1));
            try (var generator = new LoadGenerator(
                    broker.address(),
                    city.devices(),
                    10,
                    SHAPE,
                    schedule,
                    0,
                    Disturbances.NONE,
                    "boot",
                    ledger,
                    LoadListener.NONE)) {
                generator.connect(Duration.ofSeconds(20)).get();
                generator.start();
                generator.allOffered().get(30, TimeUnit.SECONDS);
                var counts = generator.finish(Duration.ofSeconds(30));
                assertThat(counts.offered()).isEqualTo(2_000);
                assertThat(counts.acked()).isEqualTo(2_000);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"--storm,1s", "--storm,'1s,0.5'", "--flood,'1s,1s,0.5'"})
    void everybodyComesBackFromAStormOrAFloodAndNothingIsLost(String option, String disturbance) throws Exception {
        try (var broker = Mosquitto.start(folder, "allow_anonymous true", "max_queued_messages 0")) {
            var out = new StringWriter();
            int exit = new CommandLine(new LoadCommand())
                    .setOut(new PrintWriter(out, true))
                    .execute(
                            "--devices=30",
                            "--rate=300",
                            "--duration=4s",
                            option,
                            disturbance,
                            "--no-register",
                            "--json",
                            "--mqtt=tcp://127.0.0.1:" + broker.port(),
                            "--data=" + folder);

            var report = JsonMapper.shared().readTree(out.toString());
            assertThat(exit).isEqualTo(report.get("lateness").get("isVoid").asBoolean() ? 1 : 0);
            assertThat(report.get("offered").asLong()).isEqualTo(1200);
            assertThat(report.get("acked").asLong()).isEqualTo(1200);
            assertThat(report.get("reconnects").asLong()).isGreaterThanOrEqualTo(15);
            var run = report.get("run").asString();
            assertThat(folder.resolve("load").resolve(run + ".html"))
                    .content()
                    .contains("<svg", "Messages per second", "Reconnects");
            var kept = JsonMapper.shared()
                    .readTree(folder.resolve("load").resolve(run + ".json").toFile());
            assertThat(kept.get("seconds").size()).isGreaterThanOrEqualTo(4);
            assertThat(kept.get("report")).isEqualTo(report);
        }
        var devices = LedgerReader.read(Ledger.folderOf(folder)).devices().values();
        assertThat(devices).hasSize(30);
        for (var device : devices) {
            assertThat(device.size()).isEqualTo(40);
            for (int i = 0; i < device.size(); i++) {
                assertThat(device.entry(i).acked()).isTrue();
                assertThat(device.entry(i).seq()).isEqualTo(i);
            }
        }
    }

    @Test
    void whatWasMeasuredWhileAwayComesInArraysWithEveryReadingOnce() throws Exception {
        try (var broker = Mosquitto.start(folder, "allow_anonymous true", "max_queued_messages 0");
                var ledger = Ledger.open(Ledger.folderOf(folder), "flood")) {
            var city = LoadCity.of(SHAPE, 2, List.of(), 1, new SecureRandom());
            var received = new ConcurrentLinkedQueue<String>();
            var subscriber = subscribe(broker, received);
            var away = new Disturbances(null, new Disturbances.Flood(Duration.ofSeconds(1), Duration.ofSeconds(2), 1));
            try (var generator = new LoadGenerator(
                    broker.address(),
                    city.devices(),
                    10,
                    SHAPE,
                    Schedule.of(200, 2, Duration.ofSeconds(4)),
                    0,
                    away,
                    "boot",
                    ledger,
                    LoadListener.NONE)) {
                generator.connect(Duration.ofSeconds(20)).get();
                generator.start();
                generator.allOffered().get(60, TimeUnit.SECONDS);
                assertThat(generator.finish(Duration.ofSeconds(30)).acked()).isEqualTo(800);
            }
            var seqs = new ArrayList<Integer>();
            Awaitility.await().untilAsserted(() -> {
                seqs.clear();
                for (var text : received) {
                    var payload = JsonMapper.shared().readTree(text);
                    if (payload.isArray()) {
                        payload.forEach(reading -> seqs.add(reading.get("seq").asInt()));
                        assertThat(payload.size()).isLessThanOrEqualTo(Disturbances.READINGS_PER_ARRAY);
                    }
                }
                // Each of two devices was away for 2 s of 100 readings a second.
                assertThat(seqs).hasSizeGreaterThan(300);
            });
            assertThat(seqs.stream().distinct().count() * 2).isGreaterThanOrEqualTo(seqs.size());
            subscriber.disconnectForcibly(0, 100, false);
            subscriber.close();
        }
    }

    @Test
    void saysWhoWasNotLetIn() throws Exception {
        try (var broker = Mosquitto.start(folder, "allow_anonymous false")) {
            var city = LoadCity.of(SHAPE, 3, List.of(), 1, new SecureRandom());
            try (var ledger = Ledger.open(Ledger.folderOf(folder), "refused");
                    var generator = new LoadGenerator(
                            broker.address(),
                            city.devices(),
                            10,
                            SHAPE,
                            Schedule.of(1, 3, Duration.ofSeconds(1)),
                            0,
                            Disturbances.NONE,
                            "boot",
                            ledger,
                            LoadListener.NONE)) {
                var connecting = generator.connect(Duration.ofSeconds(2));
                assertThat(connecting)
                        .failsWithin(Duration.ofSeconds(20))
                        .withThrowableThat()
                        .withMessageContaining("3 of 3 devices could not connect")
                        .withMessageContaining("NOT_AUTHORIZED");
            }
        }
    }

    private static MqttAsyncClient subscribe(Mosquitto broker, ConcurrentLinkedQueue<String> received)
            throws Exception {
        var client = new MqttAsyncClient("tcp://127.0.0.1:" + broker.port(), "subscriber", new MemoryPersistence());
        client.setCallback(new MqttCallback() {
            @Override
            public void messageArrived(String topic, MqttMessage message) {
                received.add(message.toString());
            }

            @Override
            public void disconnected(MqttDisconnectResponse response) {}

            @Override
            public void mqttErrorOccurred(MqttException failure) {}

            @Override
            public void deliveryComplete(IMqttToken token) {}

            @Override
            public void connectComplete(boolean again, String server) {}

            @Override
            public void authPacketArrived(int reason, MqttProperties properties) {}
        });
        client.connect().waitForCompletion();
        client.subscribe("city/v1/#", 0).waitForCompletion();
        return client;
    }
}
