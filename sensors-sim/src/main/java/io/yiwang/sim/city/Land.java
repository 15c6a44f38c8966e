package io.yiwang.sim.city;

import io.yiwang.sim.city.City.District;
import io.yiwang.sim.city.City.Place;
import io.yiwang.sim.city.Plane.Spot;
import io.yiwang.sim.signal.Hash;
import java.util.ArrayList;
import java.util.List;

/** What the city is built on: its districts, its river, and how densely which part is built. */
final class Land {
    private static final double OUTER_MARGIN = 0.03;
    private static final double OUTER_ROUGHNESS = 0.07;
    private static final double INNER_ROUGHNESS = 0.11;
    private static final int HALVINGS = 4;
    private static final double RIVER_ROUGHNESS = 0.12;
    private static final double VERGE = 12;

    private final CityPlan plan;
    private final Plane plane;
    private final long seed;
    private final List<District> districts;
    private final Line river;
    private final List<double[]> boxes = new ArrayList<>();

    Land(CityPlan plan, long seed) {
        this.plan = plan;
        this.plane = new Plane(plan.area());
        this.seed = seed;
        districts = tile();
        for (var district : districts) {
            boxes.add(new double[] {
                district.boundary().stream().mapToDouble(Place::longitude).min().orElseThrow(),
                district.boundary().stream().mapToDouble(Place::longitude).max().orElseThrow(),
                district.boundary().stream().mapToDouble(Place::latitude).min().orElseThrow(),
                district.boundary().stream().mapToDouble(Place::latitude).max().orElseThrow()
            });
        }
        var course = new ArrayList<Spot>();
        var bends = plan.river().course();
        for (int i = 1; i < bends.size(); i++) {
            var piece = Line.between(
                    bend(bends.get(i - 1), i - 1),
                    bend(bends.get(i), i),
                    RIVER_ROUGHNESS,
                    3,
                    Hash.of(seed, "river " + i));
            course.addAll(i == 1 ? piece : piece.subList(1, piece.size()));
        }
        river = new Line(course);
    }

    private Spot bend(List<Double> shares, int number) {
        var shift = 0.02 * (2 * Hash.unit(Hash.of(seed, "bend"), number) - 1);
        return plane.at(shares.get(0), shares.get(1) + shift);
    }

    Plane plane() {
        return plane;
    }

    List<District> districts() {
        return districts;
    }

    Line river() {
        return river;
    }

    /** Number of the district in which a place lies, -1 outside the city. */
    int district(Place place) {
        for (int i = 0; i < districts.size(); i++) {
            var box = boxes.get(i);
            if (place.longitude() >= box[0]
                    && place.longitude() <= box[1]
                    && place.latitude() >= box[2]
                    && place.latitude() <= box[3]
                    && districts.get(i).contains(place)) {
                return i;
            }
        }
        return -1;
    }

    boolean inWater(Spot spot) {
        return spot.distanceTo(river.nearest(spot)) < plan.river().width() / 2 + VERGE;
    }

    /** How densely a spot is built: 1 in the old town's middle, towards 0 far from every town. */
    double density(Spot spot) {
        var density = 0.0;
        for (var district : plan.districts()) {
            var town = district.town();
            var middle = plane.at(town.x(), town.y());
            var far = spot.distanceTo(middle) / (1000 * town.radius());
            // Flat in the middle, gone at about twice the radius.
            density = Math.max(density, town.density() / (1 + StrictMath.pow(far, 5)));
        }
        return density;
    }

    /** Neighbours share their borders vertex by vertex, so that districts tile the city. */
    private List<District> tile() {
        var columns = CityPlan.withEnds(plan.columns());
        var rows = CityPlan.withEnds(plan.rows());
        var tiles = new ArrayList<District>();
        for (int row = 0; row + 1 < rows.size(); row++) {
            for (int column = 0; column + 1 < columns.size(); column++) {
                var ring = new ArrayList<Place>();
                border(column, row, column + 1, row, ring, false);
                border(column + 1, row, column + 1, row + 1, ring, false);
                border(column, row + 1, column + 1, row + 1, ring, true);
                border(column, row, column, row + 1, ring, true);
                ring.add(ring.get(0));
                var district = plan.districts().get(row * (columns.size() - 1) + column);
                tiles.add(new District(district.id(), district.name(), ring));
            }
        }
        return tiles;
    }

    /** Adds a border's vertices but the last one. */
    private void border(int x1, int y1, int x2, int y2, List<Place> ring, boolean backwards) {
        var outer = x1 == x2
                ? x1 == 0 || x1 == plan.columns().size() + 1
                : y1 == 0 || y1 == plan.rows().size() + 1;
        var spots = Line.between(
                corner(x1, y1),
                corner(x2, y2),
                outer ? OUTER_ROUGHNESS : INNER_ROUGHNESS,
                HALVINGS,
                Hash.of(seed, "border " + x1 + " " + y1 + " " + x2 + " " + y2));
        for (int i = 0; i + 1 < spots.size(); i++) {
            ring.add(plane.place(spots.get(backwards ? spots.size() - 1 - i : i)));
        }
    }

    private Spot corner(int x, int y) {
        var columns = CityPlan.withEnds(plan.columns());
        var rows = CityPlan.withEnds(plan.rows());
        var random = Hash.of(seed, "corner " + x + " " + y);
        return plane.at(shifted(columns, x, Hash.unit(random, 1)), shifted(rows, y, Hash.unit(random, 2)));
    }

    private static double shifted(List<Double> borders, int number, double random) {
        if (number == 0) {
            return OUTER_MARGIN * (0.6 + 0.8 * random);
        }
        if (number == borders.size() - 1) {
            return 1 - OUTER_MARGIN * (0.6 + 0.8 * random);
        }
        return borders.get(number) + 0.05 * (2 * random - 1);
    }
}
