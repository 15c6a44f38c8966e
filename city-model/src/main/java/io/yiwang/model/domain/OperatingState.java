package io.yiwang.model.domain;

/** What a facility is doing. */
public enum OperatingState {
    RUNNING,
    STANDBY,
    STOPPED,
    MAINTENANCE,
    CALIBRATION,
    FAULT,
    /** Nothing is heard, or the value has no meaning. */
    UNKNOWN
}
