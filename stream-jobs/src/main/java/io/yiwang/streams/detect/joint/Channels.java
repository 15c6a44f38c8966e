package io.yiwang.streams.detect.joint;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * What is known of each metric by itself: level, variance, and how far the level wanders. Makes a row comparable: each value becomes
 * its distance from the level in standard deviations.
 *
 * <p>The standard deviation has a floor, so that a constant, quantised or rarely switched metric does not shout when it moves: the
 * smallest step ever seen, and a sixth of the largest distance seen in healthy operation. It grows with the wander of the level
 * (random walk: variance per block of rows, from the growth between mean squared differences one and four blocks apart), because the
 * level of such a metric is known only as well as it was lately; while nothing is learned it grows on.
 */
final class Channels {
    static final int BLOCK = 20;
    private static final int LAGS = 4;
    private static final int WANDER_BLOCKS = 4;
    private static final double REACH_DEVIATIONS = 6;
    private static final double CLIP = 30;
    private static final double LEARN_CLIP = 3;
    private static final double WANDER_CAP = 9;
    private static final int FEW_MOVES = 5;
    private static final int FIRST = 30;

    final int size;
    private final int[] seen;
    private final double[] level;
    private final float[] variance;
    private final double[] previous;
    private final float[] step;
    private final byte[] moves;
    private final float[] reach;
    private final double[] anchor;
    private final float[] blockSum;
    private final float[] recent;
    private final float[] near;
    private final float[] far;
    private int inBlock;
    private int filled;
    private int newest;
    private int compared;

    Channels(int size) {
        this.size = size;
        seen = new int[size];
        level = new double[size];
        variance = new float[size];
        previous = new double[size];
        step = new float[size];
        moves = new byte[size];
        reach = new float[size];
        anchor = new double[size];
        blockSum = new float[size];
        recent = new float[LAGS * size];
        near = new float[size];
        far = new float[size];
    }

    private Channels(Channels other) {
        size = other.size;
        seen = other.seen.clone();
        level = other.level.clone();
        variance = other.variance.clone();
        previous = other.previous.clone();
        step = other.step.clone();
        moves = other.moves.clone();
        reach = other.reach.clone();
        anchor = other.anchor.clone();
        blockSum = other.blockSum.clone();
        recent = other.recent.clone();
        near = other.near.clone();
        far = other.far.clone();
        inBlock = other.inBlock;
        filled = other.filled;
        newest = other.newest;
        compared = other.compared;
    }

    Channels copy() {
        return new Channels(this);
    }

    /**
     * Distances from the levels in standard deviations, within ±30; 0 where there is no value, and of a metric that moved less than
     * five times: it says nothing of how it moves with others.
     *
     * @param memory rows that the levels remember
     * @param frozen rows for which nothing was learned
     */
    void standardise(double[] row, float[] into, double memory, int frozen) {
        for (var i = 0; i < size; i++) {
            var value = row[i];
            if (Double.isNaN(value)) {
                into[i] = 0;
                continue;
            }
            if (seen[i] == 0) {
                level[i] = value;
                anchor[i] = value;
            } else if (value != previous[i]) {
                var moved = (float) Math.abs(value - previous[i]);
                moves[i] = (byte) Math.min(Byte.MAX_VALUE, moves[i] + 1);
                step[i] = step[i] == 0 ? moved : Math.min(step[i], moved);
            }
            previous[i] = value;
            var distance = (value - level[i]) / deviation(i, memory, frozen);
            into[i] = judged(i) ? (float) Math.max(-CLIP, Math.min(CLIP, distance)) : 0;
        }
    }

    /** Whether the metric has moved often enough to be judged. */
    boolean judged(int i) {
        return moves[i] >= FEW_MOVES;
    }

    /** Standard deviation to judge metric {@code i} by, in its own unit. */
    double deviation(int i, double memory, int frozen) {
        // A metric that never moved may do so once without being strange.
        var floor = step[i] == 0 ? Math.abs(level[i]) * 1e-3 + 1e-9 : step[i];
        floor = Math.max(floor, reach[i] / REACH_DEVIATIONS);
        var base = Math.max(variance[i], floor * floor);
        var wander = compared > WANDER_BLOCKS ? Math.max(0, far[i] - near[i]) / (LAGS - 1) : 0;
        var blocks = (frozen + Math.min(seen[i], memory) / 3) / BLOCK;
        return Math.sqrt(base + Math.min(WANDER_CAP * base, wander * blocks));
    }

