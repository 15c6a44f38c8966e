package io.yiwang.sim.drive;

/** What happens in the city at its own times, beside readings: faults of scenarios, random faults. */
@FunctionalInterface
public interface Timetable {
    /** Everything until then has to have happened; called in the order of time, before the readings of that time are taken. */
    void advance(long millis);
}
