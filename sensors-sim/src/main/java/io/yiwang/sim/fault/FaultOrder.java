package io.yiwang.sim.fault;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A fault that is wanted.
 *
 * @param fault its id in the pack
 * @param facility where
 * @param device one of the facility's; null = the first that fits
 * @param metric for faults that can happen to any; null = the device's first that fits
 * @param severity 0 to 1
 * @param duration null = until well after it is full
 * @param pace null = the simulator's
 * @param cause who wanted it: {@code command}, {@code random} or {@code scenario ID}
 */
public record FaultOrder(
        String fault,
        String facility,
        @Nullable String device,
        @Nullable String metric,
        double severity,
        @Nullable Duration duration,
        @Nullable Pace pace,
        String cause) {

    /** By command, with the simulator's own choices. */
    public static FaultOrder of(String fault, String facility, double severity, Duration duration) {
        return new FaultOrder(fault, facility, null, null, severity, duration, null, "command");
    }
}
