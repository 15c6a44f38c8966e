package io.yiwang.streams.intake;

import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Range;
import java.util.stream.IntStream;

/**
 * Judges a metric's readings against each other, point by point. A function of a point's memory and its next reading; O(1).
 *
 * <p><b>RATE.</b> A change beyond what the pack's {@code maxRate} allows, or a counter that goes back, is not believed until {@value
 * #BELIEVED_AFTER} readings in a row agree with each other. What is allowed grows with the time since the last believed reading, so
 * nothing stays disbelieved for ever.
 *
 * <p><b>STUCK.</b> How long a value stands still is learned as the length of the row that a reading is in: the mean m over readings, not
 * over rows, so that long rows count by their length. Were rows geometric, the chance of one more equal reading would be p = (m − 1) / (m +
 * 1); a row is stuck once p to the power of its length is below e^-{@value #CERTAINTY}, and it is twice as long as the longest so far.
 * Weighing by length makes m follow the calmest hours, which is what a threshold needs. Rows at 0 and at an end of the range where the
 * metric may ordinarily be are rest and do not count; the longest row at another value is kept apart as a place of rest, so that
 * standing nights do not hide a value that is frozen by day. A value that is shown with fewer decimals repeats itself more often: once
 * values in a row say so, it is learned anew.
 *
 * <p><b>NOISE.</b> The mean change from reading to reading has fallen far below the least that it ever was in the first {@value
 * #NOISE_LEARNING_MILLIS} ms and {@value #SCATTERS_LEARNED} readings and since, without standing still; or what it goes to and
 * fro has grown to {@value #BURST} times the most that it was. Judged only where the scatter is wider than the last digit.
 */
public final class Plausibility {
    /** Least readings that are too far for a change at most to be judged, ms: scatter of quick readings is no change. */
    static final long RATE_OVER_MILLIS = 60_000;
    /** Readings in a row that agree with each other until they are believed. */
    static final int BELIEVED_AFTER = 6;

    /** Fewer equal readings in a row are never stuck. */
    static final int SHORTEST_STUCK = 10;
    /** Equal readings at an end of the range where the metric is not ordinarily. */
    static final int SATURATED = 5;

    static final int CERTAINTY = 16;
    private static final double LEAST_EQUAL = 0.33;
    private static final float LONGEST_TIMES = 2;
    private static final float REST_TIMES = 3;
    private static final float LIKE_REST = 3;
    private static final int LEARNED_AT_LEAST = 100;
    private static final int MOST_LEARNED = 1 << 20;
    private static final long DAY_MILLIS = 86_400_000;
    /** Where rows are shorter than this on average, the value scatters by itself and a day need not be known. */
    private static final float SHORT_ROWS = 3;

    private static final float LEARNING = 1f / 512;
    private static final float FORGETTING = 1f / 65_536;

    static final long NOISE_LEARNING_MILLIS = 3 * DAY_MILLIS;
    private static final float NOISE_WINDOW = 1f / 32;
    private static final int SCATTERS_AT_LEAST = 256;
    /** A slow point knows calm and storm only after so many. */
    private static final int SCATTERS_LEARNED = 1024;

    private static final float COLLAPSED = 1f / 5;
    private static final float CALM_DOWN = 1f / 4_096;
    private static final float CALM_UP = 1f / 262_144;
    private static final float BURST = 2.5f;
    private static final float BURST_OVER = 1.6f;
    /** No change counts for more than so many of the most that was usual: one spike is no noise. */
    private static final float MOST_AT_ONCE = 8;

    private static final int LOUDNESS_AT_LEAST = 64;
    private static final int LOUDNESS_LEARNED = 1024;
    private static final float LOUD_UP = 1f / 512;
    private static final float LOUDEST_DOWN = 1f / 65_536;
    /** In a row of this length its equal readings say nothing of the scatter any more. */
    private static final int STILL = 4;

    /** Decimals beyond these are not counted: numbers that were computed have any number of them. */
    private static final int MOST_DECIMALS = 6;
    /** By how many decimals there are. */
    private static final double[] LAST_DIGITS = IntStream.range(0, MOST_DECIMALS)
            .mapToDouble(decimals -> Math.pow(10, -decimals))
            .toArray();
    /** Decimals that values in a row must lack, each at least one and counted for at most so many; the chance is a tenth for each. */
    private static final int COARSER_BY = 8;

