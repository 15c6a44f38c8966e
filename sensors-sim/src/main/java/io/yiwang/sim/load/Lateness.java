package io.yiwang.sim.load;

import org.HdrHistogram.Histogram;

/**
 * How late the generator itself was. A machine of its own keeps {@link #strict}: at most one message in a thousand more than
 * 1 ms late. On a machine shared with the system under test that cannot hold; since every latency counts from the due time, a
 * late generator only makes the figures worse, never better. The run is void beyond {@value #VOID_P99_MILLIS} ms at p99,
 * where what was measured is the generator.
 *
 * @param overOneMilli share of messages more than 1 ms late, 0 to 1
 */
public record Lateness(Percentiles millis, double overOneMilli, boolean strict, boolean isVoid) {
    static final double VOID_P99_MILLIS = 20;
    private static final double STRICT_SHARE = 0.001;

    public static Lateness of(Histogram micros) {
        var millis = Percentiles.of(micros);
        long total = micros.getTotalCount();
        double over = total == 0 ? 0 : 1 - (double) micros.getCountBetweenValues(0, 1000) / total;
        return new Lateness(millis, over, over <= STRICT_SHARE, millis.p99() > VOID_P99_MILLIS);
    }

    public String sentence() {
        if (isVoid) {
            return "VOID: the generator was %.1f ms late at p99 (bound %.0f ms): these figures measure the generator."
                    .formatted(millis.p99(), VOID_P99_MILLIS);
        }
        return strict
                ? "The generator was on time (%.3f %% of messages more than 1 ms late).".formatted(overOneMilli * 100)
                : ("The generator shared the machine: %.2f %% of messages left more than 1 ms late (p99 %.1f ms, p99.9 %.1f"
                                + " ms); latencies count from the due time and include it.")
                        .formatted(overOneMilli * 100, millis.p99(), millis.p999());
    }
}
