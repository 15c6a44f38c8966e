package io.yiwang.streams.rates;

import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Rate;
import io.yiwang.streams.influx.Lines;
import java.nio.charset.StandardCharsets;

/** How a rate is written down: in the compacted topic under its window's key, in InfluxDB at its window's start. */
final class RateRecords {
    static final String MEASUREMENT = "rates";
    private static final long NANOS_PER_MILLI = 1_000_000;

    private RateRecords() {}

    static void encode(RateResult rate, Lines out) {
        out.begin(MEASUREMENT)
                .tag("code", rate.code())
                .tag("period", rate.period())
                .tag("scope", rate.scope())
                // A rate without denominator has no value; InfluxDB has no such field then.
                .field("value", rate.denominator() == 0 ? Double.NaN : 100.0 * rate.numerator() / rate.denominator())
                .field("numerator", rate.numerator())
                .field("denominator", rate.denominator())
                .field("known", rate.known())
                .field("expected", rate.expected())
                .field("revision", rate.revision())
                .end(rate.startMillis() * NANOS_PER_MILLI);
    }

    static Rate toWire(RateResult rate) {
        return Rate.newBuilder()
                .setScope(rate.scope())
                .setCode(rate.code())
                .setPeriod(rate.period())
                .setWindowStartMillis(rate.startMillis())
                .setWindowEndMillis(rate.endMillis())
                .setNumerator(rate.numerator())
                .setDenominator(rate.denominator())
                .setKnown(rate.known())
                .setExpected(rate.expected())
                .setClosed(rate.closed())
                .setRevision(rate.revision())
                .build();
    }

    static byte[] key(RateResult rate) {
        return Ids.rateKey(rate.scope(), rate.code(), rate.period(), rate.startMillis())
                .getBytes(StandardCharsets.UTF_8);
    }

    static byte[] message(RateResult rate) {
        return toWire(rate).toByteArray();
    }
}
