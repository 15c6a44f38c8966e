package io.yiwang.ingest.kafka;

import io.yiwang.ingest.TelemetryLog;
import io.yiwang.model.Topics;
import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.TelemetryRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log in Kafka: one idempotent producer for telemetry and rejected records.
 *
 * <p>A Kafka that is away fails nothing: records wait in the producer for as long as it takes. How many may wait is bounded in
 * bytes: from three quarters on {@link #hasRoom} says no, so that whoever can wait does; what comes beyond the whole fails at once and is
 * sent again by its device. Until Kafka has answered for the first time, records wait here, because a producer without metadata would
 * block its caller.
 */
public final class KafkaLog implements TelemetryLog, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaLog.class);
    private static final String UNKNOWN = "unknown";
    /** So long nothing must be stored before it is looked whether Kafka has moved, and so long is waited between looks. */
    private static final Duration LONG_STALL = Duration.ofMinutes(1);
    /** Bookkeeping of a record on its way, of the producer and of the door that it came through, bytes. */
    private static final int RECORD_OVERHEAD = 384;

    /** More is on its way than this process may hold. */
    public static final class FullException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        FullException(long bytes) {
            super(bytes + " bytes wait for Kafka already", null, false, false);
        }
    }

    private final Producer<byte[], byte[]> producer;
    private final long maxBytes;
    private final long fullBytes;
    private final long roomBytes;
    private final KafkaAddresses addresses;
    private final Consumer<Throwable> onFatal;
    private final AtomicLong bytesInFlight = new AtomicLong();
    private final AtomicLong recordsInFlight = new AtomicLong();
    private final Queue<Delivery> parked = new ArrayDeque<>();
    /** Who goes on when there is room. */
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    private final Thread opener;
    private volatile boolean open;
    private volatile boolean closing;
    private volatile long idleOrAnsweredNanos = System.nanoTime();

    /** @param onFatal called when the producer cannot be used any more: the process must end and be started again */
    public KafkaLog(String bootstrap, long maxBytesInFlight, Consumer<Throwable> onFatal) {
        this(
                new KafkaProducer<>(
                        settings(bootstrap, maxBytesInFlight), new ByteArraySerializer(), new ByteArraySerializer()),
                maxBytesInFlight,
                new KafkaAddresses(bootstrap),
                onFatal);
    }

    KafkaLog(
            Producer<byte[], byte[]> producer,
            long maxBytesInFlight,
            KafkaAddresses addresses,
            Consumer<Throwable> onFatal) {
        this.producer = producer;
        this.maxBytes = maxBytesInFlight;
        this.fullBytes = maxBytesInFlight / 4 * 3;
        this.roomBytes = maxBytesInFlight / 2;
        this.addresses = addresses;
        this.onFatal = onFatal;
        opener = new Thread(this::openWhenKafkaAnswers, "kafka-opener");
        opener.setDaemon(true);
        opener.start();
    }

    private static Map<String, Object> settings(String bootstrap, long maxBytesInFlight) {
        var settings = new HashMap<String, Object>();
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, "yiwang-ingest");
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 15_000);
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MS_CONFIG, 100);
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        settings.put(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 1_000);
        // Callers are broker threads; with metadata known and the bytes bounded there is nothing to wait for.
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 100);
        // A topic that was quiet must not lose its metadata: the next record would block its caller.
        settings.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, TimeUnit.DAYS.toMillis(365));
        // By default a producer that reaches no broker forgets its metadata, and then every append would block and
        // fail.
        settings.put(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
        // A batch costs as much as some ten records: half as many batches took a quarter off what the producer costs a
        // message.
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 10);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 << 10);
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 1 << 20);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Math.max(32L << 20, 2 * maxBytesInFlight));
        return settings;
    }

    private void openWhenKafkaAnswers() {
        int failures = 0;
        while (!closing) {
            try {
                producer.partitionsFor(Topics.TELEMETRY);
                producer.partitionsFor(Topics.REJECTED);
                synchronized (parked) {
                    for (var next = parked.poll(); next != null; next = parked.poll()) {
                        next.send();
                    }
                    open = true;
                }
                LOG.info("Kafka answers; records go on");
                endWhenKafkaMayHaveMoved();
                return;
            } catch (InterruptException e) {
                return;
            } catch (KafkaException e) {
                if (failures++ % 100 == 0) {
                    LOG.warn("Kafka does not answer yet: {}", e.getMessage());
                }
                try {
                    TimeUnit.MILLISECONDS.sleep(100);
                } catch (InterruptedException stop) {
                    return;
                }
            }
        }
    }

    /**
     * The producer keeps to the brokers that it knows: forgetting them would make it block and fail its callers. When these have been
     * replaced by others, only a new process gets to know them. A Kafka that is merely away is waited for, however long.
     */
    private void endWhenKafkaMayHaveMoved() {
        try {
            while (!closing) {
                TimeUnit.MILLISECONDS.sleep(LONG_STALL.toMillis());
                if (stalledFor().compareTo(LONG_STALL) >= 0
                        && hasMoved()
                        && stalledFor().compareTo(LONG_STALL) >= 0
                        && !closing) {
                    onFatal.accept(new IllegalStateException(
                            "Kafka has other brokers than before and none of the old ones answers"));
                    return;
                }
            }
        } catch (InterruptedException | InterruptException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean hasMoved() throws InterruptedException {
        try {
            return addresses.differFrom(producer.partitionsFor(Topics.TELEMETRY));
        } catch (InterruptException stop) {
            throw stop;
        } catch (KafkaException e) {
            LOG.warn("It is not known whether Kafka has moved; asked again in {} s", LONG_STALL.toSeconds(), e);
            return false;
        }
    }

    @Override
    public boolean hasRoom() {
        return bytesInFlight.get() < fullBytes;
    }

    @Override
    public void whenRoom(Runnable goOn) {
        waiting.add(goOn);
        // The room may have come just before; nobody else would notice.
        if (bytesInFlight.get() < roomBytes) {
            wake();
        }
    }

    private static void goOn(Runnable waiting) {
        try {
            waiting.run();
        } catch (RuntimeException e) {
            LOG.warn("Somebody who waited for room cannot go on", e);
        }
    }

    private void wake() {
        // Those that ask again while they are called wait for the next time.
        for (int left = waiting.size(); left > 0; left--) {
            var next = waiting.poll();
            if (next != null) {
                goOn(next);
            }
        }
    }

    @Override
    public void append(Telemetry telemetry, Appended appended) {
        var value = TelemetryRecord.newBuilder().setTelemetry(telemetry).build().toByteArray();
        append(Topics.TELEMETRY, telemetry.getFacility(), value, appended);
    }

    @Override
    public void append(Rejected rejected, Appended appended) {
        var key = rejected.getDevice().isEmpty() ? UNKNOWN : rejected.getDevice();
        append(Topics.REJECTED, key, rejected.toByteArray(), appended);
    }

    private void append(String topic, String key, byte[] value, Appended appended) {
        int size = value.length + RECORD_OVERHEAD;
        long before = bytesInFlight.getAndAdd(size);
        if (before + size > maxBytes) {
            bytesInFlight.addAndGet(-size);
            appended.onAppended(new FullException(before));
            return;
        }
        if (recordsInFlight.getAndIncrement() == 0) {
            idleOrAnsweredNanos = System.nanoTime();
        }
        var delivery =
                new Delivery(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value), size, appended);
        if (!open) {
            synchronized (parked) {
                if (!open) {
                    parked.add(delivery);
                    return;
                }
            }
        }
        delivery.send();
    }

    /** A record on its way. */
    private final class Delivery implements Callback {
        private @Nullable ProducerRecord<byte[], byte[]> record;
        private final int size;
        private final Appended appended;

        Delivery(ProducerRecord<byte[], byte[]> record, int size, Appended appended) {
            this.record = record;
            this.size = size;
            this.appended = appended;
        }

        void send() {
            var sent = record;
            // What waits for Kafka waits in the producer's buffers, and once is enough.
            record = null;
            try {
                producer.send(sent, this);
            } catch (KafkaException | IllegalStateException e) {
                // Errors of the API come by the callback, all others are thrown and have no callback.
                onCompletion(null, e);
            }
        }

        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
            long left = bytesInFlight.addAndGet(-size);
            recordsInFlight.decrementAndGet();
            if (left < roomBytes && !waiting.isEmpty()) {
                wake();
            }
            if (failure == null) {
                idleOrAnsweredNanos = System.nanoTime();
            } else if (isFatal(failure) && !closing) {
                onFatal.accept(failure);
            }
            appended.onAppended(failure);
        }
    }

    private static boolean isFatal(Throwable failure) {
        return failure instanceof ProducerFencedException
                || failure instanceof OutOfOrderSequenceException
                || failure instanceof AuthorizationException
                || failure instanceof UnsupportedVersionException
                || failure instanceof IllegalStateException;
    }

    public long recordsInFlight() {
        return recordsInFlight.get();
    }

    public long bytesInFlight() {
        return bytesInFlight.get();
    }

    /** How long records have waited with no record being stored; zero while nothing waits. */
    public Duration stalledFor() {
        return recordsInFlight.get() == 0
                ? Duration.ZERO
                : Duration.ofNanos(Math.max(0, System.nanoTime() - idleOrAnsweredNanos));
    }

    /** Whether Kafka has answered since the start. */
    public boolean isOpen() {
        return open;
    }

    /** Waits at most {@code patience} for what is on its way, then gives up; whatever is not stored has not been acknowledged. */
    public void close(Duration patience) {
        closing = true;
        opener.interrupt();
        producer.close(patience);
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(3));
    }
}
