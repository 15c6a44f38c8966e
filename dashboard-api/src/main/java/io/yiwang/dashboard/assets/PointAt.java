package io.yiwang.dashboard.assets;

import io.yiwang.model.domain.Metric;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;

/** A point and where it is. */
public record PointAt(Facility facility, Device device, Point point, Metric metric) {
    public String id() {
        return Ids.point(device.getId(), point.getMetric());
    }

    /** Seconds between readings; 0 = on change only. */
    public int periodSeconds() {
        return point.getPeriodSeconds() > 0 ? point.getPeriodSeconds() : metric.period();
    }
}
