package io.yiwang.streams.detect.baseline;

import io.yiwang.streams.detect.snapshot.Compact;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.util.Arrays;

/**
 * What is usual for one point, learned from its own good readings in constant memory, and whether the newest reading fits.
 *
 * <p>A few statistics of the readings are watched, each against how far it went before: value, step from the reading before, how far a
 * reading was from both of its neighbours,
 * a short and a long running mean, the scatter about the short one, the difference from the usual course of the day, its running mean and its
 * cumulative sum, and how long the value has not moved. A statistic that goes so far beyond its past that this should happen
 * less often than {@link Settings#falseAlarmsPerMonth} begins an episode; what is flagged is not learned, until an officer says it
 * is right or it has lasted for a day.
 *
 * <p>A function of settings and readings alone; immutable and safe to share, its states are not.
 */
public final class Baseline {
    static final int VALUE = 0;
    static final int STEP = 1;
    static final int SHORT_MEAN = 2;
    static final int LONG_MEAN = 3;
    static final int SCATTER = 4;
    static final int RESIDUAL = 5;
    static final int MEAN_RESIDUAL = 6;
    static final int SUM_RESIDUAL = 7;
    /** How far the reading before was from both of its neighbours. */
    static final int LONE = 8;

    static final int STATISTICS = 9;
    /** Not a statistic with tails: the value does not move. */
    static final int RUN = 9;

    /** Readings over which running means run. */
    private static final double SHORT = 12;

    private static final double LONG = 48;
    private static final double RESIDUAL_MEAN = 24;
    /** After so many periods without a reading, the next is no step from the one before. */
    private static final double GAP = 12;

    private static final double MOST_OF_RESIDUAL = 0.25;
    private static final double MOST_RESIDUAL = 16;
    private static final double MOST_SQUARE = 16;
    private static final double LEAST_RATIO = 0.25;

    private static final long DAY_MILLIS = 86_400_000L;
    private static final double MONTH_SECONDS = 30 * 86_400.0;
    /** Readings within which the past is half forgotten: a month's, at least this many. */
    private static final double LEAST_MEMORY = 1000;

    private static final long READY_MILLIS = 2 * DAY_MILLIS;
    private static final int READY_READINGS = 150;
    private static final int READY_CHANGES = 20;
    /** Half-hours after which the course of the day is known well enough to be judged by. */
    private static final int PROFILE_VISITS = 48;

    private static final int CLIPPED_VISITS = 96;
    /** Cumulative sums begin once every day of the week has been seen. */
    private static final int SUM_VISITS = 8 * Profile.SLOTS;

    private static final int SUM_JUDGED = 22 * Profile.SLOTS;
    /** How much of the margin that an exponential tail asks for is kept: tails of real points fall off faster. */
    private static final double KEPT = 0.25;

    /** One reading that is unusual only for its hour says less than the other statistics. */
    private static final double RESIDUAL_WEIGHT = 0.3;

    /** A step that ends at a usual value, as when a tank is emptied, says less. */
    private static final double STEP_WITH = 0.7;

    private static final double STEP_ALONE = 0.6;
    /** So does a single reading that goes straight back. */
    private static final double LONE_WEIGHT = 0.65;

    private static final double HOLDS = 4;
    private static final double STEP_MORE = 1;
    private static final double STEPS_OF_RESOLUTION = 1.5;

    private static final double LEAST_MARGIN = 0.25;
    /** Least mean excess as a share of the range seen. */
    private static final double LEAST_EXCESS = 0.02;
    /** While few days are known, the band is wider by this share of the range seen, divided by one more than the days. */
    private static final double WIDER = 0.3;

    /** From here on one reading is enough; between 1 and this, two within three are needed. */
    private static final double CERTAIN = 1.2;

    private static final int NEAR_READINGS = 3;
    private static final double CALM = 1;
    private static final int CALM_READINGS = 6;
    /** For so many readings after an episode, only what goes so much farther begins another. */
    private static final double HOLD_READINGS = 50;

    private static final double HOLD_CERTAIN = 1.5;
    /** After an episode the farthest known may grow by this factor towards what was flagged. */
    private static final double REMEMBERED = 1.25;

    private static final double REMEMBERED_STEP = 10;

    private static final double BELIEVED = 10;

