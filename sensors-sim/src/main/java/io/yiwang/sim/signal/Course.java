package io.yiwang.sim.signal;

import java.util.List;

/** A daily course: 24 factors at the full hours, straight lines between them. */
final class Course {
    private static final int HOURS = 24;

    private final double[] factors;
    /** Area under the course from 00:00 to each hour. */
    private final double[] areas = new double[HOURS + 1];

    Course(List<Double> factors) {
        if (factors.size() != HOURS) {
            throw new IllegalArgumentException("a daily course has 24 factors, not " + factors.size());
        }
        this.factors = factors.stream().mapToDouble(f -> f).toArray();
        for (int h = 0; h < HOURS; h++) {
            areas[h + 1] = areas[h] + (this.factors[h] + this.factors[(h + 1) % HOURS]) / 2;
        }
    }

    /** The factor at {@code hour}, any real number of hours since some midnight. */
    double at(double hour) {
        var h = hour - HOURS * Math.floor(hour / HOURS);
        var i = Math.min((int) h, HOURS - 1);
        var next = factors[(i + 1) % HOURS];
        return factors[i] + (next - factors[i]) * (h - i);
    }

    /** The area under the course from hour 0 to {@code hours}; grows with {@code hours}. */
    double area(double hours) {
        var days = Math.floor(hours / HOURS);
        var h = hours - HOURS * days;
        var i = Math.min((int) h, HOURS - 1);
        return days * areas[HOURS] + areas[i] + (factors[i] + at(h)) / 2 * (h - i);
    }
}
