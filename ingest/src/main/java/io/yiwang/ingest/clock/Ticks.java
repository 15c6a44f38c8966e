package io.yiwang.ingest.clock;

import com.google.protobuf.InvalidProtocolBufferException;
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
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
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
    /** How far back a tick is looked for, records: without ticks there is little telemetry, so the first nearly always suffices. */
    private static final int[] LOOK_BACK = {1_000, 10_000, 100_000};

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
                lastMillis = lastTick.read();
            }
            List<TickBreak.Seen> seen = List.of();
            if (!readLog || new TickBreak(lastMillis).before(clock.wall().millis()) > 0) {
                // A pause of this process is no break of the city when another one has ticked meanwhile.
                seen = ticksInLog(lastMillis);
                readLog = true;
            }
            long now = clock.wall().millis();
            var pause = Duration.ofMillis(new TickBreak(lastMillis).before(now, seen));
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

    /**
     * Anybody's ticks after {@code sinceMillis}, oldest first, perhaps with some before; 0 = only the newest. Telemetry does not count:
     * after a break it may be there before the tick that tells of the break. Every writer ticks into every partition, so one partition
     * tells it all.
     */
    private List<TickBreak.Seen> ticksInLog(long sinceMillis) {
        try (var consumer = new KafkaConsumer<byte[], byte[]>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.CLIENT_ID_CONFIG,
                        "yiwang-ingest-newest",
                        ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                        500,
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        5000,
                        ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        4000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            var partition = new TopicPartition(Topics.TELEMETRY, 0);
            consumer.assign(List.of(partition));
            long begin = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            long until = System.nanoTime() + LOG_READ_PATIENCE.toNanos();
            var seen = new ArrayList<TickBreak.Seen>();
            for (int lookBack : LOOK_BACK) {
                seen.clear();
                consumer.seek(partition, Math.max(begin, end - lookBack));
                while (consumer.position(partition) < end && System.nanoTime() < until) {
                    for (var record : consumer.poll(Duration.ofMillis(200))) {
                        if (record.offset() < end) {
                            breakToldBy(record.value())
                                    .ifPresent(told -> seen.add(new TickBreak.Seen(record.timestamp(), told)));
                        }
                    }
                }
                if (!seen.isEmpty() && seen.get(0).logMillis() <= sinceMillis) {
                    break;
                }
            }
            // Without a tick of our own to go by, the newest one is what a break begins with.
            return sinceMillis > 0 || seen.isEmpty() ? seen : seen.subList(seen.size() - 1, seen.size());
        }
    }

    /** Empty when the record is no tick. */
    private static Optional<Long> breakToldBy(byte[] value) {
        try {
            var record = TelemetryRecord.parseFrom(value);
            return record.hasTick() ? Optional.of(record.getTick().getBreakMillis()) : Optional.empty();
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
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
