package io.yiwang.model.domain;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** Which side of a limit is bad. */
public enum Side {
    /** Very low. */
    @JsonProperty("ll")
    LL,
    @JsonProperty("l")
    L,
    @JsonProperty("h")
    H,
    /** Very high. */
    @JsonProperty("hh")
    HH,
    /** Beyond very high: the third step of gas and odour limits. */
    @JsonProperty("x")
    X,
    /** One of a set of states of an enum metric. */
    @JsonProperty("state")
    STATE;

    /** Whether the smallest value is the worst. */
    public boolean lowIsWorse() {
        return this == L || this == LL;
    }

    /** The word used in packs, rule ids and messages, e.g. {@code hh}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
