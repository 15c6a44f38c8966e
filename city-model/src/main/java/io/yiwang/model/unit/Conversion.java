package io.yiwang.model.unit;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * {@code y = factor · x + offset}, without the noise that binary arithmetic adds: 0.342 MPa are 342 kPa, not 342.00000000000006.
 *
 * <p>A double holds a decimal number of fifteen digits exactly enough to give it back, and the arithmetic here loses at most the last
 * one or two of them. So the result is rounded to {@value #DIGITS} digits, counted from the larger of the two terms of the sum, because
 * that is where the error comes from: what is left of 32 °F − 32 °F must be 0 and not 4·10⁻¹⁵. No instrument has as many digits.
 */
public record Conversion(double factor, double offset) {
    public static final Conversion NONE = new Conversion(1, 0);

    static final int DIGITS = 13;
    /** Up to here powers of ten are doubles without error. */
    private static final int EXACT_POWERS = 22;

    private static final double[] POWERS = new double[EXACT_POWERS + 1];

    static {
        POWERS[0] = 1;
        for (int i = 1; i <= EXACT_POWERS; i++) {
            POWERS[i] = POWERS[i - 1] * 10;
        }
    }

    /** Not a number and the infinities stay what they are. Allocates nothing, except for values beyond what instruments have. */
    public double convert(double value) {
        if (this == NONE) {
            return value;
        }
        double product = factor * value;
        return rounded(product + offset, Math.max(Math.abs(product), Math.abs(offset)));
    }

    /** Rounds to {@value #DIGITS} digits, the first of which is the first of {@code magnitude}. */
    private static double rounded(double value, double magnitude) {
        if (!(magnitude > 0) || magnitude == Double.POSITIVE_INFINITY) {
            return value;
        }
        int places = DIGITS - 1 - (int) Math.floor(Math.log10(magnitude));
        if (places < -EXACT_POWERS || places > EXACT_POWERS) {
            return Double.isInfinite(value)
                    ? value
                    : new BigDecimal(value)
                            .setScale(places, RoundingMode.HALF_EVEN)
                            .doubleValue();
        }
        // One of exact integer and exact power, so that the operation gives the double nearest to the decimal number.
        // Adding 0 makes
        // -0 a 0.
        return places < 0
                ? Math.rint(value / POWERS[-places]) * POWERS[-places] + 0.0
                : Math.rint(value * POWERS[places]) / POWERS[places] + 0.0;
    }
}
