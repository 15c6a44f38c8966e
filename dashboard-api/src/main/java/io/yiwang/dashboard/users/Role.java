package io.yiwang.dashboard.users;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a user may do beyond reading, which every role may. */
public enum Role {
    /** Only reads. */
    VIEWER,
    /** Acknowledges and comments alarms. */
    DUTY,
    /** As duty, and keeps the roster and the rules. */
    CHIEF,
    /** Keeps the asset ledger and device credentials. */
    ENGINEER,
    /** Keeps users, assets, roster and rules. */
    ADMIN;

    /** The word used in REST, tables and authorities, e.g. {@code duty}. */
    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Role> of(String word) {
        return Arrays.stream(values()).filter(role -> role.word().equals(word)).findFirst();
    }
}
