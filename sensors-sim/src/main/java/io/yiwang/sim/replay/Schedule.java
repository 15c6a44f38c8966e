package io.yiwang.sim.replay;

import io.yiwang.model.clock.CityClock;
import java.time.Duration;
import java.time.Instant;

/**
 * Where in the city's time a recording is put, and when each of its rows leaves. In a city on a clock of its own times stay as they
 * are and the clock sets the pace. In a city that lives now they move by whole days, so that each keeps its time of day: at the pace
 * of people the recording begins today, and what lies before now leaves at once; faster, it ends before now, because nothing may come
 * from the future.
 *
 * @param shift from recorded time to the city's, whole days
 * @param begun wall moment of the replay's beginning
 * @param first recorded time of the first row
 * @param speed recorded seconds per second
 * @param oldest event time before which ingest would refuse a row
 */
record Schedule(CityClock clock, Duration shift, Instant begun, Instant first, double speed, Instant oldest) {
    /** Ingest refuses what is older than seven days; the hour is for the way. */
    private static final Duration ACCEPTED = Duration.ofDays(7).minusHours(1);

    /**
     * @param speed 0 = as the city's clock says
     * @param now the wall moment
     * @throws CannotReplay when the recording cannot be put there
     */
    static Schedule of(CityClock clock, Instant first, Instant last, double speed, Instant now) {
        var cityNow = clock.at(now);
        var oldest = cityNow.minus(ACCEPTED);
        if (!clock.isWallClock()) {
            if (speed != 0 && speed != clock.speed()) {
                throw new CannotReplay(
                        "this city's clock runs " + clock.speed()
                                + " times as fast as ours and sets the pace; leave out --speed, or start a city with another clock");
            }
            if (last.isBefore(oldest)) {
                throw new CannotReplay("the recording ends " + last + " and it is " + cityNow
                        + " in the city: more than seven days later, so that nothing of it would be accepted."
                        + " Start a city with 'up --clock " + first + ",SPEED --data DIR'");
            }
            return new Schedule(clock, Duration.ZERO, now, first, clock.speed(), oldest);
        }
        double pace = speed == 0 ? 1 : speed;
        var to = pace <= 1 ? first : last;
        var shift = Duration.ofDays(Math.floorDiv(
                Duration.between(to, now).toMillis(), Duration.ofDays(1).toMillis()));
        if (first.plus(shift).isBefore(oldest)) {
            throw new CannotReplay("at speed " + pace + " the recording would reach from " + first.plus(shift) + " to "
                    + last.plus(shift) + ", and what is older than seven days is not accepted."
                    + " Start a city for it: 'up --clock " + first + "," + pace + " --data DIR'");
        }
        return new Schedule(clock, shift, now, first, pace, oldest);
    }

    /** Time of the row in the city. */
    Instant eventTime(Instant recorded) {
        return recorded.plus(shift);
    }

    /** Wall moment at which a row leaves; in the past = at once. */
    Instant due(Instant recorded) {
        if (!clock.isWallClock() || speed == 1) {
            return clock.wallAt(eventTime(recorded));
        }
        return begun.plusMillis(Math.round(Duration.between(first, recorded).toMillis() / speed));
    }

    boolean isTooOld(Instant recorded) {
        return eventTime(recorded).isBefore(oldest);
    }
}