    /** Whether the metric is as good as always at one of two values, as states are. */
    boolean twoValued(int i) {
        return reach[i] <= 1.5 * step[i];
    }

    /**
     * Learns a row that was judged.
     *
     * @param judged what {@link #standardise} made of it
     * @param weight in (0, 1], less for a row far out: it is taken as one that much nearer
     */
    void learn(double[] row, float[] judged, double memory, double weight) {
        for (var i = 0; i < size; i++) {
            if (Double.isNaN(row[i])) {
                continue;
            }
            var deviation = deviation(i, memory, 0);
            var gain = Math.max(1.0 / ++seen[i], 1 / memory);
            var distance = row[i] - level[i];
            reach[i] = Math.max(
                    (float) (reach[i] * (1 - 1 / (4 * memory))), (float) Math.abs(judged[i] * weight * deviation));
            if (seen[i] < FIRST) {
                level[i] += gain * distance;
                variance[i] += (float) (gain * (distance * (row[i] - level[i]) - variance[i]));
            } else {
                var near = weight * Math.max(-LEARN_CLIP, Math.min(LEARN_CLIP, judged[i])) * deviation;
                level[i] += gain * near;
                variance[i] += (float) (gain * (near * near - variance[i]));
            }
            blockSum[i] += (float) (row[i] - anchor[i]);
        }
        if (++inBlock == BLOCK) {
            closeBlock(memory);
        }
    }

    private void closeBlock(double memory) {
        newest = (newest + 1) % LAGS;
        var full = filled == LAGS;
        compared += full ? 1 : 0;
        var gain = Math.max(1.0 / Math.max(1, compared), BLOCK / memory);
        for (var i = 0; i < size; i++) {
            var mean = blockSum[i] / BLOCK;
            if (full) {
                // Bounded, so that one jump is not taken for wandering for long.
                var most = 9 * Math.max(variance[i], 1e-12f);
                var one = mean - recent[(newest + LAGS - 1) % LAGS * size + i];
                var four = mean - recent[newest * size + i];
                near[i] += (float) (gain * (Math.min(one * one, most) - near[i]));
                far[i] += (float) (gain * (Math.min(four * four, LAGS * most) - far[i]));
            }
            recent[newest * size + i] = mean;
            blockSum[i] = 0;
        }
        filled = full ? LAGS : filled + 1;
        inBlock = 0;
    }

    /** Nothing is learned of a row: blocks must be of rows without a hole. */
    void skip() {
        if (inBlock != 0 || filled != 0) {
            Arrays.fill(blockSum, 0);
            inBlock = 0;
            filled = 0;
        }
    }

    /**
     * Moves the level of metric {@code i}.
     *
     * @param by in standard deviations
     */
    void shift(int i, double by, double memory, int frozen) {
        var moved = Math.abs(by) >= CLIP ? previous[i] - level[i] : by * deviation(i, memory, frozen);
        level[i] += moved;
        reach[i] = Math.max(reach[i], (float) Math.abs(moved));
    }

    void write(DataOutput out) throws IOException {
        for (var i = 0; i < size; i++) {
            out.writeInt(seen[i]);
            out.writeDouble(level[i]);
            out.writeFloat(variance[i]);
            out.writeDouble(previous[i]);
            out.writeFloat(step[i]);
            out.writeByte(moves[i]);
            out.writeFloat(reach[i]);
            out.writeDouble(anchor[i]);
            out.writeFloat(blockSum[i]);
            out.writeFloat(near[i]);
            out.writeFloat(far[i]);
        }
        for (var mean : recent) {
            out.writeFloat(mean);
        }
        out.writeByte(inBlock);
        out.writeByte(filled);
        out.writeByte(newest);
        out.writeInt(compared);
    }

    static Channels read(DataInput in, int size) throws IOException {
        var read = new Channels(size);
        for (var i = 0; i < size; i++) {
            read.seen[i] = in.readInt();
            read.level[i] = in.readDouble();
            read.variance[i] = in.readFloat();
            read.previous[i] = in.readDouble();
            read.step[i] = in.readFloat();
            read.moves[i] = in.readByte();
            read.reach[i] = in.readFloat();
            read.anchor[i] = in.readDouble();
            read.blockSum[i] = in.readFloat();
            read.near[i] = in.readFloat();
            read.far[i] = in.readFloat();
        }
        for (var k = 0; k < read.recent.length; k++) {
            read.recent[k] = in.readFloat();
        }
        read.inBlock = in.readByte();
        read.filled = in.readByte();
        read.newest = in.readByte();
        read.compared = in.readInt();
        return read;
    }
}
