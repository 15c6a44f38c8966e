package io.yiwang.streams.detect.pattern;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How low and how high a point was lately: what a change is compared with. Mutable, stepped in event-time order, of fixed size.
 *
 * <p>A span of n seconds is kept in {@value #BUCKETS} buckets, so it reaches back between 11/12 of n and n. It reaches at least to the
 * reading before, because a value lasts until the next reading: of a point that reports less often than every n seconds, two neighbouring
 * readings are compared. Only a silence of more than the plan's patience (and more than n) breaks this: what was before is then unknown.
 */
public final class Extremes {
    static final int BUCKETS = 12;

    private static final int VERSION = 1;
    private static final double UNKNOWN = Double.NaN;

    private Window[] windows = {};
    private long newestMillis = Long.MIN_VALUE;
    private double newest = UNKNOWN;
    /** Since when the value is the same. */
    private long sameSinceMillis;

    /** What is kept of a span. */
    enum Kind {
        /** The lowest level: a value counts when a neighbouring reading was as low, so that a spike is not taken for a level. */
        LOWEST,
        /** The highest level. */
        HIGHEST,
        /** Lowest and highest reading. */
        BOTH
    }

    record Span(int seconds, Kind kind) {}

    /**
     * What is to be remembered of a point.
     *
     * @param spans each once; empty when only the newest value matters
     * @param patienceMillis how long a value is taken to last without a further reading
     */
    public record Plan(List<Span> spans, long patienceMillis) {
        public static final Plan NOTHING = new Plan(List.of(), 0);

        public Plan {
            spans = List.copyOf(spans);
        }
    }

    /** The last seconds of a point. */
    private static final class Window {
        final Span span;
        final long bucketMillis;
        final float[] low;
        final float[] high;
        /** Number of the newest bucket since the epoch. */
        long bucket = Long.MIN_VALUE;

        Window(Span span) {
            this.span = span;
            bucketMillis = Math.max(1, span.seconds * 1000L / BUCKETS);
            low = empty(span.kind != Kind.HIGHEST);
            high = empty(span.kind != Kind.LOWEST);
        }

        private static float[] empty(boolean used) {
            var buckets = new float[used ? BUCKETS : 0];
            Arrays.fill(buckets, Float.NaN);
            return buckets;
        }

        void advance(long millis) {
            long now = Math.floorDiv(millis, bucketMillis);
            if (bucket == Long.MIN_VALUE || now - bucket >= BUCKETS) {
                Arrays.fill(low, Float.NaN);
                Arrays.fill(high, Float.NaN);
            } else {
                for (long b = bucket + 1; b <= now; b++) {
                    int slot = (int) Math.floorMod(b, (long) BUCKETS);
                    clear(low, slot);
                    clear(high, slot);
                }
            }
            bucket = Math.max(bucket, now);
        }

        private static void clear(float[] buckets, int slot) {
            if (buckets.length > 0) {
                buckets[slot] = Float.NaN;
            }
        }

        boolean isEmpty() {
            for (var value : low.length > 0 ? low : high) {
                if (!Float.isNaN(value)) {
                    return false;
                }
            }
            return true;
        }

        void see(double lowest, double highest) {
            int slot = (int) Math.floorMod(bucket, (long) BUCKETS);
            if (low.length > 0 && !(low[slot] <= lowest)) {
                low[slot] = (float) lowest;
            }
            if (high.length > 0 && !(high[slot] >= highest)) {
                high[slot] = (float) highest;
            }
        }

        Window copy() {
            var copy = new Window(span);
            copy.bucket = bucket;
            System.arraycopy(low, 0, copy.low, 0, low.length);
            System.arraycopy(high, 0, copy.high, 0, high.length);
            return copy;
        }
    }

    /**
     * Takes in a reading that is not older than the one before.
     *
     * @param before null for a new point
     * @return the memory to keep: {@code before} itself, or a new one
     */
    public static Extremes after(@Nullable Extremes before, Plan plan, long eventMillis, double value) {
        var extremes = before == null ? new Extremes() : before;
        extremes.follow(plan);
        extremes.step(plan, eventMillis, value);
        return extremes;
    }

    /** What the plan no longer asks for is forgotten, what it asks for anew begins empty. */
    private void follow(Plan plan) {
        boolean same = windows.length == plan.spans.size();
        for (int i = 0; same && i < windows.length; i++) {
            same = windows[i].span.equals(plan.spans.get(i));
        }
        if (!same) {
            windows = plan.spans.stream()
                    .map(span -> {
                        var known = window(span.seconds, span.kind);
                        return known == null ? new Window(span) : known;
                    })
                    .toArray(Window[]::new);
        }
    }

    private void step(Plan plan, long millis, double value) {
        boolean first = newestMillis == Long.MIN_VALUE;
        long gap = first ? 0 : millis - newestMillis;
        if (first || value != newest || gap > plan.patienceMillis) {
            sameSinceMillis = millis;
        }
        for (var window : windows) {
            window.advance(millis);
            if (!first && gap <= Math.max(plan.patienceMillis, window.span.seconds * 1000L)) {
                if (window.isEmpty()) {
                    // The value before lasted until now.
                    window.see(newest, newest);
                } else if (window.span.kind != Kind.BOTH) {
                    window.see(Math.max(newest, value), Math.min(newest, value));
                }
            }
            if (window.span.kind == Kind.BOTH) {
                window.see(value, value);
            }
        }
        newestMillis = millis;
        newest = value;
    }

    private @Nullable Window window(int seconds, Kind kind) {
        for (var window : windows) {
            if (window.span.seconds == seconds && window.span.kind == kind) {
                return window;
            }
        }
        return null;
    }

    /** Lowest level of the last seconds, in the metric's unit; NaN when it is not known. */
    double lowest(int seconds, Kind kind) {
        var window = window(seconds, kind);
        double lowest = UNKNOWN;
        if (window != null) {
            for (var value : window.low) {
                if (!(value >= lowest)) {
                    lowest = Float.isNaN(value) ? lowest : value;
                }
            }
        }
        return lowest;
    }

    /** Highest level of the last seconds, in the metric's unit; NaN when it is not known. */
    double highest(int seconds, Kind kind) {
        var window = window(seconds, kind);
        double highest = UNKNOWN;
        if (window != null) {
            for (var value : window.high) {
                if (!(value <= highest)) {
                    highest = Float.isNaN(value) ? highest : value;
                }
            }
        }
        return highest;
    }

    /** Event time since when every reading showed the newest value, epoch ms. */
    long sameSinceMillis() {
        return sameSinceMillis;
    }

    public Extremes copy() {
        var copy = new Extremes();
        copy.windows = new Window[windows.length];
        for (int i = 0; i < windows.length; i++) {
            copy.windows[i] = windows[i].copy();
        }
        copy.newestMillis = newestMillis;
        copy.newest = newest;
        copy.sameSinceMillis = sameSinceMillis;
        return copy;
    }

    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeLong(newestMillis);
        out.writeDouble(newest);
        out.writeLong(sameSinceMillis);
        out.writeByte(windows.length);
        for (var window : windows) {
            out.writeInt(window.span.seconds);
            out.writeByte(window.span.kind.ordinal());
            out.writeLong(window.bucket);
            write(out, window.low);
            write(out, window.high);
        }
    }

    private static void write(DataOutput out, float[] buckets) throws IOException {
        for (var value : buckets) {
            out.writeFloat(value);
        }
    }

    /** @throws IOException also when it was written by a newer version */
    public static Extremes read(DataInput in) throws IOException {
        int version = in.readUnsignedByte();
        if (version != VERSION) {
            throw new IOException("extremes of version " + version + " cannot be read");
        }
        var extremes = new Extremes();
        extremes.newestMillis = in.readLong();
        extremes.newest = in.readDouble();
        extremes.sameSinceMillis = in.readLong();
        extremes.windows = new Window[in.readUnsignedByte()];
        for (int i = 0; i < extremes.windows.length; i++) {
            var window = new Window(new Span(in.readInt(), Kind.values()[in.readUnsignedByte()]));
            window.bucket = in.readLong();
            read(in, window.low);
            read(in, window.high);
            extremes.windows[i] = window;
        }
        return extremes;
    }

    private static void read(DataInput in, float[] buckets) throws IOException {
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = in.readFloat();
        }
    }
}
