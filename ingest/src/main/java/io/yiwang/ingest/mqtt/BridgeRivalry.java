package io.yiwang.ingest.mqtt;

import java.time.Duration;

/**
 * Decides from how a bridge's connections ended whether another client uses its client id. Not every broker says so: mosquitto before
 * 2.0.15 closes the older connection without a word, and two bridges would throw each other out for ever. Of the two, the older one has
 * lost more connections and knows first.
 *
 * @param lost connections in a row that were closed without a word soon after they began, by a broker that was there all the time
 */
record BridgeRivalry(int lost) {
    static final BridgeRivalry NONE = new BridgeRivalry(0);
    /** A broker that restarts closes one connection, and is away for a moment. */
    static final int SUSPICIOUS = 3;

    private static final Duration SOON = Duration.ofMinutes(1);

    /** How a connection came to its end. */
    enum End {
        /** It never stood: the broker is away or refuses. */
        REFUSED,
        /** The broker closed it, or the line broke. */
        LOST,
        /** We gave it up, or the broker said why. */
        EXPLAINED
    }

    BridgeRivalry after(End end, Duration stood) {
        return end == End.LOST && stood.compareTo(SOON) < 0 ? new BridgeRivalry(lost + 1) : NONE;
    }

    boolean isLikely() {
        return lost >= SUSPICIOUS;
    }
}
