package io.yiwang.streams.detect.joint;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.ZoneId;
import java.util.Arrays;

/**
 * What is learned of the metrics of one device together, and whether its messages still look like that. Finds what no metric shows by
 * itself: values that are each ordinary but do not belong together, and a small lasting shift of several.
 *
 * <p>A row is one message. It is standardised ({@link Channels}), and its distance from what was learned is measured twice: as it is,
 * and smoothed over some ten rows ({@link Cloud}); each has a limit from its own history and the wanted rate of false alarms
 * ({@link Tail}). An alarm begins with the first row beyond a limit and ends when both distances were nearly ordinary for some rows.
 * While it lasts nothing is learned; after a day and 200 rows what lasts is taken for ordinary.
 *
 * <p>Costs a few multiplications per pair of metrics and row. Not for several threads at once (it keeps work space); states are
 * independent of it.
 */
public final class Joint {
    /**
     * @param falseAlarmsPerMonth of one metric in 30 days of healthy operation: what the limits aim at, had the future the tail of
     *     the past
     * @param readyRows rows before anything is judged
     * @param readyMillis time before anything is judged, for devices that report more slowly than every {@code fastMillis}
     * @param fastMillis a device that reports this often shows a process faster than the day: it is judged after the rows alone
     * @param memoryRows rows that levels and covariances remember, at least
     * @param memoryMillis time that they remember, at least
     * @param adaptRows rows of an alarm, at least, after which its values are taken for ordinary
     * @param adaptMillis time of an alarm, at least, after which its values are taken for ordinary
     */
    public record Settings(
            double falseAlarmsPerMonth,
            int readyRows,
            long readyMillis,
            long fastMillis,
            int memoryRows,
            long memoryMillis,
            int adaptRows,
            long adaptMillis) {
        private static final long DAY = 86_400_000L;

        public static final Settings DEFAULT = new Settings(0.004, 400, 3 * DAY, 2000, 1000, 2 * DAY, 200, DAY);

        public Settings {
            require(falseAlarmsPerMonth > 0 && falseAlarmsPerMonth <= 1000, "falseAlarmsPerMonth", falseAlarmsPerMonth);
            require(readyRows >= 300, "readyRows", readyRows);
            require(readyMillis >= 0, "readyMillis", readyMillis);
            require(fastMillis >= 0, "fastMillis", fastMillis);
            require(memoryRows >= 100, "memoryRows", memoryRows);
            require(memoryMillis >= 0, "memoryMillis", memoryMillis);
            require(adaptRows >= 1, "adaptRows", adaptRows);
            require(adaptMillis >= 0, "adaptMillis", adaptMillis);
        }

        private static void require(boolean holds, String name, double value) {
            if (!holds) {
                throw new IllegalArgumentException(name + " out of range: " + value);
            }
        }
    }

    /** How far learning is. */
    public enum Readiness {
        /** Not enough is known: no row is judged. */
        LEARNS,
        /** Rows are judged and learned. */
        READY,
        /** An alarm is on: rows are judged, not learned. */
        FROZEN
    }

    /**
     * Metrics of one device that are judged together, at least. Of two, the baseline of each sees as much; and where both rest most of the
     * time, as those of a pump that helps out, a distance from their mean says nothing.
     */
    public static final int FEWEST_METRICS = 3;

    /** Metrics of one device that can be judged together, at most. */
    public static final int MOST_METRICS = 64;

    private static final double MONTH_MILLIS = 30.0 * 86_400_000;
    private static final double FORTNIGHT_MILLIS = 14.0 * 86_400_000;
    private static final double SMOOTHING = 0.1;
    private static final int ROWS_TO_CLEAR = 4;
    private static final int RENEW_ROWS = 100;
    private static final int FIRST_RENEWAL = 60;
    private static final int CLOUD_FROM = 20;
    private static final int TAIL_FROM = 200;
    private static final int HOLD_ROWS = 100;
    private static final double GAP_PERIODS = 20;
    private static final double SMOOTHED_CAP = 1.5;
    private static final double CLEAR_SHARE = 0.6;
    private static final double LEARN_SHARE = 0.3;
    /** What keeps ending by itself is a habit of the device: from so many times within a fortnight on, its like begins no alarm again. */
    private static final double TIMES = 3;
    /** Its like goes less than this much farther, and less than so much farther than the limit. */
    private static final double FARTHER = 1.05;

