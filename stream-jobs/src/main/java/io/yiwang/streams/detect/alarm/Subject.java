package io.yiwang.streams.detect.alarm;

import io.yiwang.model.wire.AlarmKind;
import io.yiwang.model.wire.Evidence;

/**
 * What an alarm would be about: everything known before it happens.
 *
 * @param rule the alarm's rule; with the facility it is the alarm's key
 * @param grade 1 (worst) to 4
 * @param evidence without samples
 * @param lowIsWorse whether the smallest value is the peak
 * @param step least growth of the peak that is worth telling, in the metric's unit
 * @param historic told of the past only: recorded, never live
 */
public record Subject(
        String facility,
        String domain,
        String district,
        String rule,
        String metric,
        int grade,
        AlarmKind kind,
        Evidence evidence,
        boolean lowIsWorse,
        double step,
        boolean historic) {

    /** The same with a limit that stands elsewhere, in the metric's unit. */
    public Subject at(double limit) {
        return new Subject(
                facility,
                domain,
                district,
                rule,
                metric,
                grade,
                kind,
                evidence.toBuilder().setLimit(limit).build(),
                lowIsWorse,
                step,
                historic);
    }

    boolean isWorse(double value, double than) {
        return lowIsWorse ? value < than : value > than;
    }
}
