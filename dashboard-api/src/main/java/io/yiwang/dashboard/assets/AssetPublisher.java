package io.yiwang.dashboard.assets;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.dashboard.DashboardSettings;
import io.yiwang.dashboard.kafka.TopicPublisher;
import io.yiwang.dashboard.kafka.TopicReader;
import io.yiwang.model.Topics;
import io.yiwang.model.wire.Facility;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Keeps the compacted topic {@code assets} equal to the ledger. It compares and writes what differs: at the start with what
 * the topic really holds, so that whatever a crash left unwritten is made good, and after every commit.
 */
@Component
class AssetPublisher extends TopicPublisher {
    private static final Logger LOG = LoggerFactory.getLogger(AssetPublisher.class);
    private static final Duration AGAIN_AFTER = Duration.ofSeconds(2);

    private final String bootstrap;
    private final AssetCatalogue catalogue;
    private final Map<String, Facility> published = new ConcurrentHashMap<>();
    private final Semaphore changed = new Semaphore(1);

    AssetPublisher(DashboardSettings settings, AssetCatalogue catalogue) {
        super(
                settings.kafka(),
                "assets",
                Map.of(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4", ProducerConfig.LINGER_MS_CONFIG, 5));
        bootstrap = settings.kafka();
        this.catalogue = catalogue;
        catalogue.onChange((before, after) -> changed.release());
    }

    @Override
    protected void publish(KafkaProducer<String, byte[]> producer) throws InterruptedException {
        readPublished();
        changed.release();
        while (isRunning()) {
            changed.acquire();
            changed.drainPermits();
            writeChanges(producer);
        }
    }

    private void readPublished() throws InterruptedException {
        try (var reader = new TopicReader(bootstrap, Topics.ASSETS, TopicReader.Start.beginning(), record -> {
            if (record.value() == null) {
                published.remove(record.key());
                return;
            }
            try {
                published.put(record.key(), Facility.parseFrom(record.value()));
            } catch (InvalidProtocolBufferException e) {
                // Differs from whatever is wanted, and so will be written anew.
                published.put(record.key(), Facility.getDefaultInstance());
            }
        })) {
            while (!reader.awaitCaughtUp(Duration.ofMinutes(1))) {
                LOG.warn("Kafka at {} does not give the topic {} yet", bootstrap, Topics.ASSETS);
            }
        }
        // What is equal is kept once, and is then found equal at a glance.
        var wanted = catalogue.current().facilities();
        published.replaceAll((id, facility) -> facility.equals(wanted.get(id)) ? wanted.get(id) : facility);
    }

    private void writeChanges(KafkaProducer<String, byte[]> producer) throws InterruptedException {
        while (isRunning()) {
            var changes =
                    AssetPublication.between(published, catalogue.current().facilities());
            if (changes.isEmpty()) {
                return;
            }
            if (write(producer, changes)) {
                LOG.info("published {} changed facilities", changes.size());
            } else {
                TimeUnit.MILLISECONDS.sleep(AGAIN_AFTER.toMillis());
            }
        }
    }

    /** @return false when not all of them were acknowledged */
    private boolean write(KafkaProducer<String, byte[]> producer, List<AssetPublication.Change> changes) {
        try {
            for (var change : changes) {
                var facility = change.facility();
                producer.send(
                        new ProducerRecord<>(
                                Topics.ASSETS, change.id(), facility == null ? null : facility.toByteArray()),
                        (metadata, failure) -> {
                            if (failure == null && facility == null) {
                                published.remove(change.id());
                            } else if (failure == null) {
                                published.put(change.id(), facility);
                            } else {
                                LOG.warn("facility {} is not published yet: {}", change.id(), failure.toString());
                            }
                        });
            }
            producer.flush();
            return AssetPublication.between(published, catalogue.current().facilities())
                    .isEmpty();
        } catch (KafkaException e) {
            LOG.warn("facilities are not published yet: {}", e.toString());
            return false;
        }
    }
}