    private static final int OF_ONE_VALUE = 4;
    private static final double EXACT = 1e-12;

    /** Rounding of numbers on their way, as a share of the value. */
    private static final double ROUNDING = 1e-6;

    private static final int NEVER = Integer.MAX_VALUE;

    /** The metric's code: one object for all readings, whose hash is known. */
    final String metric;

    public final Range range;
    /** Seconds between readings; 0 = on change only. */
    final int periodSeconds;

    private final boolean analog;
    private final boolean counter;
    private final double maxRate;
    private final double digit;
    /** Ends of the range where it may rest, or where it is not ordinarily; NaN = not so. */
    private final double restLow;

    private final double restHigh;
    private final double brokenLow;
    private final double brokenHigh;
    /** More than all there cannot be, so it may well be reached: a valve is open. */
    private final double bound;

    public Plausibility(Metric metric) {
        this.metric = metric.code();
        range = metric.range();
        periodSeconds = metric.period();
        analog = metric.kind() == Metric.Kind.ANALOG;
        counter = metric.kind() == Metric.Kind.COUNTER;
        maxRate = metric.maxRate() == null
                ? Double.POSITIVE_INFINITY
                : metric.maxRate().perSecond();
        digit = Math.pow(10, -metric.decimals());
        var normal = metric.normal();
        restLow = normal.low() <= range.low() ? range.low() : Double.NaN;
        restHigh = normal.high() >= range.high() ? range.high() : Double.NaN;
        bound = metric.unit().equals("%") && range.high() == 100 ? 100 : Double.NaN;
        brokenLow = normal.low() > range.low() && range.low() != 0 ? range.low() : Double.NaN;
        brokenHigh =
                normal.high() < range.high() && range.high() != 0 && range.high() != bound ? range.high() : Double.NaN;
    }

    /** Whether there is anything to remember of such a point. */
    public boolean remembers() {
        return analog || counter;
    }

    /**
     * @param millis event time
     * @param number finite and within the range
     * @return GOOD, RATE, STUCK or NOISE
     */
    public Quality judge(PointMemory memory, long millis, double number) {
        if (millis <= memory.newestMillis) {
            return ofThePast(memory, millis, number);
        }
        boolean first = memory.newestMillis == Long.MIN_VALUE;
        if (first) {
            memory.firstMillis = millis;
        }
        boolean believed = (!counter && maxRate == Double.POSITIVE_INFINITY) || believed(memory, millis, number, first);
        if (!analog) {
            memory.last = number;
            memory.newestMillis = millis;
            return believed ? Quality.GOOD : Quality.RATE;
        }
        boolean equal = !first && number == memory.last;
        if (equal) {
            memory.run++;
            if (memory.run == SATURATED && (isBroken(number) || number == bound && memory.doubts > 0)) {
                memory.runLimit = SATURATED;
            } else if (memory.run == SHORTEST_STUCK && memory.runLimit == 0) {
                memory.runLimit = limit(memory, millis, number);
            }
            if (memory.run < STILL) {
                scatters(memory, millis, 0);
            }
        } else {
            if (!first) {
                endOfRow(memory);
                // To and from rest is a jump, and a doubted value says nothing of the scatter.
                if (number != 0 && memory.last != 0 && believed) {
                    scatters(memory, millis, (float) Math.abs(number - memory.last));
                }
            }
            if (!isRest(number)) {
                shows(memory, decimals(number));
            }
            memory.run = 1;
            memory.runLimit = 0;
            memory.stillSinceMillis = millis;
        }
        if (!first) {
            // To and from rest is a jump.
            boolean moves = believed && number != 0 && memory.last != 0;
            isLoud(memory, millis, moves ? (float) (number - memory.last) : 0);
        }
        memory.last = number;
        memory.newestMillis = millis;
        // Where it stands still at the end of its range, a jump to there is no longer the news.
        if (memory.isStuck()) {
            return Quality.STUCK;
        }
        if (!believed) {
            return Quality.RATE;
        }
        return memory.collapsed || memory.burst ? Quality.NOISE : Quality.GOOD;
    }

