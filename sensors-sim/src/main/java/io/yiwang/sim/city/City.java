package io.yiwang.sim.city;

import io.yiwang.model.domain.Name;
import io.yiwang.model.wire.Facility;
import java.util.List;

/**
 * A whole city.
 *
 * @param districts they tile its area
 * @param streets subdistricts and towns of the districts
 * @param map what else can be drawn
 */
public record City(Name name, List<District> districts, List<Street> streets, List<Facility> facilities, Map map) {
    public City {
        districts = List.copyOf(districts);
        streets = List.copyOf(streets);
        facilities = List.copyOf(facilities);
    }

    /** @param boundary a closed ring, first place = last place, counter-clockwise */
    public record District(String id, Name name, List<Place> boundary) {
        public District {
            boundary = List.copyOf(boundary);
        }

        /** Whether a place lies within the boundary (even-odd rule). */
        public boolean contains(Place place) {
            var inside = false;
            for (int i = 1; i < boundary.size(); i++) {
                var a = boundary.get(i - 1);
                var b = boundary.get(i);
                var crosses = a.latitude() > place.latitude() != b.latitude() > place.latitude();
                if (crosses
                        && place.longitude()
                                < (b.longitude() - a.longitude())
                                                * (place.latitude() - a.latitude())
                                                / (b.latitude() - a.latitude())
                                        + a.longitude()) {
                    inside = !inside;
                }
            }
            return inside;
        }
    }

    /** A subdistrict or town (街道, 镇). */
    public record Street(String id, String district, Name name) {}

    /**
     * What the asset ledger does not hold.
     *
     * @param pipes the course of each pipe, by its id
     */
    public record Map(River river, List<Road> roads, List<Village> villages, java.util.Map<String, Course> pipes) {}

    /** @param width m */
    public record River(Name name, double width, List<Place> course) {}

    /** A piece of a road. @param rank avenue, road, street, lane or country_road */
    public record Road(Name name, String rank, List<Place> course) {}

    public record Village(Name name, Place place) {}

    /** A line that is worked out when it is asked for: a large city has very many. */
    public interface Course {
        List<Place> places();
    }

    /** Degrees, WGS 84. */
    public record Place(double longitude, double latitude) {}
}
