package io.yiwang.streams.intake;

/** How far a reading may be believed. */
public enum Quality {
    GOOD,
    /** The device itself says that the value is doubtful. */
    DEVICE_BAD,
    /** Outside the metric's physical range: the reading has no number. */
    OUT_OF_RANGE,
    /** The device, or whoever speaks for it, has said that it is gone: the reading has no number. */
    OFFLINE
}
