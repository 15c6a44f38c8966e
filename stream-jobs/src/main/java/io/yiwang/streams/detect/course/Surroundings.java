package io.yiwang.streams.detect.course;

import io.yiwang.model.domain.LimitFormula;
import java.util.List;
import java.util.Set;

/** What the judging of a device may ask the facility for. */
public interface Surroundings {
    /** What the facility knows at that time by the devices' clocks. */
    LimitFormula.Readings at(long eventMillis);

    /** Whether somebody works at the device then: nothing is judged, and nothing is learned. */
    boolean isUnderMaintenance(String device, long eventMillis);

    /**
     * How much wider than learned the band is; 1 = not at all.
     *
     * @param rule of what was learned
     */
    double tolerance(String rule, String device, long eventMillis);

    /** Ids of the alarms that were called false and widened it, oldest first. */
    List<String> widenedBy(String rule, String device, long eventMillis);

    /** Rules of what was learned of the device whose new course officers called right, after one time and no later than the other. */
    Set<String> expected(String device, long afterMillis, long tillMillis);
}
