package io.yiwang.streams.intake;

import java.util.Locale;

/**
 * How far a reading may be believed. Of several words the first that fits in the order of {@link Intake} stands. {@code
 * docs/quality.md} says what each means for limits, rates and history.
 */
public enum Quality {
    GOOD(0, true),
    /** The device itself says that the value is doubtful. */
    DEVICE_BAD(1, false),
    /** Outside the metric's physical range: the reading has no number. */
    OUT_OF_RANGE(2, false),
    /** The device, or whoever speaks for it, has said that it is gone: the reading has no number. */
    OFFLINE(3, false),
    /** The value has changed faster than the quantity can, or a counter has gone back. */
    RATE(4, false),
    /** The value has stood still much longer than it ever does, or stands at the end of its range. */
    STUCK(5, false),
    /** The value hardly scatters any more, or far more than ever; it may still be right, so a limit must still hear of it. */
    NOISE(6, true),
    /** The device's clock is wrong; the value is right, and its time is corrected. */
    CLOCK(7, true),
    /** The value is right, but too old to be live. */
    LATE(8, true),
    /** The same, because it was measured while nothing was heard of the device. */
    BACKFILL(9, true);

    private final byte code;
    private final boolean good;

    Quality(int code, boolean good) {
        this.code = (byte) code;
        this.good = good;
    }

    /** The number under which it is stored; up to 3 that of the wire's {@code Quality}. */
    public byte code() {
        return code;
    }

    /** Whether the value may be judged and counted: what it says of the process is true. */
    public boolean isGood() {
        return good;
    }

    /** The word used in messages. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
