package io.yiwang.ingest.loss;

import static io.yiwang.ingest.TestingCity.METRIC;

import io.yiwang.ingest.loss.KafkaContents.Stored;
import io.yiwang.ingest.loss.KafkaContents.TurnedDown;
import io.yiwang.ingest.loss.LossLedger.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Compares what the devices wrote down with what Kafka holds. Knows nothing of how ingest works. */
final class LossJudge {
    private LossJudge() {}

    /**
     * @param lost acknowledged, and not where it belongs
     * @param phantoms there, and never sent
     * @param misplaced there under another facility, key or reason than its own
     * @param altered there with another value or time
     * @param excess there more often than its sendings explain
     * @param silent acknowledged with a failure, and kept nowhere
     * @param duplicates copies beyond the first, explained ones among them
     */
    record Verdict(
            List<String> lost,
            List<String> phantoms,
            List<String> misplaced,
            List<String> altered,
            List<String> excess,
            List<String> silent,
            int messages,
            int duplicates) {
        boolean isClean() {
            return lost.isEmpty()
                    && phantoms.isEmpty()
                    && misplaced.isEmpty()
                    && altered.isEmpty()
                    && excess.isEmpty()
                    && silent.isEmpty();
        }
    }

    /**
     * @param devices whose records are looked at; others belong to somebody else's run
     * @param redeliveries how often something between device and Kafka may have repeated any message by itself: 0 at the door, one for
     *     each connection of a bridge after the first
     */
    static Verdict judge(List<Entry> ledger, KafkaContents kafka, Set<String> devices, int redeliveries) {
        var copies = new HashMap<MessageKey, Integer>();
        var phantoms = new ArrayList<String>();
        var misplaced = new ArrayList<String>();
        var altered = new ArrayList<String>();
        Map<MessageKey, Entry> known =
                ledger.stream().collect(Collectors.toMap(entry -> entry.sent().key(), entry -> entry));

        for (var stored : kafka.stored()) {
            var telemetry = stored.telemetry();
            if (!devices.contains(telemetry.getDevice())) {
                continue;
            }
            var key = new MessageKey(telemetry.getDevice(), telemetry.getBoot(), telemetry.getSeq());
            var entry = known.get(key);
            if (entry == null) {
                phantoms.add("telemetry " + key);
                continue;
            }
            if (entry.sent().kind() != Sent.Kind.GOOD || !isInPlace(stored, entry.sent())) {
                misplaced.add("telemetry " + key + " of " + entry.sent().kind() + " under " + stored.key());
                continue;
            }
            if (!isUnaltered(stored, entry.sent())) {
                altered.add(key + ": sent " + entry.sent() + ", stored " + telemetry.getValuesList() + " of "
                        + telemetry.getEventTimeMillis());
            }
            copies.merge(key, 1, Integer::sum);
        }
        for (var turned : kafka.turnedDown()) {
            var rejected = turned.rejected();
            if (!devices.contains(rejected.getDevice())) {
                continue;
            }
            var key = keyOf(turned);
            var entry = key == null ? null : known.get(key);
            if (entry == null) {
                phantoms.add("rejected " + rejected.getReason() + " of " + rejected.getDevice() + ": "
                        + rejected.getPayload().toStringUtf8());
                continue;
            }
            var reason = entry.sent().kind().reason;
            if (reason == null || !reason.name().equals(rejected.getReason())) {
                misplaced.add("rejected " + key + " as " + rejected.getReason() + ", is "
                        + entry.sent().kind());
                continue;
            }
            copies.merge(key, 1, Integer::sum);
        }

        var lost = new ArrayList<String>();
        var excess = new ArrayList<String>();
        var silent = new ArrayList<String>();
        int duplicates = 0;
        for (var entry : ledger) {
            int count = copies.getOrDefault(entry.sent().key(), 0);
            if (entry.acked() && count == 0) {
                lost.add(entry.sent().key().toString());
            } else if (entry.refused() && count == 0) {
                silent.add(entry.sent().key().toString());
            }
            if (count > entry.attempts() * (1 + redeliveries)) {
                excess.add(entry.sent().key() + ": sent " + entry.attempts() + " times, there " + count + " times");
            }
            duplicates += Math.max(0, count - 1);
        }
        return new Verdict(lost, phantoms, misplaced, altered, excess, silent, ledger.size(), duplicates);
    }

    private static boolean isInPlace(Stored stored, Sent sent) {
        var telemetry = stored.telemetry();
        return stored.key().equals(sent.facility())
                && telemetry.getFacility().equals(sent.facility())
                && telemetry.getDomain().equals("gas")
                && telemetry.getDistrict().equals("east");
    }

    private static boolean isUnaltered(Stored stored, Sent sent) {
        var telemetry = stored.telemetry();
        return telemetry.getEventTimeMillis() == sent.eventTimeMillis()
                && telemetry.getValuesCount() == 1
                && telemetry.getValues(0).getMetric().equals(METRIC)
                && telemetry.getValues(0).getNumber() == sent.value();
    }

    private static MessageKey keyOf(TurnedDown turned) {
        var rejected = turned.rejected();
        var ofGarbage = Sent.ofGarbage(rejected.getPayload().toStringUtf8());
        if (ofGarbage != null) {
            // It is its sender's, whatever it says.
            return ofGarbage.device().equals(rejected.getDevice()) ? ofGarbage : null;
        }
        return new MessageKey(rejected.getDevice(), rejected.getBoot(), rejected.getSeq());
    }
}
