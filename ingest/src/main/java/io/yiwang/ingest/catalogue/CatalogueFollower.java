package io.yiwang.ingest.catalogue;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.model.Topics;
import io.yiwang.model.wire.Facility;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the {@link Catalogue} in step with topic {@code assets}: the local copy first, then the whole topic from its beginning,
 * then every change. A Kafka that is away is waited for.
 */
public final class CatalogueFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogueFollower.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final Duration COPY_AT_MOST_EVERY = Duration.ofSeconds(5);

    private final Catalogue catalogue;
    private final CatalogueCopy copy;
    private final String bootstrap;
    private final Thread thread;
    private volatile boolean closing;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;
    private boolean changed;
    private long copiedNanos = System.nanoTime() - COPY_AT_MOST_EVERY.toNanos();

    public CatalogueFollower(Catalogue catalogue, CatalogueCopy copy, String bootstrap) {
        this.catalogue = catalogue;
        this.copy = copy;
        this.bootstrap = bootstrap;
        try {
            copy.read().ifPresent(facilities -> {
                facilities.forEach(facility -> catalogue.put(facility.getId(), facility));
                catalogue.markLoaded();
                LOG.info("Local copy of the catalogue: {} facilities", facilities.size());
            });
        } catch (IOException e) {
            LOG.warn(
                    "The local copy of the catalogue cannot be read and is left alone until Kafka answers: {}",
                    e.toString());
        }
        thread = new Thread(this::run, "catalogue");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!closing) {
            try (var kafka = new KafkaConsumer<byte[], byte[]>(
                    settings(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                consumer = kafka;
                follow(kafka);
            } catch (WakeupException | InterruptException e) {
                Thread.interrupted();
            } catch (KafkaException e) {
                LOG.warn("Catalogue: Kafka at {} does not answer ({}); trying again", bootstrap, e.getMessage());
            } catch (RuntimeException e) {
                // Without this thread nobody new is let in and nobody revoked is sent away.
                LOG.error("Catalogue: reading met a fault; trying again", e);
            }
            pause();
        }
    }

    private void pause() {
        try {
            for (long left = RETRY.toMillis(); left > 0 && !closing; left -= 100) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closing = true;
        }
    }

    private void follow(KafkaConsumer<byte[], byte[]> kafka) {
        var partitions = kafka.partitionsFor(Topics.ASSETS).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .collect(Collectors.toSet());
        if (partitions.isEmpty()) {
            // Not an empty catalogue: a Kafka that has just started may not have its topics yet.
            LOG.warn("Catalogue: Kafka at {} has no topic {} yet; trying again", bootstrap, Topics.ASSETS);
            return;
        }
        kafka.assign(partitions);
        kafka.seekToBeginning(partitions);
        var left = new HashMap<TopicPartition, Long>(kafka.endOffsets(partitions));
        Set<String> seen = new HashSet<>();
        boolean caughtUp = false;
        while (!closing) {
            if (!caughtUp) {
                left.entrySet().removeIf(end -> kafka.position(end.getKey()) >= end.getValue());
                if (left.isEmpty()) {
                    caughtUp = true;
                    // What the copy has and the topic has not was removed while nobody listened.
                    catalogue.retain(seen);
                    catalogue.markLoaded();
                    changed = true;
                    LOG.info("Catalogue read: {} devices of {} facilities", catalogue.deviceCount(), seen.size());
                }
            }
            for (var record : kafka.poll(caughtUp ? POLL : Duration.ofMillis(100))) {
                apply(record.key(), record.value(), caughtUp ? null : seen);
            }
            if (caughtUp) {
                writeCopy();
            }
        }
    }

    private void apply(byte @Nullable [] key, byte @Nullable [] value, @Nullable Set<String> seen) {
        if (key == null) {
            LOG.warn("Catalogue: a record without a key is left out");
            return;
        }
        var id = new String(key, StandardCharsets.UTF_8);
        try {
            var facility = value == null ? null : Facility.parseFrom(value);
            if (facility != null && !facility.getId().equals(id)) {
                LOG.warn("Catalogue: facility {} came under key {} and is left out", facility.getId(), id);
                return;
            }
            catalogue.put(id, facility);
            changed = true;
            if (seen != null) {
                if (facility == null) {
                    seen.remove(id);
                } else {
                    seen.add(id);
                }
            }
        } catch (InvalidProtocolBufferException e) {
            LOG.warn("Catalogue: the record of {} cannot be read and is left out: {}", id, e.getMessage());
        }
    }

    private void writeCopy() {
        if (!changed || System.nanoTime() - copiedNanos < COPY_AT_MOST_EVERY.toNanos()) {
            return;
        }
        copiedNanos = System.nanoTime();
        try {
            copy.write(catalogue.facilities());
            changed = false;
        } catch (IOException e) {
            LOG.warn("The local copy of the catalogue cannot be written: {}", e.toString());
        }
    }

    private Map<String, Object> settings() {
        return Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                List.of(bootstrap.split(",")),
                ConsumerConfig.CLIENT_ID_CONFIG,
                "yiwang-ingest-catalogue",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                5000,
                ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                4000);
    }

    @Override
    public void close() {
        closing = true;
        var kafka = consumer;
        if (kafka != null) {
            kafka.wakeup();
        }
        try {
            thread.join(3000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
