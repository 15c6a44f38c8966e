package io.yiwang.dashboard.notify;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** When a delivery that failed is tried again. */
final class Retry {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    /** A receiver may ask for more patience than ours, but not for ever. */
    private static final Duration LONGEST_ASKED = Duration.ofMinutes(5);

    private Retry() {}

    /**
     * 1, 2, 4, 8, 16, 30, 30 … seconds, each shortened at random by up to a half so that many deliveries do not return as
     * one wave; never sooner than the receiver asked for.
     *
     * @param attempt number of attempts made, from 1
     * @param asked the receiver's Retry-After, null when it gave none
     */
    static Duration after(int attempt, @Nullable Duration asked, RandomGenerator random) {
        var full = attempt > 5 ? LONGEST : FIRST.multipliedBy(1L << (attempt - 1));
        var wait = Duration.ofMillis(random.nextLong(full.toMillis() / 2, full.toMillis() + 1));
        if (asked == null || asked.compareTo(wait) <= 0) {
            return wait;
        }
        return asked.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : asked;
    }
}
