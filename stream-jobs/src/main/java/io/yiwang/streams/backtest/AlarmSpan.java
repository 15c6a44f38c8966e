package io.yiwang.streams.backtest;

import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmStep;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;

/** An alarm as it stands after its last step. */
public record AlarmSpan(Alarm alarm) {
    static final Comparator<AlarmSpan> ORDER = Comparator.comparingLong(AlarmSpan::raisedMillis)
            .thenComparing(span -> span.alarm.getFacility())
            .thenComparing(span -> span.alarm.getRule());

    /**
     * The alarms that were raised in a time and never taken back, by when.
     *
     * @param steps in the order in which they were announced
     * @param fromMillis event time, epoch ms
     * @param toMillis excluded
     */
    static List<AlarmSpan> raisedIn(Collection<Alarm> steps, long fromMillis, long toMillis) {
        var newest = new LinkedHashMap<String, Alarm>();
        for (var step : steps) {
            newest.merge(step.getId(), step, (a, b) -> b.getRevision() >= a.getRevision() ? b : a);
        }
        var spans = new ArrayList<AlarmSpan>();
        for (var alarm : newest.values()) {
            if (alarm.getStep() != AlarmStep.WITHDRAWN
                    && alarm.getRaisedMillis() >= fromMillis
                    && alarm.getRaisedMillis() < toMillis) {
                spans.add(new AlarmSpan(alarm));
            }
        }
        spans.sort(ORDER);
        return spans;
    }

    long raisedMillis() {
        return alarm.getRaisedMillis();
    }

    /** When it cleared, epoch ms; {@link Episode#OPEN} while it is open. */
    long endMillis() {
        return alarm.getClearedMillis() == 0 ? Episode.OPEN : alarm.getClearedMillis();
    }

    /** Whether both were open at one time, or began at the same. */
    boolean overlaps(AlarmSpan other) {
        return alarm.getOnsetMillis() <= other.endMillis() && other.alarm.getOnsetMillis() <= endMillis();
    }

    String key() {
        return alarm.getFacility() + "|" + alarm.getRule();
    }
}
