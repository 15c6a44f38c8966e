package io.yiwang.streams.detect.snapshot;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Whole numbers and readings in few bytes, without loss: near ones by what they differ, readings of few decimals by their digits. What
 * was written by one writer is read by one reader in the same order.
 */
public final class Compact {
    private static final int RAW = 7;
    private static final int NOTHING = 8 | RAW;
    private static final int MOST_DECIMALS = 6;
    private static final double[] POWERS = {1, 10, 100, 1e3, 1e4, 1e5, 1e6};
    private static final double MOST_DIGITS = 1L << 52;

    private int decimals;
    private long digits;

    /** Seven bits a byte, small ones of either sign first. */
    public static void writeLong(DataOutput out, long value) throws IOException {
        long rest = value << 1 ^ value >> 63;
        while ((rest & ~0x7FL) != 0) {
            out.writeByte((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    /** @throws IOException also when it is no number that {@link #writeLong} wrote */
    public static long readLong(DataInput in) throws IOException {
        long rest = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            long next = in.readUnsignedByte();
            rest |= (next & 0x7F) << shift;
            if ((next & 0x80) == 0) {
                return rest >>> 1 ^ -(rest & 1);
            }
        }
        throw new IOException("a whole number of more than 64 bits");
    }

    /** A reading, best one that is near the one before. */
    public void write(DataOutput out, double number) throws IOException {
        for (int d = 0; d <= MOST_DECIMALS; d++) {
            double scaled = Math.rint(number * POWERS[d]);
            long next = (long) scaled;
            if (Math.abs(scaled) < MOST_DIGITS
                    && Double.doubleToRawLongBits(next / POWERS[d]) == Double.doubleToRawLongBits(number)) {
                writeLong(out, next - (d == decimals ? digits : 0) << 3 | d);
                decimals = d;
                digits = next;
                return;
            }
        }
        if (Double.isNaN(number)) {
            writeLong(out, NOTHING);
        } else {
            writeLong(out, RAW);
            out.writeDouble(number);
        }
    }

    public double read(DataInput in) throws IOException {
        long head = readLong(in);
        int d = (int) (head & 7);
        if (d == RAW) {
            return head == NOTHING ? Double.NaN : in.readDouble();
        }
        digits = (head >> 3) + (d == decimals ? digits : 0);
        decimals = d;
        return digits / POWERS[d];
    }
}
