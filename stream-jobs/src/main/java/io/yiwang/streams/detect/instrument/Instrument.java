package io.yiwang.streams.detect.instrument;

import io.yiwang.model.domain.Metric;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmKind;
import io.yiwang.model.wire.Evidence;
import io.yiwang.streams.detect.alarm.Alarms;
import io.yiwang.streams.detect.alarm.Alarms.Seen;
import io.yiwang.streams.detect.alarm.Samples;
import io.yiwang.streams.detect.alarm.Subject;
import io.yiwang.streams.intake.Quality;
import io.yiwang.streams.intake.Reading;
import io.yiwang.streams.kafka.FacilityAsset;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The instruments of one metric of one facility. {@value #IN_A_ROW} unusable values in a row raise the alarm {@code
 * <metric>.range} and as many good ones clear it; a point that is not heard of for three of its periods (at least 30 s of log
 * clock), or of which is said that it is gone, raises {@code <metric>.silent} until it is heard again.
 */
public final class Instrument {
    /** Values of one kind that change an instrument's standing. */
    public static final int IN_A_ROW = 3;
    /** Least silence that counts, ms of log clock. */
    public static final long SILENT_MILLIS = 30_000;
    /** What devices are given to come back after the doors were closed, seconds of people's time. */
    public static final long RECONNECT_SECONDS = 30;

    private static final int PERIODS_OF_SILENCE = 3;
    private static final int RANGE_GRADE = 3;
    private static final int WORST_SILENT_GRADE = 2;
    private static final int MILDEST_GRADE = 4;
    private static final long NEVER = Long.MAX_VALUE;

    private final Subject range;
    private final Subject silent;
    /** The same alarm, with the other reason for it. */
    private final Subject gone;

    private final long slackMillis;

    /** @param slackMillis what the next reading may take longer, because time runs fast in the city */
    public Instrument(Metric metric, FacilityAsset facility, long slackMillis) {
        this.slackMillis = slackMillis;
        int worst =
                metric.limits().stream().mapToInt(limit -> limit.grade()).min().orElse(MILDEST_GRADE);
        int silentGrade = Math.max(WORST_SILENT_GRADE, Math.min(MILDEST_GRADE, worst + 1));
        range = subject(
                metric,
                facility,
                "range",
                RANGE_GRADE,
                Evidence.newBuilder()
                        .setSide("range")
                        .setLimit(metric.range().high())
                        .setSource("physical range " + metric.range())
                        .setConfidence("V"));
        silent = subject(
                metric,
                facility,
                "silent",
                silentGrade,
                Evidence.newBuilder()
                        .setSide("silent")
                        .setSource("no message for " + PERIODS_OF_SILENCE + " periods")
                        .setConfidence("V"));
        gone = subject(
                metric,
                facility,
                "silent",
                silentGrade,
                Evidence.newBuilder()
                        .setSide("silent")
                        .setSource("it was said to be offline")
                        .setConfidence("V"));
    }

    private static Subject subject(
            Metric metric, FacilityAsset facility, String what, int grade, Evidence.Builder evidence) {
        return new Subject(
                facility.id(),
                facility.domain(),
                facility.district(),
                metric.code() + "." + what,
                metric.code(),
                grade,
                AlarmKind.INSTRUMENT,
                evidence.build(),
                false,
                // The peak of an instrument alarm says nothing, so it never grows.
                Double.POSITIVE_INFINITY,
                false);
    }

    /** What a point's readings are worth at the moment. */
    public enum Standing {
        /** Nothing heard yet. */
        UNKNOWN,
        GOOD,
        DEVICE_BAD,
        OUT_OF_RANGE,
        SILENT,
        /** It was said to be gone. */
        OFFLINE;

        /** Whether its last value still says something of now. */
        public boolean isHeard() {
            return this != SILENT && this != OFFLINE;
        }

        /** The word used in messages. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Standing of(Quality quality) {
            return switch (quality) {
                case GOOD -> GOOD;
                case DEVICE_BAD -> DEVICE_BAD;
                case OUT_OF_RANGE -> OUT_OF_RANGE;
                case OFFLINE -> OFFLINE;
            };
        }
    }

    /**
     * One point.
     *
     * @param sinceMillis since when it stands so, epoch ms
     * @param bad unusable values in a row, at most {@value #IN_A_ROW}
     * @param good good values in a row, at most {@value #IN_A_ROW}
     * @param badSinceMillis event time of the first of the unusable values
     * @param newestMillis event time of the newest live reading, {@code Long.MIN_VALUE} before the first
     * @param heardLogMillis log clock of the newest message
     * @param dueLogMillis log clock at which it counts as silent; {@code Long.MAX_VALUE} when nothing is expected
     */
    public record Point(
            Standing standing,
            long sinceMillis,
            int bad,
            int good,
            long badSinceMillis,
            long newestMillis,
            long heardLogMillis,
            long dueLogMillis,
            Samples samples) {
        public static final Point NEW = new Point(Standing.UNKNOWN, 0, 0, 0, 0, Long.MIN_VALUE, 0, NEVER, Samples.NONE);

        /** The doors were closed: what was not yet silent gets the time of the break and a while to reconnect. */
        public Point afterBreak(long breakMillis, long reconnectMillis) {
            return dueLogMillis == NEVER ? this : due(dueLogMillis + breakMillis + reconnectMillis);
        }

        /** Nothing is expected of it. */
        public Point unexpected() {
            return due(NEVER);
        }

        private Point due(long dueLogMillis) {
            return new Point(
                    standing,
                    sinceMillis,
                    bad,
                    good,
                    badSinceMillis,
                    newestMillis,
                    heardLogMillis,
                    dueLogMillis,
                    samples);
        }
    }

