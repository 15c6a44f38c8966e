package io.yiwang.sim.city;

import io.yiwang.model.domain.Name;
import io.yiwang.sim.city.City.Place;
import io.yiwang.sim.city.City.Street;
import io.yiwang.sim.city.Plane.Spot;
import io.yiwang.sim.signal.Hash;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The subdistricts and towns (街道, 镇) that a district is divided into, each what is nearest to its office, and the unit grid.
 *
 * <p>A unit grid's code has 16 digits: division 6, street 3 (GB/T 10114: from 001 subdistricts, from 100 towns), community 3, serial 4. A
 * unit is 100 m by 100 m (万米单元网格), a community 1 km by 1 km; both end at their street's border.
 */
final class Townships {
    private static final int FEWEST = 6;
    private static final int MOST = 14;
    private static final int CANDIDATES = 10;
    private static final double URBAN = 0.18;
    private static final int FIRST_TOWN = 100;
    private static final double UNIT = 100;
    private static final int UNITS_PER_SIDE = 10;

    private final CityPlan plan;
    private final Plane plane;
    private final List<List<Township>> byDistrict = new ArrayList<>();
    private final List<int[]> corners = new ArrayList<>();

    /** @param code within the district, 3 digits */
    record Township(Street street, Spot office, int code) {}

    Townships(CityPlan plan, Land land, RoadNet roads, Names names, long seed) {
        this.plan = plan;
        plane = land.plane();
        var junctions = new ArrayList<List<Spot>>();
        land.districts().forEach(d -> junctions.add(new ArrayList<>()));
        for (int i = 0; i < roads.junctions(); i++) {
            var district = land.district(plane.place(roads.junction(i)));
            if (district >= 0) {
                junctions.get(district).add(roads.junction(i));
            }
        }
        for (int district = 0; district < junctions.size(); district++) {
            byDistrict.add(townships(district, junctions.get(district), land, names, seed));
            var boundary = land.districts().get(district).boundary();
            var west =
                    boundary.stream().mapToDouble(p -> plane.spot(p).x()).min().orElseThrow();
            var east =
                    boundary.stream().mapToDouble(p -> plane.spot(p).x()).max().orElseThrow();
            var south =
                    boundary.stream().mapToDouble(p -> plane.spot(p).y()).min().orElseThrow();
            corners.add(new int[] {community(west), community(south), community(east) - community(west) + 1});
        }
    }

    private List<Township> townships(int district, List<Spot> junctions, Land land, Names names, long seed) {
        var random = new Random(Hash.of(seed, "townships " + district));
        var count = Math.max(FEWEST, Math.min(MOST, junctions.size() / 90));
        var near = new Near();
        var townships = new ArrayList<Township>();
        var urban = 0;
        var rural = FIRST_TOWN - 1;
        for (int i = 0; i < count; i++) {
            var best = junctions.get(0);
            var bestDistance = -1.0;
            for (int c = 0; c < CANDIDATES; c++) {
                var candidate = junctions.get(random.nextInt(junctions.size()));
                var distance = near.distance(candidate);
                if (distance > bestDistance) {
                    best = candidate;
                    bestDistance = distance;
                }
            }
            near.add(best);
            var isUrban = land.density(best) > URBAN;
            var code = isUrban ? ++urban : ++rural;
            Name name = names.next(
                            isUrban ? plan.words().subdistrict() : plan.words().town())
                    .name();
            var id = plan.districts().get(district).id();
            townships.add(new Township(new Street(id + "-" + threeDigits(code), id, name), best, code));
        }
        return townships;
    }

    List<Street> streets() {
        return byDistrict.stream().flatMap(List::stream).map(Township::street).toList();
    }

    Township of(int district, Spot spot) {
        var townships = byDistrict.get(district);
        var best = townships.get(0);
        for (var township : townships) {
            if (spot.distanceTo(township.office()) < spot.distanceTo(best.office())) {
                best = township;
            }
        }
        return best;
    }

    /** The code of the unit grid in which a place of a district's township lies. */
    String grid(int district, Township township, Place place) {
        var spot = plane.spot(place);
        var x = (int) Math.floor(spot.x() / UNIT);
        var y = (int) Math.floor(spot.y() / UNIT);
        var corner = corners.get(district);
        var community = (community(spot.y()) - corner[1]) * corner[2] + community(spot.x()) - corner[0] + 1;
        var serial = Math.floorMod(y, UNITS_PER_SIDE) * UNITS_PER_SIDE + Math.floorMod(x, UNITS_PER_SIDE) + 1;
        return plan.districts().get(district).division()
                + threeDigits(township.code())
                + threeDigits(community)
                + "0" + threeDigits(serial);
    }

    private static int community(double metres) {
        return (int) Math.floor(metres / (UNIT * UNITS_PER_SIDE));
    }

    private static String threeDigits(int number) {
        var digits = "00" + number;
        return digits.substring(digits.length() - Math.max(3, digits.length() - 2));
    }
}
