package io.yiwang.sim.exam;

import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmStep;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the steps of alarms and tells each time that one was raised. */
final class AlarmBook {
    private final Map<String, List<Entry>> entries = new HashMap<>();
    private long steps;

    /** What was first told, what was last told, and whether it was taken back. */
    private static final class Entry {
        private final Alarm first;
        private Alarm last;

        private Entry(Alarm first) {
            this.first = first;
            this.last = first;
        }
    }

    /** @param in delimited {@link Alarm}s in the order in which they were concluded; read to its end */
    void read(InputStream in) throws IOException {
        for (var alarm = Alarm.parseDelimitedFrom(in); alarm != null; alarm = Alarm.parseDelimitedFrom(in)) {
            add(alarm);
        }
    }

    void add(Alarm alarm) {
        steps++;
        var times = entries.computeIfAbsent(alarm.getId(), id -> new ArrayList<>());
        if (times.isEmpty() || alarm.getStep() == AlarmStep.RAISED) {
            times.add(new Entry(alarm));
        } else {
            times.get(times.size() - 1).last = alarm;
        }
    }

    long steps() {
        return steps;
    }

    /** In the order in which they were told. */
    List<Raise> raises() {
        var raises = new ArrayList<Raise>();
        entries.values().forEach(times -> {
            var withdrawn = times.get(times.size() - 1).last.getStep() == AlarmStep.WITHDRAWN;
            for (int i = 0; i < times.size(); i++) {
                raises.add(raise(times.get(i), i + 1, withdrawn));
            }
        });
        raises.sort(Comparator.comparingLong(Raise::toldMillis)
                .thenComparing(Raise::facility)
                .thenComparing(Raise::rule)
                .thenComparing(Raise::alarm)
                .thenComparingInt(Raise::time));
        return raises;
    }

    private static Raise raise(Entry entry, int time, boolean withdrawn) {
        var first = entry.first;
        var last = entry.last;
        return new Raise(
                first.getId(),
                time,
                first.getFacility(),
                first.getRule(),
                last.getGrade(),
                Raise.Kind.of(first),
                first.getEvidence().getStatistic(),
                first.getMetric(),
                last.getDevicesList(),
                first.getOnsetMillis(),
                first.getRaisedMillis(),
                first.getLogMillis(),
                last.getClearedMillis(),
                first.getHistoric(),
                withdrawn,
                last.getMembersList().stream()
                        .map(m -> new Raise.MemberPoint(m.getFacility(), m.getDevice(), m.getMetric()))
                        .toList());
    }
}
