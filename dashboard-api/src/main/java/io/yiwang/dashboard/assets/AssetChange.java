package io.yiwang.dashboard.assets;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one district, street or facility.
 *
 * @param fields what differs; empty for what is created, everything there was for what is deleted
 */
record AssetChange(Kind kind, String id, Action action, List<Field> fields) {
    enum Kind {
        @JsonProperty("city")
        CITY("city"),
        @JsonProperty("district")
        DISTRICT("district"),
        @JsonProperty("street")
        STREET("street"),
        @JsonProperty("facility")
        FACILITY("facility");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    enum Action {
        @JsonProperty("created")
        CREATED("created"),
        @JsonProperty("updated")
        UPDATED("updated"),
        @JsonProperty("deleted")
        DELETED("deleted");

        private final String word;

        Action(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    /** Values as the ledger's JSON has them; null = there was or is nothing. */
    record Field(
            String field, @Nullable Object before, @Nullable Object after) {}

    AssetChange {
        fields = List.copyOf(fields);
    }
}