    /** What is taken to have been seen of lone readings where nobody has looked: as far as that of 30 scatters. */
    private static final double FAR_ALONE = 5;

    private static final int[] LEVELS = {VALUE, SHORT_MEAN, LONG_MEAN};

    private static final long ADAPT_MILLIS = DAY_MILLIS;
    private static final int ADAPT_READINGS = 50;
    private static final double IMPOSSIBLE = 2;
    private static final double HUGE = 1e30;
    /** Slack and bound of the cumulative sum, in spreads. */
    private static final double SLACK = 0.75;

    private static final double SUM_BOUND = 1000;
    private static final double SUM_WEIGHT = 0.2;
    private static final double SUM_BACK = 1;
    private static final double RISING = 0.5;

    private final int periodSeconds;
    private final ZoneRules rules;
    private final double lnRate;

    /**
     * @param falseAlarmsPerMonth aimed at for one point, above 0
     */
    public record Settings(double falseAlarmsPerMonth) {
        /** The one configuration that is shipped: 0.002 false alarms per point and day. */
        public static final Settings DEFAULT = new Settings(0.06);

        public Settings {
            if (!(falseAlarmsPerMonth > 0)) {
                throw new IllegalArgumentException("falseAlarmsPerMonth is " + falseAlarmsPerMonth);
            }
        }
    }

    /** What an anomaly looks like. */
    public enum Shape {
        SPIKE,
        SHIFT,
        DRIFT,
        VARIANCE,
        SEASON,
        STUCK
    }

    /** Whether a point's past is known well enough. */
    public enum Learning {
        /** Too little was seen to judge by; never alarming. */
        LEARNS,
        READY,
        /** In an episode: judges, but does not learn. */
        FROZEN
    }

    /**
     * @param periodSeconds of the point's readings; 0 if unknown, then it is learned
     * @param zone whose days the point's habits follow
     */
    public Baseline(Settings settings, int periodSeconds, ZoneId zone) {
        this.periodSeconds = Math.max(0, periodSeconds);
        this.rules = zone.getRules();
        this.lnRate = StrictMath.log(settings.falseAlarmsPerMonth() / (2 * STATISTICS));
    }

    /** Of a point of which nothing has been seen. */
    public State fresh() {
        return new State();
    }

    /**
     * Judges a good reading, in order of event time, then learns from it.
     *
     * @param value in the point's unit; not a number is passed over
     * @param tolerance at least 1: so much wider is the band of every statistic about its middle
     */
    public void step(State state, long eventMillis, double value, double tolerance) {
        if (!(Math.abs(value) < HUGE)) {
            return;
        }
        if (state.readings == 0) {
            begin(state, eventMillis, value);
            return;
        }
        double seconds = Math.max(0, eventMillis - state.newestMillis) / 1000.0;
        learnPeriod(state, seconds);
        double ratio = state.period > 0 ? Math.max(LEAST_RATIO, seconds / state.period) : 1;
        if (!state.profile.covers(eventMillis)) {
            nextSlot(state, eventMillis);
        }
        observe(state, eventMillis, value, ratio);
        judge(state, value, Math.max(1, tolerance), ratio > GAP);
        episode(state, eventMillis);
        if (!state.alarming && state.worst < 1) {
            learn(state, value, eventMillis, ratio > GAP);
        }
        state.beforePrevious = ratio > GAP ? Double.NaN : state.previous;
        state.previous = value;
        state.newestMillis = eventMillis;
        state.readings++;
        if (!state.ready
                && state.readings >= READY_READINGS
                && state.changes >= READY_CHANGES
                && eventMillis - state.firstMillis >= READY_MILLIS) {
            state.ready = true;
            state.readyMillis = eventMillis;
        }
    }

    /** An officer said the new course is right: it is learned at once, and the episode is over. */
    public void accept(State state) {
        if (state.readings == 0) {
            return;
        }
        double shift = state.shortMean - state.expected;
        for (int k : LEVELS) {
            state.tails.know(k, state.tails.highest(k) + shift);
            state.tails.know(k, state.tails.lowest(k) + shift);
        }
        state.profile.origin += shift;
        state.longMean = state.shortMean;
        state.now[MEAN_RESIDUAL] = 0;
        state.now[SUM_RESIDUAL] = 0;
        state.sumPeak = 0;
        state.regimeMillis = state.newestMillis;
        end(state, state.newestMillis);
    }

