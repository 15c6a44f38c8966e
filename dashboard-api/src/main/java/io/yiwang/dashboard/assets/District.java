package io.yiwang.dashboard.assets;

import io.yiwang.model.domain.Name;
import java.util.List;

/**
 * A part of the city.
 *
 * @param boundary closed ring of {@code [longitude, latitude]} in degrees; empty when not known
 */
public record District(String id, Name name, List<List<Double>> boundary) {
    private static final int FEWEST_CORNERS = 3;

    public District {
        boundary = boundary == null
                ? List.of()
                : boundary.stream().map(List::copyOf).toList();
    }

    /** Whether the place is certainly outside: false while the boundary is not known. The even-odd rule. */
    boolean excludes(double longitude, double latitude) {
        if (boundary.size() < FEWEST_CORNERS) {
            return false;
        }
        boolean inside = false;
        for (int i = 0, j = boundary.size() - 1; i < boundary.size(); j = i++) {
            var a = boundary.get(i);
            var b = boundary.get(j);
            if (a.get(1) > latitude != b.get(1) > latitude
                    && longitude < (b.get(0) - a.get(0)) * (latitude - a.get(1)) / (b.get(1) - a.get(1)) + a.get(0)) {
                inside = !inside;
            }
        }
        return !inside;
    }
}
