package io.yiwang.dashboard.duty;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;

/** A person's turn: {@code from} is inside, {@code to} is not, so one shift ends where the next begins. */
public record Shift(String id, String person, Instant from, Instant to, Role role) {

    public enum Role {
        /** Handles what comes up. */
        OFFICER,
        /** Leads the shift and stands in where no officer is. */
        LEADER;

        @JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        @JsonCreator
        public static Role of(String code) {
            return valueOf(code.toUpperCase(Locale.ROOT));
        }
    }

    boolean covers(Instant time) {
        return !time.isBefore(from) && time.isBefore(to);
    }
}