    private void begin(State state, long millis, double value) {
        state.period = periodSeconds;
        state.base = value;
        state.firstMillis = state.regimeMillis = state.newestMillis = millis;
        state.beforePrevious = Double.NaN;
        state.previous = state.shortMean = state.longMean = value;
        state.profile.origin = value;
        state.readings = 1;
        state.run = 1;
        state.expected = state.low = state.high = value;
        enter(state, millis);
    }

    private void learnPeriod(State state, double seconds) {
        if (periodSeconds > 0 || seconds == 0) {
            return;
        }
        if (state.period == 0) {
            state.period = (float) seconds;
        } else {
            float step = state.period * (state.readings < 50 ? 0.2f : 0.02f);
            state.period += seconds > 1.02 * state.period ? step : seconds < 0.98 * state.period ? -step : 0;
        }
    }

    private void nextSlot(State state, long millis) {
        if (state.profile.hasLearned()) {
            double spread = state.profile.spread(leastSpread(state));
            double mean = Math.max(-4, Math.min(4, state.profile.meanResidual() / spread));
            state.profile.conclude(state.longMean);
            if (state.profile.visits > SUM_VISITS) {
                double sum = state.now[SUM_RESIDUAL];
                double up = Math.max(0, Math.max(sum, 0) + mean - SLACK);
                double down = Math.max(0, Math.max(-sum, 0) - mean - SLACK);
                sum = Math.min(SUM_BOUND, Math.max(up, down)) * (up >= down ? 1 : -1);
                state.now[SUM_RESIDUAL] = (float) sum;
                learnSum(state, sum);
            }
        }
        enter(state, millis);
    }

    /** A sum that grows is no record of what is usual: how far it went is learned when it has come back. */
    private static void learnSum(State state, double sum) {
        if (state.profile.visits <= SUM_JUDGED) {
            state.tails.know(SUM_RESIDUAL, sum);
        } else if (Math.abs(sum) > SUM_BACK) {
            state.sumPeak = (float) (Math.abs(sum) > Math.abs(state.sumPeak) ? sum : state.sumPeak);
        } else if (state.sumPeak != 0) {
            if (!state.alarming) {
                double memory = memory(Profile.SLOT_MILLIS / 1000.0);
                state.tails.learn(
                        SUM_RESIDUAL, state.sumPeak, least(state, SUM_RESIDUAL), state.profile.visits, memory);
            }
            state.sumPeak = 0;
        }
    }

    private void enter(State state, long millis) {
        state.profile.enter(
                millis,
                millis + 1000L * rules.getOffset(Instant.ofEpochMilli(millis)).getTotalSeconds());
        state.margin = margin(Math.max(1, state.period), state.readings);
        state.sumMargin = margin(Math.max(Profile.SLOT_MILLIS / 1000.0, state.period), state.profile.visits);
    }

    /** Mean excesses beyond the farthest of {@code seen} readings that are as rare as asked. */
    private float margin(double period, int seen) {
        double remembered = Math.max(1, Math.min(seen, memory(period)));
        double ln = 0.6931 * Log2.of(MONTH_SECONDS / period / remembered) - lnRate;
        return (float) Math.max(LEAST_MARGIN, KEPT * ln);
    }

    private static double memory(double period) {
        return Math.max(LEAST_MEMORY, MONTH_SECONDS / Math.max(1, period));
    }

