package io.yiwang.sim.signal;

/**
 * Randomness that is a function of its coordinates, so that any moment of any signal can be computed without its past.
 *
 * <p>The mixing step is the finaliser of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators",
 * OOPSLA 2014).
 */
public final class Hash {
    private static final double UNIT = 0x1.0p-53;

    private Hash() {}

    /** Well-mixed bits of {@code seed} and {@code coordinate}. */
    public static long mix(long seed, long coordinate) {
        var z = seed + 0x9E3779B97F4A7C15L * (coordinate + 1);
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** A seed of its own for {@code name}. */
    public static long of(long seed, String name) {
        var h = mix(seed, name.length());
        for (int i = 0; i < name.length(); i++) {
            h = mix(h, name.charAt(i));
        }
        return h;
    }

    /** Uniform in [0, 1). */
    public static double unit(long seed, long coordinate) {
        return (mix(seed, coordinate) >>> 11) * UNIT;
    }

    /** Standard normal (Box-Muller). */
    public static double gaussian(long seed, long coordinate) {
        var u = 1 - unit(seed, 2 * coordinate);
        var v = unit(seed, 2 * coordinate + 1);
        return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
    }

    /** Smooth in {@code x}, in [-1, 1], independent over distances of 1 and more. */
    static double wander(long seed, double x) {
        var i = (long) Math.floor(x);
        var f = x - i;
        var smooth = f * f * (3 - 2 * f);
        var a = unit(seed, i);
        var b = unit(seed, i + 1);
        return 2 * (a + (b - a) * smooth) - 1;
    }
}
