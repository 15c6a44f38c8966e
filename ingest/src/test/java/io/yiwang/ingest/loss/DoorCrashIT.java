package io.yiwang.ingest.loss;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Devices at the door while something dies: whatever was acknowledged is in Kafka, once or as often as it was sent. */
@Execution(ExecutionMode.CONCURRENT)
// One after another: a test may kill the Kafka that all of the class use.
@ResourceLock("the Kafka of DoorCrashIT")
class DoorCrashIT {

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
    void nothingIsLostWhenIngestIsKilledUnderLoadAgainAndAgain() throws Exception {
        var city = LossCity.of("kill-door", 3, 2);
        city.publish(kafka.bootstrap());
        try (var ingest = IngestProcess.door(folder.resolve("kill-door"), kafka.bootstrap())
                        .start(6);
                var fleet = new Fleet(city, ingest.mqttPort(), 20)) {
            for (int round = 0; round < 3; round++) {
                fleet.awaitAcked(200);
                ingest.process().kill();
                ingest.start(6);
            }
            fleet.awaitAcked(200);
            fleet.drain(Patience.LONG);
            assertThat(fleet.disconnects()).isGreaterThanOrEqualTo(3);
            var verdict = fleet.requireNothingLost(kafka.bootstrap(), 0);
            assertThat(verdict.messages()).isGreaterThan(800);
            ingest.awaitBalanced();
        }
    }

    @Test
    void nothingIsLostWhenKafkaIsKilledUnderLoad() throws Exception {
        var city = LossCity.of("kill-kafka", 3, 2);
        city.publish(kafka.bootstrap());
        try (var ingest = IngestProcess.door(folder.resolve("kill-kafka"), kafka.bootstrap())
                        .start(6);
                var fleet = new Fleet(city, ingest.mqttPort(), 20)) {
            for (int round = 0; round < 2; round++) {
                fleet.awaitAcked(200);
                kafka.process().kill();
                TimeUnit.SECONDS.sleep(2);
                kafka.start();
            }
            fleet.awaitAcked(200);
            fleet.drain(Patience.LONG);
            fleet.requireNothingLost(kafka.bootstrap(), KafkaOutage.KAFKA_RETRY);
            ingest.awaitBalanced();
            // One process saw it all, so its counters tell the same as the ledger.
            var kinds = fleet.ledger().entries();
            assertThat(ingest.health().get("rejectedByReason").get("MALFORMED").asLong())
                    .isGreaterThanOrEqualTo(kinds.stream()
                            .filter(entry -> entry.sent().kind() == Sent.Kind.GARBAGE)
                            .count());
        }
    }

    @Test
    void twoDevicesWithOneIdThrowEachOtherOutAndLoseNothing() throws Exception {
        var city = LossCity.of("twins", 1, 1);
        city.publish(kafka.bootstrap());
        try (var ingest = IngestProcess.door(folder.resolve("twins"), kafka.bootstrap())
                        .start(1);
                var first = new Fleet(city, ingest.mqttPort(), 20)) {
            first.awaitAcked(50);
            // The second speaks of the same messages, as a device would that was cloned with its memory.
            try (var intruder = new TwinDevice(city.places().get(0), ingest.mqttPort())) {
                intruder.throwOut(5);
            }
            first.awaitAcked(100);
            first.drain(Patience.LONG);
            assertThat(first.disconnects()).isGreaterThanOrEqualTo(3);
            first.requireNothingLost(kafka.bootstrap(), 0);
            ingest.awaitBalanced();
        }
    }

    @Test
    void oneOfTwoDoorsBehindABalancerMayDie() throws Exception {
        var city = LossCity.of("two-doors", 3, 3);
        city.publish(kafka.bootstrap());
        try (var first = IngestProcess.door(folder.resolve("first-door"), kafka.bootstrap());
                var second = IngestProcess.door(folder.resolve("second-door"), kafka.bootstrap());
                var balancer = new TcpProxy(first.mqttPort(), second.mqttPort())) {
            first.start(9);
            second.start(9);
            try (var fleet = new Fleet(city, balancer.port(), 20)) {
                fleet.awaitAcked(300);
                assertThat(first.count("received")).isPositive();
                assertThat(second.count("received")).isPositive();
                // Longer than the longest pause between ticks that is no break; the other one ticks on.
                second.process().freeze();
                TimeUnit.SECONDS.sleep(6);
                second.process().thaw();
                fleet.awaitAcked(200);
                first.process().kill();
                fleet.awaitAcked(400);
                // All speak to the other one now; nobody waits for the dead.
                assertThat(fleet.ledger().entries().stream()
                                .filter(LossLedger.Entry::acked)
                                .map(entry -> entry.sent().key().device())
                                .distinct())
                        .hasSize(9);
                second.awaitBalanced();
                fleet.drain(Patience.LONG);
                fleet.requireNothingLost(kafka.bootstrap(), 0);
            }
            // Somebody ticked all the time: neither the frozen nor the dead one makes a break of the city.
            assertThat(KafkaContents.read(kafka.bootstrap()).breaksThatWereNone())
                    .isEmpty();
        }
    }

    @Test
    void aSlowKafkaSlowsDevicesDownAndLosesNothing() throws Exception {
        int port = TestingProcess.freePort();
        try (var line = new TcpProxy(port);
                var slow = KafkaProcess.startBehind(line.port(), port, folder.resolve("slow-kafka"))) {
            var city = LossCity.of("slow", 2, 2);
            var behind = "127.0.0.1:" + line.port();
            city.publish(behind);
            try (var ingest = IngestProcess.door(folder.resolve("slow"), behind).start(4);
                    var fleet = new Fleet(city, ingest.mqttPort(), 20)) {
                fleet.awaitAcked(50);
                line.slow(Duration.ofMillis(250), 16 << 10);
                fleet.awaitAcked(60);
                line.slow(Duration.ZERO, Integer.MAX_VALUE);
                fleet.awaitAcked(50);
                fleet.drain(Patience.LONG);
                assertThat(fleet.disconnects()).isZero();
                fleet.requireNothingLost(behind, 0);
                ingest.awaitBalanced();
            }
        }
    }
}
