package io.yiwang.ingest.decode;

/**
 * One metric's value as the device wrote it.
 *
 * @param number meaningful for {@link Content#NUMBER} and {@link Content#TRUTH} (1 or 0), else 0; never negative zero
 * @param doubtful the device itself says that the value cannot be relied on
 */
public record Measured(String metric, Content content, double number, boolean doubtful) {

    public enum Content {
        NUMBER,
        /** true or false. */
        TRUTH,
        /** NaN, an infinity, or a number beyond what a double holds. */
        NOT_FINITE,
        /** Text, null, an object or an array. */
        OTHER
    }
}
