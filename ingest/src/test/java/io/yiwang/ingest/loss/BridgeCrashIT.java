package io.yiwang.ingest.loss;

import static io.yiwang.ingest.loss.Patience.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.ingest.mqtt.TestingMosquitto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Devices at a broker that was there already, bridged to Kafka, while something dies. */
@Execution(ExecutionMode.CONCURRENT)
// One after another: a test may kill the Kafka that all of the class use.
@ResourceLock("the Kafka of BridgeCrashIT")
class BridgeCrashIT {

    /** Of each device: mosquitto writes its whole store after every change, and what it holds for a dead bridge makes that long. */
    private static final long PACE_MILLIS = 80;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private static Path folder;

    private static KafkaProcess kafka;

    @BeforeAll
    static void start() throws Exception {
        kafka = KafkaProcess.start(folder.resolve("kafka"));
    }

    @AfterAll
    static void stop() throws Exception {
        if (kafka != null) {
            kafka.close();
        }
    }

    @Test
    void nothingIsLostWhenTheBridgeIsKilledUnderLoadAgainAndAgain() throws Exception {
        var city = LossCity.of("kill-bridge", 3, 2);
        city.publish(kafka.bootstrap());
        try (var mosquitto = TestingMosquitto.start(folder.resolve("kill-bridge-broker"));
                var bridge = IngestProcess.bridge(folder.resolve("kill-bridge"), kafka.bootstrap(), mosquitto.port())
                        .start(6);
                var fleet = new Fleet(city, mosquitto.port(), PACE_MILLIS)) {
            int kills = 3;
            for (int round = 0; round < kills; round++) {
                long received = bridge.count("received");
                patiently("messages come").until(() -> bridge.count("received") > received + 100);
                bridge.process().kill();
                bridge.start(6);
            }
            fleet.awaitAcked(100);
            fleet.drain(Patience.LONG);
            fleet.requireNothingLost(kafka.bootstrap(), kills);
            assertThat(bridge.process().log()).contains("session kept").doesNotContain("a gap is possible");
            bridge.awaitBalanced();
        }
    }

    @Test
    void aBrokerThatIsKilledGivesBackWhatWasQueuedAndWhatWasOnItsWay() throws Exception {
        var city = LossCity.of("kill-broker", 3, 2);
        city.publish(kafka.bootstrap());
        try (var mosquitto = TestingMosquitto.start(folder.resolve("kill-broker-broker"));
                var bridge = IngestProcess.bridge(folder.resolve("kill-broker"), kafka.bootstrap(), mosquitto.port())
                        .start(6);
                var fleet = new Fleet(city, mosquitto.port(), 5)) {
            fleet.awaitAcked(100);
            // Frozen, the bridge answers nothing: first its receive maximum is on its way, then the broker queues.
            bridge.process().freeze();
            fleet.awaitAcked(700);
            fleet.drain(Patience.LONG);
            mosquitto.kill();
            mosquitto.restart();
            bridge.process().thaw();
            fleet.requireNothingLost(kafka.bootstrap(), 1);
            assertThat(bridge.process().log()).doesNotContain("a gap is possible");
            patiently("connected anew").until(() -> bridge.metric("yiwang_ingest_bridge_connects") == 2);
        }
    }

    @Test
    void nothingIsLostWhenKafkaIsKilledBehindTheBridge() throws Exception {
        var city = LossCity.of("bridge-kafka", 3, 2);
        city.publish(kafka.bootstrap());
        try (var mosquitto = TestingMosquitto.start(folder.resolve("bridge-kafka-broker"));
                var bridge = IngestProcess.bridge(folder.resolve("bridge-kafka"), kafka.bootstrap(), mosquitto.port())
                        .start(6);
                var fleet = new Fleet(city, mosquitto.port(), PACE_MILLIS)) {
            fleet.awaitAcked(200);
            kafka.process().kill();
            fleet.awaitAcked(200);
            kafka.start();
            fleet.awaitAcked(100);
            fleet.drain(Patience.LONG);
            // The bridge stayed connected, so the broker repeated nothing.
            fleet.requireNothingLost(kafka.bootstrap(), KafkaOutage.KAFKA_RETRY);
            assertThat(bridge.metric("yiwang_ingest_bridge_connects")).isEqualTo(1);
            bridge.awaitBalanced();
        }
    }

    @Test
    void aLostSessionIsSaidAndTheBridgeGoesOn() throws Exception {
        var city = LossCity.of("forgetful", 2, 1);
        city.publish(kafka.bootstrap());
        try (var mosquitto = TestingMosquitto.startForgetful(folder.resolve("forgetful-broker"));
                var bridge = IngestProcess.bridge(folder.resolve("forgetful"), kafka.bootstrap(), mosquitto.port())
                        .start(2)) {
            mosquitto.kill();
            mosquitto.restart();
            patiently("the gap is told").until(() -> bridge.process().log().contains("a gap is possible"));
            patiently("connected anew").until(() -> bridge.metric("yiwang_ingest_bridge_connected") == 1);
            assertThat(bridge.metric("yiwang_ingest_bridge_sessions_lost")).isEqualTo(1);
            try (var fleet = new Fleet(city, mosquitto.port(), 20)) {
                fleet.awaitAcked(50);
                fleet.drain(Patience.LONG);
                fleet.requireNothingLost(kafka.bootstrap(), 0);
            }
            // It also knows when it was not there itself.
            bridge.process().kill();
            mosquitto.kill();
            mosquitto.restart();
            bridge.start(2);
            assertThat(bridge.process().log().split("a gap is possible", -1)).hasSize(3);
        }
    }

