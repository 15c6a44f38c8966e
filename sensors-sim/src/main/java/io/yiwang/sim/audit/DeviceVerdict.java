package io.yiwang.sim.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of the messages of one device, or of several added up. Counts of values, except the first three.
 *
 * @param messages attempted
 * @param ackedMessages acknowledged by the broker
 * @param unackedMessages attempted and never acknowledged
 * @param ackedValues = stored + rejected + lost + expired
 * @param rejected by reason
 * @param indeterminate values of unacknowledged messages; {@code indeterminateArrived} of them were stored or rejected
 * @param examples some of what is wrong, in words
 */
record DeviceVerdict(
        String device,
        long messages,
        long ackedMessages,
        long unackedMessages,
        long ackedValues,
        long stored,
        Map<String, Long> rejected,
        long lost,
        long duplicates,
        long phantoms,
        long indeterminate,
        long indeterminateArrived,
        long expired,
        List<String> examples) {

    DeviceVerdict {
        rejected = Map.copyOf(rejected);
        examples = List.copyOf(examples);
    }

    static DeviceVerdict none(String device) {
        return new DeviceVerdict(device, 0, 0, 0, 0, 0, Map.of(), 0, 0, 0, 0, 0, 0, List.of());
    }

    boolean isGood() {
        return lost == 0 && duplicates == 0 && phantoms == 0;
    }

    long rejectedValues() {
        return rejected.values().stream().mapToLong(Long::longValue).sum();
    }

    DeviceVerdict plus(DeviceVerdict other) {
        var reasons = new TreeMap<>(rejected);
        other.rejected.forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
        var both = new ArrayList<>(examples);
        both.addAll(other.examples);
        return new DeviceVerdict(
                device,
                messages + other.messages,
                ackedMessages + other.ackedMessages,
                unackedMessages + other.unackedMessages,
                ackedValues + other.ackedValues,
                stored + other.stored,
                reasons,
                lost + other.lost,
                duplicates + other.duplicates,
                phantoms + other.phantoms,
                indeterminate + other.indeterminate,
                indeterminateArrived + other.indeterminateArrived,
                expired + other.expired,
                both.subList(0, Math.min(both.size(), 20)));
    }
}
