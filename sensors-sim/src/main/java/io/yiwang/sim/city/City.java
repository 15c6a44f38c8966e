package io.yiwang.sim.city;

import io.yiwang.model.domain.Name;
import io.yiwang.model.wire.Facility;
import java.util.List;

/** A whole city. Districts tile its area. */
public record City(Name name, List<District> districts, List<Facility> facilities) {
    public City {
        districts = List.copyOf(districts);
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

    /** Degrees, WGS 84. */
    public record Place(double longitude, double latitude) {
        double distanceTo(Place other) {
            return Math.hypot(longitude - other.longitude, latitude - other.latitude);
        }
    }
}
