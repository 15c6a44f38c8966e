package io.yiwang.sim.exam;

import io.yiwang.sim.fault.FaultOrder;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One fault of the exam.
 *
 * @param number from 1, in the order of time
 * @param grade of the fault, 1 (worst) to 4
 * @param points that it touches or moves, {@code device.metric}
 * @param zone ids of the facilities where they are; its own is among them
 * @param graceMillis an alarm so long after its end still counts as having found it
 * @param settleMillis for so long after its end alarms are its doing
 * @param byArrival whether the readings' own times mean nothing while it lasts: alarms count when they are told
 */
record Case(
        int number,
        FaultOrder order,
        int grade,
        boolean isInstrument,
        Set<String> points,
        Set<String> zone,
        long fromMillis,
        long toMillis,
        long graceMillis,
        long settleMillis,
        boolean byArrival) {

    String fault() {
        return order.fault();
    }

    String facility() {
        return order.facility();
    }

    @Nullable
    String device() {
        return order.device();
    }

    double severity() {
        return order.severity();
    }

    boolean concernsMetric(String metric) {
        return points.stream().anyMatch(point -> point.endsWith("." + metric));
    }

    boolean concernsDevice(String device) {
        return points.stream().anyMatch(point -> point.startsWith(device + "."));
    }
}
