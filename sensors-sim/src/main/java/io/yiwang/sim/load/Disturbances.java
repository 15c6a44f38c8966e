package io.yiwang.sim.load;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong with the devices' connections during a load run.
 *
 * @param storm devices lose their connection without a good-bye and all come back at once; null = never
 * @param flood devices are away for a while, go on measuring, and then send all of it in arrays; null = never
 */
public record Disturbances(@Nullable Storm storm, @Nullable Flood flood) {
    public static final Disturbances NONE = new Disturbances(null, null);

    /** Readings of one array; what a gateway with a small buffer sends. */
    static final int READINGS_PER_ARRAY = 50;

    /**
     * @param every between two storms; the first comes after one such time
     * @param share of the devices, 0 to 1
     */
    public record Storm(Duration every, double share) {
        public Storm {
            check(share);
            if (every.toMillis() < 1_000) {
                throw new IllegalArgumentException("storms come at most once a second");
            }
        }
    }

    /**
     * @param after the start
     * @param away how long they are
     * @param share of the devices, 0 to 1
     */
    public record Flood(Duration after, Duration away, double share) {
        public Flood {
            check(share);
            if (away.toMillis() < 1) {
                throw new IllegalArgumentException("a backfill flood needs some time away");
            }
        }
    }

    private static void check(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("the share of devices is more than 0 and at most 1, not " + share);
        }
    }
}
