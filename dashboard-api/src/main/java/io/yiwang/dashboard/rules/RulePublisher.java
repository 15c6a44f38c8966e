package io.yiwang.dashboard.rules;

import io.yiwang.dashboard.DashboardSettings;
import io.yiwang.dashboard.kafka.TopicPublisher;
import io.yiwang.dashboard.kafka.TopicReader;
import io.yiwang.model.Topics;
import io.yiwang.model.rule.Scopes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Brings the table of versions to topic {@code rules}, in its order, one after the other: a version counts as published when Kafka
 * has it on the disk. What a crash left between the two is made good at the next start, and so is what the topic has lost.
 *
 * <p>A version that waited until it already held would be judged by in a replay from a moment on at which nobody knew it: as long as
 * Kafka never had it, it holds from when it is published.
 */
@Component
class RulePublisher extends TopicPublisher {
    private static final Logger LOG = LoggerFactory.getLogger(RulePublisher.class);
    private static final Duration AGAIN_AFTER = Duration.ofSeconds(2);

    private final String bootstrap;
    private final RuleStore store;
    private final RuleLedger ledger;
    private final Semaphore changed = new Semaphore(1);

    RulePublisher(DashboardSettings settings, RuleStore store, RuleLedger ledger) {
        super(settings.kafka(), "rules", Map.of(ProducerConfig.LINGER_MS_CONFIG, 0));
        bootstrap = settings.kafka();
        this.store = store;
        this.ledger = ledger;
        ledger.whenChanged(changed::release);
    }

    @Override
    protected void publish(KafkaProducer<String, byte[]> producer) throws InterruptedException {
        untilDone(producer, this::lost);
        while (isRunning()) {
            changed.acquire();
            changed.drainPermits();
            untilDone(producer, store::unpublished);
        }
    }

    @FunctionalInterface
    private interface Waiting {
        List<RuleStore.Row> rows() throws InterruptedException;
    }

    private void untilDone(KafkaProducer<String, byte[]> producer, Waiting waiting) throws InterruptedException {
        while (isRunning()) {
            try {
                for (var row : waiting.rows()) {
                    publish(producer, row);
                }
                return;
            } catch (KafkaException | ExecutionException | DataAccessException | TransactionException e) {
                LOG.warn("rules are not published yet: {}", e.toString());
                TimeUnit.MILLISECONDS.sleep(AGAIN_AFTER.toMillis());
            }
        }
    }

    private void publish(KafkaProducer<String, byte[]> producer, RuleStore.Row row)
            throws InterruptedException, ExecutionException {
        var record = row.record();
        if (!row.published() && ledger.comesTooLate(record)) {
            record = record.toBuilder()
                    .setValidFromMillis(ledger.validFromMillis())
                    .build();
            store.replace(row.id(), record);
            ledger.take(record);
        }
        producer.send(new ProducerRecord<>(Topics.RULES, Scopes.key(record), record.toByteArray()))
                .get();
        store.published(row.id());
        LOG.info("published {}", Scopes.key(record));
    }

    /** What the topic does not have as the table has it. */
    private List<RuleStore.Row> lost() throws InterruptedException {
        var there = new HashMap<String, byte[]>();
        try (var reader = new TopicReader(bootstrap, Topics.RULES, TopicReader.Start.beginning(), record -> {
            if (record.value() == null) {
                there.remove(record.key());
            } else {
                there.put(record.key(), record.value());
            }
        })) {
            while (!reader.awaitCaughtUp(Duration.ofMinutes(1))) {
                LOG.warn("Kafka at {} does not give the topic {} yet", bootstrap, Topics.RULES);
            }
        }
        var lost = new ArrayList<RuleStore.Row>();
        for (var row : store.all()) {
            var found = there.get(Scopes.key(row.record()));
            if (found == null) {
                lost.add(row);
            } else if (Arrays.equals(found, row.record().toByteArray())) {
                store.published(row.id());
            } else {
                // It was given another moment and a crash came before Kafka had that: the table has the last word.
                lost.add(new RuleStore.Row(row.id(), row.record(), true));
            }
        }
        return lost;
    }
}
