package io.yiwang.model.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a facility's operating state is read: the facility runs while any device's {@code metric} is one of {@code running}
 * or, for analog metrics, above {@code above}. Without a metric, it runs while any of its points gives good values. The other
 * lists say what the metric's remaining values mean.
 */
public record Operating(
        @Nullable String metric,
        List<Double> running,
        @Nullable Double above,
        List<Double> standby,
        List<Double> stopped,
        List<Double> maintenance,
        List<Double> calibration,
        List<Double> fault) {
    /** Runs while it reports. */
    public static final Operating WHILE_REPORTING = new Operating(null, List.of(), null);

    public Operating {
        running = listed(running);
        standby = listed(standby);
        stopped = listed(stopped);
        maintenance = listed(maintenance);
        calibration = listed(calibration);
        fault = listed(fault);
        if (metric != null && running.isEmpty() == (above == null)) {
            throw new IllegalArgumentException("operating state of " + metric + " needs either 'running' or 'above'");
        }
    }

    /** Only running is told from the rest. */
    public Operating(@Nullable String metric, List<Double> running, @Nullable Double above) {
        this(metric, running, above, List.of(), List.of(), List.of(), List.of(), List.of());
    }

    private static List<Double> listed(@Nullable List<Double> values) {
        return values == null ? List.of() : List.copyOf(values);
    }

    /** Whether {@code value} of {@link #metric()} means running. */
    public boolean runs(double value) {
        return above != null ? value > above : running.contains(value);
    }

    /** What {@code value} of {@link #metric()} means. */
    public OperatingState stateOf(double value) {
        if (runs(value)) {
            return OperatingState.RUNNING;
        }
        if (standby.contains(value)) {
            return OperatingState.STANDBY;
        }
        if (maintenance.contains(value)) {
            return OperatingState.MAINTENANCE;
        }
        if (calibration.contains(value)) {
            return OperatingState.CALIBRATION;
        }
        if (fault.contains(value)) {
            return OperatingState.FAULT;
        }
        return above != null || stopped.contains(value) ? OperatingState.STOPPED : OperatingState.UNKNOWN;
    }
}
