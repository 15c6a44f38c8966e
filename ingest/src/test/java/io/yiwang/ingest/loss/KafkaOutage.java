package io.yiwang.ingest.loss;

import static io.yiwang.ingest.loss.Patience.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.ingest.mqtt.TestingMosquitto;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * An outage of Kafka with a door and a bridge before it, while devices go on measuring. Devices and bridge stay connected, the memory of
 * both processes stays bounded, and afterwards everything is there.
 */
final class KafkaOutage {
    enum Kind {
        /** The process is frozen: connections stand, nobody answers. */
        FROZEN,
        /** The process is ended and started again. */
        STOPPED
    }

    private static final Duration DRAIN_PATIENCE = Duration.ofMinutes(4);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
    /** What a process with 160 MiB of heap may grow by, MiB: the heap that it did not need before, and its buffers. */
    private static final long MOST_GROWTH = 200;
    /** Without an answer on one connection: more than the door's own window would be a broken rule of MQTT 5. */
    private static final int WINDOW = 60;

    /** What Kafka stored and could not answer any more, the producer sends again; after a restart it may be there twice. */
    static final int KAFKA_RETRY = 1;

    private final Path folder;
    private final Duration length;
    private final Kind kind;

    KafkaOutage(Path folder, Duration length, Kind kind) {
        this.folder = folder;
        this.length = length;
        this.kind = kind;
    }

    /** @param paceMillis of each of twelve devices */
    void survive(String name, long paceMillis) throws Exception {
        var atDoor = LossCity.of(name + "-door", 3, 2);
        var atBroker = LossCity.of(name + "-bridge", 3, 2);
        try (var kafka = KafkaProcess.start(folder.resolve("kafka"));
                var mosquitto = TestingMosquitto.start(folder.resolve("mosquitto"))) {
            atDoor.publish(kafka.bootstrap());
            atBroker.publish(kafka.bootstrap());
            try (var door = IngestProcess.door(folder.resolve("door"), kafka.bootstrap())
                            .start(12);
                    var bridge = IngestProcess.bridge(folder.resolve("bridge"), kafka.bootstrap(), mosquitto.port())
                            .start(12);
                    var devices = new Fleet(atDoor, door.mqttPort(), paceMillis, WINDOW);
                    var bridged = new Fleet(atBroker, mosquitto.port(), paceMillis, WINDOW)) {
                devices.awaitAcked(100);
                bridged.awaitAcked(100);
                long doorBefore = door.process().residentMegabytes();
                long bridgeBefore = bridge.process().residentMegabytes();

                begin(kafka);
                long until = System.nanoTime() + length.toNanos();
                long doorMost = 0;
                long bridgeMost = 0;
                while (System.nanoTime() < until) {
                    TimeUnit.MILLISECONDS.sleep(LOOK_EVERY.toMillis());
                    doorMost = Math.max(doorMost, door.process().residentMegabytes());
                    bridgeMost = Math.max(bridgeMost, bridge.process().residentMegabytes());
                }
                assertThat(devices.disconnects()).as("devices stay connected").isZero();
                assertThat(devices.unanswered()).as("devices wait").isPositive();
                end(kafka);

                devices.drain(DRAIN_PATIENCE);
                bridged.drain(DRAIN_PATIENCE);
                devices.requireNothingLost(kafka.bootstrap(), KAFKA_RETRY);
                bridged.requireNothingLost(kafka.bootstrap(), KAFKA_RETRY);
                assertThat(devices.disconnects()).isZero();
                assertThat(bridge.metric("yiwang_ingest_bridge_connects")).isEqualTo(1);
                door.awaitBalanced();
                bridge.awaitBalanced();
                assertThat(door.count("failed")).isZero();
                assertThat(bridge.count("failed")).isZero();
                assertThat(doorMost - doorBefore)
                        .as("the door's memory, %s MiB before, %s at most", doorBefore, doorMost)
                        .isLessThan(MOST_GROWTH);
                assertThat(bridgeMost - bridgeBefore)
                        .as("the bridge's memory, %s MiB before, %s at most", bridgeBefore, bridgeMost)
                        .isLessThan(MOST_GROWTH);
                patiently("the break is told")
                        .until(() -> KafkaContents.read(kafka.bootstrap()).ticks().stream()
                                .anyMatch(ticked -> ticked.tick().getBreakMillis()
                                        > length.minusSeconds(10).toMillis()));
            }
        }
    }

    private void begin(KafkaProcess kafka) throws Exception {
        switch (kind) {
            case FROZEN -> kafka.process().freeze();
            case STOPPED -> kafka.process().stop();
        }
    }

    private void end(KafkaProcess kafka) throws Exception {
        switch (kind) {
            case FROZEN -> kafka.process().thaw();
            case STOPPED -> kafka.start();
        }
    }
}
