package io.yiwang.dashboard.alarms;

import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.alarms.AlarmStore.NewChange;
import io.yiwang.dashboard.alarms.LifeCycle.Step;
import io.yiwang.dashboard.notify.Outbox;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmStep;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
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
    private final List<Consumer<List<AlarmView>>> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable String trouble = "the topic has not been read yet";

    AlarmDesk(AlarmStore store, AlarmViews views, Outbox outbox, TransactionTemplate transaction, CityClock clock) {
        this.store = store;
        this.views = views;
        this.outbox = outbox;
        this.transaction = transaction;
        this.clock = clock;
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
            var now = clock.wall().instant();
            var batch = new Batch(
                    announcements.isEmpty()
                            ? Map.of()
                            : store.lock(announcements.stream()
                                    .map(Alarm::getId)
                                    .distinct()
                                    .toList()));
            announcements.forEach(batch::take);
            store.save(batch.changed.values());
            store.record(batch.history);
            batch.announcements.forEach(
                    due -> outbox.announce(views.notice(due.alarm()), due.step(), concluded(due.alarm())));
            batch.changed.values().stream()
                    .map(AlarmRow::alarm)
                    .filter(alarm -> alarm.getStep() == AlarmStep.CLEARED
                            && concluded(alarm).isBefore(now.minus(OLD_NEWS)))
                    .forEach(alarm -> outbox.cancel(alarm.getId(), "over before it could be told"));
            store.reached(cluster, next);
            return batch.changed.values().stream().map(views::view).toList();
        });
        tell(changed);
    }

    /**
     * A person takes an alarm up. The second time it does nothing.
     *
     * @param seenVersion what the person saw; null = whatever it is now
     * @throws Problem when there is no such alarm, or it has since become another than the one that was seen
     */
    AlarmView acknowledge(String id, String actor, String note, @Nullable Integer seenVersion) {
        return command(id, row -> {
            var step = LifeCycle.acknowledge(row.life(), actor, clock.millis(), note);
            if (step.isPresent() && seenVersion != null && LifeCycle.changedSince(row.life(), seenVersion)) {
                throw Problem.conflict(
                        "ALARM_CHANGED",
                        "alarm " + id + " is now " + row.life().state().code() + " of grade "
                                + row.life().grade() + "; look at it again before taking it up");
            }
            return step.orElse(null);
        });
    }

    /** @throws Problem when there is no such alarm */
    AlarmView comment(String id, String actor, String note) {
        return command(id, row -> LifeCycle.comment(row.life(), actor, clock.millis(), note));
    }

    private AlarmView command(String id, Command command) {
        var told = new ArrayList<AlarmView>();
        var view = transaction.execute(status -> {
            var row = store.lock(id).orElseThrow(() -> Problem.notFound("ALARM_UNKNOWN", "there is no alarm " + id));
            var step = command.on(row);
            if (step == null) {
                return views.view(row);
            }
            var next = new AlarmRow(row.alarm(), step.life());
            store.save(List.of(next));
            store.record(step.changes().stream()
                    .map(change -> new NewChange(id, change))
                    .toList());
            if (step.taken()) {
                outbox.cancel(id, "taken up by " + step.life().ackedBy());
            }
            var after = views.view(next);
            told.add(after);
            return after;
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

    private interface Command {
        @Nullable
        Step on(AlarmRow row);
    }

    private record Due(Alarm alarm, String step) {}

    /** What a run of announcements comes to. */
    private static final class Batch {
        private final Map<String, AlarmRow> known;
        private final Map<String, AlarmRow> changed = new LinkedHashMap<>();
        private final List<NewChange> history = new ArrayList<>();
        private final List<Due> announcements = new ArrayList<>();

        Batch(Map<String, AlarmRow> known) {
            this.known = known;
        }

        void take(Alarm event) {
            var before = changed.getOrDefault(event.getId(), known.get(event.getId()));
            LifeCycle.on(before == null ? null : before.life(), event).ifPresent(step -> {
                changed.put(event.getId(), new AlarmRow(withEvidence(event, before), step.life()));
                step.changes().forEach(change -> history.add(new NewChange(event.getId(), change)));
                if (step.announce() != null) {
                    announcements.add(new Due(event, step.announce()));
                }
            });
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