    private static final double MOST_HABIT = 1.5;
    private static final double LEAST_VARIANCE = 0.01;
    /** A state is seldom the other way, but the day it is must not count for more than a value far out. */
    private static final double LEAST_OF_TWO_VALUES = 0.25;

    private static final double LEAST_RIDGE = 0.01;
    /** Correlations of few rows are wrong by about the square root of metrics per row: the more of them, the less they are believed. */
    private static final double RIDGE = 3;

    private static final double TAIL_BLOCKS = 500;
    private static final double TAIL_MILLIS = 7.0 * 86_400_000;

    private final Settings settings;
    private final int size;
    private final double[] scratchTriangle;
    private final double[] scratchRow;
    private final double[] leastVariance;

    /**
     * @param size metrics of the device, 3..64
     * @param zone of the city; what is learned needs no local day so far
     */
    public Joint(Settings settings, int size, ZoneId zone) {
        if (size < FEWEST_METRICS || size > MOST_METRICS) {
            throw new IllegalArgumentException(
                    "metrics judged together must be " + FEWEST_METRICS + ".." + MOST_METRICS + ", not " + size);
        }
        this.settings = settings;
        this.size = size;
        this.scratchTriangle = new double[Triangle.length(size)];
        this.scratchRow = new double[size];
        this.leastVariance = new double[size];
    }

    public State fresh() {
        return new State(size);
    }

    /**
     * Judges a row, then learns from it.
     *
     * @param eventMillis not before the previous row's
     * @param row by metric, always in the same order; NaN = no good value
     * @param tolerance multiplies the limits; 1 = as learned, more after false alarms
     * @throws IllegalArgumentException when the row is of another size
     */
    public void step(State state, long eventMillis, double[] row, double tolerance) {
        if (row.length != size) {
            throw new IllegalArgumentException("a row of " + row.length + " metrics where " + size + " were announced");
        }
        state.pace(eventMillis);
        var memory = Math.max(settings.memoryRows, settings.memoryMillis / state.periodMillis());
        state.channels.standardise(row, state.now, memory, state.frozenRows);
        for (var i = 0; i < size; i++) {
            state.smoothed[i] += (float) (SMOOTHING * (state.now[i] - state.smoothed[i]));
        }
        var sudden = state.sudden.distance(state.now);
        var lasting = state.lasting.distance(state.smoothed);
        var weight = judge(state, eventMillis, sudden, lasting, tolerance, memory);
        if (state.alarming) {
            state.channels.skip();
            state.sudden.tail.see(sudden);
            state.lasting.tail.see(lasting);
        } else {
            learn(state, row, weight, sudden, lasting, memory);
        }
    }

    /** Returns what the row is worth learning, in (0, 1]. */
    private double judge(
            State state, long eventMillis, double sudden, double lasting, double tolerance, double memory) {
        var known = state.sudden.tail.known() && state.lasting.tail.known();
        var between = MONTH_MILLIS / (state.periodMillis() * Tail.BLOCK) / (settings.falseAlarmsPerMonth * size);
        var suddenLimit = known ? state.sudden.tail.limit(between) : Double.POSITIVE_INFINITY;
        var lastingLimit = known ? state.lasting.tail.limit(between) : Double.POSITIVE_INFINITY;
        if (known && state.period >= settings.fastMillis) {
            // A process that follows days has rain, cold spells and holidays, of which little is seen in some weeks.
            var wider = 1 + FORTNIGHT_MILLIS / Math.max(1, eventMillis - state.firstMillis);
            suddenLimit *= wider;
            lastingLimit *= wider;
        }
        var suddenRatio = Math.sqrt(sudden / suddenLimit);
        var lastingRatio = Math.sqrt(lasting / lastingLimit);
        var suddenOrdinary = known ? Math.sqrt(state.sudden.tail.ordinary() / suddenLimit) : 0;
        var lastingOrdinary = known ? Math.sqrt(state.lasting.tail.ordinary() / lastingLimit) : 0;
        var weight = known
                ? Math.min(
                        1,
                        Math.min(
                                between(suddenOrdinary, LEARN_SHARE) / suddenRatio,
                                between(lastingOrdinary, LEARN_SHARE) / lastingRatio))
                : 1;
        state.lastingRules = lastingRatio > suddenRatio;
        state.ratio = (float) (Math.max(suddenRatio, lastingRatio) / tolerance);
        if (state.alarming) {
            state.frozenRows++;
            var calm = suddenRatio <= between(suddenOrdinary, CLEAR_SHARE) * tolerance
                    && lastingRatio <= between(lastingOrdinary, CLEAR_SHARE) * tolerance;
            state.calmRows = calm ? state.calmRows + 1 : 0;
            state.peak = Math.max(state.peak, state.ratio);
            if (state.calmRows == ROWS_TO_CLEAR) {
                state.habit = (float) Math.max(state.habit, Math.min(MOST_HABIT, FARTHER * state.peak));
                // What comes back at once is one and the same.
                if (state.clearMillis == State.NONE
                        || state.onsetMillis - state.clearMillis > GAP_PERIODS * state.periodMillis()) {
                    state.times++;
                }
                state.clearMillis = eventMillis;
                state.sudden.tail.settle(suddenLimit, state.blocks());
                state.lasting.tail.settle(lastingLimit, state.blocks());
                state.clear();
            } else if (state.frozenRows > settings.adaptRows
                    && eventMillis - state.onsetMillis > settings.adaptMillis) {
                accept(state, memory);
            }
        } else if (state.ready(settings) && state.ratio >= (state.times < TIMES ? 1 : state.habit)) {
            state.alarming = true;
            state.peak = state.ratio;
            state.onsetMillis = eventMillis;
        }
        if (lastingRatio > SMOOTHED_CAP) {
            // So that what is over is seen to be over within some rows, however far out it was.
            for (var i = 0; i < size; i++) {
                state.smoothed[i] *= (float) (SMOOTHED_CAP / lastingRatio);
            }
        }
        return weight;
    }

