package io.yiwang.sim.fault;

import io.yiwang.model.Topics;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the truth to topic {@value Topics#TRUTH}, in order, one after the other. While Kafka is away records wait, up to {@value
 * #MOST_WAITING}; beyond that the oldest are left out, since the file has them. Never makes the caller wait.
 */
public final class TruthTopic implements Consumer<TruthRecord>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TruthTopic.class);
    static final int MOST_WAITING = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final Duration FAREWELL = Duration.ofSeconds(3);

    private final Producer<String, byte[]> producer;
    private final ArrayDeque<TruthRecord> waiting = new ArrayDeque<>();
    private final Thread thread = new Thread(this::run, "truth");
    private boolean closed;
    private long leftOut;
    private volatile String trouble = "";

    /** @param hosts {@code host:port[,host:port…]} */
    public static TruthTopic at(String hosts) {
        return new TruthTopic(new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        hosts,
                        ProducerConfig.CLIENT_ID_CONFIG,
                        "sim-truth",
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        1 << 20,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        (int) PATIENCE.toMillis(),
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        (int) PATIENCE.toMillis() / 2,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        (int) PATIENCE.toMillis()),
                new StringSerializer(),
                new ByteArraySerializer()));
    }

    TruthTopic(Producer<String, byte[]> producer) {
        this.producer = producer;
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public synchronized void accept(TruthRecord record) {
        waiting.add(record);
        if (waiting.size() > MOST_WAITING) {
            waiting.remove();
            leftOut++;
        }
        notifyAll();
    }

    private void run() {
        try {
            for (var next = first(); next != null; next = first()) {
                if (send(next)) {
                    sent(next);
                    trouble = "";
                } else if (isClosed()) {
                    return;
                } else {
                    pause();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void pause() throws InterruptedException {
        if (!closed) {
            TimeUnit.MILLISECONDS.timedWait(this, PAUSE.toMillis());
        }
    }

    /** The oldest that waits; null = the end. */
    private synchronized @Nullable TruthRecord first() throws InterruptedException {
        while (waiting.isEmpty() && !closed) {
            wait();
        }
        return waiting.peek();
    }

    private synchronized void sent(TruthRecord record) {
        // It may have been pushed out meanwhile.
        if (waiting.peek() == record) {
            waiting.remove();
        }
    }

    private boolean send(TruthRecord record) throws InterruptedException {
        try {
            producer.send(new ProducerRecord<>(
                            Topics.TRUTH, record.facility(), record.toWire().toByteArray()))
                    .get(PATIENCE.toMillis() * 2, TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            if (trouble.isEmpty()) {
                LOG.warn("the truth waits for Kafka: {}; the file has it", e.getMessage());
            }
            trouble = String.valueOf(e.getMessage());
            return false;
        }
    }

    /** Records that Kafka has not taken over yet. */
    public synchronized int waiting() {
        return waiting.size();
    }

    /** Records that will never be on the topic. */
    public synchronized long leftOut() {
        return leftOut;
    }

    /** Why records wait; empty = they do not. */
    public String trouble() {
        return trouble;
    }

    /** Waits a moment for what is on its way. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            thread.join(FAREWELL.toMillis());
            thread.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ZERO);
    }
}
