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
 * @param kind {@code process}, {@code instrument} or {@code incident}
 * @param state see {@link AlarmState#code()}
 * @param onset when the condition began, {@code raised} when it became an alarm, {@code last} its newest reading: all by
 *     the devices' clocks
 * @param confidence V verified, P plausible, K to be confirmed by the site
 * @param samples readings around the onset, oldest first
 * @param procedure id of what to do, of the domain's procedures or the common ones; null = none
 * @param title what it is about: the metric, the device whose points no longer fit together, the incident
 * @param raisedCount how often it was raised, at least 1
 * @param withdrawn why it never was, e.g. {@code late_reading}; null when it was
 * @param statistic what is compared with the limit, empty = each reading
 * @param ruleVersion of the rule as changed by people, 0 = as the pack has it
 * @param learned null when nothing learned is behind it
 * @param incident id of the incident that it is part of; null when it stands for itself
 * @param members what an incident is made of, by onset; empty for others
 * @param verdict null when nothing was said, or it was taken back
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
        @Nullable String procedure,
        Name title,
        int raisedCount,
        @Nullable String withdrawn,
        String statistic,
        int ruleVersion,
        @Nullable LearnedView learned,
        @Nullable String incident,
        List<MemberView> members,
        @Nullable VerdictView verdict) {

    /**
     * Why something learned calls it anomalous; values in the alarm's unit.
     *
     * @param expected at the peak, {@code low} and {@code high} the band around it
     * @param shape {@code spike}, {@code shift}, {@code drift}, {@code variance}, {@code season}, {@code stuck}, {@code joint}
     * @param score 0 ordinary to 1 never seen
     * @param falseAlarmsPerMonth what the threshold was set for, per point
     * @param tolerance how much wider than learned the band is, 1 = not at all
     * @param widenedBy ids of the alarms called false that widened it
     */
    public record LearnedView(
            @Nullable Double expected,
            @Nullable Double low,
            @Nullable Double high,
            String shape,
            double score,
            double falseAlarmsPerMonth,
            double tolerance,
            List<String> widenedBy,
            List<ContributionView> contributions) {}

    /** @param share of the deviation, 0 to 1 */
    public record ContributionView(String metric, Name metricName, double share) {}

    /**
     * One symptom of an incident at one point.
     *
     * @param cleared null while it lasts
     * @param peak worst value, in {@code unit}
     */
    public record MemberView(
            String facility,
            Name facilityName,
            String device,
            String metric,
            Name metricName,
            String unit,
            String symptom,
            Name symptomName,
            Instant onset,
            @Nullable Instant cleared,
            @Nullable Double peak) {}

    /** @param word {@code real}, {@code false} or {@code expected} */
    public record VerdictView(String word, String by, Instant at, String note) {}

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
        return !kind.equals("instrument");
    }

    /** Whether a person still has to take it up. */
    @JsonIgnore
    public boolean waitsForPerson() {
        return AlarmState.of(state).waitsForPerson();
    }
}
