package io.yiwang.sim.city;

import io.yiwang.sim.city.Plane.Spot;
import io.yiwang.sim.signal.Hash;
import java.util.ArrayList;
import java.util.List;

/** A line of straight pieces in the plane, such as a river or a border. */
record Line(List<Spot> spots) {
    Line {
        spots = List.copyOf(spots);
    }

    /**
     * A natural line between two spots: its middle is moved sideways, then the middles of its halves, and so on (midpoint
     * displacement; Fournier, Fussell, Carpenter, "Computer rendering of stochastic models", CACM 1982).
     *
     * @param roughness sideways movement, as a share of the length of what is halved
     * @param halvings the line gets 2^halvings pieces
     */
    static List<Spot> between(Spot a, Spot b, double roughness, int halvings, long seed) {
        var spots = new ArrayList<Spot>();
        spots.add(a);
        halve(a, b, roughness, halvings, seed, 1, spots);
        return spots;
    }

    private static void halve(
            Spot a, Spot b, double roughness, int halvings, long seed, long number, List<Spot> spots) {
        if (halvings == 0) {
            spots.add(b);
            return;
        }
        var aside = roughness * (2 * Hash.unit(seed, number) - 1);
        var middle =
                new Spot((a.x() + b.x()) / 2 - (b.y() - a.y()) * aside, (a.y() + b.y()) / 2 + (b.x() - a.x()) * aside);
        halve(a, middle, roughness, halvings - 1, seed, 2 * number, spots);
        halve(middle, b, roughness, halvings - 1, seed, 2 * number + 1, spots);
    }

    /** The spot of the line that is nearest. */
    Spot nearest(Spot spot) {
        var best = spots.get(0);
        var bestSquare = Double.MAX_VALUE;
        for (int i = 1; i < spots.size(); i++) {
            var a = spots.get(i - 1);
            var b = spots.get(i);
            var dx = b.x() - a.x();
            var dy = b.y() - a.y();
            var share = ((spot.x() - a.x()) * dx + (spot.y() - a.y()) * dy) / (dx * dx + dy * dy);
            share = Math.max(0, Math.min(1, share));
            var x = a.x() + share * dx;
            var y = a.y() + share * dy;
            var square = (spot.x() - x) * (spot.x() - x) + (spot.y() - y) * (spot.y() - y);
            if (square < bestSquare) {
                bestSquare = square;
                best = new Spot(x, y);
            }
        }
        return best;
    }

    boolean crosses(Spot c, Spot d) {
        for (int i = 1; i < spots.size(); i++) {
            var a = spots.get(i - 1);
            var b = spots.get(i);
            if (side(a, b, c) != side(a, b, d) && side(c, d, a) != side(c, d, b)) {
                return true;
            }
        }
        return false;
    }

    private static boolean side(Spot a, Spot b, Spot c) {
        return (b.x() - a.x()) * (c.y() - a.y()) > (b.y() - a.y()) * (c.x() - a.x());
    }

    double length() {
        var length = 0.0;
        for (int i = 1; i < spots.size(); i++) {
            length += spots.get(i - 1).distanceTo(spots.get(i));
        }
        return length;
    }
}