    private void observe(State state, long millis, double value, double ratio) {
        double step = value - state.previous;
        if (step != 0) {
            float size = (float) Math.abs(step);
            state.resolution = state.resolution == 0 || size < state.resolution ? size : state.resolution * 1.0001f;
            state.changes = Math.min(state.changes + 1, Integer.MAX_VALUE - 1);
            if (!state.alarming) {
                state.longestRun = Math.max(state.longestRun - state.longestRun * 0.00005f, state.run);
            }
            state.run = 1;
        } else {
            state.run = ratio > GAP ? 1 : state.run + 1;
        }
        // One spike alone must not move the running means: they take values only as far as is believed.
        double believed = value;
        if (state.ready && (!state.alarming || state.flagged <= NEAR_READINGS)) {
            double low = below(state, VALUE, 1) + state.base;
            double high = above(state, VALUE, 1) + state.base;
            believed = Math.max(low, Math.min(high, value));
        }
        double toShort = Math.min(1, ratio / SHORT);
        double toLong = Math.min(1, ratio / LONG);
        double fromShort = believed - state.shortMean;
        double fromLong = believed - state.longMean;
        double leastVariance = 0.1 * state.resolution * state.resolution + 1e-18;
        if (ratio > GAP) {
            state.shortMean = believed;
            state.longMean = believed;
        } else {
            state.shortMean += toShort * fromShort;
            state.longMean += toLong * fromLong;
            // Nor may it inflate the scatter.
            double square = Math.min(fromShort * fromShort, MOST_SQUARE * (state.shortVariance + leastVariance));
            state.shortVariance += (float) (toShort * (square - state.shortVariance));
        }
        state.expected = state.profile.knowsHere() ? state.profile.level(millis) : state.longMean;
        double spread = state.profile.spread(leastSpread(state));
        double residual = (value - state.expected) / spread;
        double bounded = Math.max(-MOST_RESIDUAL, Math.min(MOST_RESIDUAL, residual));
        float[] now = state.now;
        now[VALUE] = (float) (value - state.base);
        now[STEP] = (float) step;
        now[SHORT_MEAN] = (float) (state.shortMean - state.base);
        now[LONG_MEAN] = (float) (state.longMean - state.base);
        now[SCATTER] = (float) Log2.of(state.shortVariance + leastVariance);
        now[RESIDUAL] = (float) residual;
        now[MEAN_RESIDUAL] +=
                (float) (Math.min(MOST_OF_RESIDUAL, ratio / RESIDUAL_MEAN) * (bounded - now[MEAN_RESIDUAL]));
        now[LONE] = (float) lone(state, value, leastVariance);
        state.low = state.expected + spread * below(state, RESIDUAL, 1);
        state.high = state.expected + spread * above(state, RESIDUAL, 1);
    }

    /**
     * How far the reading before was from the nearer of its neighbours, where both are on one side of it: binary logarithm of one more
     * than that in units of the present scatter, so that a quiet phase has its own measure; negative downwards.
     */
    private static double lone(State state, double value, double leastVariance) {
        double up = state.previous - Math.max(state.beforePrevious, value);
        double down = Math.min(state.beforePrevious, value) - state.previous;
        if (!(up > 0 || down > 0)) {
            return 0;
        }
        double scatter = Math.sqrt(state.shortVariance + leastVariance);
        return up > 0 ? Log2.of(1 + up / scatter) : -Log2.of(1 + down / scatter);
    }

    private void judge(State state, double value, double tolerance, boolean gap) {
        state.worst = 0;
        state.firing = VALUE;
        if (!state.ready) {
            state.score = 0;
            return;
        }
        double worst = 0;
        int firing = VALUE;
        for (int k = 0; k < STATISTICS; k++) {
            if (k == STEP && (gap || state.readings > HOLDS * state.changes)
                    || k == LONE && (gap || state.now[LONE] == 0 || state.readings > HOLDS * state.changes)
                    || k >= RESIDUAL
                            && k < LONE
                            && state.profile.visits <= (k == SUM_RESIDUAL ? SUM_JUDGED : CLIPPED_VISITS)) {
                state.ratios[k] = 0;
                continue;
            }
            double x = state.now[k];
            double middle = state.tails.middle(k);
            double room = x >= middle ? above(state, k, tolerance) - middle : below(state, k, tolerance) - middle;
            double ratio = room == 0 ? 0 : Math.abs((x - middle) / room);
            state.ratios[k] = (float) (x >= middle ? ratio : -ratio);
            double weight = k == RESIDUAL
                    ? RESIDUAL_WEIGHT * ratio
                    : k == SUM_RESIDUAL ? SUM_WEIGHT * ratio : k == LONE ? LONE_WEIGHT * ratio : ratio;
            if (k == STEP && Math.abs(state.ratios[VALUE]) < STEP_WITH) {
                weight *= STEP_ALONE;
            }
            if (weight > worst) {
                worst = weight;
                firing = k;
            }
        }
        if (value < 0 && state.tails.lowest(VALUE) + state.base >= 0 && state.tails.isMuchLongerAbove(VALUE)) {
            worst = Math.max(worst, IMPOSSIBLE);
            firing = VALUE;
        }
        if (isStuck(state, tolerance) && worst < IMPOSSIBLE) {
            worst = IMPOSSIBLE;
            firing = RUN;
        }
        state.worst = worst;
        state.firing = firing;
        state.score = (float) (worst * worst / (1 + worst * worst));
    }

