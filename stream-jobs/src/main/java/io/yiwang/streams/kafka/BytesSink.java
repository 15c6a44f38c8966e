package io.yiwang.streams.kafka;

import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.util.function.SerializableFunction;
import org.apache.kafka.clients.producer.ProducerRecord;

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
                .setRecordSerializer(new Bytes<>(topic, key, message))
                .build();
    }

    private record Bytes<T>(String topic, SerializableFunction<T, byte[]> key, SerializableFunction<T, byte[]> message)
            implements KafkaRecordSerializationSchema<T> {
        @Override
        public ProducerRecord<byte[], byte[]> serialize(T element, KafkaSinkContext context, Long timestamp) {
            try {
                return new ProducerRecord<>(topic, key.apply(element), message.apply(element));
            } catch (Exception e) {
                throw new IllegalStateException("cannot be written to " + topic + ": " + element, e);
            }
        }
    }
}
