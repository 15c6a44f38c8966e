package io.yiwang.dashboard.alarms;

import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmKind;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.model.wire.Member;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which alarms are part of which incident: those of the points that an incident is made of while it lasts. An alarm stays part of it after the
 * incident is over, unless the incident is withdrawn or another one takes it up.
 */
final class Incidents {
    private static final Comparator<AlarmRow> FIRST = Comparator.comparingInt(
                    (AlarmRow incident) -> incident.life().grade())
            .thenComparingLong(incident -> incident.alarm().getOnsetMillis())
            .thenComparing(incident -> incident.alarm().getId());

    private Incidents() {}

    static boolean isIncident(Alarm alarm) {
        return alarm.getKind() == AlarmKind.INCIDENT;
    }

    static boolean isWithdrawn(Alarm alarm) {
        return alarm.getStep() == AlarmStep.WITHDRAWN;
    }

    /**
     * @param incidents the open ones and those that an alarm is part of, by id
     * @return id of the incident that the alarm is part of; null when it stands for itself
     */
    static @Nullable String of(AlarmRow row, Map<String, AlarmRow> incidents) {
        var current = row.life().incident();
        var incident = current == null ? null : incidents.get(current);
        if (incident != null && isWithdrawn(incident.alarm())) {
            current = null;
        } else if (incident != null && incident.life().open()) {
            return current;
        }
        if (!row.life().open()) {
            return current;
        }
        return first(row.alarm(), incidents.values())
                .map(found -> found.alarm().getId())
                .orElse(current);
    }

    /** Of several incidents at a point the gravest, then the oldest. */
    private static Optional<AlarmRow> first(Alarm alarm, Collection<AlarmRow> incidents) {
        return incidents.stream()
                .filter(row -> row.life().state().active())
                .filter(row -> row.alarm().getMembersList().stream().anyMatch(member -> names(member, alarm)))
                .min(FIRST);
    }

    /** An alarm of a device as a whole has no metric. */
    private static boolean names(Member member, Alarm alarm) {
        return member.getFacility().equals(alarm.getFacility())
                && (alarm.getMetric().isEmpty() || member.getMetric().equals(alarm.getMetric()))
                && alarm.getDevicesList().contains(member.getDevice());
    }

    /**
     * Whether people who know of the incident need not be told of the alarm: as long as the incident lasts, and unless the alarm is
     * graver.
     */
    static boolean speaksFor(AlarmRow incident, AlarmRow alarm) {
        return incident.life().state().active()
                && alarm.life().grade() >= incident.life().grade();
    }
}
