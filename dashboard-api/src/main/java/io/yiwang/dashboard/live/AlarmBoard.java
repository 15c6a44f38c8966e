package io.yiwang.dashboard.live;

import io.yiwang.dashboard.alarms.AlarmView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The open alarms, and those closed within the last minute, so that whoever looks sees them go. Changes of one alarm may
 * arrive in any order: the highest version stands.
 */
final class AlarmBoard {
    static final long SHOWN_AFTER_CLOSE_MILLIS = 60_000;
    /** How long a closed alarm's version is remembered against older news that arrives after it. */
    private static final long REMEMBERED_MILLIS = 600_000;

    /**
     * A facility's alarms at a glance.
     *
     * @param worst the gravest and newest of its open alarms
     * @param fault an alarm of the process, grade 1 or 2, whose condition lasts
     */
    record Glance(
            int worstGrade,
            int unacked,
            int active,
            boolean fault,
            @Nullable AlarmView worst) {
        static final Glance CALM = new Glance(0, 0, 0, false, null);
    }

    private final Map<String, AlarmView> shown = new LinkedHashMap<>();
    private final Map<String, Closed> closed = new LinkedHashMap<>();
    private final Map<String, Set<String>> openByFacility = new HashMap<>();
    private final Map<String, Glance> glances = new HashMap<>();

    private record Closed(int version, long timeMillis) {}

    /** @return ids of the alarms whose row is another now */
    synchronized List<String> take(Collection<AlarmView> changed, long nowMillis) {
        var touched = new ArrayList<String>();
        for (var alarm : changed) {
            var before = shown.get(alarm.id());
            var gone = closed.get(alarm.id());
            if (before != null && before.version() >= alarm.version()
                    || before == null && gone != null && gone.version() >= alarm.version()) {
                continue;
            }
            if (alarm.open()) {
                closed.remove(alarm.id());
                openByFacility
                        .computeIfAbsent(alarm.facility(), id -> new HashSet<>())
                        .add(alarm.id());
                shown.put(alarm.id(), alarm);
            } else {
                var neverShown = before == null;
                closed.remove(alarm.id());
                closed.put(alarm.id(), new Closed(alarm.version(), nowMillis));
                var open = openByFacility.get(alarm.facility());
                if (open != null) {
                    open.remove(alarm.id());
                }
                if (neverShown) {
                    continue;
                }
                shown.put(alarm.id(), alarm);
            }
            touched.add(alarm.id());
            glances.put(alarm.facility(), glance(alarm.facility()));
        }
        return touched;
    }

    /** Takes away what has been closed for a minute. @return the ids taken away */
    synchronized List<String> expire(long nowMillis) {
        var gone = new ArrayList<String>();
        var oldest = closed.entrySet().iterator();
        while (oldest.hasNext()) {
            var entry = oldest.next();
            var age = nowMillis - entry.getValue().timeMillis();
            if (age < SHOWN_AFTER_CLOSE_MILLIS) {
                break;
            }
            if (shown.remove(entry.getKey()) != null) {
                gone.add(entry.getKey());
            }
            if (age >= REMEMBERED_MILLIS) {
                oldest.remove();
            }
        }
        return gone;
    }

    synchronized @Nullable AlarmView get(String id) {
        return shown.get(id);
    }

    synchronized List<AlarmView> shown() {
        return List.copyOf(shown.values());
    }

    /** What is open and stands for itself: not what an open incident, at least as grave, speaks for. */
    synchronized List<AlarmView> open() {
        return shown.values().stream()
                .filter(AlarmView::open)
                .filter(alarm -> !isSpokenFor(alarm))
                .toList();
    }

    private boolean isSpokenFor(AlarmView alarm) {
        var incident = alarm.incident() == null ? null : shown.get(alarm.incident());
        return incident != null && incident.open() && incident.grade() <= alarm.grade();
    }

    synchronized Glance of(String facility) {
        return glances.getOrDefault(facility, Glance.CALM);
    }

    private Glance glance(String facility) {
        var open = openByFacility.getOrDefault(facility, Set.of()).stream()
                .map(shown::get)
                .toList();
        if (open.isEmpty()) {
            return Glance.CALM;
        }
        var worst = open.stream()
                .min(Comparator.comparing((AlarmView alarm) -> !alarm.active())
                        .thenComparing(AlarmView::grade)
                        .thenComparing(AlarmView::raised, Comparator.reverseOrder())
                        .thenComparing(AlarmView::id))
                .orElseThrow();
        return new Glance(
                open.stream().mapToInt(AlarmView::grade).min().orElse(0),
                (int) open.stream().filter(AlarmView::waitsForPerson).count(),
                (int) open.stream().filter(AlarmView::active).count(),
                open.stream().anyMatch(alarm -> alarm.active() && alarm.process() && alarm.grade() <= 2),
                worst);
    }
}
