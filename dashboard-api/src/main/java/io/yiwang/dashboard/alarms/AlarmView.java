package io.yiwang.dashboard.alarms;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.yiwang.model.domain.Name;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An alarm as REST and the websocket show it. Values and limits are in {@code unit}; numbers that do not exist are null.
 *
 * @param version grows with every change
 * @param kind {@code process} or {@code instrument}
 * @param state see {@link AlarmState#code()}
 * @param onset when the condition began, {@code raised} when it became an alarm, {@code last} its newest reading: all by
 *     the devices' clocks
 * @param confidence V verified, P plausible, K to be confirmed by the site
 * @param samples readings around the onset, oldest first
 * @param procedure id of what to do, of the domain's procedures or the common ones; null = none
 */
public record AlarmView(
        String id,
        int version,
        String rule,
        String kind,
        int grade,
        String state,
        boolean active,
        boolean acked,
        boolean historic,
        String facility,
        Name facilityName,
        String domain,
        String district,
        String metric,
        Name metricName,
        String unit,
        String side,
        @Nullable Double limit,
        @Nullable Double deadband,
        int onDelaySeconds,
        String source,
        String confidence,
        Instant onset,
        Instant raised,
        Instant last,
        @Nullable Instant cleared,
        @Nullable Double peak,
        @Nullable Instant peakTime,
        @Nullable Double lastValue,
        List<String> devices,
        List<SampleView> samples,
        @Nullable String ackedBy,
        @Nullable Instant ackedAt,
        int comments,
        @Nullable String procedure) {

    public record SampleView(
            String device, Instant time, @Nullable Double value) {}

    /** Not closed. */
    @JsonIgnore
    public boolean open() {
        return !state.equals(AlarmState.CLOSED.code());
    }

    /** A condition of the process rather than of an instrument. */
    @JsonIgnore
    public boolean process() {
        return kind.equals("process");
    }

    /** Whether a person still has to take it up. */
    @JsonIgnore
    public boolean waitsForPerson() {
        return AlarmState.of(state).waitsForPerson();
    }
}
