package io.yiwang.sim.load;

import org.HdrHistogram.Histogram;

/** Percentiles of a time in milliseconds; zeros when nothing was measured. */
public record Percentiles(long count, double p50, double p90, double p99, double p999, double max) {

    /** @param micros values in µs */
    public static Percentiles of(Histogram micros) {
        return new Percentiles(
                micros.getTotalCount(),
                at(micros, 50),
                at(micros, 90),
                at(micros, 99),
                at(micros, 99.9),
                micros.getMaxValue() / 1000.0);
    }

    private static double at(Histogram micros, double percentile) {
        return micros.getValueAtPercentile(percentile) / 1000.0;
    }

    /** One line of a table. */
    public String row(String name) {
        return "%-26s %10.2f %10.2f %10.2f %10.2f %10.2f %10d%n".formatted(name, p50, p90, p99, p999, max, count);
    }

    public static String head() {
        return "%-26s %10s %10s %10s %10s %10s %10s%n"
                .formatted("ms from the due time", "p50", "p90", "p99", "p99.9", "max", "count");
    }
}