    private static boolean isStuck(State state, double tolerance) {
        double meanRun = state.readings / (state.changes + 1.0);
        if (meanRun >= 4 || state.run < 12) {
            return false;
        }
        double limit = Math.max(3 * state.longestRun, meanRun * (12 + Log2.of(state.readings))) + 12;
        return state.run > limit * tolerance;
    }

    private void episode(State state, long millis) {
        rising(state, millis);
        if (!state.alarming) {
            double limit = millis < state.holdMillis ? HOLD_CERTAIN : 1;
            if (state.worst >= limit * CERTAIN || state.worst >= limit && state.near > 0) {
                state.alarming = true;
                state.beganMillis = millis;
                state.shape = shape(state);
                state.onsetMillis = onset(state, millis);
                state.calm = 0;
                state.flagged = 0;
                Arrays.fill(state.peaks, 0);
            }
            state.near = state.worst >= limit ? NEAR_READINGS : Math.max(0, state.near - 1);
        }
        if (state.alarming) {
            for (int k = 0; k < STATISTICS; k++) {
                if (Math.abs(state.ratios[k]) > Math.abs(state.peaks[k])) {
                    state.peaks[k] = state.ratios[k];
                }
            }
            state.flagged++;
            state.calm = state.worst < CALM ? state.calm + 1 : 0;
            if (state.calm >= CALM_READINGS) {
                end(state, millis);
            } else if (millis - state.beganMillis > ADAPT_MILLIS && state.flagged > ADAPT_READINGS) {
                adapt(state);
                end(state, millis);
            }
        }
    }

    /** Since when short, long and summed statistics are out of the ordinary. */
    private static void rising(State state, long millis) {
        state.shortRising = since(state.shortRising, millis, state.ratios[SHORT_MEAN], state.ratios[SCATTER]);
        state.longRising = since(state.longRising, millis, state.ratios[LONG_MEAN], state.ratios[MEAN_RESIDUAL]);
        state.sumRising = since(state.sumRising, millis, state.ratios[SUM_RESIDUAL], 0);
    }

    private static long since(long before, long millis, float one, float other) {
        boolean rises = Math.abs(one) >= RISING || Math.abs(other) >= RISING;
        return !rises ? 0 : before == 0 ? millis : before;
    }

    private static Shape shape(State state) {
        return switch (state.firing) {
            case VALUE, STEP, LONE -> Shape.SPIKE;
            case SHORT_MEAN, LONG_MEAN -> Shape.SHIFT;
            case SCATTER -> Shape.VARIANCE;
            case SUM_RESIDUAL -> Shape.DRIFT;
            case RUN -> Shape.STUCK;
            default -> Shape.SEASON;
        };
    }

    private static long onset(State state, long millis) {
        long period = (long) (1000 * Math.max(1, state.period));
        return switch (state.firing) {
            case SHORT_MEAN, SCATTER -> Math.max(state.shortRising, millis - (long) (2 * SHORT * period));
            case LONG_MEAN, MEAN_RESIDUAL -> Math.max(state.longRising, millis - (long) (2 * LONG * period));
            case SUM_RESIDUAL -> state.sumRising == 0 ? millis : state.sumRising;
            case RUN -> Math.max(state.firstMillis, millis - (long) ((state.run - 1) * period));
            case LONE -> state.newestMillis;
            default -> millis;
        };
    }

    /** What was flagged stays unknown, except that its farthest are remembered in part, so that the like does not alarm for ever. */
    private void end(State state, long millis) {
        if (!state.alarming) {
            return;
        }
        state.alarming = false;
        state.holdMillis = millis + Math.min(DAY_MILLIS, (long) (HOLD_READINGS * Math.max(1, state.period) * 1000));
        for (int k = 0; k < STATISTICS; k++) {
            double peak = Math.min(k == STEP ? REMEMBERED_STEP : REMEMBERED, Math.abs(state.peaks[k]));
            if (peak >= 1) {
                double middle = state.tails.middle(k);
                double limit = state.peaks[k] > 0 ? above(state, k, 1) : below(state, k, 1);
                state.tails.know(k, middle + peak * (limit - middle));
            }
        }
    }

