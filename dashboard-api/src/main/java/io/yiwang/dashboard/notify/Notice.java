package io.yiwang.dashboard.notify;

import io.yiwang.model.domain.Name;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a message says about an alarm, frozen when the alarm was announced.
 *
 * @param kind {@code process} or {@code instrument}
 * @param side {@code ll, l, h, hh, state, range} …
 * @param limit in {@code unit}; null where the limit is no number
 * @param value at the time of the announcement, in {@code unit}; null when there was none
 * @param since when the condition began
 * @param source standard or reason behind the limit
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
        String source) {}
