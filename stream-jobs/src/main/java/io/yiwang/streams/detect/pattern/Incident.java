package io.yiwang.streams.detect.pattern;

import io.yiwang.model.domain.Pattern;
import io.yiwang.streams.detect.course.Signal;
import java.util.List;

/**
 * A time during which a pattern held at a facility, as far as is known now. Times are event times, epoch ms.
 *
 * @param onsetMillis when the symptom began that made the pattern complete
 * @param raisedMillis when that symptom was told, and with it the incident
 * @param endMillis when it was over, {@link Signal#OPEN} while it lasts
 * @param ending why it ended; says nothing while it lasts
 * @param members what it is made of, sorted by onset; at most {@value #MOST_MEMBERS}
 */
public record Incident(
        String facility,
        Pattern pattern,
        long onsetMillis,
        long raisedMillis,
        long endMillis,
        Ending ending,
        List<Member> members) {
    static final int MOST_MEMBERS = 256;

    /** Why an incident ended. */
    enum Ending {
        /** Its symptoms did. */
        OVER,
        /** Something speaks against it. */
        REFUTED,
        /** It turned out to be part of a worse one. */
        TAKEN_OVER
    }

    /** A symptom at a point, somewhere on the network. */
    public record Member(String facility, String device, String metric, String symptom, Shown.Spell spell)
            implements Comparable<Member> {
        boolean isSamePoint(Member other) {
            return metric.equals(other.metric) && device.equals(other.device) && facility.equals(other.facility);
        }

        @Override
        public int compareTo(Member other) {
            int order = Long.compare(spell.onsetMillis(), other.spell.onsetMillis());
            order = order != 0 ? order : facility.compareTo(other.facility);
            order = order != 0 ? order : device.compareTo(other.device);
            return order != 0 ? order : symptom.compareTo(other.symptom);
        }
    }

    public Incident {
        members = List.copyOf(members.size() > MOST_MEMBERS ? members.subList(0, MOST_MEMBERS) : members);
    }

    public String rule() {
        return pattern.rule();
    }

    public boolean isOpen() {
        return endMillis == Signal.OPEN;
    }

    /** The same until a worse incident took over. */
    Incident takenOverAt(long millis) {
        return new Incident(facility, pattern, onsetMillis, raisedMillis, millis, Ending.TAKEN_OVER, members);
    }

    Incident with(List<Member> more) {
        return new Incident(facility, pattern, onsetMillis, raisedMillis, endMillis, ending, more);
    }

    /** Whether both see something at one point. */
    boolean meets(Incident other) {
        return members.stream().anyMatch(member -> other.members.stream().anyMatch(member::isSamePoint));
    }
}