    /** The present course becomes the usual one: its level is known, its day is learned anew. */
    private void adapt(State state) {
        state.longMean = state.shortMean;
        state.now[LONG_MEAN] = state.now[SHORT_MEAN];
        state.profile.restart(state.shortMean);
        state.now[MEAN_RESIDUAL] = 0;
        state.now[SUM_RESIDUAL] = 0;
        state.sumPeak = 0;
        for (int k = 0; k < STATISTICS; k++) {
            if (k >= RESIDUAL && k < LONE) {
                state.tails.reset(k, 0);
                continue;
            }
            state.tails.know(k, state.now[k]);
            double peak = Math.abs(state.peaks[k]);
            if (state.alarming && peak >= 1) {
                double middle = state.tails.middle(k);
                double limit = state.peaks[k] > 0 ? above(state, k, 1) : below(state, k, 1);
                state.tails.know(k, middle + Math.min(peak, BELIEVED) * (limit - middle));
            }
        }
        state.regimeMillis = state.newestMillis;
        Arrays.fill(state.peaks, 0);
    }

    private void learn(State state, double value, long millis, boolean gap) {
        double memory = memory(state.period);
        for (int k = 0; k < STATISTICS; k++) {
            if (k == SUM_RESIDUAL
                    || (k == STEP || k == LONE) && (gap || state.readings > HOLDS * state.changes)
                    || k >= RESIDUAL && k < LONE && state.profile.visits < PROFILE_VISITS) {
                continue;
            }
            int seen = k < RESIDUAL || k == LONE ? state.readings : residualsSeen(state);
            state.tails.learn(k, state.now[k], least(state, k), seen, memory);
        }
        double residual = value - state.expected;
        if (state.profile.visits > CLIPPED_VISITS) {
            double reach = 6 * state.profile.spread(leastSpread(state));
            residual = Math.max(-reach, Math.min(reach, residual));
        }
        state.profile.learn(residual);
    }

    /** Since the course of the day was known. */
    private static int residualsSeen(State state) {
        double perSlot = Math.max(1, Profile.SLOT_MILLIS / 1000.0 / Math.max(1, state.period));
        return (int) Math.min(state.readings, 1 + (state.profile.visits - PROFILE_VISITS) * perSlot);
    }

    private static double leastSpread(State state) {
        return Math.max(0.5 * state.resolution, 1e-9);
    }

    /** Least mean excess of a statistic. */
    private static double least(State state, int k) {
        double share = LEAST_EXCESS * (state.tails.highest(k) - state.tails.lowest(k));
        return Math.max(share, k <= LONG_MEAN ? 0.5 * state.resolution + 1e-9 : k == SUM_RESIDUAL ? 0.3 : 0.1);
    }

    private static double above(State state, int k, double tolerance) {
        return state.tails.above(k, marginOf(state, k), leastOfBand(state, k), wider(state), tolerance);
    }

    private static double below(State state, int k, double tolerance) {
        return state.tails.below(k, marginOf(state, k), leastOfBand(state, k), wider(state), tolerance);
    }

    /** A value that is the next one the instrument can show is never far out. */
    private static double leastOfBand(State state, int k) {
        double least = least(state, k);
        return k <= STEP ? Math.max(least, STEPS_OF_RESOLUTION * state.resolution / marginOf(state, k)) : least;
    }

    private static double marginOf(State state, int k) {
        return k == SUM_RESIDUAL ? state.sumMargin : k == STEP ? STEP_MORE * state.margin : state.margin;
    }

    private static double wider(State state) {
        return WIDER / (1 + (state.newestMillis - state.regimeMillis) / (double) DAY_MILLIS);
    }

    /** One point. Mutable, of constant size, written in some hundred bytes. */
    public static final class State {
        private static final int VERSION = 2;
        /** The first form knows nothing of lone readings. */
        private static final int STATISTICS_BEFORE = 8;

        private int readings;
        private int changes;
        private boolean ready;
        boolean alarming;
        private Shape shape = Shape.SPIKE;
        private int near;
        private int calm;
        private int flagged;
        private float run;
        private float longestRun;
        private long firstMillis;
        private long newestMillis;
        private long readyMillis;
        /** Since when the present course is the usual one. */
        private long regimeMillis;

