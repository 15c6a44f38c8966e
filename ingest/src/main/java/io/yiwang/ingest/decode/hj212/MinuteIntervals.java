package io.yiwang.ingest.decode.hj212;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How long the interval of a logger's minute data (2051) is, which no frame says.
 *
 * <p>Learned: a distance between two DataTimes that comes twice in succession and that the standard allows. Until then ten minutes,
 * the usual setting, or less where DataTime is no multiple of ten: intervals begin at multiples of their length.
 */
final class MinuteIntervals {
    static final int USUAL_SECONDS = 600;

    private static final int MOST_LOGGERS = 100_000;
    private static final int[] ALLOWED_MINUTES = {30, 20, 15, 12, 10, 6, 5, 4, 3, 2, 1};

    private record Known(long lastMillis, int distance, int seconds) {}

    private final Map<String, Known> loggers = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MOST_LOGGERS;
        }
    };

    /** Seconds of the interval that begins at {@code beginMillis}. */
    synchronized int seconds(String logger, long beginMillis) {
        var known = loggers.get(logger);
        if (known == null) {
            loggers.put(logger, new Known(beginMillis, 0, 0));
            return fitting(beginMillis, USUAL_SECONDS);
        }
        if (beginMillis <= known.lastMillis) {
            // A resend, or data from before.
            return fitting(beginMillis, known.seconds == 0 ? USUAL_SECONDS : known.seconds);
        }
        long distance = (beginMillis - known.lastMillis) / 1000;
        boolean again = distance == known.distance && isAllowed(distance);
        int seconds = again ? (int) distance : known.seconds;
        loggers.put(logger, new Known(beginMillis, isAllowed(distance) ? (int) distance : 0, seconds));
        return fitting(beginMillis, seconds == 0 ? USUAL_SECONDS : seconds);
    }

    private static boolean isAllowed(long seconds) {
        for (int minutes : ALLOWED_MINUTES) {
            if (seconds == minutes * 60L) {
                return true;
            }
        }
        return false;
    }

    /** The longest allowed interval up to {@code seconds} that can begin then. */
    private static int fitting(long beginMillis, int seconds) {
        long minute = TimeUnit.MILLISECONDS.toMinutes(beginMillis);
        for (int minutes : ALLOWED_MINUTES) {
            if (minutes * 60 <= seconds && minute % minutes == 0) {
                return minutes * 60;
            }
        }
        return 60;
    }
}
