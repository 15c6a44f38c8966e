package io.yiwang.streams.backtest;

import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmKind;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.model.wire.PointQuality;
import io.yiwang.streams.detect.FacilityDetection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** What the alarms of one device become: which series has one open now, and the times that they were open. */
final class Episodes implements FacilityDetection.Announcements {
    /** Place of what is of no series alone. */
    static final int TOGETHER = -1;

    static final Comparator<Episode> ORDER = Comparator.comparingLong(Episode::startMillis)
            .thenComparing(Episode::series)
            .thenComparing(Episode::kind);

    private static final String BASELINE = "baseline";
    /** What crosses a limit or comes from a broken instrument leaves no doubt. */
    /** Values that scatter unusually may be right. */
    private static final String NOISE = "noise";

    private static final double CERTAIN = 1;

    private static final double LEAST = 0.5;

    private final SeriesSet series;
    /** How many alarms each series has open, and how many of them are certain; the last is of the series together. */
    private final int[] open;

    private final int[] certain;
    /** When the newest alarm of each began. */
    private final long[] began;

    private final TreeMap<String, Running> running = new TreeMap<>();
    private final List<Episode> done = new ArrayList<>();

    Episodes(SeriesSet series) {
        this.series = series;
        open = new int[series.size() + 1];
        certain = new int[series.size() + 1];
        began = new long[series.size() + 1];
        Arrays.fill(began, Long.MIN_VALUE);
    }

    /** What an open alarm says, as far as is known now. */
    record Running(int series, long startMillis, double peak, String kind, int grade, double score) {
        private boolean isCertain() {
            return score >= CERTAIN;
        }
    }

    @Override
    public void alarm(Alarm alarm) {
        boolean isOpen = alarm.getStep() == AlarmStep.RAISED || alarm.getStep() == AlarmStep.UPDATED;
        var evidence = alarm.getEvidence();
        boolean isLearned = evidence.hasLearned();
        see(
                alarm.getRule(),
                series.seriesOf(alarm.getMetric()),
                alarm.getLogMillis(),
                // Of an instrument that has never given a value there is none.
                alarm.getKind() == AlarmKind.INSTRUMENT && alarm.getPeakMillis() == 0 ? Double.NaN : alarm.getPeak(),
                evidence.getSide().equals(BASELINE) ? evidence.getLearned().getShape() : evidence.getSide(),
                alarm.getGrade(),
                isLearned
                        ? evidence.getLearned().getScore()
                        : evidence.getSide().equals(NOISE) ? LEAST : CERTAIN);
        if (!isOpen) {
            end(alarm.getRule(), alarm.getLogMillis());
        }
    }

    @Override
    public void quality(PointQuality quality) {
        // A file's reader looks at alarms.
    }

    /**
     * An alarm is open, and says this now.
     *
     * @param of the series, {@link #TOGETHER} when it is of none alone
     * @param millis now
     * @param score 0.5 to 1
     */
    void see(String rule, int of, long millis, double peak, String kind, int grade, double score) {
        var known = running.get(rule);
        if (known == null) {
            known = new Running(of, millis, peak, kind, grade, Math.max(LEAST, score));
            count(known, 1);
            began[of == TOGETHER ? series.size() : of] = millis;
            running.put(rule, known);
        } else {
            running.put(rule, new Running(of, known.startMillis, peak, kind, grade, Math.max(known.score, score)));
        }
    }

    /** It says so with a limit or an instrument: there is no doubt. */
    void seeCertain(String rule, int of, long millis, double peak, String kind, int grade) {
        see(rule, of, millis, peak, kind, grade, CERTAIN);
    }

    /** An alarm is over, if it was open. */
    void end(String rule, long millis) {
        var known = running.remove(rule);
        if (known != null) {
            count(known, -1);
            done.add(episode(known, millis));
        }
    }

    private void count(Running alarm, int one) {
        int at = alarm.series == TOGETHER ? series.size() : alarm.series;
        open[at] += one;
        certain[at] += alarm.isCertain() ? one : 0;
    }

    /** The file begins: what ended before is history and not kept, and what history left open counts from here on. */
    void begin(long millis) {
        done.clear();
        running.replaceAll(
                (rule, alarm) -> new Running(alarm.series, millis, alarm.peak, alarm.kind, alarm.grade, alarm.score));
    }

    /** Whether an alarm of the rule is open. */
    boolean isRunning(String rule) {
        return running.containsKey(rule);
    }

    /** @param of a series; their number = of all together */
    boolean isOpen(int of) {
        return open[of] > 0;
    }

    /** Whether one of them began at that time. */
    boolean beganAt(int of, long millis) {
        return began[of] == millis;
    }

    /** Whether one of them leaves no doubt. */
    boolean isCertain(int of) {
        return certain[of] > 0;
    }

    boolean isOpen() {
        return !running.isEmpty();
    }

    /** By start, then series and kind; those still open are among them. */
    List<Episode> all() {
        var all = new ArrayList<>(done);
        running.values().forEach(alarm -> all.add(episode(alarm, Episode.OPEN)));
        all.sort(ORDER);
        return all;
    }

    private Episode episode(Running alarm, long endMillis) {
        return new Episode(
                alarm.series == TOGETHER ? Episode.TOGETHER : series.names().get(alarm.series),
                alarm.startMillis,
                endMillis,
                alarm.peak,
                alarm.kind,
                alarm.grade,
                alarm.score);
    }
}
