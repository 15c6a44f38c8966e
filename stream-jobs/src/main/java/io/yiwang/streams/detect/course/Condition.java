package io.yiwang.streams.detect.course;

/** Something that may hold for a point: a limit that is exceeded, a symptom that shows, a course that was never learned. */
@FunctionalInterface
public interface Condition {
    /** Where a reading stands with a condition. */
    enum Stand {
        /** It holds. */
        BEYOND,
        /** It does not begin to hold, and what holds goes on: the deadband. */
        BETWEEN,
        /** It does not hold. */
        WITHIN,
        /** Cannot be told: what was about to hold is given up, what holds goes on. */
        UNKNOWN
    }

    /** Judges the moment's reading; may set {@link Moment#limit}. */
    Stand judge(Moment moment);
}
