package io.yiwang.streams.kafka;

import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.util.function.SerializableFunction;

/** Sinks that write each record at least once and at once; records carry identities that make the second time harmless. */
public final class BytesSink {
    private BytesSink() {}

    /**
     * @param key UTF-8 bytes decide the partition
     * @param message the value
     */
    public static <T> Sink<T> to(
            String bootstrap,
            String topic,
            SerializableFunction<T, byte[]> key,
            SerializableFunction<T, byte[]> message) {
        var properties = new Properties();
        properties.setProperty("linger.ms", "0");
        properties.setProperty("acks", "all");
        properties.setProperty("enable.idempotence", "true");
        properties.setProperty("compression.type", "lz4");
        // An outage is waited for: the job restarts from its checkpoint only when this is over.
        properties.setProperty("delivery.timeout.ms", "600000");
        return KafkaSink.<T>builder()
                .setBootstrapServers(bootstrap)
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setKafkaProducerConfig(properties)
                .setRecordSerializer(KafkaRecordSerializationSchema.<T>builder()
                        .setTopic(topic)
                        .setKeySerializationSchema(key::apply)
                        .setValueSerializationSchema(message::apply)
                        .build())
                .build();
    }
}
