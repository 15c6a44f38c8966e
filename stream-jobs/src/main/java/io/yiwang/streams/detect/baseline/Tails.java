package io.yiwang.streams.detect.baseline;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * How far each of a handful of statistics goes when all is well: for both sides a high quantile, the mean excess over it, and the
 * farthest seen, which is slowly forgotten. Beyond the farthest, a tail is taken to fall off exponentially at the rate its mean
 * excess says; what is as rare as asked lies so many mean excesses farther out.
 */
final class Tails {
    /** Share of the readings that lie beyond the quantile, on each side. */
    private static final double SHARE = 0.02;
    /** So many readings are only looked at before quantiles are worth tracking. */
    private static final int FIRST = 20;

    private static final double QUICKEST = 0.2;

    private final int statistics;
    /** Farthest seen, quantile and mean excess: upper side first, then lower side. */
    private final float[] farthest;

    private final float[] quantile;
    private final float[] excess;

    Tails(int statistics) {
        this.statistics = statistics;
        farthest = new float[2 * statistics];
        quantile = new float[2 * statistics];
        excess = new float[2 * statistics];
    }

    Tails copy() {
        var copy = new Tails(statistics);
        System.arraycopy(farthest, 0, copy.farthest, 0, farthest.length);
        System.arraycopy(quantile, 0, copy.quantile, 0, quantile.length);
        System.arraycopy(excess, 0, copy.excess, 0, excess.length);
        return copy;
    }

    void write(DataOutput out) throws IOException {
        for (int i = 0; i < farthest.length; i++) {
            out.writeFloat(farthest[i]);
            out.writeFloat(quantile[i]);
            out.writeFloat(excess[i]);
        }
    }

    /**
     * @param written so many statistics were known when it was written; of the further ones nothing has been seen
     */
    static Tails read(DataInput in, int written, int statistics) throws IOException {
        var read = new Tails(statistics);
        for (int side = 0; side < 2; side++) {
            for (int k = 0; k < written; k++) {
                int i = side * statistics + k;
                read.farthest[i] = in.readFloat();
                read.quantile[i] = in.readFloat();
                read.excess[i] = in.readFloat();
            }
        }
        return read;
    }

    void reset(int k, double x) {
        farthest[k] = farthest[k + statistics] = quantile[k] = quantile[k + statistics] = (float) x;
        excess[k] = excess[k + statistics] = 0;
    }

    double highest(int k) {
        return farthest[k];
    }

    double lowest(int k) {
        return farthest[k + statistics];
    }

    double middle(int k) {
        return 0.5 * (quantile[k] + quantile[k + statistics]);
    }

    /** How far the highest is from what is common above, and the lowest from what is common below. */
    boolean isMuchLongerAbove(int k) {
        int low = k + statistics;
        return quantile[low] - farthest[low] < 0.5 * (farthest[k] - quantile[k]);
    }

    /**
     * @param margin mean excesses beyond the farthest
     * @param least a mean excess is never taken to be smaller
     * @param wider share of the range seen by which it lies farther out still
     * @param tolerance at least 1: widens the whole band about its middle
     */
    double above(int k, double margin, double least, double wider, double tolerance) {
        double range = farthest[k] - farthest[k + statistics];
        double plain = farthest[k] + margin * Math.max(excess[k], least) + wider * range;
        return tolerance == 1 ? plain : middle(k) + tolerance * (plain - middle(k));
    }

    /** As {@link #above}. */
    double below(int k, double margin, double least, double wider, double tolerance) {
        int low = k + statistics;
        double range = farthest[k] - farthest[low];
        double plain = farthest[low] - margin * Math.max(excess[low], least) - wider * range;
        return tolerance == 1 ? plain : middle(k) + tolerance * (plain - middle(k));
    }

    /**
     * One more value of a statistic, from a time when all was well.
     *
     * @param seen values so far
     * @param memory values after which the old ones count for little
     */
    void learn(int k, double x, double least, int seen, double memory) {
        int low = k + statistics;
        if (seen <= FIRST) {
            farthest[k] = quantile[k] = (float) Math.max(farthest[k], x);
            farthest[low] = quantile[low] = (float) Math.min(farthest[low], x);
            return;
        }
        double rate = 1 / Math.min(seen, memory);
        double rateOfExcess = Math.min(QUICKEST, rate / SHARE);
        double up = Math.max(least, excess[k]);
        if (x > quantile[k]) {
            double over = x - quantile[k];
            excess[k] += (float) ((over - excess[k]) * rateOfExcess);
            quantile[k] += (float) Math.min(over, up * rateOfExcess);
        } else {
            quantile[k] -= (float) (up * rate);
        }
        double down = Math.max(least, excess[low]);
        if (x < quantile[low]) {
            double under = quantile[low] - x;
            excess[low] += (float) ((under - excess[low]) * rateOfExcess);
            quantile[low] -= (float) Math.min(under, down * rateOfExcess);
        } else {
            quantile[low] += (float) (down * rate);
        }
        if (quantile[low] > quantile[k]) {
            quantile[k] = quantile[low] = 0.5f * (quantile[k] + quantile[low]);
        }
        double forget = 1 / memory;
        farthest[k] =
                x > farthest[k] ? (float) x : farthest[k] - (float) (Math.max(0, farthest[k] - quantile[k]) * forget);
        farthest[low] = x < farthest[low]
                ? (float) x
                : farthest[low] + (float) (Math.max(0, quantile[low] - farthest[low]) * forget);
    }

    /** From now on a value as far out as this is known. */
    void know(int k, double x) {
        int low = k + statistics;
        farthest[k] = (float) Math.max(farthest[k], x);
        farthest[low] = (float) Math.min(farthest[low], x);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tails tails
                && Arrays.equals(farthest, tails.farthest)
                && Arrays.equals(quantile, tails.quantile)
                && Arrays.equals(excess, tails.excess);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(farthest);
    }
}
