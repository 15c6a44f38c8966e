package io.yiwang.dashboard.alarms;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.dashboard.DashboardSettings;
import io.yiwang.model.Topics;
import io.yiwang.model.wire.Alarm;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads the topic {@code alarms} into the database, batch by batch. How far it has read is kept in the database, in the
 * batch's own transaction, so a database that was restored or made anew continues where it is and not where Kafka thinks; the
 * group's offsets in Kafka are committed afterwards only for those who watch the lag. An outage is waited for without end; a
 * record that cannot be taken in is kept with the reason and passed over.
 */
@Component
class AlarmIntake implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(AlarmIntake.class);
    static final String GROUP = "yiwang-dashboard-alarms";
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final AlarmDesk desk;
    private final AlarmStore store;
    private final TransactionTemplate transaction;
    private final InstantSource clock;
    private final String bootstrap;
    private volatile boolean running;
    private @Nullable Thread thread;
    private volatile @Nullable KafkaConsumer<String, byte[]> consumer;

    AlarmIntake(
            AlarmDesk desk,
            AlarmStore store,
            TransactionTemplate transaction,
            InstantSource clock,
            DashboardSettings settings) {
        this.desk = desk;
        this.store = store;
        this.transaction = transaction;
        this.clock = clock;
        bootstrap = settings.kafka();
    }

    @Override
    public synchronized void start() {
        running = true;
        thread = new Thread(this::run, "alarm-intake");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public synchronized void stop() {
        running = false;
        var open = consumer;
        if (open != null) {
            open.wakeup();
        }
        var reader = thread;
        if (reader != null) {
            LockSupport.unpark(reader);
            try {
                reader.join(5_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        thread = null;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        var wait = SHORTEST_WAIT;
        while (running) {
            try (var opened = new KafkaConsumer<>(
                    Map.<String, Object>of(
                            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                            bootstrap,
                            ConsumerConfig.GROUP_ID_CONFIG,
                            GROUP,
                            ConsumerConfig.CLIENT_ID_CONFIG,
                            "dashboard-alarms",
                            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                            false,
                            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                            "earliest",
                            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                            500,
                            ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                            10_000),
                    new StringDeserializer(),
                    new ByteArrayDeserializer())) {
                consumer = opened;
                read(opened);
            } catch (WakeupException | InterruptException e) {
                LOG.debug("reading alarms ends");
            } catch (RuntimeException e) {
                if (running) {
                    if (desk.trouble() == null) {
                        wait = SHORTEST_WAIT;
                    }
                    desk.waitsFor("Kafka or the database: " + e.getMessage());
                    LOG.warn("alarms wait, trying again in {} ms: {}", wait.toMillis(), e.toString());
                    LockSupport.parkNanos(wait.toNanos());
                    wait = longer(wait);
                    continue;
                }
            }
            wait = SHORTEST_WAIT;
        }
    }

    private void read(KafkaConsumer<String, byte[]> opened) {
        var cluster = cluster();
        var partitions = opened.partitionsFor(Topics.ALARMS).stream()
                .map(partition -> new TopicPartition(Topics.ALARMS, partition.partition()))
                .toList();
        // Assigned, not subscribed: waiting for a database may take longer than a group would.
        opened.assign(partitions);
        seek(opened, partitions, store.positions(cluster));
        while (running) {
            var records = opened.poll(POLL);
            if (!records.isEmpty()) {
                var batch = new ArrayList<ConsumerRecord<String, byte[]>>(records.count());
                records.forEach(batch::add);
                take(cluster, batch);
                commitForWatchers(opened, next(batch));
            }
            desk.waitsFor(null);
        }
    }

    private static void seek(
            KafkaConsumer<?, ?> opened, List<TopicPartition> partitions, Map<Integer, Long> positions) {
        var ends = opened.endOffsets(partitions);
        for (var partition : partitions) {
            var next = positions.get(partition.partition());
            // Beyond the end: the topic was made anew within the same cluster.
            if (next == null || next > ends.get(partition)) {
                opened.seekToBeginning(List.of(partition));
            } else {
                opened.seek(partition, next);
            }
        }
    }

    /** The batch in one transaction; if something in it is refused, one record after the other. */
    private void take(String cluster, List<ConsumerRecord<String, byte[]>> batch) {
        var wait = SHORTEST_WAIT;
        while (running) {
            try {
                takeAtOnce(cluster, batch);
                return;
            } catch (Unusable | DataIntegrityViolationException e) {
                batch.forEach(record -> takeOne(cluster, record));
                return;
            } catch (RuntimeException e) {
                wait = outage(e, wait);
            }
        }
    }

    private void takeOne(String cluster, ConsumerRecord<String, byte[]> record) {
        var wait = SHORTEST_WAIT;
        while (running) {
            try {
                takeAtOnce(cluster, List.of(record));
                return;
            } catch (Unusable | DataIntegrityViolationException e) {
                if (refused(cluster, record, String.valueOf(e.getMessage()))) {
                    return;
                }
                wait = outage(e, wait);
            } catch (RuntimeException e) {
                wait = outage(e, wait);
            }
        }
    }

    private boolean refused(String cluster, ConsumerRecord<String, byte[]> record, String reason) {
        try {
            transaction.executeWithoutResult(status -> {
                store.refuse(cluster, record, reason, clock.instant());
                store.reached(cluster, next(List.of(record)));
            });
            LOG.error(
                    "alarm record {}@{} cannot be taken in and is kept in alarm_refused: {}",
                    record.partition(),
                    record.offset(),
                    reason);
            return true;
        } catch (RuntimeException e) {
            LOG.debug("cannot keep the refused record yet", e);
            return false;
        }
    }

    private Duration outage(RuntimeException e, Duration wait) {
        desk.waitsFor("the database: " + e.getMessage());
        LOG.warn("alarms wait for the database, trying again in {} ms: {}", wait.toMillis(), e.toString());
        LockSupport.parkNanos(wait.toNanos());
        return longer(wait);
    }

    private void takeAtOnce(String cluster, List<ConsumerRecord<String, byte[]>> batch) {
        desk.take(batch.stream().map(AlarmIntake::decode).toList(), cluster, next(batch));
    }

    /** @throws Unusable when the record is no alarm that can be kept */
    static Alarm decode(ConsumerRecord<String, byte[]> record) {
        if (record.value() == null) {
            throw new Unusable("the record is empty");
        }
        Alarm alarm;
        try {
            alarm = Alarm.parseFrom(record.value());
        } catch (InvalidProtocolBufferException e) {
            throw new Unusable("no alarm message: " + e.getMessage());
        }
        if (alarm.getId().isEmpty()
                || alarm.getFacility().isEmpty()
                || alarm.getRule().isEmpty()) {
            throw new Unusable("id, facility or rule is missing");
        }
        if (alarm.getGrade() < 1 || alarm.getGrade() > 4) {
            throw new Unusable("grade is " + alarm.getGrade() + ", not 1 to 4");
        }
        if (alarm.getRevision() < 1) {
            throw new Unusable("revision is " + alarm.getRevision() + ", below 1");
        }
        return alarm;
    }

    private String cluster() {
        try (var admin = Admin.create(Map.of(
                "bootstrap.servers", bootstrap, "request.timeout.ms", "5000", "default.api.timeout.ms", "10000"))) {
            return admin.describeCluster().clusterId().get(10, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaException("Kafka at " + bootstrap + " does not answer", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static Map<TopicPartition, Long> next(List<ConsumerRecord<String, byte[]>> batch) {
        var next = new HashMap<TopicPartition, Long>();
        batch.forEach(record -> next.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1));
        return next;
    }

    private static void commitForWatchers(KafkaConsumer<?, ?> opened, Map<TopicPartition, Long> next) {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        next.forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
        opened.commitAsync(offsets, (committed, e) -> {
            if (e != null) {
                LOG.debug("offsets for watchers not committed", e);
            }
        });
    }

    private static Duration longer(Duration wait) {
        var doubled = wait.multipliedBy(2);
        return doubled.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : doubled;
    }

    /** The record itself is at fault; trying again would not help. */
    static final class Unusable extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unusable(String message) {
            super(message);
        }
    }
}
