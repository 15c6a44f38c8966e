package io.yiwang.dashboard.alarms;

import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.alarms.AlarmStore.NewChange;
import io.yiwang.dashboard.alarms.LifeCycle.Step;
import io.yiwang.dashboard.alarms.LifeCycle.Telling;
import io.yiwang.dashboard.audit.Audit;
import io.yiwang.dashboard.notify.Outbox;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.model.wire.Member;
import io.yiwang.model.wire.VerdictWord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Where announcements and people's commands meet: one transaction each, then everyone who watches is told. */
@Component
class AlarmDesk implements AlarmFeed {
    /** An alarm that was over so long before we heard of it tells nobody. */
    private static final Duration OLD_NEWS = Duration.ofMinutes(5);

    private final AlarmStore store;
    private final AlarmViews views;
    private final Outbox outbox;
    private final TransactionTemplate transaction;
    private final CityClock clock;
    private final Audit audit;
    private final VerdictPublisher verdicts;
    private final List<Consumer<List<AlarmView>>> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable String trouble = "the topic has not been read yet";

    AlarmDesk(
            AlarmStore store,
            AlarmViews views,
            Outbox outbox,
            TransactionTemplate transaction,
            CityClock clock,
            Audit audit,
            VerdictPublisher verdicts) {
        this.store = store;
        this.views = views;
        this.outbox = outbox;
        this.transaction = transaction;
        this.clock = clock;
        this.audit = audit;
        this.verdicts = verdicts;
    }

    @Override
    public void onChange(Consumer<List<AlarmView>> listener) {
        listeners.add(listener);
    }

    @Override
    public List<AlarmView> open() {
        return store.open().stream().map(views::view).toList();
    }

    @Override
    public @Nullable String trouble() {
        return trouble;
    }

    /** Said by the intake: what it waits for, null when it goes on. */
    void waitsFor(@Nullable String what) {
        trouble = what;
    }

    /**
     * Takes announcements in, in the order of the topic, together with how far the topic has then been read: all or nothing.
     */
    void take(List<Alarm> announcements, String cluster, Map<TopicPartition, Long> next) {
        var changed = transaction.execute(status -> {
            var batch = new Batch(
                    announcements.isEmpty() ? Map.of() : store.lock(idsOf(announcements), placesOf(announcements)));
            announcements.forEach(batch::take);
            batch.follow(clock.millis());
            keep(batch);
            endTelling(batch, announcements);
            store.reached(cluster, next);
            return batch.changed.values().stream().map(views::view).toList();
        });
        tell(changed);
    }

    private static List<String> idsOf(List<Alarm> announcements) {
        return announcements.stream().map(Alarm::getId).distinct().toList();
    }

