package io.yiwang.streams.detect.instrument;

import io.yiwang.model.domain.Metric;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmKind;
import io.yiwang.model.wire.Evidence;
import io.yiwang.model.wire.Sample;
import io.yiwang.streams.detect.alarm.Alarms;
import io.yiwang.streams.detect.alarm.Alarms.Seen;
import io.yiwang.streams.detect.alarm.Subject;
import io.yiwang.streams.detect.snapshot.Compact;
import io.yiwang.streams.intake.Quality;
import io.yiwang.streams.intake.Reading;
import io.yiwang.streams.kafka.FacilityAsset;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The instruments of one metric of one facility, each an alarm of its own:
 *
 * <ul>
 *   <li>{@code <metric>.range}: {@value #IN_A_ROW} unusable values in a row, until as many usable ones;
 *   <li>{@code <metric>.silent}: not heard of for three of its periods (at least 30 s of log clock), or said to be gone, until it is
 *       heard again;
 *   <li>{@code <metric>.stuck}: the first stage says so, which takes many readings, until {@value #IN_A_ROW} others in a row;
 *   <li>{@code <metric>.rate}: changes that cannot be weigh {@value #DOUBT_STEP} each, readings that can be take one off; raised at {@value
 *       #DOUBT_RAISES}, so one spike is none, cleared at 0;
 *   <li>{@code <metric>.noise}: while the first stage says so, which has a hysteresis of its own.
 * </ul>
 *
 * <p>What a device's clock says is of no metric: {@link Clocks}.
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
    private static final int DOUBT_STEP = 2;
    private static final int DOUBT_RAISES = 6;
    private static final int MOST_DOUBT = 12;

    private final Subject range;
    private final Subject stuck;
    private final Subject rate;
    private final Subject noise;
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
        // A value that stands still or cannot be leaves people as blind as none.
        stuck = subject(
                metric,
                facility,
                "stuck",
                silentGrade,
                Evidence.newBuilder()
                        .setSide("stuck")
                        .setSource("it has stood still much longer than it ever did, or stands at the end of its range")
                        .setConfidence("V"));
        rate = subject(metric, facility, "rate", Math.min(MILDEST_GRADE, silentGrade + 1), rateEvidence(metric));
        noise = subject(
                metric,
                facility,
                "noise",
                MILDEST_GRADE,
                Evidence.newBuilder()
                        .setSide("noise")
                        .setSource("it scatters far less or far more than it ever did")
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

    /** After how much silence a point of this period counts as silent, ms; only for periods above 0. */
    public static long silentAfterMillis(int periodSeconds) {
        return Math.max(1000L * PERIODS_OF_SILENCE * periodSeconds, SILENT_MILLIS);
    }

    private static Evidence.Builder rateEvidence(Metric metric) {
        var most = metric.maxRate();
        return most == null
                ? Evidence.newBuilder()
                        .setSide("rate")
                        .setSource("a counter only grows")
                        .setConfidence("V")
                : Evidence.newBuilder()
                        .setSide("rate")
                        .setLimit(most.perSecond())
                        .setSource("per second: " + most.source())
                        .setConfidence(most.confidence());
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
        RATE,
        STUCK,
        NOISE,
        /** Its device's clock is wrong. */
        CLOCK,
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
                case GOOD, LATE, BACKFILL -> GOOD;
                case DEVICE_BAD -> DEVICE_BAD;
                case OUT_OF_RANGE -> OUT_OF_RANGE;
                case OFFLINE -> OFFLINE;
                case RATE -> RATE;
                case STUCK -> STUCK;
                case NOISE -> NOISE;
                case CLOCK -> CLOCK;
            };
        }
    }

    /**
     * One point.
     *
     * @param sinceMillis since when it stands so, epoch ms
     * @param bad unusable values in a row, at most {@value #IN_A_ROW}
     * @param good usable values in a row, at most {@value #IN_A_ROW}
     * @param badSinceMillis event time of the first of the unusable values
     * @param newestMillis event time of the newest live reading, {@code Long.MIN_VALUE} before the first
     * @param heardLogMillis log clock of the newest message
     * @param dueLogMillis log clock at which it counts as silent; {@code Long.MAX_VALUE} when nothing is expected
     * @param moving values in a row that are not stuck, at most {@value #IN_A_ROW}
     * @param doubt how much its changes are doubted, 0 to {@value #MOST_DOUBT}
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
            int moving,
            int doubt) {
        public static final Point NEW = new Point(Standing.UNKNOWN, 0, 0, 0, 0, Long.MIN_VALUE, 0, NEVER, 0, 0);

        public void write(DataOutput out) throws IOException {
            out.writeByte(standing.ordinal());
            out.writeByte(bad | good << 2 | moving << 4);
            out.writeByte(doubt);
            out.writeLong(heardLogMillis);
            Compact.writeLong(out, sinceMillis - heardLogMillis);
            Compact.writeLong(out, badSinceMillis - heardLogMillis);
            Compact.writeLong(out, newestMillis - heardLogMillis);
            Compact.writeLong(out, dueLogMillis - heardLogMillis);
        }

        public static Point read(DataInput in) throws IOException {
            var standing = Standing.values()[in.readUnsignedByte()];
            int rows = in.readUnsignedByte();
            int doubt = in.readUnsignedByte();
            long heard = in.readLong();
            return new Point(
                    standing,
                    heard + Compact.readLong(in),
                    rows & 3,
                    rows >> 2 & 3,
                    heard + Compact.readLong(in),
                    heard + Compact.readLong(in),
                    heard,
                    heard + Compact.readLong(in),
                    rows >> 4,
                    doubt);
        }

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
                    moving,
                    doubt);
        }

        /** Stands so as far as its silence is concerned; what its values are worth stays. */
        private Point heard(Standing standing, long sinceMillis, long heardLogMillis, long dueLogMillis) {
            return new Point(
                    standing,
                    sinceMillis,
                    bad,
                    good,
                    badSinceMillis,
                    newestMillis,
                    heardLogMillis,
                    dueLogMillis,
                    moving,
                    doubt);
        }
    }

    /** The alarms of the metric's instruments. Those that an older savepoint lacks are closed. */
    public record State(
            Alarms.State range, Alarms.State silent, Alarms.State stuck, Alarms.State rate, Alarms.State noise) {
        public static final State CALM = new State(
                Alarms.State.NONE, Alarms.State.NONE, Alarms.State.NONE, Alarms.State.NONE, Alarms.State.NONE);

        public State {
            stuck = stuck == null ? Alarms.State.NONE : stuck;
            rate = rate == null ? Alarms.State.NONE : rate;
            noise = noise == null ? Alarms.State.NONE : noise;
        }

        public void write(DataOutput out) throws IOException {
            range.write(out);
            silent.write(out);
            stuck.write(out);
            rate.write(out);
            noise.write(out);
        }

        public static State read(DataInput in) throws IOException {
            return new State(
                    Alarms.State.read(in),
                    Alarms.State.read(in),
                    Alarms.State.read(in),
                    Alarms.State.read(in),
                    Alarms.State.read(in));
        }

        /** This one while nothing is otherwise, which it is as good as always. */
        private State with(
                Alarms.State range, Alarms.State silent, Alarms.State stuck, Alarms.State rate, Alarms.State noise) {
            return range == this.range
                            && silent == this.silent
                            && stuck == this.stuck
                            && rate == this.rate
                            && noise == this.noise
                    ? this
                    : new State(range, silent, stuck, rate, noise);
        }

        private State silent(Alarms.State silent) {
            return with(range, silent, stuck, rate, noise);
        }
    }

    public record Step(Point point, State state) {}

    /**
     * A reading that is not a duplicate.
     *
     * @param live whether it is neither late nor older than another of its point
     * @param periodSeconds 0 when the point speaks on change only, so that its silence means nothing
     * @param expected whether the facility is in service
     * @param samples the point's newest good readings up to this one, oldest first: asked for only when an alarm begins
     */
    public Step on(
            Point point,
            State state,
            Reading reading,
            boolean live,
            int periodSeconds,
            boolean expected,
            Supplier<List<Sample>> samples,
            Consumer<Alarm> out) {
        if (reading.quality() == Quality.OFFLINE) {
            return onGone(point, state, reading, live, expected, samples, out);
        }
        long log = reading.logTimeMillis();
        long due = expected && periodSeconds > 0 ? log + silentAfterMillis(periodSeconds) + slackMillis : NEVER;
        var silentAlarm = Alarms.end(state.silent, reading.device(), log, log, out);
        boolean wasSilent = !point.standing.isHeard();
        if (!live) {
            // It speaks again; what it says of the past does not tell what its values are worth now.
            var next = point.heard(
                    wasSilent ? Standing.of(reading.quality()) : point.standing,
                    wasSilent ? log : point.sinceMillis,
                    log,
                    due);
            return new Step(next, state.silent(silentAlarm));
        }
        var quality = reading.quality();
        var standing = Standing.of(quality);
        boolean usable = quality != Quality.DEVICE_BAD && quality != Quality.OUT_OF_RANGE;
        int badInARow = usable ? 0 : Math.min(point.bad + 1, IN_A_ROW);
        int usableInARow = usable ? Math.min(point.good + 1, IN_A_ROW) : 0;
        int moving = quality == Quality.STUCK ? 0 : Math.min(point.moving + 1, IN_A_ROW);
        int doubt =
                quality == Quality.RATE ? Math.min(point.doubt + DOUBT_STEP, MOST_DOUBT) : Math.max(0, point.doubt - 1);
        long badSince = usable || point.bad > 0 ? point.badSinceMillis : reading.eventTimeMillis();
        var next = new Point(
                standing,
                standing == point.standing ? point.sinceMillis : reading.sinceMillis(),
                badInARow,
                usableInARow,
                badSince,
                reading.eventTimeMillis(),
                log,
                due,
                moving,
                doubt);
        var rangeAlarm = state.range;
        if (badInARow == IN_A_ROW && point.bad < IN_A_ROW) {
            rangeAlarm = begin(rangeAlarm, range, reading, badSince, samples, out);
        } else if (usableInARow == IN_A_ROW && point.good < IN_A_ROW) {
            rangeAlarm = Alarms.end(rangeAlarm, reading.device(), reading.eventTimeMillis(), log, out);
        }
        var stuckAlarm = state.stuck;
        if (quality == Quality.STUCK && point.standing != Standing.STUCK) {
            stuckAlarm = begin(stuckAlarm, stuck, reading, reading.sinceMillis(), samples, out);
        } else if (moving == IN_A_ROW && point.moving < IN_A_ROW) {
            stuckAlarm = Alarms.end(stuckAlarm, reading.device(), reading.eventTimeMillis(), log, out);
        }
        var rateAlarm = state.rate;
        if (doubt >= DOUBT_RAISES && point.doubt < DOUBT_RAISES) {
            rateAlarm = begin(rateAlarm, rate, reading, reading.sinceMillis(), samples, out);
        } else if (doubt == 0 && point.doubt > 0) {
            rateAlarm = Alarms.end(rateAlarm, reading.device(), reading.eventTimeMillis(), log, out);
        }
        var noiseAlarm = state.noise;
        if (quality == Quality.NOISE && point.standing != Standing.NOISE) {
            noiseAlarm = begin(noiseAlarm, noise, reading, reading.sinceMillis(), samples, out);
        } else if (quality != Quality.NOISE && noiseAlarm.isOpen()) {
            noiseAlarm = Alarms.end(noiseAlarm, reading.device(), reading.eventTimeMillis(), log, out);
        }
        return new Step(next, state.with(rangeAlarm, silentAlarm, stuckAlarm, rateAlarm, noiseAlarm));
    }

    /** Silence that nobody has to wait for. What is told late of an earlier one says nothing of now. */
    private Step onGone(
            Point point,
            State state,
            Reading reading,
            boolean live,
            boolean expected,
            Supplier<List<Sample>> samples,
            Consumer<Alarm> out) {
        if (!live || point.standing == Standing.OFFLINE) {
            return new Step(point, state);
        }
        boolean isNew = point.standing != Standing.SILENT;
        var next = point.heard(Standing.OFFLINE, reading.eventTimeMillis(), reading.logTimeMillis(), NEVER);
        var alarm = isNew && expected
                ? begin(
                        state.silent,
                        gone,
                        reading.device(),
                        reading.eventTimeMillis(),
                        reading.eventTimeMillis(),
                        reading.logTimeMillis(),
                        samples,
                        out)
                : state.silent;
        return new Step(next, state.silent(alarm));
    }

    /** Concludes the silence of a point whose deadline is over; the same whether a reading or a tick comes first. */
    public Step conclude(Point point, State state, String device, Supplier<List<Sample>> samples, Consumer<Alarm> out) {
        long due = point.dueLogMillis;
        var next = point.heard(Standing.SILENT, point.heardLogMillis, point.heardLogMillis, NEVER);
        var alarm = begin(state.silent, silent, device, point.heardLogMillis, due, due, samples, out);
        return new Step(next, state.silent(alarm));
    }

    /** Lets go of a device that is no longer measured, or of which nothing is expected. */
    public static State forget(State state, String device, boolean silenceOnly, long logMillis, Consumer<Alarm> out) {
        var silent = Alarms.end(state.silent, device, logMillis, logMillis, out);
        return silenceOnly
                ? state.silent(silent)
                : new State(
                        Alarms.end(state.range, device, logMillis, logMillis, out),
                        silent,
                        Alarms.end(state.stuck, device, logMillis, logMillis, out),
                        Alarms.end(state.rate, device, logMillis, logMillis, out),
                        Alarms.end(state.noise, device, logMillis, logMillis, out));
    }

    private static Alarms.State begin(
            Alarms.State alarm,
            Subject subject,
            Reading reading,
            long onset,
            Supplier<List<Sample>> samples,
            Consumer<Alarm> out) {
        return begin(
                alarm,
                subject,
                reading.device(),
                onset,
                reading.eventTimeMillis(),
                reading.logTimeMillis(),
                samples,
                out);
    }

    /** The last values that were good are the evidence; without any, value and time of the peak are 0. */
    private static Alarms.State begin(
            Alarms.State alarm,
            Subject subject,
            String device,
            long onset,
            long at,
            long log,
            Supplier<List<Sample>> samples,
            Consumer<Alarm> out) {
        var good = samples.get();
        var newest = good.isEmpty() ? Sample.getDefaultInstance() : good.get(good.size() - 1);
        var last = new Seen(newest.getNumber(), newest.getEventTimeMillis());
        return Alarms.begin(alarm, subject, device, onset, at, log, last, last, good, out);
    }
}
