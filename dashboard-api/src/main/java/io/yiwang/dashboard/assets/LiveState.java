package io.yiwang.dashboard.assets;

import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What is known right now about points and facilities. Answers from memory. */
public interface LiveState {
    /**
     * The newest reading of a point.
     *
     * @param value in the metric's unit; null when the reading has no usable number
     * @param quality {@code good}, {@code device_bad}, {@code out_of_range}, {@code rate}, {@code stuck}, {@code noise}, {@code clock},
     *     {@code silent} or {@code offline}
     * @param sinceMillis since when it is so; null while it is good or nobody knows
     * @param learning null while what was learned of the point can be relied on, and of a point of which nothing is
     */
    record Latest(
            long timeMillis,
            @Nullable Double value,
            String quality,
            @Nullable Long sinceMillis,
            @Nullable Learning learning) {}

    /**
     * Why what was learned of a point cannot be relied on as usual.
     *
     * @param stage {@code learns} or {@code frozen}
     * @param readyMillis when it is ready at the earliest; null when it does not learn
     */
    record Learning(String stage, @Nullable Long readyMillis) {}

    /** The value that stands for a facility where there is room for only one. */
    record Headline(String metric, String device, @Nullable Double value) {}

    /**
     * A facility at a glance.
     *
     * @param state {@code run}, {@code stop}, {@code fault} or {@code unknown}
     * @param grade of its worst open alarm, 1 (worst) to 4; null = no alarm
     * @param unacked open alarms that nobody acknowledged
     * @param activeAlarms open alarms whose condition is still there
     * @param lastTimeMillis event time of its newest reading; null = none yet
     */
    record FacilityState(
            String state,
            @Nullable Integer grade,
            int unacked,
            int activeAlarms,
            @Nullable Long lastTimeMillis,
            @Nullable Headline headline) {
        public static final FacilityState UNKNOWN = new FacilityState("unknown", null, 0, 0, null, null);
    }

    /** @param point {@code <device>.<metric>} */
    Optional<Latest> latest(String point);

    /** {@link FacilityState#UNKNOWN} for a facility that never spoke. */
    FacilityState state(String facility);

    /** How far the live view is behind the log, ms; empty while it has read nothing. */
    OptionalLong lagMillis();

    /** Knows nothing: before the first reading. */
    LiveState NOTHING = new LiveState() {
        @Override
        public Optional<Latest> latest(String point) {
            return Optional.empty();
        }

        @Override
        public FacilityState state(String facility) {
            return FacilityState.UNKNOWN;
        }

        @Override
        public OptionalLong lagMillis() {
            return OptionalLong.empty();
        }
    };
}
