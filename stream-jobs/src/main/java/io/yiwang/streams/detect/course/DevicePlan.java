package io.yiwang.streams.detect.course;

import io.yiwang.streams.detect.joint.Joint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is judged at one device, as the catalogue and the rules have it now.
 *
 * @param points sorted by metric: the order of a row's values
 * @param together null = the device's points are not learned together
 * @param moves whether limits of it move with what the facility's devices tell
 * @param horizonMillis readings that come later than others of their device are put in order when they are not later than this
 */
public record DevicePlan(
        String device,
        List<PointPlan> points,
        boolean moves,
        long horizonMillis,
        @Nullable Together together) {

    /**
     * How the points of the device are learned together.
     *
     * @param points indices of those that are, ascending
     * @param signal over all of them
     */
    public record Together(Joint joint, int[] points, Signal signal) {}

    public List<String> metrics() {
        return points.stream().map(PointPlan::metric).toList();
    }
}
