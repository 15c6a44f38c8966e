package io.yiwang.sim.city;

import io.yiwang.sim.city.City.Place;

/** The city's area as a plane, in metres east and north of its south-western corner. */
final class Plane {
    private static final double METRES_PER_DEGREE_LATITUDE = 110_950;
    private static final double METRES_PER_DEGREE_AT_EQUATOR = 111_320;
    /** Facilities are known to 0.1 m. */
    private static final double ROUNDING = 1e6;

    private final CityPlan.Area area;
    private final double perLongitude;

    Plane(CityPlan.Area area) {
        this.area = area;
        perLongitude =
                METRES_PER_DEGREE_AT_EQUATOR * StrictMath.cos(StrictMath.toRadians((area.south() + area.north()) / 2));
    }

    record Spot(double x, double y) {
        double distanceTo(Spot other) {
            return Math.sqrt((x - other.x) * (x - other.x) + (y - other.y) * (y - other.y));
        }

        Spot towards(Spot other, double share) {
            return new Spot(x + (other.x - x) * share, y + (other.y - y) * share);
        }
    }

    double width() {
        return (area.east() - area.west()) * perLongitude;
    }

    double height() {
        return (area.north() - area.south()) * METRES_PER_DEGREE_LATITUDE;
    }

    /** Shares of width and height. */
    Spot at(double x, double y) {
        return new Spot(x * width(), y * height());
    }

    Place place(Spot spot) {
        return new Place(
                Math.rint((area.west() + spot.x / perLongitude) * ROUNDING) / ROUNDING,
                Math.rint((area.south() + spot.y / METRES_PER_DEGREE_LATITUDE) * ROUNDING) / ROUNDING);
    }

    Spot spot(Place place) {
        return new Spot(
                (place.longitude() - area.west()) * perLongitude,
                (place.latitude() - area.south()) * METRES_PER_DEGREE_LATITUDE);
    }
}
