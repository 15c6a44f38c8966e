package io.yiwang.sim.city;

import io.yiwang.sim.city.City.Place;
import io.yiwang.sim.city.Plane.Spot;

/**
 * Where a facility stands.
 *
 * @param district number of its district
 * @param piece of the road that leads to it
 * @param share of the piece at which one turns off
 * @param aside distance from there, m; positive = to the left of the piece's direction, as negative = to the right
 */
record Standing(Spot spot, Place place, int district, int piece, double share, double aside) {
    double off() {
        return Math.abs(aside);
    }
}
