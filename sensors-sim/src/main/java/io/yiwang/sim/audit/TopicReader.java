package io.yiwang.sim.audit;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a topic of Protobuf messages up to its present end, and later on from there. Not thread-safe. */
final class TopicReader<T> implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Parser<T> parser;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private boolean cut;

    /**
     * @param fromMillis records appended before are left out, epoch ms
     * @throws org.apache.kafka.common.KafkaException when the servers do not answer
     */
    TopicReader(String bootstrap, String topic, Parser<T> parser, long fromMillis) {
        this.parser = parser;
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                        false,
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        5_000,
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        (int) PATIENCE.toMillis()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        partitions = consumer.partitionsFor(topic, PATIENCE).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        var times = new HashMap<TopicPartition, Long>();
        partitions.forEach(partition -> times.put(partition, fromMillis));
        var offsets = consumer.offsetsForTimes(times);
        var beginnings = consumer.beginningOffsets(partitions);
        var ends = consumer.endOffsets(partitions);
        for (var partition : partitions) {
            var found = offsets.get(partition);
            long offset = found == null ? ends.get(partition) : found.offset();
            long beginning = beginnings.get(partition);
            cut |= beginning > 0 && offset <= beginning;
            consumer.seek(partition, offset);
        }
    }

    /** Whether retention has already removed records that belong to the time asked for, as far as one can see. */
    boolean isCut() {
        return cut;
    }

    /** Hands over every record up to the end that the topic has now. */
    void readToEnd(Consumer<T> each) {
        var ends = consumer.endOffsets(partitions);
        while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
            for (var record : consumer.poll(Duration.ofMillis(500))) {
                if (record.value() == null) {
                    continue;
                }
                try {
                    each.accept(parser.parseFrom(record.value()));
                } catch (InvalidProtocolBufferException e) {
                    throw new IllegalStateException(
                            "record " + record.topic() + "-" + record.partition() + "@" + record.offset() + " is not a "
                                    + parser + ": " + e.getMessage(),
                            e);
                }
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
