package io.yiwang.model.domain;

import java.util.Map;
import java.util.Set;

/**
 * The words of behaviour expressions, beside the facility's parameters, the metrics and quantities of its type that are listed
 * before, and arithmetic (see {@link Formula}). Everything is a function of seed and time.
 *
 * <p>Variables: {@code hour} (0 to 24, local), {@code weekday} (1 Monday to 7), {@code dayOfYear} (1 to 366, with fraction), {@code
 * outdoor} (°C), {@code rain} (mm/h), {@code wind} (m/s), {@code humidity} (%), {@code u1 u2 u3} (the facility's own constants in [0, 1)),
 * {@code d1} (the device's own), {@code n} (1, 2 … among the facility's devices that measure the metric), {@code households} (that it
 * serves), {@code feeders} (how many feed it, at least 1: what it draws from each is its flow divided by this).
 *
 * <p>Functions:
 *
 * <ul>
 *   <li>{@code DAY("profile", lag hours)}: the factor of a daily course (24 factors) some hours ago
 *   <li>{@code YEAR("profile")}: the factor of a yearly course (12 factors, mid-month)
 *   <li>{@code WEEKEND(factor)}: the factor on Saturday and Sunday, 1 on other days, with soft edges
 *   <li>{@code WAVE(seconds)}: sine of that period, in [-1, 1], own phase; {@code SAW(seconds)}: 0 rising to 1, own phase
 *   <li>{@code EVENT(n, seconds)}: random in [0, 1), constant for that long; {@code WANDER(n, seconds)}: smooth random in [-1, 1]
 *   <li>{@code LAG(x, seconds)}: what x was then; {@code SMOOTH(x, seconds)}: x through a first-order lag of that time constant
 *   <li>{@code TOTAL(x)}: x per hour, summed up since the meter was set: for counters
 *   <li>{@code UPSTREAM("name", otherwise)}: the metric or quantity at the feeder (mean of several; otherwise without one)
 *   <li>{@code SUM_UPSTREAM("name")}: over those that feed it directly and that have it: where networks flow together, as sewers do
 *   <li>{@code SUM_DOWNSTREAM("name")}, {@code MEAN_DOWNSTREAM("name", otherwise)}: over those that it feeds directly and that have it
 *   <li>{@code ARRIVALS("profile", per day, seconds)}: how many came in the last seconds; {@code SINCE("profile", per day)}: seconds
 *       since the newest came
 *   <li>{@code PENDING("profile", per day, seconds)}: how many of them are still being dealt with when each takes that long; one that is
 *       half done counts as a half
 * </ul>
 */
public final class BehaviourWords {
    public static final Set<String> VARIABLES = Set.of(
            "hour",
            "weekday",
            "dayOfYear",
            "outdoor",
            "rain",
            "wind",
            "humidity",
            "u1",
            "u2",
            "u3",
            "d1",
            "n",
            "households",
            "feeders");

    /** Name and number of arguments. */
    public static final Map<String, Integer> FUNCTIONS = Map.ofEntries(
            Map.entry("DAY", 2),
            Map.entry("YEAR", 1),
            Map.entry("WEEKEND", 1),
            Map.entry("WAVE", 1),
            Map.entry("SAW", 1),
            Map.entry("EVENT", 2),
            Map.entry("WANDER", 2),
            Map.entry("LAG", 2),
            Map.entry("SMOOTH", 2),
            Map.entry("TOTAL", 1),
            Map.entry("UPSTREAM", 2),
            Map.entry("SUM_UPSTREAM", 1),
            Map.entry("SUM_DOWNSTREAM", 1),
            Map.entry("MEAN_DOWNSTREAM", 2),
            Map.entry("ARRIVALS", 3),
            Map.entry("SINCE", 2),
            Map.entry("PENDING", 3));

    private BehaviourWords() {}
}
