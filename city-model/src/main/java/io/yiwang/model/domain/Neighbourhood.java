package io.yiwang.model.domain;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where on the network, seen from one facility. */
public enum Neighbourhood {
    /** The facility itself. */
    @JsonProperty("here")
    HERE,
    /** Those that feed it directly. */
    @JsonProperty("upstream")
    UPSTREAM,
    /** Those that it feeds directly. */
    @JsonProperty("downstream")
    DOWNSTREAM,
    /** Upstream, downstream, and those with the same feeder; not the facility itself. */
    @JsonProperty("neighbours")
    NEIGHBOURS,
    /** The facility and its neighbours. */
    @JsonProperty("around")
    AROUND
}
