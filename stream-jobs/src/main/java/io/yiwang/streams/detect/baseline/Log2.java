package io.yiwang.streams.detect.baseline;

/** A binary logarithm that is quick and the same on every machine; at most 0.01 off. */
final class Log2 {
    private static final double CURVE = 0.3465;

    private Log2() {}

    /** @param x positive and normal */
    static double of(double x) {
        long bits = Double.doubleToRawLongBits(x);
        double mantissa = (bits & 0xFFFFFFFFFFFFFL) * 0x1p-52;
        return (int) (bits >>> 52) - 1023 + mantissa * (1 + CURVE * (1 - mantissa));
    }
}
