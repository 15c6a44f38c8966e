package io.yiwang.ingest.decode;

import org.jspecify.annotations.Nullable;

/**
 * One value as the device wrote it.
 *
 * @param name what the device calls it; the ledger knows which metric that is
 * @param number meaningful for {@link Content#NUMBER} and {@link Content#TRUTH} (1 or 0), else 0; never negative zero
 * @param doubtful the device itself says that the value cannot be relied on
 * @param unit UCUM unit that the payload or its dialect gives; empty = not said
 * @param spread of a value over an interval; null for a reading of an instant
 */
public record Measured(
        String name,
        Content content,
        double number,
        boolean doubtful,
        String unit,
        @Nullable Spread spread) {

    /** A reading of an instant whose unit is not said. */
    public Measured(String name, Content content, double number, boolean doubtful) {
        this(name, content, number, doubtful, "", null);
    }

    public enum Content {
        NUMBER,
        /** true or false. */
        TRUTH,
        /** NaN, an infinity, or a number beyond what a double holds. */
        NOT_FINITE,
        /** Text, null, an object or an array. */
        OTHER,
        /** The device says that it has none because it is going, or its speaker says that it is gone. */
        OFFLINE
    }
}