    /** Learns rows anew when values have become coarser than those that they were learned from. */
    private static void shows(PointMemory memory, byte decimals) {
        int lacking = memory.decimals - decimals;
        if (lacking == 0) {
            memory.lacking = 0;
        } else if (lacking < 0) {
            // One alone may be a mean that somebody has put in.
            if (memory.lacking < 0) {
                memory.decimals = decimals;
            }
            memory.lacking = (byte) (memory.lacking < 0 ? 0 : -1);
        } else {
            memory.coarseDecimals =
                    memory.lacking > 0 && memory.coarseDecimals > decimals ? memory.coarseDecimals : decimals;
            memory.lacking = (byte) (Math.max(0, memory.lacking) + Math.min(OF_ONE_VALUE, lacking));
            if (memory.lacking >= COARSER_BY) {
                memory.decimals = memory.coarseDecimals;
                memory.lacking = 0;
                memory.learned = 0;
            }
        }
    }

    /** With how many decimals a number is shown, at most {@value #MOST_DECIMALS}. */
    private static byte decimals(double number) {
        double scaled = Math.abs(number);
        byte decimals = 0;
        while (decimals < MOST_DECIMALS && Math.abs(scaled - Math.rint(scaled)) > EXACT * scaled) {
            scaled *= 10;
            decimals++;
        }
        return decimals;
    }

    /** What comes behind a newer one teaches nothing; it shares the fate of the row that it is part of. */
    private static Quality ofThePast(PointMemory memory, long millis, double number) {
        return memory.isStuck() && millis >= memory.stillSinceMillis && number == memory.last
                ? Quality.STUCK
                : Quality.GOOD;
    }

    private boolean believed(PointMemory memory, long millis, double number, boolean first) {
        if (first || reaches(memory.believed, memory.believedMillis, number, millis)) {
            memory.doubts = 0;
        } else {
            if (memory.doubts == 0) {
                memory.doubtedSinceMillis = millis;
            }
            boolean agrees = memory.doubts > 0 && reaches(memory.last, memory.newestMillis, number, millis);
            memory.doubts = agrees ? memory.doubts + 1 : 1;
            if (memory.doubts < BELIEVED_AFTER) {
                return false;
            }
            memory.doubts = 0;
        }
        memory.believed = number;
        memory.believedMillis = millis;
        return true;
    }

    private boolean reaches(double from, long fromMillis, double to, long toMillis) {
        double tolerance = digit + ROUNDING * Math.abs(from);
        double most = maxRate == Double.POSITIVE_INFINITY
                ? maxRate
                : maxRate * Math.max(toMillis - fromMillis, RATE_OVER_MILLIS) / 1000 + tolerance;
        double change = to - from;
        return change <= most && change >= (counter ? -tolerance : -most);
    }

    private boolean isBroken(double number) {
        return number == brokenLow || number == brokenHigh;
    }

    private boolean isRest(double number) {
        return Math.abs(number) < digit / 2 || number == restLow || number == restHigh || number == bound;
    }

    /** How long a row of this value must be to be stuck. */
    private int limit(PointMemory memory, long millis, double number) {
        boolean knows = memory.learned >= LEARNED_AT_LEAST
                && (memory.usualRun <= SHORT_ROWS || millis - memory.firstMillis >= DAY_MILLIS);
        if (!knows || isRest(number)) {
            return NEVER;
        }
        double equal = Math.max(LEAST_EQUAL, (memory.usualRun - 1.0) / (memory.usualRun + 1.0));
        double limit = Math.max(-CERTAINTY / Math.log(equal), LONGEST_TIMES * memory.longestRun);
        if (number == memory.rest) {
            limit = Math.max(limit, REST_TIMES * memory.restRun);
        }
        return (int) Math.min(NEVER, Math.max(SHORTEST_STUCK, Math.ceil(limit)));
    }

