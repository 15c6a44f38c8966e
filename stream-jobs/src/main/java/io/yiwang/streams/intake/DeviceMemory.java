package io.yiwang.streams.intake;

import io.yiwang.streams.detect.snapshot.Compact;
import io.yiwang.streams.detect.snapshot.Names;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the first stage remembers of one device beside its counters. Mutable; only {@link Intake} and {@link DeviceClock} change it. A
 * field that an older savepoint lacks keeps its default.
 */
public final class DeviceMemory {
    /** By metric. */
    public Map<String, PointMemory> points = new HashMap<>();

    /** Log clock of its newest message, epoch ms; 0 before the first. */
    public long heardLogMillis;
    /** Usual time between two of its bunches of messages, ms. */
    public float usualGapMillis;
    /** Log clock between which nothing was heard of it, when it was last silent for long; epoch ms. */
    public long silentFromMillis;

    public long silentToMillis;

    /** Log clock of the first message of the bunch, epoch ms, and the least log clock minus event time in it, ms. */
    public long bunchMillis;

    public long bunchOffMillis;
    /** Bunches in a row that say that its clock is wrong, and between which offsets, ms; negative: that it is right. */
    public int bunches;

    public long leastOffMillis;
    public long mostOffMillis;
    /** By how much its clock is behind, ms; negative when it is ahead, 0 while it is right. */
    public long clockOffMillis;

    /** Messages of the bunch, and how many have come again since it began. */
    public short bunchMessages;

    public short bunchRepeats;
    /** How much it is thought to send everything again. */
    public byte repeatDoubt;
    /** Messages that have come again since that was 0. */
    public int repeats;
    /** Whether it sends its messages again and again. */
    public boolean isRepeating;

    public DeviceMemory() {}

    DeviceMemory copy() {
        var copy = new DeviceMemory();
        points.forEach((metric, point) -> copy.points.put(metric, point.copy()));
        copy.heardLogMillis = heardLogMillis;
        copy.usualGapMillis = usualGapMillis;
        copy.silentFromMillis = silentFromMillis;
        copy.silentToMillis = silentToMillis;
        copy.bunchMillis = bunchMillis;
        copy.bunchOffMillis = bunchOffMillis;
        copy.bunches = bunches;
        copy.leastOffMillis = leastOffMillis;
        copy.mostOffMillis = mostOffMillis;
        copy.clockOffMillis = clockOffMillis;
        copy.bunchMessages = bunchMessages;
        copy.bunchRepeats = bunchRepeats;
        copy.repeatDoubt = repeatDoubt;
        copy.repeats = repeats;
        copy.isRepeating = isRepeating;
        return copy;
    }

    void write(DataOutput out, Names names) throws IOException {
        Compact.writeLong(out, heardLogMillis);
        out.writeFloat(usualGapMillis);
        Compact.writeLong(out, silentFromMillis);
        Compact.writeLong(out, silentToMillis - silentFromMillis);
        Compact.writeLong(out, bunchMillis - heardLogMillis);
        Compact.writeLong(out, bunchOffMillis);
        out.writeByte(bunches);
        Compact.writeLong(out, leastOffMillis);
        Compact.writeLong(out, mostOffMillis);
        Compact.writeLong(out, clockOffMillis);
        Compact.writeLong(out, bunchMessages);
        Compact.writeLong(out, bunchRepeats);
        out.writeByte(repeatDoubt);
        Compact.writeLong(out, repeats);
        out.writeBoolean(isRepeating);
        out.writeShort(points.size());
        for (var entry : new TreeMap<>(points).entrySet()) {
            names.write(out, entry.getKey());
            entry.getValue().write(out);
        }
    }

    static DeviceMemory read(DataInput in, Names names) throws IOException {
        var memory = new DeviceMemory();
        memory.heardLogMillis = Compact.readLong(in);
        memory.usualGapMillis = in.readFloat();
        memory.silentFromMillis = Compact.readLong(in);
        memory.silentToMillis = memory.silentFromMillis + Compact.readLong(in);
        memory.bunchMillis = memory.heardLogMillis + Compact.readLong(in);
        memory.bunchOffMillis = Compact.readLong(in);
        memory.bunches = in.readByte();
        memory.leastOffMillis = Compact.readLong(in);
        memory.mostOffMillis = Compact.readLong(in);
        memory.clockOffMillis = Compact.readLong(in);
        memory.bunchMessages = (short) Compact.readLong(in);
        memory.bunchRepeats = (short) Compact.readLong(in);
        memory.repeatDoubt = in.readByte();
        memory.repeats = (int) Compact.readLong(in);
        memory.isRepeating = in.readBoolean();
        int size = in.readUnsignedShort();
        for (int i = 0; i < size; i++) {
            memory.points.put(names.read(in), PointMemory.read(in));
        }
        return memory;
    }
}
