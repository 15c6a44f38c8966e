package io.yiwang.launcher;

import java.io.IOException;

/** How a part is started. */
@FunctionalInterface
interface Program {
    /** Starts it; returns at once or when it is ready. */
    Running start(RotatingLog log) throws IOException;

    /** A started part. */
    interface Running {
        long pid();

        boolean isAlive();

        /** Asks it to end, waits at most {@code graceMillis}, then ends it by force. Returns when it is gone. */
        void stop(long graceMillis);

        /** Why it ended, in a few words. */
        String ending();
    }
}
