package io.yiwang.sim.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.yiwang.model.Topics;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Truth;
import io.yiwang.servers.KafkaServer;
import io.yiwang.sim.city.CityGenerator;
import io.yiwang.sim.city.DeviceKeys;
import io.yiwang.sim.signal.Signals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The truth on a real Kafka, which may come later than the faults. */
class TruthTopicIT {
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final long START = Instant.parse("2026-11-21T02:00:00Z").toEpochMilli();

    @TempDir
    private Path folder;

    @Test
    void everyFaultIsOnTheTopicAndInTheFileAlsoOneThatBeganWhileKafkaWasAway() throws Exception {
        var city = new CityGenerator(PACKS, 1, DeviceKeys.of(new byte[] {1}))
                .generate(60)
                .facilities();
        int port;
        try (var first = KafkaServer.start(folder.resolve("kafka"), 0)) {
            port = Integer.parseInt(
                    first.bootstrap().substring(first.bootstrap().lastIndexOf(':') + 1));
        }
        var ids = new ArrayList<String>();
        try (var topic = TruthTopic.at("127.0.0.1:" + port)) {
            var truth = new io.yiwang.sim.fault.Truth(folder, topic);
            var faults = new Faults(
                    PACKS, new Signals(PACKS, city, 1, ZoneId.of("Asia/Shanghai")), city, truth, Pace.DEMO, 1);
            ids.add(faults.start(FaultOrder.of("gas_station_leak", "gas-rs-001", 0.7, Duration.ofMinutes(5)), START)
                    .id());
            await().atMost(Duration.ofSeconds(60)).until(() -> !topic.trouble().isEmpty() && topic.waiting() == 1);
            try (var kafka = KafkaServer.start(folder.resolve("kafka"), port)) {
                ids.add(faults.start(
                                FaultOrder.of("sensor_stuck", "gas-rs-001", 0.2, Duration.ofMinutes(5)), START + 1000)
                        .id());
                await().atMost(Duration.ofSeconds(60)).until(() -> topic.waiting() == 0);

                var records = records(kafka.bootstrap());
                assertThat(records).extracting(Truth::getId).containsExactlyElementsOf(ids);
                var leak = records.get(0);
                assertThat(leak.getFacility()).isEqualTo("gas-rs-001");
                assertThat(leak.getMetricsList()).contains("gas_station_leak_lel");
                assertThat(leak.getFromMillis()).isEqualTo(START);
                assertThat(leak.getToMillis()).isEqualTo(START + 300_000);
                assertThat(leak.getSeverity()).isEqualTo(0.7);
                assertThat(leak.getLayer()).isEqualTo("process");
                assertThat(records.get(1).getLayer()).isEqualTo("instrument");
                assertThat(topic.leftOut()).isZero();
            }
        }
        assertThat(Files.readAllLines(folder.resolve("truth").resolve("faults.jsonl")))
                .hasSize(2)
                .allSatisfy(line -> assertThat(ids).anyMatch(line::contains));
    }

    private static List<Truth> records(String bootstrap) throws Exception {
        var records = new ArrayList<Truth>();
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap), new StringDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(Topics.TRUTH).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = new HashMap<>(consumer.endOffsets(partitions));
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                for (var record : consumer.poll(Duration.ofMillis(500))) {
                    assertThat(record.key()).isEqualTo("gas-rs-001");
                    records.add(Truth.parseFrom(record.value()));
                }
            }
        }
        return records;
    }
}
