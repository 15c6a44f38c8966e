package io.yiwang.sim.signal;

import java.util.List;

/** A course that repeats: factors at equal distances, straight lines between them. */
final class Course {
    private final double[] factors;
    private final double bound;

    Course(List<Double> factors) {
        this.factors = factors.stream().mapToDouble(f -> f).toArray();
        var highest = factors.stream().mapToDouble(f -> f).max().orElse(0);
        bound = highest + 1e-9 * Math.abs(highest);
    }

    /** No factor, also in between, is above this. */
    double bound() {
        return bound;
    }

    /** The factor at {@code position}: 0 is the first factor, 1 the next, and after the last comes the first again. */
    double at(double position) {
        var p = position - factors.length * Math.floor(position / factors.length);
        var i = Math.min((int) p, factors.length - 1);
        var next = factors[(i + 1) % factors.length];
        return factors[i] + (next - factors[i]) * (p - i);
    }
}
