package io.yiwang.streams.rates;

/**
 * The value of one rate of one scope in one window, as far as it is known.
 *
 * @param scope {@code city}, {@code city:<domain>}, {@code district:<id>}, {@code district:<id>:<domain>}, {@code facility:<id>}
 * @param period {@code minute}, {@code hour} or {@code day}
 * @param numerator seconds or readings; so are the other three
 * @param closed the window is over; false = early result
 * @param revision 0 for early results, 1 at the close, one more with each correction
 */
public record RateResult(
        String scope,
        String code,
        String period,
        long startMillis,
        long endMillis,
        long numerator,
        long denominator,
        long known,
        long expected,
        boolean closed,
        int revision) {}
