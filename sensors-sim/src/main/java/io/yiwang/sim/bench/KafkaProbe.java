package io.yiwang.sim.bench;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.model.Topics;
import io.yiwang.model.wire.TelemetryRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Watches topic {@code telemetry} from its end on, as any consumer would. */
final class KafkaProbe implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Set<String> devices;
    private final Window appended = new Window();
    private final Window received = new Window();
    private final CountDownLatch ready = new CountDownLatch(1);
    private final Thread thread = new Thread(this::watch, "bench-kafka");
    private volatile long messages;
    private volatile @Nullable RuntimeException failure;

    /** @param devices whose messages' times count; all messages are counted */
    KafkaProbe(String bootstrap, Set<String> devices) {
        this.devices = Set.copyOf(devices);
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "latest",
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        5_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    void start() throws InterruptedException {
        thread.start();
        if (!ready.await(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("Kafka does not tell the end of topic telemetry", failure);
        }
    }

    /** Due → appended to the log, by the log's clock (ms resolution). */
    Window appended() {
        return appended;
    }

    /** Due → received by this consumer. */
    Window received() {
        return received;
    }

    /** Telemetry messages of everyone appended while the windows were open, copies included. */
    long messages() {
        return messages;
    }

    void check() {
        var broken = failure;
        if (broken != null) {
            throw broken;
        }
    }

    private void watch() {
        try {
            List<TopicPartition> partitions = consumer.partitionsFor(Topics.TELEMETRY).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
            ready.countDown();
            while (true) {
                var records = consumer.poll(Duration.ofSeconds(1));
                long now = Window.nowMicros();
                for (var record : records) {
                    see(record, now);
                }
            }
        } catch (WakeupException e) {
            // closed
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            consumer.close();
        }
    }

    private void see(ConsumerRecord<byte[], byte[]> record, long nowMicros) {
        TelemetryRecord parsed;
        try {
            parsed = TelemetryRecord.parseFrom(record.value());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("topic telemetry holds what is not a TelemetryRecord", e);
        }
        if (parsed.hasTelemetry()) {
            if (appended.contains(record.timestamp())) {
                messages++;
            }
            var telemetry = parsed.getTelemetry();
            if (devices.contains(telemetry.getDevice())) {
                appended.record(telemetry.getEventTimeMillis(), record.timestamp() * 1000);
                received.record(telemetry.getEventTimeMillis(), nowMicros);
            }
        }
    }

    @Override
    public void close() {
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
