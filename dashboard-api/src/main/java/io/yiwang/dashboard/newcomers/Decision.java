package io.yiwang.dashboard.newcomers;

import java.time.Instant;
import java.util.Locale;

/**
 * What a person decided about an id.
 *
 * @param lastMillis its newest attempt that was known then, epoch ms by the city's clock
 */
record Decision(String id, Kind kind, long lastMillis, Instant time, String actor) {
    enum Kind {
        ACCEPTED,
        /** Not to be shown among those who wait, whatever it does, until that is taken back. It cannot come in anyway. */
        DISMISSED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
