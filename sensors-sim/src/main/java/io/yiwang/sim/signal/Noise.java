package io.yiwang.sim.signal;

/**
 * Measuring noise: an AR(1) process on a grid of {@value #STEP_MILLIS} ms, with unit variance, cut at three standard deviations.
 * Each value is the sum of the newest {@value #TERMS} innovations, older ones weigh less than one percent. Nothing is remembered, so
 * the noise of a moment does not depend on which moments were asked for before.
 */
public final class Noise {
    private static final int STEP_MILLIS = 5_000;
    private static final int TERMS = 44;
    private static final double PHI = 0.9;
    private static final double SCALE = Math.sqrt(1 - PHI * PHI);
    private static final double CUT = 3;

    /** An innovation is the sum of four draws of 16 bits: as good as normal once so many are added, for a tenth of the price. */
    private static final int DRAW = 0xFFFF;

    private static final double DRAWS_MEAN = 2.0 * DRAW;
    private static final double DRAWS_DEVIATION = Math.sqrt(4 * (65_536.0 * 65_536 - 1) / 12);
    private static final double UNIT = SCALE / DRAWS_DEVIATION;
    private static final double OFFSET = DRAWS_MEAN * (1 - Math.pow(PHI, TERMS)) / (1 - PHI);

    private Noise() {}

    /** The noise of the series {@code seed} at {@code millis}; the same within one step of the grid. */
    public static double at(long seed, long millis) {
        var step = Math.floorDiv(millis, STEP_MILLIS);
        var sum = 0.0;
        for (int i = TERMS - 1; i >= 0; i--) {
            var bits = Hash.mix(seed, step - i);
            var draws =
                    (int) (bits & DRAW) + (int) (bits >>> 16 & DRAW) + (int) (bits >>> 32 & DRAW) + (int) (bits >>> 48);
            sum = PHI * sum + draws;
        }
        return Math.max(-CUT, Math.min(CUT, UNIT * (sum - OFFSET)));
    }
}
