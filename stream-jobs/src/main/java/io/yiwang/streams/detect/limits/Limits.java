package io.yiwang.streams.detect.limits;

import io.yiwang.model.domain.LimitFormula;
import io.yiwang.model.domain.Rule;
import io.yiwang.model.domain.Side;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmKind;
import io.yiwang.model.wire.Evidence;
import io.yiwang.streams.detect.alarm.Alarms;
import io.yiwang.streams.detect.alarm.Alarms.Seen;
import io.yiwang.streams.detect.alarm.Samples;
import io.yiwang.streams.detect.alarm.Subject;
import io.yiwang.streams.intake.Reading;
import io.yiwang.streams.kafka.FacilityAsset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One limit of one facility. A device whose value is beyond the limit for the whole on-delay holds the alarm until its value is
 * back by more than the deadband for the whole off-delay. Between two readings a value is taken to last. A delay is over when the
 * device's own time says so (a later reading) or when the log clock says so (a deadline, with or without a reading).
 *
 * <p>A limit that moves is judged where it stands, see {@link #now}; an alarm carries the limit that the value was beyond.
 *
 * <p>The historic lane is the same for readings that come too late to be live: there only readings conclude, and what is open is
 * closed when no more come.
 */
public final class Limits {
    /** Log time without a further late reading after which a historic alarm is closed, ms. */
    public static final long HISTORIC_QUIET_MILLIS = 300_000;

    static final long NEVER = Long.MAX_VALUE;

    private final Rule rule;
    private final Subject subject;
    private final boolean historic;
    private final long slackMillis;
    private @Nullable Limits moved;

    private Limits(Rule rule, FacilityAsset facility, boolean historic, long slackMillis) {
        this(rule, subject(rule, facility, historic), historic, slackMillis);
    }

    private Limits(Rule rule, Subject subject, boolean historic, long slackMillis) {
        this.rule = rule;
        this.subject = subject;
        this.historic = historic;
        this.slackMillis = slackMillis;
    }

    private static Subject subject(Rule rule, FacilityAsset facility, boolean historic) {
        var evidence = Evidence.newBuilder()
                .setSide(rule.side().code())
                .setDeadband(rule.deadband())
                .setOnDelaySeconds(rule.onDelaySeconds())
                .setSource(rule.source())
                .setConfidence(rule.confidence())
                // A state has no limit; the first of the bad ones stands for it.
                .setLimit(rule.side() == Side.STATE ? rule.states().get(0) : rule.limit());
        return new Subject(
                facility.id(),
                facility.domain(),
                facility.district(),
                rule.id(),
                rule.metric(),
                rule.grade(),
                AlarmKind.PROCESS,
                evidence.build(),
                rule.side() == Side.L || rule.side() == Side.LL,
                rule.deadband(),
                historic);
    }

    /**
     * Judges readings as they come.
     *
     * @param slackMillis what a next reading may take longer before the log clock concludes without it, because time runs fast in
     *     the city
     */
    public static Limits live(Rule rule, FacilityAsset facility, long slackMillis) {
        return new Limits(rule, facility, false, slackMillis);
    }

    /** Judges readings that come too late. */
    public static Limits historic(Rule rule, FacilityAsset facility, long slackMillis) {
        return new Limits(rule, facility, true, slackMillis);
    }

    /** This limit where it stands by what is known; the state is common to all places. Null while that cannot be told. */
    public @Nullable Limits now(LimitFormula.Readings known) {
        var formula = rule.formula();
        if (formula == null) {
            return this;
        }
        var limit = formula.at(known);
        if (!Double.isFinite(limit)) {
            return null;
        }
        // It seldom moves between two readings.
        if (moved == null || moved.rule.limit() != limit) {
            moved = new Limits(rule.at(limit), subject.at(limit), historic, slackMillis);
        }
        return moved;
    }

    /** A reading came that nobody can judge: that the device was beyond the limit for the whole on-delay cannot be said any more. */
    public static State unjudged(State state, String device) {
        var member = find(state, device);
        return member != null && member.phase == Phase.PENDING ? with(state, device, null, state.alarm) : state;
    }

    /** Where a device stands with the limit; a device within the limit is not kept. */
    public enum Phase {
        /** Beyond, and the on-delay runs. */
        PENDING,
        ACTIVE,
        /** Back, and the off-delay runs. */
        ENDING
    }

    /**
     * @param sinceMillis event time at which the phase's condition began
     * @param onsetMillis event time at which the value went beyond
     * @param dueMillis event time at which the running delay is over, {@code Long.MAX_VALUE} when none runs
     * @param dueLogMillis log clock at which it is over without a reading
     * @param peak worst value since the onset
     * @param limit where the limit stood when the last value was judged; matters only for one that moves
     */
    public record Member(
            String device,
            Phase phase,
            long sinceMillis,
            long onsetMillis,
            long dueMillis,
            long dueLogMillis,
            double peak,
            long peakMillis,
            double last,
            long lastMillis,
            double limit) {}

    /** @param members sorted by device */
    public record State(List<Member> members, Alarms.State alarm) {
        public static final State CALM = new State(List.of(), Alarms.State.NONE);

        /** Earliest deadline by the log clock, epoch ms; {@code Long.MAX_VALUE} when there is none. */
        public long dueLogMillis() {
            long due = NEVER;
            for (var member : members) {
                due = Math.min(due, member.dueLogMillis);
            }
            return due;
        }

        /** Nothing to remember but when the last alarm was. */
        public boolean isCalm() {
            return members.isEmpty() && !alarm.isOpen();
        }
    }

    public Rule rule() {
        return rule;
    }

    /**
     * A good reading of the rule's metric, not older than the one before of its device.
     *
     * @param samples the point's newest readings, this one included
     */
    public State on(State state, Reading reading, Samples samples, Consumer<Alarm> out) {
        double value = reading.number();
        boolean violated = rule.violatedBy(value);
        var member = find(state, reading.device());
        if (member == null && !violated) {
            return state;
        }
        var alarm = state.alarm;
        long at = reading.eventTimeMillis();
        long log = reading.logTimeMillis();
        if (member != null && at < member.lastMillis) {
            return state;
        }
        if (member != null && member.dueMillis <= at) {
            if (member.phase == Phase.PENDING) {
                alarm = begin(alarm, member, log, samples, out);
                member = phase(member, Phase.ACTIVE, member.sinceMillis, NEVER, NEVER);
            } else {
                alarm = Alarms.end(alarm, member.device, member.dueMillis, log, out);
                member = null;
            }
        }
        if (member == null) {
            if (!violated) {
                return with(state, reading.device(), null, alarm);
            }
            member = new Member(
                    reading.device(), Phase.PENDING, at, at, NEVER, NEVER, value, at, value, at, rule.limit());
            if (rule.onDelaySeconds() > 0) {
                member = delayed(member, Phase.PENDING, at, log, rule.onDelaySeconds());
            } else {
                alarm = begin(alarm, member, log, samples, out);
                member = phase(member, Phase.ACTIVE, at, NEVER, NEVER);
            }
            return with(state, member.device, quiet(member, log), alarm);
        }
        member = seen(member, value, at);
        switch (member.phase) {
            case PENDING -> {
                if (!violated) {
                    return with(state, member.device, null, alarm);
                }
            }
            case ACTIVE -> {
                alarm = Alarms.see(alarm, subject, member.device, new Seen(value, at), log, out);
                if (rule.releasedBy(value)) {
                    if (rule.offDelaySeconds() == 0) {
                        return with(state, member.device, null, Alarms.end(alarm, member.device, at, log, out));
                    }
                    member = delayed(member, Phase.ENDING, at, log, rule.offDelaySeconds());
                }
            }
            case ENDING -> {
                alarm = Alarms.see(alarm, subject, member.device, new Seen(value, at), log, out);
                if (violated) {
                    member = phase(member, Phase.ACTIVE, at, NEVER, NEVER);
                }
            }
        }
        return with(state, member.device, quiet(member, log), alarm);
    }

    /** A good reading that is older than others of its device: it can only make the open alarm worse. */
    public State fold(State state, Reading reading, Consumer<Alarm> out) {
        if (!rule.violatedBy(reading.number())) {
            return state;
        }
        var seen = new Seen(reading.number(), reading.eventTimeMillis());
        return new State(state.members, Alarms.fold(state.alarm, subject, seen, reading.logTimeMillis(), out));
    }

    /** Concludes the device's deadline, which is {@code logMillis}; the same whether a reading or a tick comes first. */
    public State conclude(State state, String device, long logMillis, Samples samples, Consumer<Alarm> out) {
        var member = find(state, device);
        if (member == null || member.dueLogMillis > logMillis) {
            return state;
        }
        if (historic) {
            return with(
                    state, device, null, Alarms.end(state.alarm, device, member.lastMillis, member.dueLogMillis, out));
        }
        if (member.phase == Phase.PENDING) {
            var alarm = begin(state.alarm, member, member.dueLogMillis, samples, out);
            return with(state, device, phase(member, Phase.ACTIVE, member.sinceMillis, NEVER, NEVER), alarm);
        }
        return with(state, device, null, Alarms.end(state.alarm, device, member.dueMillis, member.dueLogMillis, out));
    }

    /** Lets go of the devices that are no longer measured, or of all when {@code stays} says so. */
    public static State keep(State state, Predicate<String> stays, long logMillis, Consumer<Alarm> out) {
        var next = state;
        for (var member : state.members) {
            if (!stays.test(member.device)) {
                next = with(
                        next,
                        member.device,
                        null,
                        Alarms.end(next.alarm, member.device, member.lastMillis, logMillis, out));
            }
        }
        return next;
    }

    private Alarms.State begin(
            Alarms.State alarm, Member member, long logMillis, Samples samples, Consumer<Alarm> out) {
        return Alarms.begin(
                alarm,
                rule.formula() == null ? subject : subject.at(member.limit),
                member.device,
                member.onsetMillis,
                member.dueMillis == NEVER ? member.onsetMillis : member.dueMillis,
                logMillis,
                new Seen(member.peak, member.peakMillis),
                new Seen(member.last, member.lastMillis),
                samples.of(member.device),
                out);
    }

    private Member seen(Member member, double value, long at) {
        boolean worse = subject.lowIsWorse() ? value < member.peak : value > member.peak;
        return new Member(
                member.device,
                member.phase,
                member.sinceMillis,
                member.onsetMillis,
                member.dueMillis,
                member.dueLogMillis,
                worse ? value : member.peak,
                worse ? at : member.peakMillis,
                value,
                at,
                rule.limit());
    }

    private Member delayed(Member member, Phase phase, long at, long log, int seconds) {
        return phase(member, phase, at, at + 1000L * seconds, log + 1000L * seconds + slackMillis);
    }

    /** In the historic lane the log clock closes only what nobody speaks of any more. */
    private Member quiet(Member member, long log) {
        return historic
                ? phase(
                        member,
                        member.phase,
                        member.sinceMillis,
                        member.dueMillis,
                        log + HISTORIC_QUIET_MILLIS + slackMillis)
                : member;
    }

    private static Member phase(Member member, Phase phase, long since, long due, long dueLog) {
        return new Member(
                member.device,
                phase,
                since,
                member.onsetMillis,
                due,
                dueLog,
                member.peak,
                member.peakMillis,
                member.last,
                member.lastMillis,
                member.limit);
    }

    private static @Nullable Member find(State state, String device) {
        for (var member : state.members) {
            if (member.device.equals(device)) {
                return member;
            }
        }
        return null;
    }

    private static State with(State state, String device, @Nullable Member member, Alarms.State alarm) {
        var members = new ArrayList<Member>(state.members.size() + 1);
        boolean placed = member == null;
        for (var other : state.members) {
            int order = other.device.compareTo(device);
            if (order > 0 && !placed) {
                members.add(member);
                placed = true;
            }
            if (order != 0) {
                members.add(other);
            }
        }
        if (!placed) {
            members.add(member);
        }
        return new State(members, alarm);
    }
}