        private long beganMillis;
        private long onsetMillis;
        private long holdMillis;
        private long shortRising;
        private long longRising;
        private long sumRising;
        private double base;
        private double previous;
        private double beforePrevious = Double.NaN;
        private double shortMean;
        private double longMean;
        private float shortVariance;
        float period;
        private float resolution;
        private float margin;
        private float sumMargin;
        private float sumPeak;
        private float score;
        private double expected;
        private double low;
        private double high;
        private Profile profile = new Profile();
        private Tails tails = new Tails(STATISTICS);
        private final float[] now = new float[STATISTICS];
        /** Of the newest reading: how far each statistic has gone, 1 at its threshold; signed. */
        final float[] ratios = new float[STATISTICS];
        /** The largest of them in the present episode. */
        private final float[] peaks = new float[STATISTICS];

        /** Of the newest reading; not kept. */
        private double worst;

        int firing;

        private State() {}

        public State copy() {
            var copy = new State();
            copy.readings = readings;
            copy.changes = changes;
            copy.ready = ready;
            copy.alarming = alarming;
            copy.shape = shape;
            copy.near = near;
            copy.calm = calm;
            copy.flagged = flagged;
            copy.run = run;
            copy.longestRun = longestRun;
            copy.firstMillis = firstMillis;
            copy.newestMillis = newestMillis;
            copy.readyMillis = readyMillis;
            copy.regimeMillis = regimeMillis;
            copy.beganMillis = beganMillis;
            copy.onsetMillis = onsetMillis;
            copy.holdMillis = holdMillis;
            copy.shortRising = shortRising;
            copy.longRising = longRising;
            copy.sumRising = sumRising;
            copy.base = base;
            copy.previous = previous;
            copy.beforePrevious = beforePrevious;
            copy.shortMean = shortMean;
            copy.longMean = longMean;
            copy.shortVariance = shortVariance;
            copy.period = period;
            copy.resolution = resolution;
            copy.margin = margin;
            copy.sumMargin = sumMargin;
            copy.sumPeak = sumPeak;
            copy.score = score;
            copy.expected = expected;
            copy.low = low;
            copy.high = high;
            copy.profile = profile.copy();
            copy.tails = tails.copy();
            System.arraycopy(now, 0, copy.now, 0, STATISTICS);
            System.arraycopy(ratios, 0, copy.ratios, 0, STATISTICS);
            System.arraycopy(peaks, 0, copy.peaks, 0, STATISTICS);
            copy.worst = worst;
            copy.firing = firing;
            return copy;
        }

        public void write(DataOutput out) throws IOException {
            out.writeByte(VERSION);
            out.writeInt(readings);
            if (readings == 0) {
                return;
            }
            out.writeByte((ready ? 1 : 0) | (alarming ? 2 : 0));
            out.writeByte(shape.ordinal());
            out.writeByte(near);
            out.writeByte(calm);
            out.writeInt(flagged);
            out.writeInt(changes);
            out.writeFloat(run);
            out.writeFloat(longestRun);
            out.writeLong(newestMillis);
            Compact.writeLong(out, firstMillis - newestMillis);
            Compact.writeLong(out, readyMillis - newestMillis);
            Compact.writeLong(out, regimeMillis - newestMillis);
            Compact.writeLong(out, beganMillis - newestMillis);
            Compact.writeLong(out, onsetMillis - newestMillis);
            Compact.writeLong(out, holdMillis - newestMillis);
            Compact.writeLong(out, shortRising - newestMillis);
            Compact.writeLong(out, longRising - newestMillis);
            Compact.writeLong(out, sumRising - newestMillis);
            out.writeDouble(base);
            out.writeDouble(previous);
            out.writeDouble(beforePrevious);
            out.writeDouble(shortMean);
            out.writeDouble(longMean);
            out.writeFloat(shortVariance);
            out.writeFloat(period);
            out.writeFloat(resolution);
            out.writeFloat(margin);
            out.writeFloat(sumMargin);
            out.writeFloat(sumPeak);
            out.writeFloat(score);
            out.writeDouble(expected);
            out.writeDouble(low);
            out.writeDouble(high);
            profile.write(out);
            tails.write(out);
            out.writeFloat(now[MEAN_RESIDUAL]);
            out.writeFloat(now[SUM_RESIDUAL]);
            out.writeFloat(ratios[SUM_RESIDUAL]);
            if (alarming) {
                for (float peak : peaks) {
                    out.writeFloat(peak);
                }
            }
        }

