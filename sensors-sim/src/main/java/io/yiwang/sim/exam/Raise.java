package io.yiwang.sim.exam;

import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmKind;
import java.util.List;

/**
 * An alarm as operators saw it come up: once for each time that it was raised.
 *
 * @param alarm id; {@code time} from 1 when the same alarm is raised again
 * @param raisedMillis event time at which it became an alarm, as it was first told
 * @param toldMillis log clock at which it was told
 * @param clearedMillis event time; 0 = never
 * @param withdrawn whether it was taken back later
 * @param members points of an incident, as they were in the end
 */
record Raise(
        String alarm,
        int time,
        String facility,
        String rule,
        int grade,
        Kind kind,
        String statistic,
        String metric,
        List<String> devices,
        long onsetMillis,
        long raisedMillis,
        long toldMillis,
        long clearedMillis,
        boolean historic,
        boolean withdrawn,
        List<MemberPoint> members) {

    Raise {
        devices = List.copyOf(devices);
        members = List.copyOf(members);
    }

    record MemberPoint(String facility, String device, String metric) {}

    /** What concludes alarms. */
    enum Kind {
        LIMIT,
        BASELINE,
        JOINT,
        INSTRUMENT,
        PATTERN;

        static Kind of(Alarm alarm) {
            if (alarm.getKind() == AlarmKind.INCIDENT) {
                return PATTERN;
            }
            if (alarm.getKind() == AlarmKind.INSTRUMENT) {
                return INSTRUMENT;
            }
            return switch (alarm.getEvidence().getSide()) {
                case "baseline" -> BASELINE;
                case "joint" -> JOINT;
                case "pattern" -> PATTERN;
                default -> LIMIT;
            };
        }
    }

    /** When it counts: what is concluded from late data was not known before it was told. */
    long atMillis(boolean byArrival) {
        return byArrival || historic ? toldMillis : raisedMillis;
    }

    /**
     * Whether this is the alarm of a point that belongs to the incident, while the incident was there. An alarm of a device as a whole has no
     * metric and belongs with any of its points.
     */
    boolean isMemberOf(Raise incident, long slackMillis) {
        return incident != this
                && incident.kind == Kind.PATTERN
                && kind != Kind.PATTERN
                && kind != Kind.INSTRUMENT
                && raisedMillis >= incident.onsetMillis - slackMillis
                && (incident.clearedMillis == 0 || raisedMillis <= incident.clearedMillis)
                && incident.members.stream()
                        .anyMatch(member -> member.facility.equals(facility)
                                && (metric.isEmpty() || member.metric.equals(metric))
                                && (devices.isEmpty() || devices.contains(member.device)));
    }
}
