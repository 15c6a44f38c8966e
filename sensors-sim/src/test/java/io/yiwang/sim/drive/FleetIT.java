package io.yiwang.sim.drive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.sim.city.CityGenerator;
import io.yiwang.sim.city.DeviceKeys;
import io.yiwang.sim.fault.FaultOrder;
import io.yiwang.sim.fault.Faults;
import io.yiwang.sim.fault.Pace;
import io.yiwang.sim.fault.Truth;
import io.yiwang.sim.ledger.Ledger;
import io.yiwang.sim.ledger.LedgerReader;
import io.yiwang.sim.load.Mosquitto;
import io.yiwang.sim.signal.Signals;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.paho.mqttv5.client.IMqttMessageListener;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The fleet against a real mosquitto that dies on the way. */
class FleetIT {
    private static final DomainPacks PACKS = DomainPacks.bundled();

    @TempDir
    private Path folder;

    @Test
    void everyDeviceSpeaksAndWhatABrokerDidNotAcknowledgeIsSentAgain() throws Exception {
        var keys = DeviceKeys.in(folder);
        var city = new CityGenerator(PACKS, 1, keys).generate(5);
        var faults = new Faults(
                PACKS,
                new Signals(PACKS, city.facilities(), 1, ZoneId.of("Asia/Shanghai")),
                city.facilities(),
                new Truth(folder),
                Pace.DEMO,
                1);
        var heard = new ConcurrentHashMap<String, Map<Long, JsonNode>>();
        try (var broker = Mosquitto.start(folder, "allow_anonymous true");
                var ledger = Ledger.open(Ledger.folderOf(folder), "it");
                var fleet = new Fleet(
                        city.facilities(),
                        keys,
                        PACKS,
                        faults,
                        millis -> {},
                        BrokerAddress.parse("tcp://127.0.0.1:" + broker.port()),
                        ledger,
                        InstantSource.system(),
                        1)) {
            listen(broker, heard);
            fleet.start();
            await().atMost(Duration.ofSeconds(40)).until(() -> heard.size() == fleet.devices());
            assertThat(fleet.connected()).isEqualTo(fleet.devices());

            // Whatever happens to messages on the way, the ledger stays exact.
            var spoiled = List.of("duplicate_frame", "out_of_order", "late_backfill");
            for (int i = 0; i < spoiled.size(); i++) {
                faults.start(
                        FaultOrder.of(spoiled.get(i), city.facilities().get(i).getId(), 1, Duration.ofSeconds(45)),
                        System.currentTimeMillis());
            }
            await().atMost(Duration.ofSeconds(40)).until(() -> fleet.counts().get("copies") > 2);

            broker.kill();
            await().atMost(Duration.ofSeconds(20)).until(() -> fleet.connected() == 0);
            await().atMost(Duration.ofSeconds(40)).until(() -> fleet.counts().get("unsent") >= fleet.devices());
            broker.startAgain();
            listen(broker, heard);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> fleet.connected() == fleet.devices()
                            && fleet.counts().get("unsent") == 0);
            assertThat(fleet.counts()).containsEntry("dropped", 0L);
        }
        assertThat(faults.active(System.currentTimeMillis() + 60_000)).isZero();
        var devices = LedgerReader.read(Ledger.folderOf(folder)).devices().values();
        assertThat(devices).hasSize(heard.size());
        for (var device : devices) {
            for (int i = 0; i < device.size(); i++) {
                assertThat(device.entry(i).seq()).as(device.device()).isEqualTo(i + 1);
                assertThat(device.entry(i).acked())
                        .as(device.device() + " " + (i + 1))
                        .isTrue();
            }
        }
        heard.forEach((topic, messages) -> assertThat(messages.values().stream()
                        .map(m -> m.at("/boot").asString())
                        .distinct())
                .as("one start of " + topic)
                .hasSize(1));
    }

    private static void listen(Mosquitto broker, Map<String, Map<Long, JsonNode>> heard) throws Exception {
        var listener = new MqttClient("tcp://127.0.0.1:" + broker.port(), "listener", new MemoryPersistence());
        listener.connect();
        listener.subscribe(
                new MqttSubscription[] {new MqttSubscription("city/v1/+/+/+/telemetry", 1)},
                new IMqttMessageListener[] {
                    (topic, message) -> {
                        var json = JsonMapper.shared().readTree(message.getPayload());
                        var own = heard.computeIfAbsent(topic, t -> new ConcurrentHashMap<>());
                        (json.isArray() ? json.values() : List.of(json))
                                .forEach(m -> own.put(m.at("/seq").asLong(), m));
                    }
                });
    }
}
