package io.yiwang.dashboard;

import com.google.protobuf.MessageLite;
import io.yiwang.model.Topics;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.TelemetryRecord;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes to topics what ingest and the jobs write; each call returns when Kafka has it. */
public final class TestingLog implements AutoCloseable {
    private final KafkaProducer<String, byte[]> producer;

    public TestingLog(String bootstrap) {
        producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrap, "linger.ms", 0),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    public RecordMetadata write(Alarm alarm) {
        return write(Topics.ALARMS, Ids.alarmKey(alarm.getFacility(), alarm.getRule()), alarm);
    }

    public RecordMetadata write(Telemetry telemetry) {
        return write(
                Topics.TELEMETRY,
                telemetry.getFacility(),
                TelemetryRecord.newBuilder().setTelemetry(telemetry).build());
    }

    public RecordMetadata write(String topic, String key, MessageLite message) {
        return write(topic, key, message.toByteArray());
    }

    public RecordMetadata write(String topic, String key, byte[] value) {
        try {
            return producer.send(new ProducerRecord<>(topic, key, value)).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
