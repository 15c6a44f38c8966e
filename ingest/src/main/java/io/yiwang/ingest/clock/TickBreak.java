package io.yiwang.ingest.clock;

/**
 * Decides which tick ends a break. Times are epoch ms of the wall clock: a break is one of this machine, not of the city.
 *
 * @param lastMillis when the newest tick was stored; 0 = never
 */
record TickBreak(long lastMillis) {
    /** Ticks further apart than this have a break between them; one late tick has not. */
    static final long LONGEST_PAUSE_MILLIS = 3000;

    /** Length of the break that a tick at {@code nowMillis} ends, 0 when there was none. */
    long before(long nowMillis) {
        long pause = nowMillis - lastMillis;
        return lastMillis > 0 && pause > LONGEST_PAUSE_MILLIS ? pause : 0;
    }
}
