package io.yiwang.sim.signal;

/**
 * Measuring noise: an AR(1) process on a grid of {@value #STEP_MILLIS} ms, with unit variance, cut at three standard deviations.
 * Each value is the sum of the newest {@value #TERMS} innovations, older ones weigh less than one percent.
 */
final class Noise {
    private static final int STEP_MILLIS = 5_000;
    private static final int TERMS = 44;
    private static final double PHI = 0.9;
    private static final double SCALE = Math.sqrt(1 - PHI * PHI);
    private static final double CUT = 3;

    private Noise() {}

    /** The noise of the series {@code seed} at {@code millis}; the same within one step of the grid. */
    static double at(long seed, long millis) {
        var step = Math.floorDiv(millis, STEP_MILLIS);
        var sum = 0.0;
        for (int i = TERMS - 1; i >= 0; i--) {
            sum = PHI * sum + Hash.gaussian(seed, step - i);
        }
        return Math.max(-CUT, Math.min(CUT, SCALE * sum));
    }
}
