package io.yiwang.dashboard.assets;

import io.yiwang.model.domain.Name;
import java.util.List;

/**
 * A part of the city.
 *
 * @param boundary closed ring of {@code [longitude, latitude]} in degrees; empty when not known
 */
public record District(String id, Name name, List<List<Double>> boundary) {
    public District {
        boundary = boundary == null
                ? List.of()
                : boundary.stream().map(List::copyOf).toList();
    }
}