    /** The place between the ordinary and the limit, the limit being 1. */
    private static double between(double ordinary, double share) {
        return ordinary + share * (1 - ordinary);
    }

    private void learn(State state, double[] row, double judged, double sudden, double lasting, double memory) {
        var weight = state.learned < FIRST_RENEWAL || state.holdRows > 0 ? 1 : judged;
        state.channels.learn(row, state.now, memory, weight);
        state.learned++;
        if (state.learned > CLOUD_FROM) {
            var gain = Math.max(1.0 / Math.max(10, state.learned - CLOUD_FROM), 1 / memory);
            state.sudden.learn(state.now, gain, weight, state.learned, scratchRow);
            state.lasting.learn(state.smoothed, gain, weight, state.learned, scratchRow);
        }
        for (var i = 0; i < size; i++) {
            if (!state.channels.judged(i)) {
                state.sudden.assume(i);
                state.lasting.assume(i);
            }
        }
        if (state.learned == FIRST_RENEWAL || state.learned % RENEW_ROWS == 0) {
            renew(state, memory);
        }
        if (state.learned > TAIL_FROM && state.holdRows == 0) {
            state.sudden.tail.learn(sudden, state.blocks());
            state.lasting.tail.learn(lasting, state.blocks());
        }
    }

    /** Smoothed rows are few: until there are many more than metrics, their covariance leans on that of single rows. */
    private void renew(State state, double memory) {
        double factor = 0;
        for (var i = 0; i < size; i++) {
            leastVariance[i] = state.channels.twoValued(i) ? LEAST_OF_TWO_VALUES : LEAST_VARIANCE;
            factor += state.lasting.covariance[Triangle.diagonal(i)] / state.sudden.variance(i) / size;
        }
        var ridge = Math.max(LEAST_RIDGE, RIDGE * size / Math.min(state.learned, memory));
        var independent = Math.min(state.learned - CLOUD_FROM, memory) * SMOOTHING / 2;
        var share = size / (size + independent);
        state.sudden.renew(ridge, state.sudden.covariance, 0, 1, leastVariance, scratchTriangle, scratchRow);
        state.lasting.renew(ridge, state.sudden.covariance, share, factor, leastVariance, scratchTriangle, scratchRow);
    }

    /**
     * What the device shows now is ordinary (somebody said so): the alarm ends, and for 100 rows the device is learned quickly and not
     * judged. Does nothing when no alarm is on.
     */
    public void accept(State state) {
        if (!state.alarming) {
            return;
        }
        accept(state, Math.max(settings.memoryRows, settings.memoryMillis / state.periodMillis()));
    }

