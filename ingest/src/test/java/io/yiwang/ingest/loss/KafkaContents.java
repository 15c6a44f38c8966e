package io.yiwang.ingest.loss;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.model.Topics;
import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.TelemetryRecord;
import io.yiwang.model.wire.Tick;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Everything that Kafka holds of what ingest wrote. */
record KafkaContents(List<Stored> stored, List<TurnedDown> turnedDown, List<Ticked> ticks) {
    /** @param key the record's key, which decides its partition */
    record Stored(String key, Telemetry telemetry) {}

    record TurnedDown(String key, Rejected rejected) {}

    /** @param logMillis the broker's time of the record */
    record Ticked(int partition, long offset, long logMillis, Tick tick) {}

    /** A tick takes its time into the log. */
    private static final long TICK_TOLERANCE_MILLIS = 2000;

    static KafkaContents read(String bootstrap) {
        var stored = new ArrayList<Stored>();
        var turnedDown = new ArrayList<TurnedDown>();
        var ticks = new ArrayList<Ticked>();
        try {
            for (var record : records(bootstrap, Topics.TELEMETRY)) {
                var content = TelemetryRecord.parseFrom(record.value());
                if (content.hasTick()) {
                    ticks.add(new Ticked(record.partition(), record.offset(), record.timestamp(), content.getTick()));
                } else {
                    stored.add(new Stored(key(record), content.getTelemetry()));
                }
            }
            for (var record : records(bootstrap, Topics.REJECTED)) {
                turnedDown.add(new TurnedDown(key(record), Rejected.parseFrom(record.value())));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("a record that is none of ours", e);
        }
        return new KafkaContents(stored, turnedDown, ticks);
    }

    /** Ticks that claim a break although nowhere before them did ticks of their partition stand so far apart. */
    List<Ticked> breaksThatWereNone() {
        var wrong = new ArrayList<Ticked>();
        var byPartition = ticks.stream().collect(Collectors.groupingBy(Ticked::partition));
        for (var inOrder : byPartition.values()) {
            for (int i = 0; i < inOrder.size(); i++) {
                long claimed = inOrder.get(i).tick().getBreakMillis();
                long since = inOrder.get(i).logMillis() - claimed - TICK_TOLERANCE_MILLIS;
                long longest = 0;
                for (int j = i; j > 0 && inOrder.get(j).logMillis() >= since; j--) {
                    longest = Math.max(
                            longest,
                            inOrder.get(j).logMillis() - inOrder.get(j - 1).logMillis());
                }
                if (claimed > longest + TICK_TOLERANCE_MILLIS) {
                    wrong.add(inOrder.get(i));
                }
            }
        }
        return wrong;
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(String bootstrap, String topic) {
        try (var consumer = new KafkaConsumer<byte[], byte[]>(
                Map.of("bootstrap.servers", bootstrap), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .collect(Collectors.toSet());
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            return records;
        }
    }
}
