package io.yiwang.dashboard.notify;

import io.yiwang.model.domain.Name;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a message says about an alarm, frozen when the alarm was announced. Parts that messages of an older version lack are null in
 * the stored form.
 *
 * @param kind {@code process}, {@code instrument} or {@code incident}
 * @param side {@code ll, l, h, hh, state, range, baseline, pattern} …
 * @param limit in {@code unit}; null where the limit is no number
 * @param value at the time of the announcement, in {@code unit}; null when there was none
 * @param since when the condition began
 * @param source standard or reason behind the limit
 * @param title what it is about: the metric, the device, the incident
 * @param learned what was expected; null when nothing learned is behind it
 * @param raisedCount how often it was raised
 * @param withdrawn why it never was; null when it was
 * @param members what an incident is made of, at most {@value #MOST_MEMBERS}
 * @param firstStep first step of the procedure; null when the packs say nothing
 */
public record Notice(
        String alarm,
        int grade,
        String kind,
        String facility,
        Name facilityName,
        String district,
        String domain,
        Name metricName,
        String unit,
        String side,
        @Nullable Double limit,
        @Nullable Double value,
        Instant since,
        String source,
        @Nullable Name title,
        @Nullable Expected learned,
        @Nullable Integer raisedCount,
        @Nullable String withdrawn,
        @Nullable List<Name> members,
        @Nullable Name firstStep) {

    public static final int MOST_MEMBERS = 8;

    /**
     * What had been learned, in the notice's unit.
     *
     * @param shape {@code spike}, {@code shift}, {@code drift}, {@code variance}, {@code season}, {@code stuck}, {@code joint}
     */
    public record Expected(@Nullable Double low, @Nullable Double high, String shape) {}

    public Notice {
        title = title == null ? metricName : title;
        raisedCount = raisedCount == null ? 1 : raisedCount;
        members = members == null ? List.of() : List.copyOf(members);
    }
}