    private void accept(State state, double memory) {
        // One metric after the other is moved to where the others make it expected, the strangest first, until the row
        // is ordinary.
        for (var turn = 0; turn < size && state.sudden.distance(state.now) > state.sudden.tail.ordinary(); turn++) {
            var strangest = 0;
            for (var i = 1; i < size; i++) {
                if (state.sudden.contribution(state.now, i) > state.sudden.contribution(state.now, strangest)) {
                    strangest = i;
                }
            }
            var surprise = state.sudden.surprise(state.now, strangest);
            state.channels.shift(strangest, surprise, memory, state.frozenRows);
            state.now[strangest] -= (float) surprise;
        }
        Arrays.fill(state.smoothed, 0);
        state.sudden.tail.drop();
        state.lasting.tail.drop();
        state.clear();
        state.holdRows = HOLD_ROWS;
    }

    /** What was learned of one device. */
    public static final class State {
        /** 2: with habits. */
        private static final int VERSION = 2;

        private static final int WITHOUT_HABITS = 1;
        private static final double ALMOST = 0.499;
        private static final long NONE = Long.MIN_VALUE;

        private final int size;
        private final Channels channels;
        private final Cloud sudden;
        private final Cloud lasting;
        private final float[] now;
        private final float[] smoothed;
        private long firstMillis = NONE;
        private long lastMillis = NONE;
        private float period;
        private int rows;
        private int learned;
        private int frozenRows;
        /** Farthest of the alarm that is on, as {@code ratio}. */
        private float peak;
        /** How far, as {@code ratio}, what kept ending by itself went, at least 1, and how often it did; both fade within a fortnight. */
        private float habit = 1;

        private float times;
        private long clearMillis = NONE;
        private int calmRows;
        private int holdRows;
        private boolean alarming;
        private boolean lastingRules;
        private long onsetMillis = NONE;
        private float ratio;
        private boolean ready;
        private long readyMillis;

        private State(int size) {
            this(size, new Channels(size), new Cloud(size), new Cloud(size), new float[size], new float[size]);
        }

        private State(int size, Channels channels, Cloud sudden, Cloud lasting, float[] now, float[] smoothed) {
            this.size = size;
            this.channels = channels;
            this.sudden = sudden;
            this.lasting = lasting;
            this.now = now;
            this.smoothed = smoothed;
        }

        private void pace(long eventMillis) {
            if (rows++ == 0) {
                firstMillis = eventMillis;
            } else {
                var gap = Math.max(0, eventMillis - lastMillis);
                var fades = Math.min(1, gap / FORTNIGHT_MILLIS);
                habit -= (float) ((habit - 1) * fades);
                times -= (float) (times * fades);
                if (period == 0) {
                    period = gap;
                } else if (gap > 0) {
                    period += (float) (0.02 * (Math.min(gap, 3 * period) - period));
                    if (gap > GAP_PERIODS * period) {
                        Arrays.fill(smoothed, 0);
                        channels.skip();
                    }
                }
            }
            lastMillis = eventMillis;
        }

        /** Blocks that the tails remember. */
        private double blocks() {
            return Math.max(TAIL_BLOCKS, TAIL_MILLIS / periodMillis() / Tail.BLOCK);
        }

        private double periodMillis() {
            return Math.max(1, period);
        }

        /** Whether this row is to be judged; else when the first will be, as far as one can tell. */
        private boolean ready(Settings settings) {
            if (ready && holdRows == 0) {
                return true;
            }
            if (ready) {
                holdRows--;
                readyMillis = lastMillis + (long) ((holdRows + 1) * periodMillis());
                return false;
            }
            var byRows = lastMillis + (long) (Math.max(0, settings.readyRows - rows) * periodMillis());
            readyMillis = period < settings.fastMillis ? byRows : Math.max(byRows, firstMillis + settings.readyMillis);
            ready = readyMillis <= lastMillis && sudden.tail.known();
            return ready;
        }

        private void clear() {
            alarming = false;
            calmRows = 0;
            frozenRows = 0;
        }

        /** Whether it is of so many metrics. */
        public boolean isOf(int metrics) {
            return size == metrics;
        }

        public boolean alarming() {
            return alarming;
        }

        /** Strangeness of the latest row in [0, 1]; at least 0.5 exactly while alarming. 0 while learning. */
        public double score() {
            if (readiness() == Readiness.LEARNS) {
                return 0;
            }
            var score = ratio / (1.0 + ratio);
            return alarming ? Math.max(0.5, score) : Math.min(ALMOST, score);
        }

