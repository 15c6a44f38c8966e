package io.yiwang.sim.bench;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.model.Topics;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.TelemetryRecord;
import io.yiwang.sim.load.LoadFailure;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** What a benchmark writes to and reads from Kafka itself: between the measured windows only. */
final class BenchTopics implements AutoCloseable {
    /** Where yardsticks write; made like {@code telemetry}. */
    static final String YARDSTICK = "yardstick";

    private static final int RECORDS_KEPT = 20_000;

    /** A message as ingest wrote it. */
    private record Sent(long seq, String device, byte[] key, byte[] value) {}

    private final String bootstrap;
    private final Admin admin;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, Set<Long>> seen = new HashMap<>();
    private final List<Sent> newest = new ArrayList<>();
    private long copies;

    /** @param bootstrap of a Kafka that has Yiwang's topics */
    BenchTopics(String bootstrap) {
        this.bootstrap = bootstrap;
        admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        10_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Makes the yardsticks' topic, and the ledger of which ingest knows its devices. */
    void prepare(List<Facility> facilities) {
        var telemetry = Topics.ALL.stream()
                .filter(topic -> topic.name().equals(Topics.TELEMETRY))
                .findFirst()
                .orElseThrow();
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new ByteArraySerializer())) {
            admin.createTopics(List.of(
                            new NewTopic(YARDSTICK, telemetry.partitions(), (short) 1).configs(telemetry.settings())))
                    .all()
                    .get();
            for (var facility : facilities) {
                producer.send(new ProducerRecord<>(Topics.ASSETS, facility.getId(), facility.toByteArray()));
            }
        } catch (ExecutionException e) {
            throw new LoadFailure("Kafka does not take the topic " + YARDSTICK + ": " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoadFailure("interrupted while preparing Kafka", e);
        }
        consumer.assign(partitions(Topics.TELEMETRY));
        begin();
    }

    private List<TopicPartition> partitions(String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
    }

    /** Records ever written to a topic; those of {@code telemetry} include the ticks, one a second for each partition and ingest. */
    long written(String topic) {
        try {
            var asked = new HashMap<TopicPartition, OffsetSpec>();
            for (var partition : partitions(topic)) {
                asked.put(partition, OffsetSpec.latest());
            }
            return admin.listOffsets(asked).all().get().values().stream()
                    .mapToLong(ListOffsetsResultInfo::offset)
                    .sum();
        } catch (ExecutionException e) {
            throw new LoadFailure("Kafka does not tell the end of topic " + topic + ": " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoadFailure("interrupted while asking Kafka", e);
        }
    }

    /**
     * What was found in {@code telemetry}.
     *
     * @param messages different ones
     * @param copies how many came once more
     */
    record Found(long messages, long copies) {}

    /** Forgets what was found, and goes on from the present end of {@code telemetry}. */
    void begin() {
        seen.clear();
        newest.clear();
        copies = 0;
        consumer.seekToEnd(consumer.assignment());
        consumer.assignment().forEach(consumer::position);
    }

    /** What has come to {@code telemetry} since {@link #begin}. */
    Found telemetry() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            for (var record : consumer.poll(Duration.ofMillis(500))) {
                TelemetryRecord parsed;
                try {
                    parsed = TelemetryRecord.parseFrom(record.value());
                } catch (InvalidProtocolBufferException e) {
                    throw new LoadFailure("topic telemetry holds what is not a TelemetryRecord", e);
                }
                if (!parsed.hasTelemetry()) {
                    continue;
                }
                var message = parsed.getTelemetry();
                if (!seen.computeIfAbsent(message.getDevice() + '|' + message.getBoot(), key -> new HashSet<>())
                        .add(message.getSeq())) {
                    copies++;
                }
                newest.add(new Sent(message.getSeq(), message.getDevice(), record.key(), record.value()));
            }
        }
        return new Found(seen.values().stream().mapToLong(Set::size).sum(), copies);
    }

    /** Average bytes of a record's value since {@link #begin}; 0 when there was none. */
    double recordBytes() {
        return newest.stream().mapToInt(sent -> sent.value.length).average().orElse(0);
    }

    /**
     * Writes messages found since {@link #begin}, for a producer that sends the same bytes: in the order in which they were due, not
     * partition by partition, because that decides what a batch holds.
     *
     * @return how many
     */
    int keepNewest(Path file) {
        var ordered = newest.stream()
                .sorted(Comparator.comparingLong(Sent::seq).thenComparing(Sent::device))
                .limit(RECORDS_KEPT)
                .toList();
        try (var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            for (var record : ordered) {
                for (var part : List.of(record.key, record.value)) {
                    out.writeInt(part.length);
                    out.write(part);
                }
            }
            return ordered.size();
        } catch (IOException e) {
            throw new LoadFailure("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        consumer.close();
        admin.close();
    }
}
