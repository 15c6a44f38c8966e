package io.yiwang.streams.backtest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was alarmed then beside what would be now.
 *
 * @param lines by when the alarm was raised, then facility and rule
 */
public record Comparison(List<Line> lines) {
    /** Where an alarm is found. */
    public enum Found {
        SAME,
        ONLY_THEN,
        ONLY_NOW
    }

    /** One alarm; at least one of the two is there. */
    public record Line(@Nullable AlarmSpan then, @Nullable AlarmSpan now) {
        public Found found() {
            return then == null ? Found.ONLY_NOW : now == null ? Found.ONLY_THEN : Found.SAME;
        }

        /** As it would be now, or as it was when it would not be. */
        AlarmSpan shown() {
            return now != null ? now : java.util.Objects.requireNonNull(then);
        }
    }

    /** Two alarms are the same when they are of one facility and rule and were open at one time; each has one partner at most. */
    static Comparison of(List<AlarmSpan> then, List<AlarmSpan> now) {
        var waiting = new HashMap<String, List<AlarmSpan>>();
        then.forEach(span ->
                waiting.computeIfAbsent(span.key(), key -> new ArrayList<>()).add(span));
        var lines = new ArrayList<Line>();
        for (var span : now) {
            var candidates = waiting.getOrDefault(span.key(), List.of());
            var partner = candidates.stream().filter(span::overlaps).findFirst().orElse(null);
            if (partner != null) {
                candidates.remove(partner);
            }
            lines.add(new Line(partner, span));
        }
        waiting.values().forEach(left -> left.forEach(span -> lines.add(new Line(span, null))));
        lines.sort(Comparator.comparing(Line::shown, AlarmSpan.ORDER));
        return new Comparison(List.copyOf(lines));
    }

    public long count(Found found) {
        return lines.stream().filter(line -> line.found() == found).count();
    }
}