        public Readiness readiness() {
            if (alarming) {
                return Readiness.FROZEN;
            }
            return !ready || holdRows > 0 ? Readiness.LEARNS : Readiness.READY;
        }

        /** Event time since which rows are judged, or from which they will be if the device goes on as now; -1 if nothing came yet. */
        public long readyMillis() {
            return rows == 0 ? -1 : readyMillis;
        }

        /** Event time of the row with which the latest alarm began, -1 if there was none. */
        public long onsetMillis() {
            return onsetMillis == NONE ? -1 : onsetMillis;
        }

        /** Share of each metric in the distance of the latest row: none negative, together 1, or all 0. */
        public float[] contributions() {
            var shares = new float[size];
            double sum = 0;
            for (var i = 0; i < size; i++) {
                shares[i] = (float)
                        Math.max(0, lastingRules ? lasting.contribution(smoothed, i) : sudden.contribution(now, i));
                sum += shares[i];
            }
            for (var i = 0; i < size && sum > 0; i++) {
                shares[i] /= (float) sum;
            }
            return shares;
        }

        public State copy() {
            var copy = new State(size, channels.copy(), sudden.copy(), lasting.copy(), now.clone(), smoothed.clone());
            copy.firstMillis = firstMillis;
            copy.lastMillis = lastMillis;
            copy.period = period;
            copy.rows = rows;
            copy.learned = learned;
            copy.frozenRows = frozenRows;
            copy.peak = peak;
            copy.habit = habit;
            copy.times = times;
            copy.clearMillis = clearMillis;
            copy.calmRows = calmRows;
            copy.holdRows = holdRows;
            copy.alarming = alarming;
            copy.lastingRules = lastingRules;
            copy.onsetMillis = onsetMillis;
            copy.ratio = ratio;
            copy.ready = ready;
            copy.readyMillis = readyMillis;
            return copy;
        }

        /** Version first; about 160 bytes per metric at 8 metrics, 430 at 43. */
        public void write(DataOutput out) throws IOException {
            out.writeByte(VERSION);
            out.writeByte(size);
            channels.write(out);
            sudden.write(out);
            lasting.write(out);
            for (var i = 0; i < size; i++) {
                out.writeFloat(now[i]);
                out.writeFloat(smoothed[i]);
            }
            out.writeLong(firstMillis);
            out.writeLong(lastMillis);
            out.writeFloat(period);
            out.writeInt(rows);
            out.writeInt(learned);
            out.writeInt(frozenRows);
            out.writeFloat(peak);
            out.writeFloat(habit);
            out.writeFloat(times);
            out.writeLong(clearMillis);
            out.writeByte(calmRows);
            out.writeByte(holdRows);
            out.writeBoolean(alarming);
            out.writeBoolean(lastingRules);
            out.writeLong(onsetMillis);
            out.writeFloat(ratio);
            out.writeBoolean(ready);
            out.writeLong(readyMillis);
        }

        /** @throws IOException also when the state is of a version that is not known */
        public static State read(DataInput in) throws IOException {
            var version = in.readByte();
            if (version != VERSION && version != WITHOUT_HABITS) {
                throw new IOException("state of a device of unknown version " + version);
            }
            int size = in.readByte();
            if (size < 2 || size > MOST_METRICS) {
                throw new IOException("state of a device with " + size + " metrics");
            }
            var read = new State(
                    size,
                    Channels.read(in, size),
                    Cloud.read(in, size),
                    Cloud.read(in, size),
                    new float[size],
                    new float[size]);
            for (var i = 0; i < size; i++) {
                read.now[i] = in.readFloat();
                read.smoothed[i] = in.readFloat();
            }
            read.firstMillis = in.readLong();
            read.lastMillis = in.readLong();
            read.period = in.readFloat();
            read.rows = in.readInt();
            read.learned = in.readInt();
            read.frozenRows = in.readInt();
            if (version != WITHOUT_HABITS) {
                read.peak = in.readFloat();
                read.habit = in.readFloat();
                read.times = in.readFloat();
                read.clearMillis = in.readLong();
            }
            read.calmRows = in.readByte();
            read.holdRows = in.readByte();
            read.alarming = in.readBoolean();
            read.lastingRules = in.readBoolean();
            read.onsetMillis = in.readLong();
            read.ratio = in.readFloat();
            read.ready = in.readBoolean();
            read.readyMillis = in.readLong();
            return read;
        }
    }
}
