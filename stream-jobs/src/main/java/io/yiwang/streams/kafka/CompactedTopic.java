package io.yiwang.streams.kafka;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A compacted topic as a stream: first what it holds, then what comes. One subtask, so that none is without a partition. */
final class CompactedTopic {
    private CompactedTopic() {}

    /**
     * @param name of the source on Flink's page
     * @param uid uid of the source, e.g. {@code detect-assets}
     */
    static <T> DataStream<T> from(
            StreamExecutionEnvironment env,
            String bootstrap,
            String topic,
            String name,
            String group,
            String uid,
            KafkaRecordDeserializationSchema<T> deserializer,
            WatermarkStrategy<T> watermarks) {
        var source = KafkaSource.<T>builder()
                .setBootstrapServers(bootstrap)
                .setTopics(topic)
                .setGroupId(group)
                .setClientIdPrefix(uid)
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setProperties(TelemetrySource.reading())
                .setDeserializer(deserializer)
                .build();
        return env.fromSource(source, watermarks, name).uid(uid + "-v1").setParallelism(1);
    }
}
