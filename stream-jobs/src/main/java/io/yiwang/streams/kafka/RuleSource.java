package io.yiwang.streams.kafka;

import io.yiwang.model.Topics;
import io.yiwang.model.wire.RuleRecord;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The compacted rules topic. An operator loads what it holds when it opens, so that no reading is judged before the rules are known;
 * the stream then brings each change. The same record may come by both ways and several times, which changes nothing.
 */
public final class RuleSource {
    private static final Logger LOG = LoggerFactory.getLogger(RuleSource.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private RuleSource() {}

    /** What people have made of the rules so far; asked when an operator opens. */
    @FunctionalInterface
    public interface Loader extends Serializable {
        /** In the order of the topic. Throws when it cannot be had, so that the job is restarted rather than judge by other rules. */
        List<RuleRecord> load();

        /** The topic up to its end of this moment. */
        static Loader of(String bootstrap) {
            return () -> RuleSource.load(bootstrap);
        }
    }

    /**
     * The topic from its beginning, then changes. It has no time of its own and never holds time back; one subtask, so that none is
     * without a partition.
     *
     * @param uid uid of the source, e.g. {@code detect-rules}
     */
    public static DataStream<RuleUpdate> from(
            StreamExecutionEnvironment env, String bootstrap, String group, String uid) {
        return CompactedTopic.from(env, bootstrap, Topics.RULES, "Rules", group, uid, new Deserializer(), watermarks());
    }

    static WatermarkStrategy<RuleUpdate> watermarks() {
        return WatermarkStrategy.<RuleUpdate>forGenerator(context -> new Timeless())
                .withTimestampAssigner((update, kafkaTimestamp) -> kafkaTimestamp);
    }

    private static List<RuleRecord> load(String bootstrap) {
        var settings = Map.<String, Object>of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.CLIENT_ID_CONFIG,
                "load-rules",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false);
        var rules = new ArrayList<RuleRecord>();
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(Topics.RULES).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            if (partitions.isEmpty()) {
                throw new IllegalStateException("Kafka at " + bootstrap + " has no topic " + Topics.RULES);
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (var record : consumer.poll(POLL)) {
                    if (record.value() != null) {
                        new RuleUpdate(record.value()).rule().ifPresent(rules::add);
                    }
                }
            }
        }
        LOG.info("{} versions of rules loaded", rules.size());
        return rules;
    }

    private static final class Timeless implements WatermarkGenerator<RuleUpdate> {
        @Override
        public void onEvent(RuleUpdate update, long timestamp, WatermarkOutput output) {
            // Rules say themselves from when they hold.
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            output.emitWatermark(Watermark.MAX_WATERMARK);
        }
    }

    /** Never throws, see {@link TelemetrySource.Deserializer}. Versions are never removed; a null value says nothing. */
    static final class Deserializer implements KafkaRecordDeserializationSchema<RuleUpdate> {
        private static final long serialVersionUID = 1;

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RuleUpdate> out) {
            if (record.value() != null) {
                out.collect(new RuleUpdate(record.value()));
            }
        }

        @Override
        public TypeInformation<RuleUpdate> getProducedType() {
            return TypeInformation.of(RuleUpdate.class);
        }
    }
}
