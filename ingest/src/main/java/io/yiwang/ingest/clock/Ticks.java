package io.yiwang.ingest.clock;

import io.yiwang.ingest.RecurringEvent;
import io.yiwang.model.Topics;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.TelemetryRecord;
import io.yiwang.model.wire.Tick;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a tick into every partition of {@code telemetry} once a second while {@code doorsOpen}. The first tick after a break, be it of
 * this process, of the doors or of Kafka, says how long the break was.
 *
 * <p>A producer of its own: a tick that cannot be stored within seconds is given up, because a tick that is stored late would tell a
 * wrong time and no break.
 */
public final class Ticks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ticks.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration LOG_READ_PATIENCE = Duration.ofSeconds(3);

    private final String bootstrap;
    private final String writer;
    private final LastTick lastTick;
    private final CityClock clock;
    private final BooleanSupplier doorsOpen;
    private final KafkaProducer<byte[], byte[]> producer;
    private final ScheduledExecutorService executor;
    private volatile long storedMillis;
    private final RecurringEvent missed = new RecurringEvent(Duration.ofSeconds(30));
    private boolean readLog;
    private long lastMillis;

    /**
     * @param writer id of this process
     * @param folder where the time of the newest tick is kept
     * @param clock the city's; ticks are written and breaks are noticed by its wall clock, and told in the city's time
     * @param doorsOpen whether messages can come in now
     */
    public Ticks(String bootstrap, String writer, Path folder, CityClock clock, BooleanSupplier doorsOpen) {
        this.bootstrap = bootstrap;
        this.writer = writer;
        this.lastTick = new LastTick(folder);
        this.clock = clock;
        this.doorsOpen = doorsOpen;
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                        ProducerConfig.CLIENT_ID_CONFIG, "yiwang-ingest-ticks",
                        ProducerConfig.ACKS_CONFIG, "all",
                        ProducerConfig.LINGER_MS_CONFIG, 0,
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 1500,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2000,
                        ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG, 1000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        executor = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "ticks");
            thread.setDaemon(true);
            return thread;
        });
        executor.scheduleAtFixedRate(this::tick, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** When the newest tick of this process was stored, epoch ms by the wall clock; 0 = none yet. */
    public long storedMillis() {
        return storedMillis;
    }

    private void tick() {
        if (!doorsOpen.getAsBoolean()) {
            return;
        }
        try {
            if (!readLog) {
                // Another process may have ticked since, or this one's folder may be new.
                lastMillis = Math.max(lastTick.read(), newestInLog());
                readLog = true;
            }
            long now = clock.wall().millis();
            var pause = Duration.ofMillis(new TickBreak(lastMillis).before(now));
            var tick = TelemetryRecord.newBuilder()
                    .setTick(Tick.newBuilder()
                            .setWriter(writer)
                            .setBreakMillis(clock.inTheCity(pause).toMillis()))
                    .build()
                    .toByteArray();
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (PartitionInfo partition : producer.partitionsFor(Topics.TELEMETRY)) {
                sent.add(producer.send(new ProducerRecord<>(Topics.TELEMETRY, partition.partition(), null, tick)));
            }
            for (var future : sent) {
                future.get(4, TimeUnit.SECONDS);
            }
            lastMillis = now;
            storedMillis = now;
            lastTick.write(now);
        } catch (InterruptException e) {
            Thread.currentThread().interrupt();
        } catch (KafkaException | ExecutionException | TimeoutException e) {
            missed.happened(
                    count -> LOG.warn("{} ticks could not be stored, lastly because: {}", count, e.getMessage()));
        } catch (IOException e) {
            LOG.warn("The time of the newest tick cannot be kept: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("Ticks met a fault", e);
        }
    }

    /** Time of the newest record of the topic, epoch ms; 0 when it is empty. Ticks are its newest records within a second. */
    private long newestInLog() {
        try (var consumer = new KafkaConsumer<byte[], byte[]>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.CLIENT_ID_CONFIG,
                        "yiwang-ingest-newest",
                        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                        64 << 10,
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        5000,
                        ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        4000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(Topics.TELEMETRY).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .collect(Collectors.toSet());
            consumer.assign(partitions);
            var waitingFor = consumer.endOffsets(partitions);
            waitingFor.values().removeIf(end -> end == 0);
            waitingFor.forEach((partition, end) -> consumer.seek(partition, end - 1));
            consumer.pause(
                    partitions.stream().filter(p -> !waitingFor.containsKey(p)).toList());
            long newest = 0;
            long until = System.nanoTime() + LOG_READ_PATIENCE.toNanos();
            while (!waitingFor.isEmpty() && System.nanoTime() < until) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    newest = Math.max(newest, record.timestamp());
                    waitingFor.remove(new TopicPartition(record.topic(), record.partition()));
                }
            }
            return newest;
        }
    }

    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(1, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ofSeconds(1));
    }
}
