package io.yiwang.streams.rates;

/**
 * By how much a facility changes the sums of one minute.
 *
 * @param minuteMillis start of the minute, epoch ms
 * @param deadlineMillis log clock at which it was concluded: a minute's end plus the allowance, epoch ms
 * @param delta new minus old, as {@link Amounts} lays it out
 */
public record Contribution(
        String facility, String domain, String district, long minuteMillis, long deadlineMillis, long[] delta) {}
