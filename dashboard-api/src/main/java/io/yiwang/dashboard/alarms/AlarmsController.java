package io.yiwang.dashboard.alarms;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.alarms.AlarmStore.KeptChange;
import io.yiwang.dashboard.alarms.AlarmStore.Wanted;
import java.security.Principal;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Alarms for reading, taking up, commenting and judging. */
@RestController
class AlarmsController {
    private static final int MOST = 1_000;
    private static final int LONGEST_NOTE = 2_000;
    private static final List<String> OPEN = Arrays.stream(AlarmState.values())
            .filter(state -> state != AlarmState.CLOSED)
            .map(AlarmState::code)
            .toList();

    private final AlarmStore store;
    private final AlarmViews views;
    private final AlarmDesk desk;

    AlarmsController(AlarmStore store, AlarmViews views, AlarmDesk desk) {
        this.store = store;
        this.views = views;
        this.desk = desk;
    }

    /** One alarm with what happened to it, in the order in which it became known. */
    record AlarmWithHistory(@JsonUnwrapped AlarmView alarm, List<KeptChange> history) {}

    /** @param version of the alarm as the person saw it; then an alarm that became another since is not taken up */
    record Ack(@Nullable String note, @Nullable Integer version) {}

    record Comment(@Nullable String note) {}

    /** @param word {@code real}, {@code false}, {@code expected}, or {@code none} to take back what was said */
    record Verdict(@Nullable String word, @Nullable String note) {}

    /**
     * Newest first.
     *
     * @param state {@code open}, {@code closed}, {@code all} or a state's own word
     * @param grade one grade or several with commas
     * @param incident id of the incident that they are part of
     * @param after id of the last alarm of the page before
     */
    @GetMapping("/api/alarms")
    List<AlarmView> alarms(
            @RequestParam(defaultValue = "open") String state,
            @RequestParam(required = false) @Nullable String grade,
            @RequestParam(required = false) @Nullable String domain,
            @RequestParam(required = false) @Nullable String facility,
            @RequestParam(required = false) @Nullable String district,
            @RequestParam(required = false) @Nullable String incident,
            @RequestParam(defaultValue = "200") int limit,
            @RequestParam(required = false) @Nullable String after) {
        if (after != null && store.find(after).isEmpty()) {
            throw Problem.badRequest("AFTER_UNKNOWN", "'after' names no alarm: " + after);
        }
        return store
                .find(new Wanted(
                        states(state),
                        grades(grade),
                        domain,
                        facility,
                        district,
                        incident,
                        after,
                        Math.max(1, Math.min(limit, MOST))))
                .stream()
                .map(views::view)
                .toList();
    }

    @GetMapping("/api/alarms/{id}")
    AlarmWithHistory alarm(@PathVariable String id) {
        var row = store.find(id).orElseThrow(() -> Problem.notFound("ALARM_UNKNOWN", "there is no alarm " + id));
        return new AlarmWithHistory(views.view(row), store.history(id));
    }

    @PostMapping("/api/alarms/{id}/ack")
    AlarmView acknowledge(@PathVariable String id, @RequestBody(required = false) @Nullable Ack ack, Principal who) {
        return desk.acknowledge(
                id, who.getName(), note(ack == null ? null : ack.note()), ack == null ? null : ack.version());
    }

    @PostMapping("/api/alarms/{id}/comment")
    AlarmView comment(@PathVariable String id, @RequestBody Comment comment, Principal who) {
        var note = note(comment.note());
        if (note.isEmpty()) {
            throw Problem.badRequest("NOTE_MISSING", "a comment needs a note");
        }
        return desk.comment(id, who.getName(), note);
    }

    /** Says whether the alarm was right; the detect job learns from it. The last word counts. */
    @PostMapping("/api/alarms/{id}/verdict")
    AlarmView verdict(@PathVariable String id, @RequestBody Verdict verdict, Principal who) {
        var word = Said.word(verdict.word() == null ? "" : verdict.word())
                .orElseThrow(() -> Problem.badRequest("WORD_UNKNOWN", "word is real, false, expected or none"));
        return desk.verdict(id, who.getName(), word, note(verdict.note()));
    }

    private static String note(@Nullable String note) {
        var text = note == null ? "" : note.replace('\0', ' ').strip();
        if (text.length() > LONGEST_NOTE) {
            throw Problem.badRequest("NOTE_TOO_LONG", "a note has at most " + LONGEST_NOTE + " characters");
        }
        return text;
    }

    private static List<String> states(String word) {
        return switch (word) {
            case "all" -> List.of();
            case "open" -> OPEN;
            default -> {
                if (Arrays.stream(AlarmState.values())
                        .noneMatch(state -> state.code().equals(word))) {
                    throw Problem.badRequest(
                            "STATE_UNKNOWN", "state is open, closed, all, unacked, acked or returned_unacked");
                }
                yield List.of(word);
            }
        };
    }

    private static List<Integer> grades(@Nullable String words) {
        if (words == null || words.isBlank()) {
            return List.of();
        }
        try {
            return Arrays.stream(words.split(","))
                    .map(String::strip)
                    .map(Integer::valueOf)
                    .toList();
        } catch (NumberFormatException e) {
            throw Problem.badRequest("GRADE_UNKNOWN", "grade is a number from 1 to 4, or several with commas");
        }
    }
}
