package io.yiwang.streams.rates;

import java.util.List;

/**
 * How the sums of both rates lie in one array of eight: numerator, denominator, known, expected of
 * {@code facility_operating_rate} (seconds), then the same of {@code data_completeness} (readings).
 */
final class Amounts {
    static final int SIZE = 8;
    /** Rate codes in the order of their sums. */
    static final List<String> CODES = List.of("facility_operating_rate", "data_completeness");

    static final int NUMERATOR = 0;
    static final int DENOMINATOR = 1;
    static final int KNOWN = 2;
    static final int EXPECTED = 3;
    /** Offset of the second rate. */
    static final int COMPLETENESS = 4;

    private Amounts() {}

    static boolean isZero(long[] amounts) {
        for (long amount : amounts) {
            if (amount != 0) {
                return false;
            }
        }
        return true;
    }

    static void add(long[] sums, long[] delta) {
        for (int i = 0; i < SIZE; i++) {
            sums[i] += delta[i];
        }
    }
}
