package io.yiwang.streams.detect.course;

import io.yiwang.model.domain.Averaging;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;

/**
 * The windows that a statistic is taken over at one place, and what of a window must be known. Windows follow each other without a gap;
 * where the clocks are changed, a day is longer or shorter, and a window that the change falls into ends there.
 */
public final class Windows {
    /** Share of a window that readings must cover: HJ 212 and HJ 75 call an hour's mean valid from 45 minutes of data. */
    public static final double LEAST_COVERAGE = 0.75;

    private final ZoneRules zone;
    private final ZoneId zoneId;
    private final long lengthMillis;
    private final long periodMillis;

    /**
     * @param zone where the city lives
     * @param periodSeconds seconds between the point's readings, at least 1: so long a reading stands for
     */
    public Windows(Averaging averaging, ZoneId zone, int periodSeconds) {
        if (periodSeconds < 1) {
            throw new IllegalArgumentException(averaging.code() + " of a point with period " + periodSeconds
                    + " s: nothing tells what is missing");
        }
        this.zone = zone.getRules();
        this.zoneId = zone;
        this.lengthMillis = averaging.length().map(length -> length.toMillis()).orElse(0L);
        this.periodMillis = 1000L * periodSeconds;
    }

    /** How long a reading stands for when no other follows, ms. */
    long periodMillis() {
        return periodMillis;
    }

    /** Begin of the window that the moment lies in, epoch ms. */
    public long startMillis(long atMillis) {
        var at = Instant.ofEpochMilli(atMillis);
        if (lengthMillis == 0) {
            return at.atZone(zoneId)
                    .toLocalDate()
                    .atStartOfDay(zoneId)
                    .toInstant()
                    .toEpochMilli();
        }
        long start = grid(atMillis, zone.getOffset(at));
        // previousTransition excludes the moment itself; a window may begin with a change of the clocks.
        var change = zone.previousTransition(at.plusMillis(1));
        return change == null ? start : Math.max(start, change.getInstant().toEpochMilli());
    }

    /** End of the window that begins there, epoch ms; the end is not part of it. */
    public long endMillis(long startMillis) {
        var start = Instant.ofEpochMilli(startMillis);
        if (lengthMillis == 0) {
            return start.atZone(zoneId)
                    .toLocalDate()
                    .plusDays(1)
                    .atStartOfDay(zoneId)
                    .toInstant()
                    .toEpochMilli();
        }
        long end = grid(startMillis, zone.getOffset(start)) + lengthMillis;
        var change = zone.nextTransition(start);
        return change == null ? end : Math.min(end, change.getInstant().toEpochMilli());
    }

    private long grid(long atMillis, ZoneOffset offset) {
        long shift = 1000L * offset.getTotalSeconds();
        return Math.floorDiv(atMillis + shift, lengthMillis) * lengthMillis - shift;
    }
}