    /** Facilities whose open alarms may be part of an incident among the announcements. */
    private static Set<String> placesOf(List<Alarm> announcements) {
        return announcements.stream()
                .flatMap(alarm -> alarm.getMembersList().stream().map(Member::getFacility))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Stores what a batch came to, and sees to it that people are told. */
    private void keep(Batch batch) {
        store.save(batch.changed.values());
        store.record(batch.history);
        for (var due : batch.due) {
            var row = batch.get(due.alarm().getId());
            if (due.telling() != Telling.WITHDRAWN && batch.isSpokenFor(row)) {
                continue;
            }
            tellPeople(due);
        }
        for (var joined : batch.joined) {
            if (batch.isSpokenFor(batch.get(joined))) {
                outbox.cancel(
                        joined, "part of incident " + batch.get(joined).life().incident());
            }
        }
        for (var id : batch.left) {
            var row = batch.get(id);
            boolean waits = row.life().incident() == null
                    ? row.life().state().waitsForPerson()
                    : row.life().state() == AlarmState.UNACKED;
            if (waits && !outbox.told(id)) {
                outbox.announce(views.notice(row.alarm()), "left-" + row.life().version(), concluded(row.alarm()));
            }
        }
    }

    /** An end that is announced takes back what was not told yet of a beginning. */
    private void endTelling(Batch batch, List<Alarm> announcements) {
        var oldNews = clock.wall().instant().minus(OLD_NEWS);
        for (var id : idsOf(announcements)) {
            var row = batch.changed.get(id);
            if (row != null && row.alarm().getStep() == AlarmStep.CLEARED) {
                outbox.endHeldBack(id);
                if (concluded(row.alarm()).isBefore(oldNews)) {
                    outbox.cancel(id, "over before it could be told");
                }
            }
        }
    }

    private void tellPeople(Due due) {
        var notice = views.notice(due.alarm());
        var step = due.telling().step(due.alarm().getRevision());
        switch (due.telling()) {
            case RAISED, WORSENED -> outbox.announce(notice, step, concluded(due.alarm()));
            case AGAIN -> outbox.announceAgain(notice, step, concluded(due.alarm()));
            case WITHDRAWN -> outbox.withdraw(notice, step);
        }
    }

    /**
     * A person takes an alarm up, and with an incident all that is part of it. The second time it does nothing.
     *
     * @param seenVersion what the person saw; null = whatever it is now
     * @throws Problem when there is no such alarm, or it has since become another than the one that was seen
     */
    AlarmView acknowledge(String id, String actor, String note, @Nullable Integer seenVersion) {
        return command(id, batch -> {
            var row = batch.get(id);
            var step = LifeCycle.acknowledge(row.life(), actor, clock.millis(), note);
            if (step.isEmpty()) {
                return;
            }
            if (seenVersion != null && LifeCycle.changedSince(row.life(), seenVersion)) {
                throw Problem.conflict(
                        "ALARM_CHANGED",
                        "alarm " + id + " is now " + row.life().state().code() + " of grade "
                                + row.life().grade() + "; look at it again before taking it up");
            }
            batch.step(row, step.get());
            for (var member : batch.membersOf(id)) {
                LifeCycle.acknowledgeWithIncident(member.life(), actor, clock.millis())
                        .ifPresent(taken -> batch.step(member, taken));
            }
        });
    }

    /** @throws Problem when there is no such alarm */
    AlarmView comment(String id, String actor, String note) {
        return command(
                id,
                batch -> batch.step(
                        batch.get(id), LifeCycle.comment(batch.get(id).life(), actor, clock.millis(), note)));
    }

    /**
     * A person says whether the alarm was right. The same word again does nothing.
     *
     * @throws Problem when there is no such alarm, or it is withdrawn: of what never was there is nothing to say
     */
    AlarmView verdict(String id, String actor, VerdictWord word, String note) {
        var said = new ArrayList<AlarmRow>();
        var view = command(id, batch -> {
            var row = batch.get(id);
            if (Incidents.isWithdrawn(row.alarm()) && word != VerdictWord.NO_VERDICT) {
                throw Problem.conflict("ALARM_WITHDRAWN", "alarm " + id + " is withdrawn: it never was");
            }
            LifeCycle.verdict(row.life(), actor, clock.millis(), word, note).ifPresent(step -> {
                batch.step(row, step);
                audit.record(
                        actor, "alarm.verdict", id, step.life().verdict().code() + (note.isEmpty() ? "" : ": " + note));
                said.add(batch.get(id));
            });
        });
        said.forEach(verdicts::publish);
        return view;
    }

    private AlarmView command(String id, Consumer<Batch> command) {
        var told = new ArrayList<AlarmView>();
        var view = transaction.execute(status -> {
            var batch = new Batch(store.lock(List.of(id), List.of()));
            if (!batch.knows(id)) {
                throw Problem.notFound("ALARM_UNKNOWN", "there is no alarm " + id);
            }
            command.accept(batch);
            batch.follow(clock.millis());
            keep(batch);
            batch.taken.forEach(taken -> outbox.cancel(
                    taken, "taken up by " + batch.get(taken).life().ackedBy()));
            batch.changed.values().forEach(row -> told.add(views.view(row)));
            return views.view(batch.get(id));
        });
        tell(told);
        return view;
    }

    private void tell(List<AlarmView> changed) {
        if (!changed.isEmpty()) {
            listeners.forEach(listener -> listener.accept(changed));
        }
    }

    /** When people could first know of it. */
    private Instant concluded(Alarm alarm) {
        return clock.wallAt(
                Instant.ofEpochMilli(alarm.getLogMillis() > 0 ? alarm.getLogMillis() : alarm.getLastMillis()));
    }

    private record Due(Alarm alarm, Telling telling) {}

    /** What a run of announcements, or a command, comes to. */
    private static final class Batch {
        private final Map<String, AlarmRow> known;
        private final Map<String, AlarmRow> changed = new LinkedHashMap<>();
        private final List<NewChange> history = new ArrayList<>();
        private final List<Due> due = new ArrayList<>();
        private final Set<String> taken = new LinkedHashSet<>();
        /** What became part of an incident, and what speaks for itself since the incident is over or never was. */
        private final Set<String> joined = new LinkedHashSet<>();

        private final Set<String> left = new LinkedHashSet<>();

        Batch(Map<String, AlarmRow> known) {
            this.known = known;
        }

        boolean knows(String id) {
            return changed.containsKey(id) || known.containsKey(id);
        }

        AlarmRow get(String id) {
            var row = changed.getOrDefault(id, known.get(id));
            if (row == null) {
                throw new IllegalStateException("alarm " + id + " is not held by this transaction");
            }
            return row;
        }

        void take(Alarm event) {
            var before = knows(event.getId()) ? get(event.getId()) : null;
            LifeCycle.on(before == null ? null : before.life(), before == null ? null : before.alarm(), event)
                    .ifPresent(step -> step(new AlarmRow(withEvidence(event, before), step.life()), step));
        }

        /** @param row of the alarm; its life is replaced by the step's */
        void step(AlarmRow row, Step step) {
            var id = row.alarm().getId();
            changed.put(id, new AlarmRow(row.alarm(), step.life()));
            step.changes().forEach(change -> history.add(new NewChange(id, change)));
            if (step.telling() != null) {
                due.add(new Due(row.alarm(), step.telling()));
            }
            if (step.taken()) {
                taken.add(id);
            }
        }

        /** Every alarm of the batch finds the incident that it is part of; those of one that is over speak for themselves. */
        void follow(long nowMillis) {
            var incidents = new TreeMap<String, AlarmRow>();
            var others = new TreeMap<String, AlarmRow>();
            for (var rows : List.of(known, changed)) {
                rows.forEach((id, row) -> (Incidents.isIncident(row.alarm()) ? incidents : others).put(id, row));
            }
            others.forEach((id, row) -> {
                var was = row.life().incident();
                var is = Incidents.of(row, incidents);
                if (!Objects.equals(was, is)) {
                    step(row, LifeCycle.partOf(row.life(), is, nowMillis));
                    (is == null ? left : joined).add(id);
                } else if (was != null
                        && changed.containsKey(was)
                        && !changed.get(was).life().state().active()) {
                    left.add(id);
                }
            });
        }

        List<AlarmRow> membersOf(String incident) {
            return known.values().stream()
                    .filter(row -> incident.equals(row.life().incident()))
                    .toList();
        }

        /** Whether an incident that people know of speaks for the alarm. */
        boolean isSpokenFor(AlarmRow row) {
            var incident = row.life().incident();
            return incident != null && knows(incident) && Incidents.speaksFor(get(incident), row);
        }

        /** A later step may leave the evidence out. */
        private static Alarm withEvidence(Alarm event, @Nullable AlarmRow before) {
            return event.hasEvidence() || before == null
                    ? event
                    : event.toBuilder()
                            .setEvidence(before.alarm().getEvidence())
                            .build();
        }
    }
}
