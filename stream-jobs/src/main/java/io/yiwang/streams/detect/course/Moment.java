package io.yiwang.streams.detect.course;

import io.yiwang.model.domain.LimitFormula;
import io.yiwang.model.wire.Learned;
import io.yiwang.streams.detect.joint.Joint;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A good reading and what a condition may know when it judges it. One object is used again and again: conditions keep nothing of it.
 */
public final class Moment {
    /** Time by the device's clock, epoch ms. */
    public long eventMillis;
    /** Log clock of its message, epoch ms. */
    public long logMillis;
    /** In the metric's unit. */
    public double value;
    /** The point's memory, this reading included. */
    public PointCourse point = new PointCourse();
    /** The device's memory of its points together, this message included; null where there is none. */
    public Joint.@Nullable State joint;
    /** Whether nothing may be judged, because somebody works there. */
    public boolean unjudged;
    /** What else the facility knows at that time. */
    public LimitFormula.Readings known;
    /** Set by the condition: where the limit stands, in the metric's unit; NaN = as the rule says. */
    public double limit;
    /** Set by the condition: when it began to hold, when that was before this reading. */
    public long onsetMillis;
    /** Set by the condition: how bad it is, when that is not how high or low the value is; NaN = it is. */
    public double severity;
    /** Set by the condition: why something learned says so; asked only for the worst reading. */
    public @Nullable Supplier<Learned> learned;
    /** How much wider than learned a band is, because officers called alarms false; 1 = not at all. */
    public double tolerance = 1;
    /** Ids of the alarms that made it so. */
    public List<String> widenedBy = List.of();

    Moment(long eventMillis, long logMillis, LimitFormula.Readings known) {
        this.eventMillis = eventMillis;
        this.logMillis = logMillis;
        this.known = known;
    }

    /** The next of the message's readings. */
    void is(PointCourse point, double value) {
        this.point = point;
        this.value = value;
    }

    /** Forgets what the condition before has set. */
    void clear() {
        limit = Double.NaN;
        onsetMillis = eventMillis;
        severity = Double.NaN;
        learned = null;
    }
}
