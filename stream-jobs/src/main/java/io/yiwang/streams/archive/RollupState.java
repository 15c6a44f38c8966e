package io.yiwang.streams.archive;

import java.util.HashMap;
import java.util.Map;

/** Minutes of one facility that may still change. Mutable; only {@link Rollup} changes it. */
public final class RollupState {
    public String domain = "";
    public String district = "";
    /** By start, epoch ms. */
    public Map<Long, Minute> minutes = new HashMap<>();

    public RollupState() {}

    /** One minute of one facility, by device. */
    public static final class Minute {
        public Map<String, Device> devices = new HashMap<>();
        /** Has changed since it was last told. */
        public boolean dirty;

        public Minute() {}
    }

    /** One minute of one device. A class of its own, because Flink sees no type in a map within a map. */
    public static final class Device {
        /** By metric. */
        public Map<String, Cell> cells = new HashMap<>();

        public Device() {}
    }

    /** One minute of one point. {@code sum + rest} is the sum to about twice a double's precision, so order hardly shows. */
    public static final class Cell {
        public long count;
        public double sum;
        public double rest;
        public double min = Double.POSITIVE_INFINITY;
        public double max = Double.NEGATIVE_INFINITY;
        /** Greatest code among the qualities of its readings, 0 = all are good. */
        public int quality;

        public Cell() {}
    }
}
