package io.yiwang.ingest.onboard;

import io.yiwang.model.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a {@link NewcomerList} to topic {@code newcomers}, a little at a time and on a thread of its own: whoever knocks never waits
 * for it, and telemetry never waits behind it. While Kafka is away the list keeps the newest, and writes that.
 */
public final class NewcomerLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NewcomerLog.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** Records in one round. */
    private static final int AT_ONCE = 20;

    private final NewcomerList list;
    private final InstantSource clock;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Thread thread;
    private volatile boolean closing;

    /** @param clock the one by which knocks are stamped */
    public NewcomerLog(NewcomerList list, String bootstrap, InstantSource clock) {
        this.list = list;
        this.clock = clock;
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ProducerConfig.CLIENT_ID_CONFIG,
                        "yiwang-ingest-newcomers",
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        5_000,
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        4_000,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        8_000,
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        1L << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        thread = new Thread(this::run, "newcomers");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        int failures = 0;
        try {
            while (!closing) {
                if (write()) {
                    failures = 0;
                } else if (failures++ % 30 == 0) {
                    LOG.warn("Newcomers are not written: Kafka does not answer; the newest are kept");
                }
                TimeUnit.MILLISECONDS.sleep(EVERY.toMillis());
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return false when Kafka did not take them all; they stay due */
    private boolean write() throws InterruptedException {
        var sent = new LinkedHashMap<NewcomerList.Due, Future<RecordMetadata>>();
        try {
            for (var due : list.due(clock.millis(), AT_ONCE)) {
                sent.put(
                        due,
                        producer.send(new ProducerRecord<>(
                                Topics.NEWCOMERS,
                                due.key().getBytes(StandardCharsets.UTF_8),
                                due.newcomer().toByteArray())));
            }
            for (var record : sent.entrySet()) {
                record.getValue().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                list.written(record.getKey(), clock.millis());
            }
            return true;
        } catch (KafkaException | ExecutionException | TimeoutException e) {
            LOG.debug("Newcomers are not written", e);
            return false;
        }
    }

    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        producer.close(Duration.ofSeconds(1));
    }
}
