package io.yiwang.streams.detect.baseline;

import io.yiwang.streams.detect.snapshot.Compact;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * The usual course of a day in half-hours of local time, for working days and for weekends, and how far readings scatter about it.
 * Levels are kept relative to {@link #origin}, with eight bits of precision.
 */
final class Profile {
    static final int SLOTS = 48;
    static final long SLOT_MILLIS = 1_800_000L;

    private static final long DAY_MILLIS = SLOTS * SLOT_MILLIS;
    /** Of a slot that has not been visited yet; not a number. */
    private static final short UNSEEN = 0x7FC0;

    private static final int CODES_PER_OCTAVE = 4;
    private static final float[] SPREAD_OF_CODE = new float[256];

    static {
        for (int i = 0; i < SPREAD_OF_CODE.length; i++) {
            SPREAD_OF_CODE[i] = (float) StrictMath.pow(2, (i - 128) / (double) CODES_PER_OCTAVE);
        }
    }

    /** A visit to a slot changes it by this share at least. */
    private static final double SLOWEST_LEVEL = 0.12;

    private static final double FIRST_VISIT = 0.6;
    private static final double RATE_OF_SPREAD = 0.2;
    private static final double SLOWEST_MEAN = 0.01;
    private static final double LEAST_SHARE_OF_MEAN = 0.25;

    /** What the levels are relative to, in the point's unit. */
    double origin;

    /** Slots visited so far. */
    int visits;

    private final short[] levels = new short[2 * SLOTS];
    /** Codes of mean absolute deviations; 0 = not known. */
    private final byte[] spreads = new byte[SLOTS];

    private float meanSpread;
    private int slot;
    private long slotEndMillis = Long.MIN_VALUE;
    private int count;
    private double sum;
    private double sumOfAbsolutes;

    /** Of the present slot and its neighbours; follow from the levels. */
    private double here = Double.NaN;

    private double before = Double.NaN;
    private double after = Double.NaN;
    private double spreadHere;

    Profile() {
        Arrays.fill(levels, UNSEEN);
    }

    Profile copy() {
        var copy = new Profile();
        copy.origin = origin;
        copy.visits = visits;
        System.arraycopy(levels, 0, copy.levels, 0, levels.length);
        System.arraycopy(spreads, 0, copy.spreads, 0, spreads.length);
        copy.meanSpread = meanSpread;
        copy.slot = slot;
        copy.slotEndMillis = slotEndMillis;
        copy.count = count;
        copy.sum = sum;
        copy.sumOfAbsolutes = sumOfAbsolutes;
        copy.here = here;
        copy.before = before;
        copy.after = after;
        copy.spreadHere = spreadHere;
        return copy;
    }

    void write(DataOutput out) throws IOException {
        out.writeDouble(origin);
        out.writeInt(visits);
        short before = UNSEEN;
        for (short level : levels) {
            Compact.writeLong(out, level - before);
            before = level;
        }
        out.write(spreads);
        out.writeFloat(meanSpread);
        out.writeByte(slot);
        out.writeLong(slotEndMillis);
        out.writeInt(count);
        out.writeDouble(sum);
        out.writeDouble(sumOfAbsolutes);
    }

    static Profile read(DataInput in) throws IOException {
        var read = new Profile();
        read.origin = in.readDouble();
        read.visits = in.readInt();
        short before = UNSEEN;
        for (int i = 0; i < read.levels.length; i++) {
            before += (short) Compact.readLong(in);
            read.levels[i] = before;
        }
        in.readFully(read.spreads);
        read.meanSpread = in.readFloat();
        read.slot = in.readByte();
        read.slotEndMillis = in.readLong();
        read.count = in.readInt();
        read.sum = in.readDouble();
        read.sumOfAbsolutes = in.readDouble();
        read.look();
        return read;
    }

    boolean covers(long millis) {
        return millis < slotEndMillis && millis >= slotEndMillis - SLOT_MILLIS;
    }

    boolean hasBegun() {
        return slotEndMillis != Long.MIN_VALUE;
    }

    /** Whether anything is known of this time of day. */
    boolean knowsHere() {
        return here == here;
    }

    /** Level at this moment of the present slot, in the point's unit; between the middles of two slots it runs straight. */
    double level(long millis) {
        double share = (millis - (slotEndMillis - SLOT_MILLIS)) / (double) SLOT_MILLIS - 0.5;
        double neighbour = share < 0 ? before : after;
        double bend = Math.abs(share) * (neighbour - here);
        return origin + here + (bend == bend ? bend : 0);
    }

    /** Mean absolute deviation about the level at this time of day, in the point's unit. */
    double spread(double least) {
        return Math.max(Math.max(spreadHere, LEAST_SHARE_OF_MEAN * meanSpread), least);
    }

    /** @param residual the reading less the level, in the point's unit */
    void learn(double residual) {
        sum += residual;
        sumOfAbsolutes += Math.abs(residual);
        count++;
    }

    /** Mean of the residuals of the present slot; 0 if none was learned. */
    double meanResidual() {
        return count == 0 ? 0 : sum / count;
    }

    boolean hasLearned() {
        return count > 0;
    }

    /**
     * Concludes the present slot.
     *
     * @param level what to take for the level when nothing is known of this time of day, in the point's unit
     */
    void conclude(double level) {
        if (count == 0) {
            return;
        }
        double mean = sum / count;
        double deviation = sumOfAbsolutes / count;
        sum = 0;
        sumOfAbsolutes = 0;
        count = 0;
        if (levels[slot] == UNSEEN) {
            levels[slot] = knowsHere() ? shortOf(here + FIRST_VISIT * mean) : shortOf(level - origin + mean);
        } else {
            levels[slot] = shortOf(here + Math.max(SLOWEST_LEVEL, 1.0 / (1 + Math.max(1, visits / 60))) * mean);
        }
        int ofDay = slot % SLOTS;
        double old = spreads[ofDay] == 0 ? Math.max(deviation, meanSpread) : SPREAD_OF_CODE[spreads[ofDay] + 128];
        spreads[ofDay] = code(old + RATE_OF_SPREAD * (deviation - old));
        meanSpread += (float) ((deviation - meanSpread) * Math.max(SLOWEST_MEAN, 1.0 / (visits + 1)));
        visits++;
    }

    /** Forgets the course of the day. */
    void restart(double level) {
        Arrays.fill(levels, UNSEEN);
        Arrays.fill(spreads, (byte) 0);
        origin = level;
        visits = 0;
        count = 0;
        sum = 0;
        sumOfAbsolutes = 0;
        look();
    }

    /** @param localMillis the same moment as local time */
    void enter(long millis, long localMillis) {
        long day = Math.floorDiv(localMillis, DAY_MILLIS);
        long ofDay = localMillis - day * DAY_MILLIS;
        // 1970-01-01 was a Thursday.
        boolean weekend = Math.floorMod(day + 3, 7L) >= 5;
        slot = (int) (ofDay / SLOT_MILLIS) + (weekend ? SLOTS : 0);
        slotEndMillis = millis - ofDay % SLOT_MILLIS + SLOT_MILLIS;
        look();
    }

    private void look() {
        int ofDay = slot % SLOTS;
        int kind = slot - ofDay;
        here = levelOf(kind, ofDay);
        before = levelOf(kind, (ofDay + SLOTS - 1) % SLOTS);
        after = levelOf(kind, (ofDay + 1) % SLOTS);
        spreadHere = spreads[ofDay] == 0 ? 2.0 * meanSpread : SPREAD_OF_CODE[spreads[ofDay] + 128];
    }

    private double levelOf(int kind, int ofDay) {
        short level = levels[kind + ofDay];
        if (level == UNSEEN) {
            level = levels[SLOTS - kind + ofDay];
        }
        return Float.intBitsToFloat(level << 16);
    }

    private static short shortOf(double value) {
        return (short) ((Float.floatToRawIntBits((float) value) + 0x8000) >>> 16);
    }

    private static byte code(double spread) {
        int code = (int) Math.round(Log2.of(Math.max(spread, 1e-9)) * CODES_PER_OCTAVE);
        code = Math.max(-128, Math.min(127, code));
        return (byte) (code == 0 ? 1 : code);
    }
}
