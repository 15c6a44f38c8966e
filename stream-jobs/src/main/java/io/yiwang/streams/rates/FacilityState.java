package io.yiwang.streams.rates;

import java.util.HashMap;
import java.util.Map;

/**
 * What is remembered of one facility: its recent minutes. Minutes are numbered from the epoch. Mutable, because it is touched with
 * every reading; only {@link FacilityMinutes} changes it.
 */
public final class FacilityState {
    /** No minute. */
    static final long NONE = Long.MIN_VALUE;

    /** Log clock at which the facility came into the catalogue, as far as its topic still tells. */
    public long since;
    /** First minute that is counted; {@link #NONE} until the log clock is known. */
    public long start = NONE;
    /** Newest minute that was counted. */
    public long concluded;
    /** Newest minute that is no longer remembered. */
    public long pruned;
    /** Oldest counted minute that must be counted again; {@code Long.MAX_VALUE} = none. */
    public long dirtyFrom = Long.MAX_VALUE;
    /** By minute: every counted one that is remembered, and later ones that something is known of. */
    public Map<Long, Cell> cells = new HashMap<>();
    /** Per track: newest reading before the remembered minutes, as in {@link Cell#carry}. */
    public long[] carry = {};
    /** Pairs of first and last second (excluded) in which the doors were closed. */
    public long[] breaks = {};

    public FacilityState() {}

    /** One minute. Bit s of a track's number is second s; arrays are shorter than the plan's where nothing is known. */
    public static final class Cell {
        /** Per track: seconds with a reading. */
        public long[] starts = {};
        /** Per track: those of them that say running. */
        public long[] runs = {};
        /** Per track: newest reading up to the end of the minute, {@code 2 * second + (running ? 1 : 0)}, or {@link #NONE}. */
        public long[] carry = {};
        /** Per slotted point: slots due in this minute with a reading. */
        public long[] slots = {};
        /** What was last told of this minute, see {@link Amounts}; empty until counted. */
        public long[] amounts = {};
        /** The catalogue has changed since: never counted again. */
        public boolean frozen;
        /** The facility was in service when the minute was first counted. */
        public boolean scheduled;

        public Cell() {}
    }
}
