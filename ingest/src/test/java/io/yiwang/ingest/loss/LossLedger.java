package io.yiwang.ingest.loss;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the devices wrote down: per message how often it was sent and how that ended. Safe for threads. */
final class LossLedger {
    /**
     * @param attempts how often it was sent
     * @param acked it was acknowledged with success
     * @param refused it was acknowledged with a failure code; a device takes that for the end of the matter as well
     */
    record Entry(Sent sent, int attempts, boolean acked, boolean refused) {}

    private final Map<MessageKey, Entry> entries = new LinkedHashMap<>();

    synchronized void attempted(Sent sent) {
        entries.merge(
                sent.key(),
                new Entry(sent, 1, false, false),
                (old, one) -> new Entry(sent, old.attempts() + 1, old.acked(), old.refused()));
    }

    synchronized void acked(MessageKey key) {
        entries.computeIfPresent(key, (k, old) -> new Entry(old.sent(), old.attempts(), true, old.refused()));
    }

    synchronized void refused(MessageKey key) {
        entries.computeIfPresent(key, (k, old) -> new Entry(old.sent(), old.attempts(), old.acked(), true));
    }

    synchronized List<Entry> entries() {
        return new ArrayList<>(entries.values());
    }

    synchronized long acked() {
        return entries.values().stream().filter(Entry::acked).count();
    }

    synchronized int size() {
        return entries.size();
    }
}
