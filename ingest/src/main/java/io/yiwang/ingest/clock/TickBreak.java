package io.yiwang.ingest.clock;

import java.util.List;

/**
 * Decides which tick ends a break. Times are epoch ms of the wall clock: a break is one of this machine, not of the city.
 *
 * @param lastMillis when the newest tick was stored; 0 = never
 */
record TickBreak(long lastMillis) {
    /** Ticks further apart than this have a break between them; one late tick has not. */
    static final long LONGEST_PAUSE_MILLIS = 3000;

    /**
     * A tick that is in the log, of whatever writer.
     *
     * @param logMillis when it was stored
     * @param breakMillis the break that it told of; 0 = none
     */
    record Seen(long logMillis, long breakMillis) {}

    /** Length of the break that a tick at {@code nowMillis} ends, 0 when there was none. */
    long before(long nowMillis) {
        return before(nowMillis, List.of());
    }

    /**
     * The same when others may have ticked since. Their ticks end a pause of ours, but a break that stands between them and that none of
     * them has told of is still to be told: a Kafka that was frozen stores, when it wakes up, ticks that it was sent before.
     *
     * @param since in the order of the log
     */
    long before(long nowMillis, List<Seen> since) {
        long previous = lastMillis;
        long longest = 0;
        for (var seen : since) {
            if (seen.logMillis() <= lastMillis) {
                continue;
            }
            // Whoever told of a break has told of all that was before.
            longest = seen.breakMillis() > 0 ? 0 : Math.max(longest, pause(previous, seen.logMillis()));
            previous = seen.logMillis();
        }
        return Math.max(longest, pause(previous, nowMillis));
    }

    private static long pause(long fromMillis, long toMillis) {
        long pause = toMillis - fromMillis;
        return fromMillis > 0 && pause > LONGEST_PAUSE_MILLIS ? pause : 0;
    }
}
