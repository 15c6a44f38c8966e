package io.yiwang.streams.rates;

/** A {@link Contribution} on its way to one of the scopes that its facility belongs to. */
public record ScopeDelta(String scope, long minuteMillis, long deadlineMillis, long[] delta) {}
