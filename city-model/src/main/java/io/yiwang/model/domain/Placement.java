package io.yiwang.model.domain;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a generated city places facilities of a type.
 *
 * @param code part of their ids, e.g. {@code rs} in {@code gas-rs-001}; unique within the pack
 * @param share number among a hundred facilities of the city; 0 = none
 * @param site what they stand at
 * @param fedBy types of the same domain that feed it, best first
 * @param network how they hang together
 * @param pipe what joins them to their feeder; null = nothing
 * @param households how many one serves, from fewest to most; null = not counted
 * @param vary parameters that differ from facility to facility, all by one factor
 */
public record Placement(
        String code,
        double share,
        Site site,
        List<String> fedBy,
        Network network,
        @Nullable Pipe pipe,
        @Nullable Range households,
        List<String> vary) {

    public Placement {
        if (code == null || !code.matches("[a-z][a-z0-9]{0,7}")) {
            throw new IllegalArgumentException("placement code '" + code + "' must match [a-z][a-z0-9]{0,7}");
        }
        if (!(share >= 0)) {
            throw new IllegalArgumentException("placement " + code + " has share " + share);
        }
        site = site == null ? Site.STREET : site;
        network = network == null ? Network.TREE : network;
        fedBy = fedBy == null ? List.of() : List.copyOf(fedBy);
        vary = vary == null ? List.of() : List.copyOf(vary);
    }

    /** What facilities stand at. */
    public enum Site {
        @JsonProperty("street")
        STREET,
        /** Inside a block, off the street. */
        @JsonProperty("block")
        BLOCK,
        /** Towards the city's rim. */
        @JsonProperty("rim")
        RIM,
        @JsonProperty("river")
        RIVER,
        @JsonProperty("village")
        VILLAGE
    }

    /** How facilities of the type hang together. */
    public enum Network {
        /** Each has one feeder. */
        @JsonProperty("tree")
        TREE,
        /** Each has a second feeder where there is one near. */
        @JsonProperty("loop")
        LOOP
    }

    /**
     * A kind of pipe.
     *
     * @param materials short words, e.g. PE, steel, ductile_iron
     * @param diameter mm, smallest to largest
     * @param depth of cover, m
     */
    public record Pipe(List<String> materials, Range diameter, Range depth) {
        public Pipe {
            materials = materials == null ? List.of() : List.copyOf(materials);
            if (materials.isEmpty() || diameter == null || depth == null) {
                throw new IllegalArgumentException("a pipe needs materials, diameter and depth");
            }
        }
    }
}