        /** @throws IOException also when a later version wrote it */
        public static State read(DataInput in) throws IOException {
            int version = in.readUnsignedByte();
            if (version < 1 || version > VERSION) {
                throw new IOException("a baseline of version " + version + " cannot be read, only up to " + VERSION);
            }
            var read = new State();
            read.readings = in.readInt();
            if (read.readings == 0) {
                return read;
            }
            int flags = in.readUnsignedByte();
            read.ready = (flags & 1) != 0;
            read.alarming = (flags & 2) != 0;
            read.shape = Shape.values()[in.readUnsignedByte()];
            read.near = in.readUnsignedByte();
            read.calm = in.readUnsignedByte();
            read.flagged = in.readInt();
            read.changes = in.readInt();
            read.run = in.readFloat();
            read.longestRun = in.readFloat();
            read.newestMillis = in.readLong();
            read.firstMillis = read.newestMillis + Compact.readLong(in);
            read.readyMillis = read.newestMillis + Compact.readLong(in);
            read.regimeMillis = read.newestMillis + Compact.readLong(in);
            read.beganMillis = read.newestMillis + Compact.readLong(in);
            read.onsetMillis = read.newestMillis + Compact.readLong(in);
            read.holdMillis = read.newestMillis + Compact.readLong(in);
            read.shortRising = read.newestMillis + Compact.readLong(in);
            read.longRising = read.newestMillis + Compact.readLong(in);
            read.sumRising = read.newestMillis + Compact.readLong(in);
            read.base = in.readDouble();
            read.previous = in.readDouble();
            read.beforePrevious = version == 1 ? Double.NaN : in.readDouble();
            read.shortMean = in.readDouble();
            read.longMean = in.readDouble();
            read.shortVariance = in.readFloat();
            read.period = in.readFloat();
            read.resolution = in.readFloat();
            read.margin = in.readFloat();
            read.sumMargin = in.readFloat();
            read.sumPeak = in.readFloat();
            read.score = in.readFloat();
            read.expected = in.readDouble();
            read.low = in.readDouble();
            read.high = in.readDouble();
            read.profile = Profile.read(in);
            int statistics = version == 1 ? STATISTICS_BEFORE : STATISTICS;
            read.tails = Tails.read(in, statistics, STATISTICS);
            if (version == 1) {
                read.tails.know(LONE, FAR_ALONE);
                read.tails.know(LONE, -FAR_ALONE);
            }
            read.now[MEAN_RESIDUAL] = in.readFloat();
            read.now[SUM_RESIDUAL] = in.readFloat();
            read.ratios[SUM_RESIDUAL] = in.readFloat();
            if (read.alarming) {
                for (int k = 0; k < statistics; k++) {
                    read.peaks[k] = in.readFloat();
                }
            }
            return read;
        }

        /** Whether the point is in an episode: confirmed, and not yet calm again. */
        public boolean alarming() {
            return alarming;
        }

        /** How unusual the newest reading is, 0 to 1; 0.5 at the threshold; 0 while nothing can be judged. */
        public double score() {
            return score;
        }

        /** What the present or last episode looks like. */
        public Shape shape() {
            return shape;
        }

        /** Usual value at the newest reading's time of day, in the point's unit. */
        public double expected() {
            return expected;
        }

        /** Lower end of what is usual at that time, in the point's unit. */
        public double low() {
            return low;
        }

        /** Upper end of what is usual at that time, in the point's unit. */
        public double high() {
            return high;
        }

        public Learning learning() {
            return !ready ? Learning.LEARNS : alarming ? Learning.FROZEN : Learning.READY;
        }

        /** Event time at which it had seen enough; 0 before. */
        public long readyMillis() {
            return readyMillis;
        }

        /** Event time before which it will not have seen enough, if readings go on as now; 0 before the first. */
        public long readyAtTheEarliestMillis() {
            if (readings == 0) {
                return 0;
            }
            long byReadings = newestMillis + (long) (1000.0 * period * Math.max(0, READY_READINGS - readings));
            return Math.max(firstMillis + READY_MILLIS, byReadings);
        }

        /** Event time at which the present or last episode began, before the reading that proved it where that took several. */
        public long onsetMillis() {
            return onsetMillis;
        }
    }
}
