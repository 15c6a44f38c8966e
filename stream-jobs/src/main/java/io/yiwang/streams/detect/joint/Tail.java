package io.yiwang.streams.detect.joint;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The limit of a statistic, from the largest values of blocks of healthy rows: these follow Gumbel's distribution whatever the tail of
 * the statistic (of exponential type) and however much neighbouring rows resemble each other, and its mean and variance give the value
 * exceeded once in a wanted time. (Fisher–Tippett–Gnedenko; fitted by moments, β = 0.78 σ.)
 *
 * <p>No longer time is asked of it than a fixed multiple of what it has seen.
 */
final class Tail {
    static final int BLOCK = 20;
    private static final int FEW = 5;
    /** A limit of metrics that never moved. */
    private static final double LEAST = 0.25;

    private static final double BETA = 0.78;
    private static final double EULER = 0.5772;
    private static final double TIMES_SEEN = 100;
    private static final double MARGIN = 2;
    private static final double BOUND = 7;

    private int blocks;
    private int inBlock;
    private float largest;
    private float mean;
    private float variance;

    Tail copy() {
        var copy = new Tail();
        copy.blocks = blocks;
        copy.inBlock = inBlock;
        copy.largest = largest;
        copy.mean = mean;
        copy.variance = variance;
        return copy;
    }

    /** @param memory blocks that are remembered */
    void learn(double value, double memory) {
        see(value);
        if (++inBlock == BLOCK) {
            close(memory);
        }
    }

    /** A value of the running block that does not count as a row. */
    void see(double value) {
        largest = Math.max(largest, (float) value);
    }

    /** Ends an alarm. One that was hardly beyond the limit counts as a block, so that a limit exceeded again and again grows. */
    void settle(double limit, double memory) {
        if (largest < limit * MARGIN) {
            close(memory);
        } else {
            drop();
        }
    }

    /** Forgets the running block. */
    void drop() {
        largest = 0;
        inBlock = 0;
    }

    /** Ends the running block. */
    void close(double memory) {
        var gain = Math.max(1.0 / ++blocks, 1 / memory);
        var bounded = blocks > 2 * FEW ? Math.min(largest, mean + BOUND * Math.sqrt(variance)) : largest;
        var distance = bounded - mean;
        mean += (float) (gain * distance);
        variance += (float) (gain * (distance * distance * (1 - gain) - variance));
        drop();
    }

    boolean known() {
        return blocks >= FEW;
    }

    /** The largest value of an ordinary block. */
    double ordinary() {
        return mean;
    }

    /** What is exceeded once in {@code blocksBetween} blocks; only if {@link #known()}. */
    double limit(double blocksBetween) {
        var reduced = Math.log(Math.max(2, Math.min(blocksBetween, TIMES_SEEN * blocks))) - EULER;
        return Math.max(LEAST, mean + BETA * Math.sqrt(variance) * reduced);
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(blocks);
        out.writeByte(inBlock);
        out.writeFloat(largest);
        out.writeFloat(mean);
        out.writeFloat(variance);
    }

    static Tail read(DataInput in) throws IOException {
        var read = new Tail();
        read.blocks = in.readInt();
        read.inBlock = in.readByte();
        read.largest = in.readFloat();
        read.mean = in.readFloat();
        read.variance = in.readFloat();
        return read;
    }
}
