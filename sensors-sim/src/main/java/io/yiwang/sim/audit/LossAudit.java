package io.yiwang.sim.audit;

import io.yiwang.model.id.Ids;
import io.yiwang.sim.ledger.DeviceEntries;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares, for one device, what was sent with what became of it. Counts values: a value is a (device, boot, counter, metric).
 *
 * <ul>
 *   <li>lost: acknowledged, and neither stored nor rejected;
 *   <li>duplicate: counted twice in effect: stored in more than one series, or both stored and rejected;
 *   <li>phantom: stored although nobody sent it;
 *   <li>indeterminate: attempted but never acknowledged, so it may have arrived or not;
 *   <li>expired: acknowledged, not found, and older than the history keeps.
 * </ul>
 */
final class LossAudit {
    private static final int MAX_EXAMPLES = 5;

    private LossAudit() {}

    /**
     * What is audited.
     *
     * @param run only messages of this run; empty = of all
     * @param phantomsFromMillis stored values older than this may have been sent before the ledger begins, epoch ms
     * @param keptFromMillis the history no longer holds what is older, epoch ms
     */
    record Scope(String run, long phantomsFromMillis, long keptFromMillis) {}

    /**
     * @param sent the messages to account for, as of before the store was read
     * @param known everything the device attempted, as of after the store was read: what explains a stored value
     * @param stored the device's values in the history
     */
    static DeviceVerdict compare(
            DeviceEntries sent, DeviceEntries known, List<StoredValue> stored, Rejections rejections, Scope scope) {
        var copies = new HashMap<StoredValue, Integer>();
        stored.forEach(value -> copies.merge(value, 1, Integer::sum));
        var tally = new Tally();
        for (int i = 0; i < sent.size(); i++) {
            var entry = sent.entry(i);
            if (scope.run.isEmpty() || scope.run.equals(entry.run())) {
                account(entry, entry.acked() && !sent.repeatsItsCounter(i), copies, rejections, scope, tally);
            }
        }
        var unexplained = new HashSet<>(copies.keySet());
        for (int i = 0; i < known.size(); i++) {
            var entry = known.entry(i);
            long nanos = nanosOf(entry);
            entry.metrics().forEach(metric -> unexplained.remove(new StoredValue(nanos, metric)));
        }
        unexplained.stream()
                .filter(value -> value.nanos() >= scope.phantomsFromMillis * 1_000_000)
                .forEach(value -> {
                    tally.phantoms++;
                    tally.example("phantom", value.metric() + " at " + value.nanos() + " ns");
                });
        return tally.verdict(sent.device());
    }

    private static void account(
            DeviceEntries.Entry entry,
            boolean acked,
            Map<StoredValue, Integer> copies,
            Rejections rejections,
            Scope scope,
            Tally tally) {
        tally.messages++;
        tally.ackedMessages += acked ? 1 : 0;
        long nanos = nanosOf(entry);
        for (var metric : entry.metrics()) {
            int found = copies.getOrDefault(new StoredValue(nanos, metric), 0);
            var reason = rejections.reason(entry.device(), entry.boot(), entry.seq(), metric);
            int more = Math.max(0, found - 1) + (found > 0 && reason.isPresent() ? 1 : 0);
            if (more > 0) {
                tally.duplicates += more;
                tally.example("duplicate", describe(entry, metric));
            }
            if (!acked) {
                tally.indeterminate++;
                tally.indeterminateArrived += found > 0 || reason.isPresent() ? 1 : 0;
                continue;
            }
            tally.ackedValues++;
            if (found > 0) {
                tally.stored++;
            } else if (reason.isPresent()) {
                tally.rejected.merge(reason.get(), 1L, Long::sum);
            } else if (entry.tsMillis() < scope.keptFromMillis) {
                tally.expired++;
            } else {
                tally.lost++;
                tally.example("lost", describe(entry, metric));
            }
        }
        if (!acked) {
            tally.unackedMessages++;
        }
    }

    private static long nanosOf(DeviceEntries.Entry entry) {
        return Ids.influxNanos(entry.tsMillis(), entry.seq());
    }

    private static String describe(DeviceEntries.Entry entry, String metric) {
        return metric + " of message " + entry.boot() + ":" + entry.seq() + ", ts " + entry.tsMillis();
    }

    /** Sums of one device while they grow. */
    private static final class Tally {
        private long messages;
        private long ackedMessages;
        private long unackedMessages;
        private long ackedValues;
        private long stored;
        private final Map<String, Long> rejected = new TreeMap<>();
        private long lost;
        private long duplicates;
        private long phantoms;
        private long indeterminate;
        private long indeterminateArrived;
        private long expired;
        private final List<String> examples = new ArrayList<>();

        void example(String kind, String what) {
            if (examples.size() < MAX_EXAMPLES) {
                examples.add(kind + ": " + what);
            }
        }

        DeviceVerdict verdict(String device) {
            return new DeviceVerdict(
                    device,
                    messages,
                    ackedMessages,
                    unackedMessages,
                    ackedValues,
                    stored,
                    rejected,
                    lost,
                    duplicates,
                    phantoms,
                    indeterminate,
                    indeterminateArrived,
                    expired,
                    examples);
        }
    }
}
