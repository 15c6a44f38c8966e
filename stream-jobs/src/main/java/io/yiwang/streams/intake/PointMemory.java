package io.yiwang.streams.intake;

import io.yiwang.streams.detect.snapshot.Compact;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What the first stage remembers of one point, about 100 bytes. Mutable; only {@link Plausibility} changes it. A field that an older
 * savepoint lacks keeps its default.
 */
public final class PointMemory {
    /** Event time of the first and of the newest reading, epoch ms; {@code Long.MIN_VALUE} before the first. */
    public long firstMillis = Long.MIN_VALUE;

    public long newestMillis = Long.MIN_VALUE;
    /** The newest value. */
    public double last;

    /** Readings in a row that show {@link #last}, and event time of the first of them. */
    public int run;

    public long stillSinceMillis;
    /** From so many on it is stuck; known once the row is long enough to ask. */
    public int runLimit;
    /** Readings that the next two were learned from. */
    public int learned;
    /** Length of the row that a reading is in, on average over the readings. */
    public float usualRun;
    /** The longest row so far, slowly forgotten. */
    public float longestRun;
    /** Where it has rested longest, and how long, readings. */
    public double rest;

    public float restRun;

    /** The newest value that was believed, and when. */
    public double believed;

    public long believedMillis;
    /** Readings in a row that were not but agree with each other, and event time of the first that was not. */
    public int doubts;

    public long doubtedSinceMillis;

    /** Mean change from reading to reading, of late; -1 before the first. */
    public float scatter = -1;
    /** The least that was ever, slowly forgotten; -1 before the first. */
    public float calm = -1;

    public int scatters;
    /** Whether the scatter has collapsed. */
    public boolean collapsed;
    /** The newest change. */
    public float change;
    /** How far it goes to and fro, on average of late. */
    public float loud;
    /** The most that this was, taken up and forgotten slowly. */
    public float loudest;
    /** Readings that the two were learned from. */
    public short heard;
    /** Whether it scatters far more than ever. */
    public boolean burst;

    /** With how many decimals it is shown. */
    public byte decimals;
    /** How many of them the newest values lack in all, while none has them; -1 when the newest has more of them. */
    public byte lacking;
    /** How many these values have at most. */
    public byte coarseDecimals;

    public PointMemory() {}

    boolean isStuck() {
        return runLimit > 0 && run >= runLimit;
    }

    /** Since when it has been of the quality that its newest reading has, event time. */
    public long sinceMillis(Quality quality, long eventMillis) {
        return switch (quality) {
            case STUCK -> stillSinceMillis;
            case RATE -> doubtedSinceMillis;
            default -> eventMillis;
        };
    }

    /** The clock that its times came from was ahead and no longer is: what it knows stays, with times that can be. */
    void goBackTo(long millis) {
        newestMillis = millis;
        firstMillis = Math.min(firstMillis, millis);
        believedMillis = Math.min(believedMillis, millis);
        stillSinceMillis = Math.min(stillSinceMillis, millis);
        doubtedSinceMillis = Math.min(doubtedSinceMillis, millis);
    }

    /** One that goes its own way from here. */
    public PointMemory copy() {
        var copy = new PointMemory();
        copy.firstMillis = firstMillis;
        copy.newestMillis = newestMillis;
        copy.last = last;
        copy.run = run;
        copy.stillSinceMillis = stillSinceMillis;
        copy.runLimit = runLimit;
        copy.learned = learned;
        copy.usualRun = usualRun;
        copy.longestRun = longestRun;
        copy.rest = rest;
        copy.restRun = restRun;
        copy.believed = believed;
        copy.believedMillis = believedMillis;
        copy.doubts = doubts;
        copy.doubtedSinceMillis = doubtedSinceMillis;
        copy.scatter = scatter;
        copy.calm = calm;
        copy.scatters = scatters;
        copy.collapsed = collapsed;
        copy.change = change;
        copy.loud = loud;
        copy.heard = heard;
        copy.loudest = loudest;
        copy.burst = burst;
        copy.decimals = decimals;
        copy.lacking = lacking;
        copy.coarseDecimals = coarseDecimals;
        return copy;
    }

    /** For who keeps it outside of Flink's own types; some 60 bytes. */
    public void write(DataOutput out) throws IOException {
        Compact.writeLong(out, newestMillis);
        Compact.writeLong(out, firstMillis - newestMillis);
        Compact.writeLong(out, stillSinceMillis - newestMillis);
        Compact.writeLong(out, believedMillis - newestMillis);
        Compact.writeLong(out, doubtedSinceMillis - newestMillis);
        var numbers = new Compact();
        numbers.write(out, last);
        numbers.write(out, believed);
        numbers.write(out, rest);
        Compact.writeLong(out, run);
        Compact.writeLong(out, runLimit);
        Compact.writeLong(out, learned);
        Compact.writeLong(out, doubts);
        Compact.writeLong(out, scatters);
        out.writeFloat(usualRun);
        out.writeFloat(longestRun);
        out.writeFloat(restRun);
        out.writeFloat(scatter);
        out.writeFloat(calm);
        out.writeBoolean(collapsed);
        out.writeFloat(change);
        out.writeFloat(loud);
        out.writeShort(heard);
        out.writeFloat(loudest);
        out.writeBoolean(burst);
        out.writeByte(decimals);
        out.writeByte(lacking);
        out.writeByte(coarseDecimals);
    }

    public static PointMemory read(DataInput in) throws IOException {
        var memory = new PointMemory();
        memory.newestMillis = Compact.readLong(in);
        memory.firstMillis = memory.newestMillis + Compact.readLong(in);
        memory.stillSinceMillis = memory.newestMillis + Compact.readLong(in);
        memory.believedMillis = memory.newestMillis + Compact.readLong(in);
        memory.doubtedSinceMillis = memory.newestMillis + Compact.readLong(in);
        var numbers = new Compact();
        memory.last = numbers.read(in);
        memory.believed = numbers.read(in);
        memory.rest = numbers.read(in);
        memory.run = (int) Compact.readLong(in);
        memory.runLimit = (int) Compact.readLong(in);
        memory.learned = (int) Compact.readLong(in);
        memory.doubts = (int) Compact.readLong(in);
        memory.scatters = (int) Compact.readLong(in);
        memory.usualRun = in.readFloat();
        memory.longestRun = in.readFloat();
        memory.restRun = in.readFloat();
        memory.scatter = in.readFloat();
        memory.calm = in.readFloat();
        memory.collapsed = in.readBoolean();
        memory.change = in.readFloat();
        memory.loud = in.readFloat();
        memory.heard = in.readShort();
        memory.loudest = in.readFloat();
        memory.burst = in.readBoolean();
        memory.decimals = in.readByte();
        memory.lacking = in.readByte();
        memory.coarseDecimals = in.readByte();
        return memory;
    }
}
