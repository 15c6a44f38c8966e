package io.yiwang.streams.rates;

import java.util.HashMap;
import java.util.Map;

/** Open and recently closed windows of one scope. Mutable; only {@link ScopeTotals} changes it. */
public final class ScopeState {
    /** Not yet counted, by deadline. */
    public Map<Long, Pending> pending = new HashMap<>();
    /** By start. */
    public Map<Long, Totals> minutes = new HashMap<>();

    public Map<Long, Totals> hours = new HashMap<>();
    public Map<Long, Totals> days = new HashMap<>();

    public ScopeState() {}

    Map<Long, Totals> of(int period) {
        return switch (period) {
            case 0 -> minutes;
            case 1 -> hours;
            default -> days;
        };
    }

    /** What one deadline brings. */
    public static final class Pending {
        /** Changes by minute, epoch ms. */
        public Map<Long, long[]> deltas = new HashMap<>();

        public Pending() {}
    }

    /** The sums of one window, as {@link Amounts} lays them out. */
    public static final class Totals {
        public long endMillis;
        public long[] sums = new long[Amounts.SIZE];
        /** Of each rate; 0 = not yet closed. */
        public int[] revisions = new int[Amounts.CODES.size()];

        public Totals() {}
    }
}