    @Test
    void ofTwoBridgesWithOneIdTheOlderEndsAndSaysWhy() throws Exception {
        var city = LossCity.of("one-id", 2, 2);
        city.publish(kafka.bootstrap());
        try (var mosquitto = TestingMosquitto.start(folder.resolve("one-id-broker"));
                var older = IngestProcess.bridge(folder.resolve("older"), kafka.bootstrap(), mosquitto.port())
                        .start(4);
                var younger = IngestProcess.bridge(folder.resolve("younger"), kafka.bootstrap(), mosquitto.port())
                        .start(4)) {
            assertThat(older.process().awaitExit(60)).isEqualTo(70);
            assertThat(older.process().log())
                    .contains("another client has connected to")
                    .contains("--bridge-client-id");
            try (var fleet = new Fleet(city, mosquitto.port(), 20)) {
                fleet.awaitAcked(50);
                fleet.drain(Patience.LONG);
                fleet.requireNothingLost(kafka.bootstrap(), 0);
            }
            // mosquitto 2.0.11 does not tell the older one, which needs three lost connections to be sure.
            assertThat(younger.process().isAlive()).isTrue();
            assertThat(younger.metric("yiwang_ingest_bridge_connected")).isEqualTo(1);
        }
    }

    /** It may learn from the broker that it has been replaced, or only find its connection broken and take the session back. */
    @Test
    void aFrozenBridgeThatWakesUpBesideItsReplacementLeavesOneOfThemAndNoGap() throws Exception {
        var city = LossCity.of("zombie", 2, 2);
        city.publish(kafka.bootstrap());
        try (var mosquitto = TestingMosquitto.start(folder.resolve("zombie-broker"));
                var zombie = IngestProcess.bridge(folder.resolve("zombie"), kafka.bootstrap(), mosquitto.port())
                        .start(4);
                var second = IngestProcess.bridge(folder.resolve("replacement"), kafka.bootstrap(), mosquitto.port());
                var fleet = new Fleet(city, mosquitto.port(), 20)) {
            fleet.awaitAcked(100);
            zombie.process().freeze();
            fleet.awaitAcked(100);
            second.start(4);
            fleet.awaitAcked(100);
            zombie.process().thaw();
            patiently("one of the two has ended")
                    .until(() ->
                            !zombie.process().isAlive() || !second.process().isAlive());
            var ended = zombie.process().isAlive() ? second : zombie;
            assertThat(ended.process().awaitExit(1)).isEqualTo(70);
            assertThat(ended.process().log()).contains("another client has connected to");
            fleet.drain(Patience.LONG);
            // Until they know, they take the session from each other: at most three connections each.
            fleet.requireNothingLost(kafka.bootstrap(), 5);
        }
    }

    @Test
    void ofTwoBridgesWithTopicsOfTheirOwnOneMayDieAndFindsItsMessagesWhenItComesBack() throws Exception {
        var city = LossCity.of("slices", 2, 3);
        city.publish(kafka.bootstrap());
        try (var mosquitto = TestingMosquitto.start(folder.resolve("slices-broker"));
                var first = slice("slice-1", mosquitto.port(), "city/v1/gas/slices-f1/#");
                var second = slice("slice-2", mosquitto.port(), "city/v1/gas/slices-f2/#");
                var fleet = new Fleet(city, mosquitto.port(), PACE_MILLIS)) {
            patiently("both work").until(() -> first.count("received") > 50 && second.count("received") > 50);
            first.process().kill();
            long before = second.count("received");
            patiently("the other goes on").until(() -> second.count("received") > before + 100);
            first.start(6);
            fleet.drain(Patience.LONG);
            fleet.requireNothingLost(kafka.bootstrap(), 1);
            assertThat(KafkaContents.read(kafka.bootstrap()).breaksThatWereNone())
                    .isEmpty();
        }
    }

    private static IngestProcess slice(String id, int brokerPort, String filter) throws IOException {
        return IngestProcess.bridge(
                        folder.resolve(id),
                        kafka.bootstrap(),
                        brokerPort,
                        "--bridge-client-id",
                        id,
                        "--bridge-filter",
                        filter)
                .start(6);
    }

    @Test
    void ofTwoBridgesOfOneGroupTheOtherTakesOverWhatADeadOneHad() throws Exception {
        var city = LossCity.of("shared", 2, 3);
        city.publish(kafka.bootstrap());
        try (var broker = ForeignBroker.start(folder.resolve("foreign-broker"));
                var first = member("member-1", broker.port());
                var second = member("member-2", broker.port());
                var fleet = new Fleet(city, broker.port(), 20)) {
            patiently("both work").until(() -> first.count("received") > 50 && second.count("received") > 50);
            first.process().freeze();
            // What is on its way to it now nobody answers for.
            TimeUnit.SECONDS.sleep(1);
            first.process().kill();
            fleet.awaitAcked(200);
            fleet.drain(Patience.LONG);
            // It never comes back, and still nothing is missing.
            fleet.requireNothingLost(kafka.bootstrap(), 1);
            assertThat(first.process().isAlive()).isFalse();
            second.awaitBalanced();
        }
    }

    private static IngestProcess member(String id, int brokerPort) throws IOException {
        return IngestProcess.bridge(
                        folder.resolve(id),
                        kafka.bootstrap(),
                        brokerPort,
                        "--bridge-client-id",
                        id,
                        "--bridge-share",
                        "city")
                .start(6);
    }
}
