package io.yiwang.sim.ledger;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The messages that one device attempted, ordered by boot (first seen first) and counter. Immutable, some 24 bytes a message,
 * so that two days of a city fit into memory.
 *
 * <p>A counter that was used twice within a boot (a faulty device) gives two entries; an ack belongs to the first.
 */
public final class DeviceEntries {

    private final String device;
    private final List<Boot> boots;
    private final int[] starts;
    private final int size;

    private record Boot(String id, String run, long[] seqs, long[] times, List<String>[] metrics, BitSet acked) {}

    private DeviceEntries(String device, List<Boot> boots) {
        this.device = device;
        this.boots = boots;
        this.starts = new int[boots.size()];
        int total = 0;
        for (int i = 0; i < starts.length; i++) {
            starts[i] = total;
            total += boots.get(i).seqs.length;
        }
        this.size = total;
    }

    public String device() {
        return device;
    }

    public int size() {
        return size;
    }

    /** The entry at {@code index}, 0 ≤ index &lt; {@link #size()}. */
    public Entry entry(int index) {
        int b = Arrays.binarySearch(starts, index);
        b = b >= 0 ? b : -b - 2;
        var boot = boots.get(b);
        int i = index - starts[b];
        return new Entry(boot.run, device, boot.id, boot.seqs[i], boot.times[i], boot.metrics[i], boot.acked.get(i));
    }

    /** Index of the first entry with that boot and counter, or -1. */
    public int indexOf(String boot, long seq) {
        for (int b = 0; b < boots.size(); b++) {
            if (boots.get(b).id.equals(boot)) {
                int i = first(boots.get(b).seqs, seq);
                return i < 0 ? -1 : starts[b] + i;
            }
        }
        return -1;
    }

    /** Whether the entry's boot and counter were used before, by the entry in front of it. */
    public boolean repeatsItsCounter(int index) {
        int b = Arrays.binarySearch(starts, index);
        if (b >= 0) {
            return false;
        }
        var seqs = boots.get(-b - 2).seqs;
        int i = index - starts[-b - 2];
        return seqs[i] == seqs[i - 1];
    }

    private static int first(long[] sorted, long seq) {
        int i = Arrays.binarySearch(sorted, seq);
        while (i > 0 && sorted[i - 1] == seq) {
            i--;
        }
        return i;
    }

    /** One attempted message. {@code acked}: the broker confirmed it. {@code tsMillis}: its own timestamp, epoch ms. */
    public record Entry(
            String run, String device, String boot, long seq, long tsMillis, List<String> metrics, boolean acked) {}

    /** Collects what the files say of one device. Not thread-safe. */
    public static final class Builder {
        private final String device;
        private final Map<String, BootBuilder> boots = new LinkedHashMap<>();

        public Builder(String device) {
            this.device = device;
        }

        public Builder attempted(String run, String boot, long seq, long tsMillis, List<String> metrics) {
            boots.computeIfAbsent(boot, id -> new BootBuilder()).attempted(run, seq, tsMillis, metrics);
            return this;
        }

        /** Acks without an attempt (its file was dropped) are ignored. */
        public Builder acked(String boot, long seq) {
            boots.computeIfAbsent(boot, id -> new BootBuilder()).acked(seq);
            return this;
        }

        public DeviceEntries build() {
            var built = new ArrayList<Boot>();
            boots.forEach((id, boot) -> {
                if (boot.size > 0) {
                    built.add(boot.build(id));
                }
            });
            return new DeviceEntries(device, built);
        }
    }

    private static final class BootBuilder {
        private String run = "";
        private int size;
        private long[] seqs = new long[16];
        private long[] times = new long[16];
        private List<String>[] metrics = lists(16);
        private int ackCount;
        private long[] acks = new long[16];
        private final Map<List<String>, List<String>> shared = new HashMap<>();

        void attempted(String sender, long seq, long tsMillis, List<String> carried) {
            run = size == 0 ? sender : run;
            if (size == seqs.length) {
                seqs = Arrays.copyOf(seqs, size * 2);
                times = Arrays.copyOf(times, size * 2);
                metrics = Arrays.copyOf(metrics, size * 2);
            }
            seqs[size] = seq;
            times[size] = tsMillis;
            metrics[size++] = shared.computeIfAbsent(carried, List::copyOf);
        }

        void acked(long seq) {
            if (ackCount == acks.length) {
                acks = Arrays.copyOf(acks, ackCount * 2);
            }
            acks[ackCount++] = seq;
        }

        Boot build(String id) {
            boolean ordered = true;
            for (int i = 1; i < size && ordered; i++) {
                ordered = seqs[i - 1] <= seqs[i];
            }
            if (!ordered) {
                var order = new Integer[size];
                Arrays.setAll(order, i -> i);
                Arrays.sort(order, (a, b) -> Long.compare(seqs[a], seqs[b])); // stable: first attempted stays first
                var sortedSeqs = new long[size];
                var sortedTimes = new long[size];
                List<String>[] sortedMetrics = lists(size);
                for (int i = 0; i < size; i++) {
                    sortedSeqs[i] = seqs[order[i]];
                    sortedTimes[i] = times[order[i]];
                    sortedMetrics[i] = metrics[order[i]];
                }
                seqs = sortedSeqs;
                times = sortedTimes;
                metrics = sortedMetrics;
            }
            var exact = Arrays.copyOf(seqs, size);
            var acked = new BitSet(size);
            for (int a = 0; a < ackCount; a++) {
                int i = first(exact, acks[a]);
                if (i >= 0) {
                    acked.set(i);
                }
            }
            return new Boot(id, run, exact, Arrays.copyOf(times, size), Arrays.copyOf(metrics, size), acked);
        }

        @SuppressWarnings("unchecked")
        private static List<String>[] lists(int size) {
            return (List<String>[]) new List<?>[size];
        }
    }
}
