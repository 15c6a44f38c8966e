package io.yiwang.sim.exam;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares alarms with what really happened.
 *
 * <p>A fault is found by an alarm at a facility that it moves, raised from its beginning to its end and a little longer. An alarm is right
 * when some fault that moves its facility was there, or had just ended; otherwise it is false. What was withdrawn was no alarm. An incident
 * and the alarms of its members are one alarm; an alarm that is raised again by the same fault, or soon after it was false, is the same one.
 */
final class Scorer {
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
    private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();
    /** A false alarm that comes up again within this time is the same false alarm. */
    private static final long AGAIN_MILLIS = HOUR_MILLIS;
    /** Alarms of an incident's members may be earlier than the incident's onset by this. */
    private static final long MEMBER_SLACK_MILLIS = HOUR_MILLIS;

    private final Map<String, Set<String>> explains;
    private final long fromMillis;
    private final long toMillis;

    /**
     * @param explains by rule of an incident: ids of the faults that look like it
     * @param fromMillis alarms before are of the time of learning
     */
    Scorer(Map<String, Set<String>> explains, long fromMillis, long toMillis) {
        this.explains = explains;
        this.fromMillis = fromMillis;
        this.toMillis = toMillis;
    }

    /**
     * How a fault fared.
     *
     * @param shown when it first showed; null = never
     * @param by the alarm that found it first; null = none
     * @param rightCause whether an alarm says what it is, or at least at which of its values it shows
     */
    record Outcome(
            Case planned,
            Sighting.@Nullable Shown shown,
            @Nullable Raise by,
            boolean rightCause) {
        boolean isVisible() {
            return shown != null;
        }

        boolean isFound() {
            return by != null;
        }

        /** From the moment at which it showed to the alarm, ms; not below 0. Empty unless it was visible and found. */
        OptionalLong delayMillis() {
            return delay(shown == null ? -1 : shown.visibleMillis());
        }

        /** From the moment at which it showed plainly; an alarm before that, and of what never showed plainly, takes 0. */
        OptionalLong plainDelayMillis() {
            return shown == null
                    ? OptionalLong.empty()
                    : delay(shown.plainMillis() < 0 ? Long.MAX_VALUE : shown.plainMillis());
        }

        /** Whether there was ever a sign by which its pack knows it. */
        boolean hasSign() {
            return shown != null && shown.hasSign();
        }

        /** From the moment at which there was a sign; an alarm before that takes 0. Empty when there never was one. */
        OptionalLong signDelayMillis() {
            return delay(shown == null ? -1 : shown.signMillis());
        }

        private OptionalLong delay(long since) {
            return by == null || since < 0
                    ? OptionalLong.empty()
                    : OptionalLong.of(Math.max(0, by.atMillis(planned.byArrival()) - since));
        }
    }

    /**
     * @param right alarms that some fault explains
     * @param wrong those that none explains
     * @param members alarms that belong to an incident and are not counted
     * @param withdrawn alarms that were taken back and are not counted
     */
    record Score(List<Outcome> outcomes, List<Raise> right, List<Raise> wrong, int members, int withdrawn) {}

    /** @param shown by number of the case */
    Score score(List<Case> cases, Map<Integer, Sighting.Shown> shown, List<Raise> raises) {
        var standing = raises.stream().filter(raise -> !raise.withdrawn()).toList();
        var outcomes = cases.stream()
                .map(planned -> outcome(planned, shown.get(planned.number()), standing))
                .toList();
        var incidents = standing.stream()
                .filter(raise -> raise.kind() == Raise.Kind.PATTERN)
                .toList();
        var right = new ArrayList<Raise>();
        var wrong = new ArrayList<Raise>();
        var counted = new HashSet<String>();
        var wrongUntil = new HashMap<String, Long>();
        int members = 0;
        for (var raise : standing) {
            if (incidents.stream().anyMatch(incident -> raise.isMemberOf(incident, MEMBER_SLACK_MILLIS))) {
                members++;
                continue;
            }
            var cause = cases.stream()
                    .filter(planned -> isExplained(raise, planned))
                    .findFirst();
            if (cause.isPresent()) {
                if (counted.add(raise.alarm() + "#" + cause.get().number())) {
                    right.add(raise);
                }
            } else if (raise.raisedMillis() >= fromMillis && raise.raisedMillis() < toMillis) {
                var until = wrongUntil.getOrDefault(raise.alarm(), Long.MIN_VALUE);
                if (raise.raisedMillis() > until) {
                    wrong.add(raise);
                }
                var end = raise.clearedMillis() == 0 ? raise.raisedMillis() : raise.clearedMillis();
                wrongUntil.put(raise.alarm(), end + AGAIN_MILLIS);
            }
        }
        return new Score(outcomes, right, wrong, members, raises.size() - standing.size());
    }

    private Outcome outcome(Case planned, Sighting.@Nullable Shown shown, List<Raise> raises) {
        var finds = raises.stream()
                .filter(raise -> isFoundBy(raise, planned))
                .sorted(Comparator.comparingLong(raise -> raise.atMillis(planned.byArrival())))
                .toList();
        return new Outcome(
                planned,
                shown,
                finds.isEmpty() ? null : finds.get(0),
                finds.stream().anyMatch(raise -> namesCause(raise, planned)));
    }

    private static boolean isFoundBy(Raise raise, Case planned) {
        var at = raise.atMillis(planned.byArrival());
        return planned.zone().contains(raise.facility())
                && at >= planned.fromMillis()
                && at <= planned.toMillis() + planned.graceMillis();
    }

    private static boolean isExplained(Raise raise, Case planned) {
        var at = raise.atMillis(planned.byArrival());
        return planned.zone().contains(raise.facility())
                && at >= planned.fromMillis()
                && at <= planned.toMillis() + planned.settleMillis() + windowMillis(raise.statistic());
    }

    /** For how long the statistic remembers. */
    private static long windowMillis(String statistic) {
        return statistic.startsWith("daily") ? DAY_MILLIS : HOUR_MILLIS;
    }

    private boolean namesCause(Raise raise, Case planned) {
        if (raise.kind() == Raise.Kind.PATTERN) {
            return explains.getOrDefault(raise.rule(), Set.of()).contains(planned.fault());
        }
        var atDevice = raise.metric().isEmpty() || raise.kind() == Raise.Kind.INSTRUMENT;
        return planned.concernsMetric(raise.metric())
                || atDevice && raise.devices().stream().anyMatch(planned::concernsDevice);
    }
}
