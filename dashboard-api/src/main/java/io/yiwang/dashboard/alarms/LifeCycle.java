package io.yiwang.dashboard.alarms;

import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.model.wire.VerdictWord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rules of an alarm's life: a function of what is known and of what is said or done.
 *
 * <pre>
 *             raised            cleared (grade 1, 2)                 ack
 *   (nothing) ------> UNACKED -----------------> RETURNED_UNACKED -------> CLOSED
 *                      |   \ cleared (grade 3, 4) ------------------------->  ^
 *                  ack |    \ withdrawn (from every state) ---------------->  |
 *                      v         cleared                                      |
 *                    ACKED ---------------------------------------------------+
 * </pre>
 *
 * An announcement whose revision is not higher than the known one changes nothing, so a replayed topic changes nothing. An
 * alarm concluded from late data is recorded as closed; should a later revision call it live, it starts to live then. A
 * worse grade or a return after the clearing makes it unacked again and announces it anew. An alarm that is withdrawn never
 * was: whoever was told is told so.
 */
final class LifeCycle {
    /** Who acts when no person does. */
    static final String DETECT = "detect";

    private LifeCycle() {}

    /** One line of an alarm's history; {@code action} is a word that the UI translates. */
    record Change(long timeMillis, String actor, String action, String note) {}

    /** What people are to be told. */
    enum Telling {
        RAISED,
        WORSENED,
        /** Raised again soon after its clearing. */
        AGAIN,
        WITHDRAWN;

        /** Name of the notification step, the same however often the announcement is read. */
        String step(int revision) {
            return this == RAISED ? "raised" : name().toLowerCase(Locale.ROOT) + "-" + revision;
        }
    }

    /**
     * @param telling null when nobody is to be told
     * @param taken a person took the alarm up: pending notifications are pointless now
     */
    record Step(
            AlarmLife life, List<Change> changes, @Nullable Telling telling, boolean taken) {}

    /**
     * What an announcement of the detect job does; empty when it says nothing new.
     *
     * @param known the newest announcement taken in, null with {@code before}
     */
    static Optional<Step> on(@Nullable AlarmLife before, @Nullable Alarm known, Alarm event) {
        return before == null || known == null ? Optional.of(first(event)) : next(before, known, event);
    }

    private static Step first(Alarm event) {
        var withdrawn = event.getStep() == AlarmStep.WITHDRAWN;
        var cleared = event.getStep() == AlarmStep.CLEARED;
        var recorded = event.getHistoric() || withdrawn;
        var state =
                recorded ? AlarmState.CLOSED : cleared ? afterClearing(event.getGrade(), false) : AlarmState.UNACKED;
        var changes = new ArrayList<Change>();
        changes.add(change(event, recorded ? "recorded" : "raised", ""));
        if (withdrawn) {
            changes.add(change(event, "withdrawn", event.getWithdrawnReason()));
        } else if (cleared && !recorded) {
            changes.add(change(event, "cleared", ""));
        }
        return new Step(
                AlarmLife.begun(state, event.getGrade(), event.getHistoric(), event.getRevision()),
                List.copyOf(changes),
                recorded ? null : Telling.RAISED,
                false);
    }

    private static Optional<Step> next(AlarmLife before, Alarm known, Alarm event) {
        if (event.getRevision() <= before.revision()) {
            return Optional.empty();
        }
        var changes = new ArrayList<Change>();
        if (event.getOnsetMillis() != known.getOnsetMillis()) {
            changes.add(change(
                    event,
                    "onset_corrected",
                    Instant.ofEpochMilli(known.getOnsetMillis()) + " -> "
                            + Instant.ofEpochMilli(event.getOnsetMillis())));
        }
        var historic = before.historic() && event.getHistoric();
        var life = before.announced(event.getGrade(), historic, event.getRevision());
        if (event.getStep() == AlarmStep.WITHDRAWN) {
            changes.add(change(event, "withdrawn", event.getWithdrawnReason()));
            return step(life.moved(AlarmState.CLOSED), changes, before.historic() ? null : Telling.WITHDRAWN);
        }
        if (historic) {
            return step(life, changes, null);
        }
        if (event.getStep() == AlarmStep.CLEARED) {
            if (!before.state().active() && !before.historic()) {
                return corrected(before, life, event, changes);
            }
            changes.add(change(event, "cleared", ""));
            return step(life.moved(afterClearing(event.getGrade(), life.acked())), changes, null);
        }
        if (before.historic()) {
            changes.add(change(event, "raised", ""));
            return step(life.unacked(), changes, Telling.RAISED);
        }
        if (!before.state().active()) {
            changes.add(change(event, "reopened", event.getRaisedCount() > 1 ? "×" + event.getRaisedCount() : ""));
            return step(life.unacked(), changes, Telling.AGAIN);
        }
        if (event.getGrade() < before.grade()) {
            changes.add(change(event, "worsened", before.grade() + " -> " + event.getGrade()));
            return step(life.unacked(), changes, Telling.WORSENED);
        }
        if (event.getGrade() > before.grade()) {
            changes.add(change(event, "eased", before.grade() + " -> " + event.getGrade()));
        }
        return step(life, changes, null);
    }

