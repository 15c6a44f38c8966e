package io.yiwang.streams.detect.course;

import io.yiwang.streams.detect.baseline.Baseline;
import io.yiwang.streams.detect.pattern.Extremes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is judged at one point.
 *
 * @param signals over each reading, in the order in which they are judged
 * @param late those of them that are judged in readings too late to be live, too: limits, which need no memory
 * @param means signals over a statistic
 * @param extremes what symptoms need to be remembered
 * @param learning how the point is learned; null = it is not
 */
public record PointPlan(
        String metric,
        List<Signal> signals,
        List<Signal> late,
        List<MeanPlan> means,
        Extremes.Plan extremes,
        @Nullable Learning learning) {

    /** @param rule id of the rule that watches what is learned */
    public record Learning(Baseline baseline, String rule) {}

    /**
     * Signals that are judged by a mean, as a reading of the end of its window.
     *
     * @param code of the statistic, e.g. {@code hourly_mean}
     */
    public record MeanPlan(String code, Windows windows, List<Signal> signals) {}
}