    /** Learns from a row that is over. */
    private void endOfRow(PointMemory memory) {
        int length = memory.run;
        if (memory.isStuck()) {
            // It moves again: perhaps it was right after all. Where it stands a second time it rests; when it stands
            // here and
            // there, it may stand twice as long.
            if (memory.last == memory.rest && memory.restRun > 0) {
                memory.restRun = Math.max(memory.restRun, length);
            } else if (memory.restRun < memory.runLimit && !isBroken(memory.last)) {
                memory.rest = memory.last;
                memory.restRun = memory.runLimit;
            } else if (!isBroken(memory.last)) {
                memory.longestRun = Math.max(memory.longestRun, memory.runLimit);
            }
            return;
        }
        if (isRest(memory.last) || memory.doubts > 0) {
            return;
        }
        if (length >= SHORTEST_STUCK) {
            // Where a coarse value stands again and again for a while it does not rest: most of its rows are much
            // shorter than the longest.
            if (memory.last == memory.rest && LIKE_REST * length >= memory.restRun) {
                memory.restRun = Math.max(memory.restRun, length);
                return;
            }
            if (length > memory.restRun) {
                float before = memory.restRun;
                memory.rest = memory.last;
                memory.restRun = length;
                if (before == 0) {
                    return;
                }
                length = (int) before;
            }
        }
        memory.learned = Math.min(MOST_LEARNED, memory.learned + length);
        float weight = Math.min(1, length * Math.max(LEARNING, 1f / memory.learned));
        memory.usualRun += weight * (length - memory.usualRun);
        memory.longestRun = Math.max(length, memory.longestRun * (1 - FORGETTING * length));
    }

    private void scatters(PointMemory memory, long millis, float change) {
        memory.scatters = Math.min(MOST_LEARNED, memory.scatters + 1);
        memory.scatter = memory.scatter < 0
                ? change
                : memory.scatter + Math.max(NOISE_WINDOW, 1f / memory.scatters) * (change - memory.scatter);
        if (memory.scatters < SCATTERS_AT_LEAST) {
            return;
        }
        if (memory.scatters < SCATTERS_LEARNED || millis - memory.firstMillis < NOISE_LEARNING_MILLIS) {
            memory.calm = memory.calm < 0 ? memory.scatter : Math.min(memory.calm, memory.scatter);
            return;
        }
        memory.collapsed = memory.calm >= 2 * lastDigit(memory)
                && memory.scatter < (memory.collapsed ? 2 * COLLAPSED : COLLAPSED) * memory.calm;
        // Up by itself and not towards the scatter: of a machine that mostly works, resting must stay known.
        memory.calm +=
                memory.scatter < memory.calm ? CALM_DOWN * (memory.scatter - memory.calm) : CALM_UP * memory.calm;
    }

    /** The last digit that it is shown with. */
    private double lastDigit(PointMemory memory) {
        return memory.decimals < MOST_DECIMALS ? Math.max(digit, LAST_DIGITS[memory.decimals]) : digit;
    }

    /**
     * How loud it is: what it goes to and fro, so that neither a trend nor a jump counts. The loudest that it was is taken up slowly, so
     * that a burst is compared with what was before it. One that has come and gone may be a habit: the next must be louder.
     */
    private void isLoud(PointMemory memory, long millis, float change) {
        float toAndFro = change * memory.change < 0 ? Math.min(Math.abs(change), Math.abs(memory.change)) : 0;
        memory.change = change;
        memory.heard = (short) Math.min(LOUDNESS_LEARNED, memory.heard + 1);
        float shown = (float) lastDigit(memory);
        boolean learns = memory.heard < LOUDNESS_LEARNED || millis - memory.firstMillis < NOISE_LEARNING_MILLIS;
        float most = MOST_AT_ONCE * Math.max(learns ? memory.loud : memory.loudest, shown);
        memory.loud += Math.max(NOISE_WINDOW, 1f / memory.heard) * (Math.min(most, toAndFro) - memory.loud);
        if (learns) {
            memory.loudest = memory.heard < LOUDNESS_AT_LEAST ? 0 : Math.max(memory.loudest, memory.loud);
            return;
        }
        boolean was = memory.burst;
        memory.burst =
                memory.loud >= shown && memory.loud > (was ? BURST_OVER : BURST) * Math.max(memory.loudest, shown / 8);
        if (was && !memory.burst) {
            memory.loudest *= BURST_OVER;
        }
        memory.loudest += memory.loud > memory.loudest
                ? (memory.burst ? CALM_DOWN : LOUD_UP) * (memory.loud - memory.loudest)
                : -LOUDEST_DOWN * memory.loudest;
    }
}
