package io.yiwang.sim.exam;

import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Symptom;
import java.util.ArrayDeque;
import java.util.Map;

/**
 * Whether a symptom is there at one point, by readings without noise. What lasts is there with its first reading; how long it must have
 * lasted before it is told does not count. What changes is compared with the readings of the symptom's seconds, at least with the one
 * before.
 */
final class SymptomCourse {
    /** A share is of a level of at least so much of the metric's normal span. */
    private static final double LEAST_LEVEL = 0.001;

    private record Level(long millis, double value) {}

    private final Symptom symptom;
    private final double size;
    private final double least;
    /** Oldest first, each higher than the one before: the first is the lowest of all. */
    private final ArrayDeque<Level> lowest = new ArrayDeque<>();
    /** Oldest first, each lower than the one before. */
    private final ArrayDeque<Level> highest = new ArrayDeque<>();

    private double newest = Double.NaN;
    private long sameSinceMillis;
    private boolean isThere;
    private long changedMillis = Long.MIN_VALUE;

    /** @param parameters of the facility */
    SymptomCourse(Symptom symptom, Metric metric, Map<String, Double> parameters) {
        this.symptom = symptom;
        this.size = symptom.size(parameters);
        this.least = LEAST_LEVEL * metric.normal().span();
    }

    /** How long before a reading it looks back, ms. */
    long memoryMillis() {
        return switch (symptom.sign()) {
            case RISES, FALLS, SWINGS, STILL -> 1000L * symptom.seconds();
            case ABOVE, BELOW, STATE -> 0;
        };
    }

    /**
     * @param millis not before the last reading
     * @param value in the metric's unit
     */
    void read(long millis, double value) {
        isThere = switch (symptom.sign()) {
            case ABOVE -> value >= size;
            case BELOW -> value < size;
            case STATE -> symptom.values().contains(value);
            case STILL -> isStill(millis, value);
            case RISES -> {
                var level = oldest(lowest, millis);
                keep(lowest, new Level(millis, value), 1);
                yield value - level >= change(level);
            }
            case FALLS -> {
                var level = oldest(highest, millis);
                keep(highest, new Level(millis, value), -1);
                yield level - value >= change(level);
            }
            case SWINGS -> {
                var low = Math.min(value, oldest(lowest, millis));
                var high = Math.max(value, oldest(highest, millis));
                keep(lowest, new Level(millis, value), 1);
                keep(highest, new Level(millis, value), -1);
                yield high - low >= size;
            }
        };
        if (isThere && symptom.sign().isChange()) {
            changedMillis = millis;
        }
    }

    /** Whether what lasts is there at the newest reading, or what changes was told by any reading since then. */
    boolean isThere(long sinceMillis) {
        return symptom.sign().isChange() ? changedMillis >= sinceMillis : isThere;
    }

    private boolean isStill(long millis, double value) {
        if (value != newest) {
            newest = value;
            sameSinceMillis = millis;
        }
        return millis - sameSinceMillis >= memoryMillis();
    }

    /** Lowest or highest level of the seconds before; NaN before the first reading, which compares with nothing. */
    private double oldest(ArrayDeque<Level> levels, long millis) {
        while (levels.size() > 1 && levels.element().millis < millis - memoryMillis()) {
            levels.remove();
        }
        return levels.isEmpty() ? Double.NaN : levels.element().value;
    }

    /** @param way 1 = levels that are no lower than the newest are of no use any more; -1 = no higher */
    private static void keep(ArrayDeque<Level> levels, Level newest, int way) {
        while (!levels.isEmpty() && way * (levels.getLast().value - newest.value) >= 0) {
            levels.removeLast();
        }
        levels.add(newest);
    }

    private double change(double level) {
        return symptom.relative() ? size * Math.max(Math.abs(level), least) : size;
    }
}
