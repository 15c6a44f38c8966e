package io.yiwang.streams.archive;

import io.yiwang.model.Topics;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.TelemetryRecord;
import io.yiwang.model.wire.Tick;
import io.yiwang.model.wire.Value;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes telemetry, ticks and assets as ingest and dashboard-api do, on a log clock that the test sets. */
public final class TestingLog implements AutoCloseable {
    private static final int PARTITIONS = 6;

    private final KafkaProducer<byte[], byte[]> producer;

    public TestingLog(String bootstrap) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            var ownTime = List.of(new AlterConfigOp(
                    new ConfigEntry("message.timestamp.type", "CreateTime"), AlterConfigOp.OpType.SET));
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, Topics.TELEMETRY),
                            ownTime,
                            new ConfigResource(ConfigResource.Type.TOPIC, Topics.ASSETS),
                            ownTime))
                    .all()
                    .get();
        }
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "linger.ms", "5"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** A local cluster of parallelism 2 in which a forgotten uid, Kryo or a failure of the job fails the test. */
    public static StreamExecutionEnvironment environment() {
        var settings = new Configuration();
        settings.setString("pipeline.generic-types", "false");
        settings.setString("pipeline.auto-generate-uids", "false");
        settings.setString("pipeline.object-reuse", "true");
        settings.setString("restart-strategy.type", "none");
        settings.setString("execution.checkpointing.interval", "500 ms");
        settings.setString("taskmanager.numberOfTaskSlots", "2");
        var env = StreamExecutionEnvironment.createLocalEnvironment(2, settings);
        env.getCheckpointConfig().setTolerableCheckpointFailureNumber(3);
        return env;
    }

    public void asset(Facility facility, long logMillis) {
        send(new ProducerRecord<>(Topics.ASSETS, null, logMillis, bytes(facility.getId()), facility.toByteArray()));
    }

    public void telemetry(Telemetry message, long logMillis) {
        send(new ProducerRecord<>(
                Topics.TELEMETRY,
                null,
                logMillis,
                bytes(message.getFacility()),
                TelemetryRecord.newBuilder().setTelemetry(message).build().toByteArray()));
    }

    /** A tick into every partition. */
    public void tick(long logMillis, long breakMillis) {
        var tick = TelemetryRecord.newBuilder()
                .setTick(Tick.newBuilder().setWriter("test").setBreakMillis(breakMillis))
                .build()
                .toByteArray();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            send(new ProducerRecord<>(Topics.TELEMETRY, partition, logMillis, null, tick));
        }
    }

    /** Returns when Kafka has all that was sent. */
    public void flush() {
        producer.flush();
    }

    public static Telemetry.Builder message(String domain, String facility, String device, long seq, long eventMillis) {
        return Telemetry.newBuilder()
                .setDomain(domain)
                .setDistrict("d1")
                .setFacility(facility)
                .setDevice(device)
                .setBoot("b1")
                .setSeq(seq)
                .setEventTimeMillis(eventMillis)
                .setReceivedMillis(eventMillis);
    }

    public static Value value(String metric, double number) {
        return Value.newBuilder().setMetric(metric).setNumber(number).build();
    }

    @Override
    public void close() {
        producer.close();
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        producer.send(record);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
