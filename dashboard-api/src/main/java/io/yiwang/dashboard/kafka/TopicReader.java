package io.yiwang.dashboard.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds all records of a topic, from a chosen start on, to one view in memory. No consumer group, no commits: after a start
 * the view is built anew. A Kafka that does not answer is waited for; a record that the view cannot take is logged and
 * passed over.
 */
public final class TopicReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration AGAIN_AFTER = Duration.ofSeconds(2);

    /** Where reading begins, partition by partition. */
    @FunctionalInterface
    public interface Start {
        Map<TopicPartition, Long> offsets(KafkaConsumer<?, ?> consumer, List<TopicPartition> partitions);

        /** The oldest record that is still there. */
        static Start beginning() {
            return KafkaConsumer::beginningOffsets;
        }

        /** The newest {@code count} records of every partition. */
        static Start newest(long count) {
            return (consumer, partitions) -> {
                var first = consumer.beginningOffsets(partitions);
                return consumer.endOffsets(partitions).entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, end -> Math.max(first.get(end.getKey()), end.getValue() - count)));
            };
        }

        /** Records appended since {@code time}. */
        static Start since(Instant time) {
            return (consumer, partitions) -> {
                var ends = consumer.endOffsets(partitions);
                var wanted = partitions.stream()
                        .collect(Collectors.toMap(partition -> partition, partition -> time.toEpochMilli()));
                var offsets = new HashMap<TopicPartition, Long>(ends);
                consumer.offsetsForTimes(wanted).forEach((partition, found) -> {
                    if (found != null) {
                        offsets.put(partition, found.offset());
                    }
                });
                return offsets;
            };
        }
    }

    private final String topic;
    private final Start start;
    private final Consumer<ConsumerRecord<String, byte[]>> view;
    private final Map<String, Object> settings;
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile KafkaConsumer<String, byte[]> consumer;
    private long refused;

    /**
     * Begins to read in a thread of its own.
     *
     * @param bootstrap Kafka's {@code host:port[,host:port]}
     * @param view called by that thread only, in the order of each partition; a null value is a removal
     */
    public TopicReader(String bootstrap, String topic, Start start, Consumer<ConsumerRecord<String, byte[]>> view) {
        this(bootstrap, topic, start, Duration.ZERO, view);
    }

    /**
     * The same for a busy topic.
     *
     * @param gather how long the broker may gather records before it answers; zero = each at once. On a busy topic answers
     *     for single records cost the broker and us more than the records themselves.
     */
    public TopicReader(
            String bootstrap,
            String topic,
            Start start,
            Duration gather,
            Consumer<ConsumerRecord<String, byte[]>> view) {
        this.topic = topic;
        this.start = start;
        this.view = view;
        this.settings = new HashMap<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.CLIENT_ID_CONFIG,
                "dashboard-" + topic,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                8 << 20,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                2000,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                10_000));
        if (!gather.isZero()) {
            settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1 << 20);
            settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) gather.toMillis());
        }
        thread = new Thread(this::run, "read-" + topic);
        thread.setDaemon(true);
        thread.start();
    }

    /** Waits until everything that was in the topic when reading began is in the view. @return false on timeout */
    public boolean awaitCaughtUp(Duration timeout) throws InterruptedException {
        return caughtUp.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    public boolean isCaughtUp() {
        return caughtUp.getCount() == 0;
    }

    @Override
    public void close() {
        closing.countDown();
        var open = consumer;
        if (open != null) {
            open.wakeup();
        }
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        Map<TopicPartition, Long> next = new HashMap<>();
        while (closing.getCount() > 0) {
            try (var opened = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
                consumer = opened;
                read(opened, next);
            } catch (WakeupException | InterruptException e) {
                // closing, or a new round
            } catch (KafkaException e) {
                LOG.warn("cannot read topic {}: {}; trying again", topic, e.toString());
            } catch (RuntimeException e) {
                LOG.error("reading topic {} failed; trying again", topic, e);
            }
            pause();
        }
    }

    private void read(KafkaConsumer<String, byte[]> opened, Map<TopicPartition, Long> next) {
        var partitions = new ArrayList<TopicPartition>();
        opened.partitionsFor(topic).forEach(p -> partitions.add(new TopicPartition(topic, p.partition())));
        if (partitions.isEmpty()) {
            return;
        }
        opened.assign(partitions);
        if (next.isEmpty()) {
            next.putAll(start.offsets(opened, partitions));
        }
        next.forEach(opened::seek);
        var ends = opened.endOffsets(partitions);
        while (closing.getCount() > 0) {
            if (!isCaughtUp()
                    && ends.entrySet().stream().allMatch(end -> opened.position(end.getKey()) >= end.getValue())) {
                caughtUp.countDown();
            }
            for (var record : opened.poll(POLL)) {
                take(record);
            }
            partitions.forEach(partition -> next.put(partition, opened.position(partition)));
        }
    }

    private void take(ConsumerRecord<String, byte[]> record) {
        try {
            view.accept(record);
        } catch (RuntimeException e) {
            refused++;
            if (Long.bitCount(refused) == 1) {
                LOG.warn(
                        "{} records of {} could not be understood, the last at {}", refused, topic, record.offset(), e);
            }
        }
    }

    private void pause() {
        try {
            closing.await(AGAIN_AFTER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closing.countDown();
        }
    }
}
