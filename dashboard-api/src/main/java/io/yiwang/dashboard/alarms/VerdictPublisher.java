package io.yiwang.dashboard.alarms;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.dashboard.DashboardSettings;
import io.yiwang.dashboard.kafka.TopicPublisher;
import io.yiwang.dashboard.kafka.TopicReader;
import io.yiwang.model.Topics;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.Verdict;
import io.yiwang.model.wire.VerdictWord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Writes to the compacted topic {@code verdicts} what the database holds: at the start what the topic lacks, so that whatever a crash or
 * a topic made anew left out is made good, then each word after its commit. A word may be written twice, which is writing it once: the
 * key is the alarm, and the latest word on it counts.
 */
@Component
class VerdictPublisher extends TopicPublisher {
    private static final Logger LOG = LoggerFactory.getLogger(VerdictPublisher.class);
    private static final Duration AGAIN_AFTER = Duration.ofSeconds(2);
    /** Older words have faded in the detect job. */
    private static final Duration KEPT = Duration.ofDays(200);

    private final String bootstrap;
    private final AlarmStore store;
    private final CityClock clock;
    /** What is not known to be in the topic, by alarm. */
    private final Map<String, Verdict> pending = new ConcurrentHashMap<>();

    private final Semaphore said = new Semaphore(0);

    VerdictPublisher(DashboardSettings settings, AlarmStore store, CityClock clock) {
        super(settings.kafka(), "verdicts", Map.of());
        bootstrap = settings.kafka();
        this.store = store;
        this.clock = clock;
    }

    /** To be called after the word on the alarm is committed; returns at once. */
    void publish(AlarmRow row) {
        add(verdict(row));
        said.release();
    }

    private void add(Verdict verdict) {
        pending.merge(
                verdict.getAlarm(), verdict, (one, other) -> one.getAtMillis() > other.getAtMillis() ? one : other);
    }

    private static Verdict verdict(AlarmRow row) {
        var alarm = row.alarm();
        var verdict = row.life().verdict();
        if (verdict == null) {
            throw new IllegalArgumentException("nothing was said of alarm " + alarm.getId());
        }
        return Verdict.newBuilder()
                .setAlarm(alarm.getId())
                .setFacility(alarm.getFacility())
                .setRule(alarm.getRule())
                .addAllDevices(alarm.getDevicesList())
                .setWord(verdict.word())
                .setBy(verdict.by())
                .setAtMillis(verdict.atMillis())
                .setNote(verdict.note())
                .build();
    }

    @Override
    protected void publish(KafkaProducer<String, byte[]> producer) throws InterruptedException {
        addWhatTheTopicLacks(publishedMillis());
        while (isRunning()) {
            while (isRunning() && !pending.isEmpty()) {
                if (!write(producer, List.copyOf(pending.values()))) {
                    TimeUnit.MILLISECONDS.sleep(AGAIN_AFTER.toMillis());
                }
            }
            said.acquire();
            said.drainPermits();
        }
    }

    /** When the word was said that the topic holds, by alarm. */
    private Map<String, Long> publishedMillis() throws InterruptedException {
        var published = new ConcurrentHashMap<String, Long>();
        try (var reader = new TopicReader(bootstrap, Topics.VERDICTS, TopicReader.Start.beginning(), record -> {
            try {
                if (record.value() != null) {
                    published.put(
                            record.key(), Verdict.parseFrom(record.value()).getAtMillis());
                }
            } catch (InvalidProtocolBufferException e) {
                // Not a word of ours: ours is written over it.
                published.remove(record.key());
            }
        })) {
            while (!reader.awaitCaughtUp(Duration.ofMinutes(1))) {
                LOG.warn("Kafka at {} does not give the topic {} yet", bootstrap, Topics.VERDICTS);
            }
        }
        return published;
    }

    private void addWhatTheTopicLacks(Map<String, Long> publishedMillis) throws InterruptedException {
        while (isRunning()) {
            try {
                for (var row : store.withVerdict(clock.instant().minus(KEPT))) {
                    var verdict = verdict(row);
                    var there = publishedMillis.get(verdict.getAlarm());
                    boolean lacks =
                            there == null ? verdict.getWord() != VerdictWord.NO_VERDICT : there < verdict.getAtMillis();
                    if (lacks) {
                        add(verdict);
                    }
                }
                return;
            } catch (DataAccessException e) {
                LOG.warn("verdicts wait for the database: {}", e.toString());
                TimeUnit.MILLISECONDS.sleep(AGAIN_AFTER.toMillis());
            }
        }
    }

    /** @return false when not all of them were acknowledged */
    private boolean write(KafkaProducer<String, byte[]> producer, List<Verdict> verdicts) {
        try {
            for (var verdict : verdicts) {
                producer.send(
                        new ProducerRecord<>(Topics.VERDICTS, verdict.getAlarm(), verdict.toByteArray()),
                        (metadata, failure) -> {
                            if (failure == null) {
                                pending.remove(verdict.getAlarm(), verdict);
                            } else {
                                LOG.warn(
                                        "the verdict on alarm {} is not published yet: {}",
                                        verdict.getAlarm(),
                                        failure.toString());
                            }
                        });
            }
            producer.flush();
            return verdicts.stream().noneMatch(verdict -> pending.containsValue(verdict));
        } catch (KafkaException e) {
            LOG.warn("verdicts are not published yet: {}", e.toString());
            return false;
        }
    }
}
