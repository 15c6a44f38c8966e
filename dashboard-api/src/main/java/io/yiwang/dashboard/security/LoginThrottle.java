package io.yiwang.dashboard.security;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Slows the guessing of passwords down: after some wrong ones, the same account from the same address waits, twice as long
 * each time. Others are never locked out: neither the account from elsewhere nor other accounts from that address.
 */
final class LoginThrottle {
    private static final int FREE = 5;
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(15);
    private static final int MOST_REMEMBERED = 10_000;

    private record Key(String account, String address) {}

    private record Failures(int count, Instant last) {}

    private final InstantSource clock;
    private final Map<Key, Failures> failures = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Failures> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    LoginThrottle(InstantSource clock) {
        this.clock = clock;
    }

    /** How long a password of this account must not be tried from there; zero = now. */
    synchronized Duration wait(String account, String address) {
        var known = failures.get(new Key(account, address));
        if (known == null || known.count() < FREE) {
            return Duration.ZERO;
        }
        var wait = FIRST_WAIT.multipliedBy(1L << Math.min(known.count() - FREE, 10));
        var until = known.last().plus(wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
        var left = Duration.between(clock.instant(), until);
        return left.isNegative() ? Duration.ZERO : left;
    }

    synchronized void failed(String account, String address) {
        var now = clock.instant();
        failures.merge(
                new Key(account, address),
                new Failures(1, now),
                (before, one) -> before.last().plus(FORGOTTEN_AFTER).isBefore(now)
                        ? one
                        : new Failures(before.count() + 1, now));
    }

    synchronized void succeeded(String account, String address) {
        failures.remove(new Key(account, address));
    }
}
