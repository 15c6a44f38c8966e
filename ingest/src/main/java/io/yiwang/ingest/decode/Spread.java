package io.yiwang.ingest.decode;

import org.jspecify.annotations.Nullable;

/** Extremes and total of a value over an interval, in the unit of the value; null = the device did not say. */
public record Spread(
        @Nullable Double min,
        @Nullable Double max,
        @Nullable Double total) {}
