package io.yiwang.dashboard.alarms;

import java.util.Locale;

/** Where an alarm is in its life (a subset of ISA-18.2). */
public enum AlarmState {
    /** The condition lasts and nobody has taken it up. */
    UNACKED,
    /** The condition lasts and a person has taken it up. */
    ACKED,
    /** The condition is over but nobody has taken it up yet; grades 1 and 2 only. */
    RETURNED_UNACKED,
    /** Over. */
    CLOSED;

    /** The word used in REST, on the websocket and in the database. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException for a word that is no state */
    public static AlarmState of(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }

    /** Whether the condition lasts. */
    public boolean active() {
        return this == UNACKED || this == ACKED;
    }

    /** Whether a person still has to take it up. */
    public boolean waitsForPerson() {
        return this == UNACKED || this == RETURNED_UNACKED;
    }
}
