package io.yiwang.dashboard.rejected;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.dashboard.DashboardSettings;
import io.yiwang.dashboard.kafka.TopicReader;
import io.yiwang.model.Topics;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.Rejected;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** The newest dead letters, and how many of each reason since the dashboard looks. */
@Component
public class RejectedMessages implements SmartLifecycle {
    private static final int KEPT = 1000;

    /**
     * A message, or some values of one, that ingest refused.
     *
     * @param reason name of a {@code RejectReason}
     * @param client the authenticated client
     * @param payload the original bytes as text, as far as they were kept
     * @param payloadSize bytes of the original
     * @param metrics refused metrics when only some were; empty = the whole message
     */
    record Message(
            String id,
            Instant time,
            String reason,
            String detail,
            String topic,
            String client,
            String device,
            String payload,
            long payloadSize,
            List<String> metrics) {}

    record Summary(Map<String, Long> counts, @Nullable Instant since) {}

    private final String bootstrap;
    private final CityClock clock;
    private final Deque<Message> newest = new ArrayDeque<>();
    private final Map<String, Long> counts = new TreeMap<>();
    private @Nullable Instant since;
    private volatile @Nullable TopicReader reader;

    RejectedMessages(DashboardSettings settings, CityClock clock) {
        this.bootstrap = settings.kafka();
        this.clock = clock;
    }

    /** Newest first. @param reason null = all */
    synchronized List<Message> newest(@Nullable String reason, int limit) {
        return newest.stream()
                .filter(message -> reason == null || message.reason().equals(reason))
                .limit(limit)
                .toList();
    }

    synchronized Summary summary() {
        return new Summary(new TreeMap<>(counts), since);
    }

    @Override
    public void start() {
        synchronized (this) {
            since = clock.instant();
        }
        reader = new TopicReader(bootstrap, Topics.REJECTED, TopicReader.Start.newest(KEPT), this::take);
    }

    @Override
    public void stop() {
        var open = reader;
        if (open != null) {
            open.close();
            reader = null;
        }
    }

    @Override
    public boolean isRunning() {
        return reader != null;
    }

    private void take(ConsumerRecord<String, byte[]> record) {
        if (record.value() == null) {
            return;
        }
        try {
            var rejected = Rejected.parseFrom(record.value());
            take(new Message(
                    record.partition() + "-" + record.offset(),
                    Instant.ofEpochMilli(rejected.getReceivedMillis()),
                    rejected.getReason(),
                    rejected.getDetail(),
                    rejected.getMqttTopic(),
                    rejected.getClient(),
                    rejected.getDevice(),
                    rejected.getPayload().toStringUtf8(),
                    rejected.getPayloadSize(),
                    List.copyOf(rejected.getMetricsList())));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("record at " + record.offset() + " is not a rejected message", e);
        }
    }

    private synchronized void take(Message message) {
        newest.addFirst(message);
        if (newest.size() > KEPT) {
            newest.removeLast();
        }
        counts.merge(message.reason(), 1L, Long::sum);
        if (since == null || message.time().isBefore(since)) {
            since = message.time();
        }
    }
}
