package io.yiwang.streams.detect.pattern;

import io.yiwang.model.domain.NetworkChange;
import io.yiwang.streams.detect.course.Signal;
import io.yiwang.streams.detect.learned.LearnedCondition;
import io.yiwang.streams.detect.pattern.Incident.Ending;
import io.yiwang.streams.detect.pattern.Incident.Member;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.TreeSet;

/**
 * Alarms of what is learned that come up at many facilities of a domain within {@link NetworkChange#WITHIN_SECONDS}: one incident, at the
 * facility that was first. It is a crowd when alarms came up at {@value #LEAST_FACILITIES} facilities and at 2 % of the domain's: so
 * many seldom leave their usual course by chance. What comes up while crowds follow each other without a gap is one incident; it lasts
 * until the last of its alarms is over.
 *
 * <p>A function of the set of spells: in which order they became known does not matter.
 */
final class Crowd {
    static final int LEAST_FACILITIES = 3;
    private static final double LEAST_SHARE = 0.02;
    static final long WITHIN_MILLIS = 1000L * NetworkChange.WITHIN_SECONDS;
    private static final Comparator<Member> IN_TIME = Comparator.comparingLong(
                    (Member member) -> member.spell().raisedMillis())
            .thenComparing(Comparator.naturalOrder());

    private Crowd() {}

    /**
     * Oldest first.
     *
     * @param facilities of the domain
     */
    static List<Incident> of(Shown shown, int facilities) {
        var members = new ArrayList<Member>();
        for (var rule : shown.symptoms()) {
            if (LearnedCondition.isLearned(rule)) {
                shown.of(rule)
                        .forEach((facility, devices) ->
                                devices.forEach((device, spells) -> spells.forEach(spell -> members.add(
                                        new Member(facility, device, LearnedCondition.metric(rule), rule, spell)))));
            }
        }
        members.sort(IN_TIME);
        int least = Math.max(LEAST_FACILITIES, (int) Math.ceil(LEAST_SHARE * facilities));
        var incidents = new ArrayList<Incident>();
        var around = new HashMap<String, Integer>();
        int first = 0;
        int from = -1;
        int to = -1;
        int complete = -1;
        for (int i = 0; i < members.size(); i++) {
            long now = members.get(i).spell().raisedMillis();
            around.merge(members.get(i).facility(), 1, Integer::sum);
            while (members.get(first).spell().raisedMillis() < now - WITHIN_MILLIS) {
                around.compute(members.get(first++).facility(), (facility, count) -> count == 1 ? null : count - 1);
            }
            if (around.size() >= least) {
                if (from >= 0 && first > to) {
                    incidents.add(incident(members.subList(from, to + 1), members.get(complete)));
                    from = -1;
                }
                if (from < 0) {
                    from = first;
                    complete = i;
                }
                to = i;
            }
        }
        if (from >= 0) {
            incidents.add(incident(members.subList(from, to + 1), members.get(complete)));
        }
        return incidents;
    }

    private static Incident incident(List<Member> members, Member complete) {
        long end = members.stream()
                .mapToLong(member -> member.spell().endMillis())
                .max()
                .orElse(Signal.OPEN);
        var first = members.get(0);
        return new Incident(
                first.facility(),
                NetworkChange.PATTERN,
                first.spell().raisedMillis(),
                complete.spell().raisedMillis(),
                end,
                Ending.OVER,
                List.copyOf(new TreeSet<>(members)));
    }
}
