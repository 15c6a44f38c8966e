package io.yiwang.sim.city;

import io.yiwang.sim.city.Plane.Spot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Spots that can be asked for the distance to the nearest: a grid that gets finer as it fills. */
final class Near {
    private static final double EXTENT = 40_000;
    private static final double SMALLEST_CELL = 60;
    private static final int GROWTH = 4;
    private static final int MOST_RINGS = 12;
    private static final long ROW = 1 << 20;

    private final List<Spot> spots = new ArrayList<>();
    private final Map<Long, List<Spot>> cells = new HashMap<>();
    private double cell = EXTENT;
    private int full = GROWTH;

    void add(Spot spot) {
        spots.add(spot);
        if (spots.size() == full) {
            full *= GROWTH;
            cell = Math.max(SMALLEST_CELL, EXTENT / Math.sqrt(spots.size()));
            cells.clear();
            spots.forEach(this::enter);
        } else {
            enter(spot);
        }
    }

    private void enter(Spot spot) {
        cells.computeIfAbsent(key(index(spot.x()), index(spot.y())), k -> new ArrayList<>(2))
                .add(spot);
    }

    /** Distance to the nearest spot, m; infinite when it is many times as far away as spots usually are from each other. */
    double distance(Spot spot) {
        var x = index(spot.x());
        var y = index(spot.y());
        var best = Double.POSITIVE_INFINITY;
        for (int ring = 0; ring <= MOST_RINGS && best > (ring - 1) * cell; ring++) {
            for (int dx = -ring; dx <= ring; dx++) {
                var step = Math.abs(dx) == ring ? 1 : Math.max(1, 2 * ring);
                for (int dy = -ring; dy <= ring; dy += step) {
                    for (var other : cells.getOrDefault(key(x + dx, y + dy), List.of())) {
                        best = Math.min(best, spot.distanceTo(other));
                    }
                }
            }
        }
        return best;
    }

    private int index(double metres) {
        return (int) Math.floor(metres / cell);
    }

    private static long key(int x, int y) {
        return x * ROW + y;
    }
}