    /** The alarms of the metric's instruments. */
    public record State(Alarms.State range, Alarms.State silent) {
        public static final State CALM = new State(Alarms.State.NONE, Alarms.State.NONE);
    }

    public record Step(Point point, State state) {}

    /**
     * A reading that is not a duplicate.
     *
     * @param live whether it is neither late nor older than another of its point
     * @param periodSeconds 0 when the point speaks on change only, so that its silence means nothing
     * @param expected whether the facility is in service
     */
    public Step on(
            Point point,
            State state,
            Reading reading,
            boolean live,
            int periodSeconds,
            boolean expected,
            Consumer<Alarm> out) {
        if (reading.quality() == Quality.OFFLINE) {
            return onGone(point, state, reading, live, expected, out);
        }
        long log = reading.logTimeMillis();
        long due = expected && periodSeconds > 0
                ? log + Math.max(1000L * PERIODS_OF_SILENCE * periodSeconds, SILENT_MILLIS) + slackMillis
                : NEVER;
        var silentAlarm = Alarms.end(state.silent, reading.device(), log, log, out);
        boolean wasSilent = !point.standing.isHeard();
        if (!live) {
            // It speaks again; what it says of the past does not tell what its values are worth now.
            var next = new Point(
                    wasSilent ? Standing.of(reading.quality()) : point.standing,
                    wasSilent ? log : point.sinceMillis,
                    point.bad,
                    point.good,
                    point.badSinceMillis,
                    point.newestMillis,
                    log,
                    due,
                    point.samples);
            return new Step(next, new State(state.range, silentAlarm));
        }
        boolean good = reading.isGood();
        var standing = Standing.of(reading.quality());
        int badInARow = good ? 0 : Math.min(point.bad + 1, IN_A_ROW);
        int goodInARow = good ? Math.min(point.good + 1, IN_A_ROW) : 0;
        long badSince = good || point.bad > 0 ? point.badSinceMillis : reading.eventTimeMillis();
        var next = new Point(
                standing,
                standing == point.standing ? point.sinceMillis : reading.eventTimeMillis(),
                badInARow,
                goodInARow,
                badSince,
                reading.eventTimeMillis(),
                log,
                due,
                good ? point.samples.and(reading.eventTimeMillis(), reading.number()) : point.samples);
        var rangeAlarm = state.range;
        if (badInARow == IN_A_ROW && point.bad < IN_A_ROW) {
            rangeAlarm =
                    begin(rangeAlarm, range, reading.device(), badSince, reading.eventTimeMillis(), log, next, out);
        } else if (goodInARow == IN_A_ROW && point.good < IN_A_ROW) {
            rangeAlarm = Alarms.end(rangeAlarm, reading.device(), reading.eventTimeMillis(), log, out);
        }
        return new Step(next, new State(rangeAlarm, silentAlarm));
    }

    /** Silence that nobody has to wait for. What is told late of an earlier one says nothing of now. */
    private Step onGone(
            Point point, State state, Reading reading, boolean live, boolean expected, Consumer<Alarm> out) {
        if (!live || point.standing == Standing.OFFLINE) {
            return new Step(point, state);
        }
        boolean isNew = point.standing != Standing.SILENT;
        var next = new Point(
                Standing.OFFLINE,
                reading.eventTimeMillis(),
                point.bad,
                point.good,
                point.badSinceMillis,
                point.newestMillis,
                reading.logTimeMillis(),
                NEVER,
                point.samples);
        var alarm = isNew && expected
                ? begin(
                        state.silent,
                        gone,
                        reading.device(),
                        reading.eventTimeMillis(),
                        reading.eventTimeMillis(),
                        reading.logTimeMillis(),
                        next,
                        out)
                : state.silent;
        return new Step(next, new State(state.range, alarm));
    }

    /** Concludes the silence of a point whose deadline is over; the same whether a reading or a tick comes first. */
    public Step conclude(Point point, State state, String device, Consumer<Alarm> out) {
        long due = point.dueLogMillis;
        var next = new Point(
                Standing.SILENT,
                point.heardLogMillis,
                point.bad,
                point.good,
                point.badSinceMillis,
                point.newestMillis,
                point.heardLogMillis,
                NEVER,
                point.samples);
        var alarm = begin(state.silent, silent, device, point.heardLogMillis, due, due, next, out);
        return new Step(next, new State(state.range, alarm));
    }

    /** Lets go of a device that is no longer measured, or of which nothing is expected. */
    public static State forget(State state, String device, boolean silenceOnly, long logMillis, Consumer<Alarm> out) {
        return new State(
                silenceOnly ? state.range : Alarms.end(state.range, device, logMillis, logMillis, out),
                Alarms.end(state.silent, device, logMillis, logMillis, out));
    }

    /** The last values that were good are the evidence; without any, value and time of the peak are 0. */
    private static Alarms.State begin(
            Alarms.State alarm,
            Subject subject,
            String device,
            long onset,
            long at,
            long log,
            Point point,
            Consumer<Alarm> out) {
        var samples = point.samples;
        int count = samples.millis().length;
        var last = count == 0 ? new Seen(0, 0) : new Seen(samples.numbers()[count - 1], samples.millis()[count - 1]);
        return Alarms.begin(
                alarm, subject, device, onset, at, log, last, last, count == 0 ? List.of() : samples.of(device), out);
    }
}
