package io.yiwang.dashboard.alarms;

import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rules of an alarm's life: a function of what is known and of what is said or done.
 *
 * <pre>
 *             raised            cleared (grade 1, 2)                 ack
 *   (nothing) ------> UNACKED -----------------> RETURNED_UNACKED -------> CLOSED
 *                      |   \ cleared (grade 3, 4) ------------------------->  ^
 *                  ack |                                                      |
 *                      v         cleared                                      |
 *                    ACKED ---------------------------------------------------+
 * </pre>
 *
 * An announcement whose revision is not higher than the known one changes nothing, so a replayed topic changes nothing. An
 * alarm concluded from late data is recorded as closed; should a later revision call it live, it starts to live then. A
 * worse grade or a return after the clearing makes it unacked again and announces it anew.
 */
final class LifeCycle {
    /** Who acts when no person does. */
    static final String DETECT = "detect";

    private LifeCycle() {}

    /** One line of an alarm's history; {@code action} is a word that the UI translates. */
    record Change(long timeMillis, String actor, String action, String note) {}

    /**
     * @param announce name of the notification step that starts here, null when nobody is to be told
     * @param taken a person took the alarm up: pending notifications are pointless now
     */
    record Step(
            AlarmLife life, List<Change> changes, @Nullable String announce, boolean taken) {}

    /** What an announcement of the detect job does; empty when it says nothing new. */
    static Optional<Step> on(@Nullable AlarmLife before, Alarm event) {
        return before == null ? Optional.of(first(event)) : next(before, event);
    }

    private static Step first(Alarm event) {
        var cleared = event.getStep() == AlarmStep.CLEARED;
        var state = event.getHistoric()
                ? AlarmState.CLOSED
                : cleared ? afterClearing(event.getGrade(), false) : AlarmState.UNACKED;
        var life = new AlarmLife(state, event.getGrade(), event.getHistoric(), event.getRevision(), 1, 1, null, 0, 0);
        var changes = new ArrayList<Change>();
        changes.add(change(event, event.getHistoric() ? "recorded" : "raised", ""));
        if (cleared && !event.getHistoric()) {
            changes.add(change(event, "cleared", ""));
        }
        return new Step(life, List.copyOf(changes), live(event) ? "raised" : null, false);
    }

    private static Optional<Step> next(AlarmLife before, Alarm event) {
        if (event.getRevision() <= before.revision()) {
            return Optional.empty();
        }
        var historic = before.historic() && event.getHistoric();
        var life = new AlarmLife(
                before.state(),
                event.getGrade(),
                historic,
                event.getRevision(),
                before.version() + 1,
                before.stateVersion(),
                before.ackedBy(),
                before.ackedMillis(),
                before.comments());
        if (historic) {
            return Optional.of(new Step(life, List.of(), null, false));
        }
        if (event.getStep() == AlarmStep.CLEARED) {
            if (!before.state().active() && !before.historic()) {
                return Optional.of(corrected(before, life, event));
            }
            return Optional.of(new Step(
                    life.moved(afterClearing(event.getGrade(), life.acked())),
                    List.of(change(event, "cleared", "")),
                    null,
                    false));
        }
        if (!before.state().active()) {
            var action = before.historic() ? "raised" : "reopened";
            return Optional.of(new Step(
                    unacked(life),
                    List.of(change(event, action, "")),
                    before.historic() ? "raised" : "reopened-" + event.getRevision(),
                    false));
        }
        if (event.getGrade() < before.grade()) {
            return Optional.of(new Step(
                    unacked(life),
                    List.of(change(event, "worsened", before.grade() + " -> " + event.getGrade())),
                    "worsened-" + event.getRevision(),
                    false));
        }
        var changes = event.getGrade() > before.grade()
                ? List.of(change(event, "eased", before.grade() + " -> " + event.getGrade()))
                : List.<Change>of();
        return Optional.of(new Step(life, changes, null, false));
    }

    /** Late data corrects an alarm that is over; one that closed unseen as mild and was severe comes back for a person. */
    private static Step corrected(AlarmLife before, AlarmLife life, Alarm event) {
        var severeUnseen = before.state() == AlarmState.CLOSED && !life.acked() && event.getGrade() <= 2;
        if (!severeUnseen) {
            return new Step(life, List.of(), null, false);
        }
        return new Step(
                life.moved(AlarmState.RETURNED_UNACKED),
                List.of(change(event, "worsened", before.grade() + " -> " + event.getGrade())),
                "worsened-" + event.getRevision(),
                false);
    }

    /** A person takes the alarm up; empty when that was done before or the alarm is over. */
    static Optional<Step> acknowledge(AlarmLife before, String actor, long nowMillis, String note) {
        if (!before.state().waitsForPerson()) {
            return Optional.empty();
        }
        var next = before.touched();
        var life = new AlarmLife(
                next.state(),
                next.grade(),
                next.historic(),
                next.revision(),
                next.version(),
                next.stateVersion(),
                actor,
                nowMillis,
                next.comments());
        life = life.moved(before.state() == AlarmState.UNACKED ? AlarmState.ACKED : AlarmState.CLOSED);
        return Optional.of(new Step(life, List.of(new Change(nowMillis, actor, "acked", note)), null, true));
    }

    /** A person says something; possible in every state. */
    static Step comment(AlarmLife before, String actor, long nowMillis, String note) {
        var next = before.touched();
        var life = new AlarmLife(
                next.state(),
                next.grade(),
                next.historic(),
                next.revision(),
                next.version(),
                next.stateVersion(),
                next.ackedBy(),
                next.ackedMillis(),
                next.comments() + 1);
        return new Step(life, List.of(new Change(nowMillis, actor, "commented", note)), null, false);
    }

    /**
     * Whether an alarm that someone saw at {@code seenVersion} has since become something else, so that an acknowledgement
     * meant for what was seen must not be taken for what is.
     */
    static boolean changedSince(AlarmLife life, int seenVersion) {
        return life.stateVersion() > seenVersion;
    }

    private static boolean live(Alarm event) {
        return !event.getHistoric();
    }

    private static AlarmLife unacked(AlarmLife life) {
        return new AlarmLife(
                        life.state(),
                        life.grade(),
                        life.historic(),
                        life.revision(),
                        life.version(),
                        life.version(),
                        null,
                        0,
                        life.comments())
                .moved(AlarmState.UNACKED);
    }

    private static AlarmState afterClearing(int grade, boolean acked) {
        return acked || grade > 2 ? AlarmState.CLOSED : AlarmState.RETURNED_UNACKED;
    }

    private static Change change(Alarm event, String action, String note) {
        var time = switch (action) {
            case "cleared" -> event.getClearedMillis();
            case "raised", "recorded" -> event.getRaisedMillis();
            default -> event.getLastMillis();
        };
        return new Change(time > 0 ? time : event.getLogMillis(), DETECT, action, note);
    }
}
