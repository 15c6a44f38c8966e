package io.yiwang.ingest.validate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The counters of one device's messages: which are missing, which came twice, which came behind later ones. Rejects nothing; it is the
 * evidence of a loss between the device and the door, which nobody else can see.
 *
 * <p>A counter that was left out is not lost yet. Devices send what they kept during an outage behind what they measure now, some as
 * arrays, hours later. So a hole is awaited for {@value #PATIENCE_MILLIS} ms and only then counted as a gap, once for each counter in it;
 * what comes in time fills it. Earlier than the first counter that was seen nothing is missing, because this process may have started
 * later than the device.
 *
 * <p>The last {@value #BOOTS} starts of the device are known, each with at most {@value #HOLES} holes; what is beyond is given up at once,
 * the oldest first. Not thread-safe.
 */
public final class Sequence {
    static final long PATIENCE_MILLIS = 3_600_000;
    static final int BOOTS = 2;
    static final int HOLES = 8;

    /** What a counter is, compared with those before it. */
    public enum Kind {
        /** The one that was expected, or the first of its boot. */
        NEXT,
        /** Seen before for certain. */
        REPEAT,
        /** Behind one that was seen before; it fills a hole, or is older than the memory. */
        BACKWARDS
    }

    /** Told of counters that are given up. */
    @FunctionalInterface
    public interface Gaps {
        /** @param count how many counters in a row will not be waited for any longer */
        void missed(long count);
    }

    /** Counters {@code from} to {@code to}, both included, that did not come; {@code sinceMillis} when that was noticed. */
    private record Hole(long from, long to, long sinceMillis) {
        long size() {
            return to - from + 1;
        }
    }

    private static final class Boot {
        final String id;
        final long first;
        long highest;
        /** Up to here holes were given up, so that nothing certain can be said. */
        long forgotten = Long.MIN_VALUE;
        /** Lowest first. */
        final Deque<Hole> holes = new ArrayDeque<>(0);

        Boot(String id, long seq) {
            this.id = id;
            this.first = seq;
            this.highest = seq;
        }
    }

    private @Nullable Boot current;
    private @Nullable Boot before;

    /**
     * A message with a counter.
     *
     * @param nowMillis never matters for what is expected, only for how long is waited
     */
    public Kind on(String boot, long seq, long nowMillis, Gaps gaps) {
        var known = current;
        if (known != null && known.id.equals(boot) && seq == known.highest + 1 && known.holes.isEmpty()) {
            known.highest = seq;
            return Kind.NEXT;
        }
        giveUp(nowMillis, gaps);
        if (known == null || !known.id.equals(boot)) {
            known = before;
        }
        if (known == null || !known.id.equals(boot)) {
            if (before != null) {
                giveUp(before, Long.MAX_VALUE, gaps);
            }
            before = current;
            current = new Boot(boot, seq);
            return Kind.NEXT;
        }
        return on(known, seq, nowMillis, gaps);
    }

    private static Kind on(Boot boot, long seq, long nowMillis, Gaps gaps) {
        if (seq > boot.highest) {
            if (seq > boot.highest + 1) {
                boot.holes.addLast(new Hole(boot.highest + 1, seq - 1, nowMillis));
                bound(boot, gaps);
            }
            boot.highest = seq;
            return Kind.NEXT;
        }
        if (fill(boot, seq, gaps) || seq < boot.first || seq <= boot.forgotten) {
            return Kind.BACKWARDS;
        }
        return Kind.REPEAT;
    }

    private static boolean fill(Boot boot, long seq, Gaps gaps) {
        for (var hole : boot.holes) {
            if (seq < hole.from || seq > hole.to) {
                continue;
            }
            var others = new ArrayDeque<Hole>(boot.holes.size() + 1);
            for (var other : boot.holes) {
                if (other != hole) {
                    others.add(other);
                    continue;
                }
                if (hole.from < seq) {
                    others.add(new Hole(hole.from, seq - 1, hole.sinceMillis));
                }
                if (seq < hole.to) {
                    others.add(new Hole(seq + 1, hole.to, hole.sinceMillis));
                }
            }
            boot.holes.clear();
            boot.holes.addAll(others);
            bound(boot, gaps);
            return true;
        }
        return false;
    }

    private static void bound(Boot boot, Gaps gaps) {
        while (boot.holes.size() > HOLES) {
            giveUp(boot, boot.holes.removeFirst(), gaps);
        }
    }

    /** Counts as gaps what was awaited for long enough. */
    public void giveUp(long nowMillis, Gaps gaps) {
        if (current != null) {
            giveUp(current, nowMillis - PATIENCE_MILLIS, gaps);
        }
        if (before != null) {
            giveUp(before, nowMillis - PATIENCE_MILLIS, gaps);
        }
    }

    private static void giveUp(Boot boot, long sinceMillis, Gaps gaps) {
        for (Iterator<Hole> holes = boot.holes.iterator(); holes.hasNext(); ) {
            var hole = holes.next();
            if (hole.sinceMillis <= sinceMillis) {
                holes.remove();
                giveUp(boot, hole, gaps);
            }
        }
    }

    private static void giveUp(Boot boot, Hole hole, Gaps gaps) {
        boot.forgotten = Math.max(boot.forgotten, hole.to);
        gaps.missed(hole.size());
    }

    /** Counters that are awaited. */
    public long missing() {
        return missing(current) + missing(before);
    }

    private static long missing(@Nullable Boot boot) {
        long sum = 0;
        if (boot != null) {
            for (var hole : boot.holes) {
                sum += hole.size();
            }
        }
        return sum;
    }
}
