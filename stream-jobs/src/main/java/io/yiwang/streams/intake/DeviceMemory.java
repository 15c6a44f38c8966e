package io.yiwang.streams.intake;

import java.util.HashMap;
import java.util.Map;

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
}