    /** Late data corrects an alarm that is over; one that closed unseen as mild and was severe comes back for a person. */
    private static Optional<Step> corrected(AlarmLife before, AlarmLife life, Alarm event, List<Change> changes) {
        var severeUnseen = before.state() == AlarmState.CLOSED && !life.acked() && event.getGrade() <= 2;
        if (!severeUnseen) {
            return step(life, changes, null);
        }
        changes.add(change(event, "worsened", before.grade() + " -> " + event.getGrade()));
        return step(life.moved(AlarmState.RETURNED_UNACKED), changes, Telling.WORSENED);
    }

    private static Optional<Step> step(AlarmLife life, List<Change> changes, @Nullable Telling telling) {
        return Optional.of(new Step(life, List.copyOf(changes), telling, false));
    }

    /** A person takes the alarm up; empty when that was done before or the alarm is over. */
    static Optional<Step> acknowledge(AlarmLife before, String actor, long nowMillis, String note) {
        return acknowledge(before, new Change(nowMillis, actor, "acked", note));
    }

    /** A person takes up the incident that the alarm is part of. */
    static Optional<Step> acknowledgeWithIncident(AlarmLife before, String actor, long nowMillis) {
        return acknowledge(
                before, new Change(nowMillis, actor, "acked_with_incident", String.valueOf(before.incident())));
    }

    private static Optional<Step> acknowledge(AlarmLife before, Change change) {
        if (!before.state().waitsForPerson()) {
            return Optional.empty();
        }
        var life = before.acked(change.actor(), change.timeMillis())
                .moved(before.state() == AlarmState.UNACKED ? AlarmState.ACKED : AlarmState.CLOSED);
        return Optional.of(new Step(life, List.of(change), null, true));
    }

    /** A person says something; possible in every state. */
    static Step comment(AlarmLife before, String actor, long nowMillis, String note) {
        return new Step(before.commented(), List.of(new Change(nowMillis, actor, "commented", note)), null, false);
    }

    /**
     * A person says whether the alarm was right; possible in every state, empty when just that was said before.
     *
     * @param word {@link VerdictWord#NO_VERDICT} takes back what was said
     */
    static Optional<Step> verdict(AlarmLife before, String actor, long nowMillis, VerdictWord word, String note) {
        var was = before.verdict();
        var wasWord = was == null ? VerdictWord.NO_VERDICT : was.word();
        if (wasWord == word
                && (word == VerdictWord.NO_VERDICT
                        || Objects.requireNonNull(was).note().equals(note))) {
            return Optional.empty();
        }
        // The last word counts, also when clocks were set back in between.
        long at = was == null ? nowMillis : Math.max(nowMillis, was.atMillis() + 1);
        var said = new Said(word, actor, at, note);
        return Optional.of(new Step(
                before.said(said), List.of(new Change(at, actor, "verdict_" + said.code(), note)), null, false));
    }

    /** The alarm becomes part of an incident, or stands for itself again. */
    static Step partOf(AlarmLife before, @Nullable String incident, long atMillis) {
        var change = incident == null
                ? new Change(atMillis, DETECT, "left_incident", String.valueOf(before.incident()))
                : new Change(atMillis, DETECT, "joined_incident", incident);
        return new Step(before.partOf(incident), List.of(change), null, false);
    }

    /**
     * Whether an alarm that someone saw at {@code seenVersion} has since become something else, so that an acknowledgement
     * meant for what was seen must not be taken for what is.
     */
    static boolean changedSince(AlarmLife life, int seenVersion) {
        return life.stateVersion() > seenVersion;
    }

    private static AlarmState afterClearing(int grade, boolean acked) {
        return acked || grade > 2 ? AlarmState.CLOSED : AlarmState.RETURNED_UNACKED;
    }

    private static Change change(Alarm event, String action, String note) {
        var time = switch (action) {
            case "cleared" -> event.getClearedMillis();
            case "raised", "recorded" -> event.getRaisedMillis();
            case "withdrawn", "onset_corrected" -> event.getLogMillis();
            default -> event.getLastMillis();
        };
        return new Change(time > 0 ? time : event.getLogMillis(), DETECT, action, note);
    }
}
