package io.yiwang.model.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a facility's operating state is read: the facility runs while any device's {@code metric} is one of {@code running}
 * or, for analog metrics, above {@code above}. Without a metric, it runs while any of its points gives good values.
 */
public record Operating(
        @Nullable String metric,
        List<Double> running,
        @Nullable Double above) {
    /** Runs while it reports. */
    public static final Operating WHILE_REPORTING = new Operating(null, List.of(), null);

    public Operating {
        running = running == null ? List.of() : List.copyOf(running);
        if (metric != null && running.isEmpty() == (above == null)) {
            throw new IllegalArgumentException("operating state of " + metric + " needs either 'running' or 'above'");
        }
    }

    /** Whether {@code value} of {@link #metric()} means running. */
    public boolean runs(double value) {
        return above != null ? value > above : running.contains(value);
    }
}
