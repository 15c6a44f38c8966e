package io.yiwang.dashboard.rates;

import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Rate;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A rate of one window, as REST and pages show it.
 *
 * @param value percent; null when nothing was expected
 * @param coverage percent of the expected that is known; null when nothing was expected
 * @param revision 0 while the window is open, 1 at its close, +1 with each correction
 */
public record RateView(
        String id,
        String scope,
        String code,
        String period,
        Instant windowStart,
        Instant windowEnd,
        @Nullable Double value,
        long numerator,
        long denominator,
        @Nullable Double coverage,
        int revision,
        boolean closed) {

    public static RateView of(Rate rate) {
        return new RateView(
                Ids.rateKey(rate.getScope(), rate.getCode(), rate.getPeriod(), rate.getWindowStartMillis()),
                rate.getScope(),
                rate.getCode(),
                rate.getPeriod(),
                Instant.ofEpochMilli(rate.getWindowStartMillis()),
                Instant.ofEpochMilli(rate.getWindowEndMillis()),
                percent(rate.getNumerator(), rate.getDenominator()),
                rate.getNumerator(),
                rate.getDenominator(),
                percent(rate.getKnown(), rate.getExpected()),
                rate.getRevision(),
                rate.getClosed());
    }

    static @Nullable Double percent(long part, long whole) {
        return whole == 0 ? null : 100.0 * part / whole;
    }
}
