package io.yiwang.sim.city;

import io.yiwang.model.domain.Placement.Site;
import io.yiwang.sim.city.Plane.Spot;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Finds spots for facilities: along streets, within blocks, towards the rim, at the river, in villages. */
final class Sites {
    private static final int CANDIDATES = 6;
    private static final int TRIES = 40;
    private static final double RIVER_STEP = 150;
    private static final double COUNTRYSIDE = 0.02;

    private final CityPlan plan;
    private final Land land;
    private final RoadNet roads;
    private final Map<Site, Choice[]> choices = new EnumMap<>(Site.class);
    private final double[] riverX;
    private final double[] riverY;
    private final int[] nearestJunction;

    /** Pieces (or places of the river) of one district, to be drawn by weight. */
    private static final class Choice {
        private int[] what = new int[16];
        private double[] sums = new double[16];
        private int size;

        private void add(int item, double weight) {
            if (weight <= 0) {
                return;
            }
            if (size == what.length) {
                what = Arrays.copyOf(what, 2 * size);
                sums = Arrays.copyOf(sums, 2 * size);
            }
            what[size] = item;
            sums[size] = total() + weight;
            size++;
        }

        private double total() {
            return size == 0 ? 0 : sums[size - 1];
        }

        private int draw(double random) {
            var at = Arrays.binarySearch(sums, 0, size, random * total());
            return what[Math.min(size - 1, at < 0 ? -at - 1 : at + 1)];
        }
    }

    Sites(CityPlan plan, Land land, RoadNet roads) {
        this.plan = plan;
        this.land = land;
        this.roads = roads;
        for (var site : Site.values()) {
            var byDistrict = new Choice[land.districts().size()];
            Arrays.setAll(byDistrict, d -> new Choice());
            choices.put(site, byDistrict);
        }
        for (int i = 0; i < roads.pieces().size(); i++) {
            weigh(i);
        }
        var steps = (int) (land.river().length() / RIVER_STEP);
        riverX = new double[steps];
        riverY = new double[steps];
        nearestJunction = new int[steps];
        followRiver();
    }

    private void weigh(int piece) {
        var p = roads.piece(piece);
        var middle = roads.on(piece, 0.5);
        var district = land.district(land.plane().place(middle));
        if (district < 0 || p.bridge()) {
            return;
        }
        if (p.road().village() != null) {
            choices.get(Site.VILLAGE)[district].add(piece, p.length());
            return;
        }
        var density = land.density(middle);
        var weight = p.length() * (COUNTRYSIDE + density);
        choices.get(Site.STREET)[district].add(piece, weight);
        choices.get(Site.BLOCK)[district].add(piece, p.length() * (COUNTRYSIDE / 4 + density));
        // Where the town ends.
        choices.get(Site.RIM)[district].add(piece, p.length() * Math.max(0, density * (0.3 - density)));
    }

    private void followRiver() {
        var spots = land.river().spots();
        var piece = 1;
        var done = 0.0;
        for (int i = 0; i < riverX.length; i++) {
            var along = (i + 0.5) * RIVER_STEP;
            while (piece + 1 < spots.size()
                    && along > done + spots.get(piece - 1).distanceTo(spots.get(piece))) {
                done += spots.get(piece - 1).distanceTo(spots.get(piece));
                piece++;
            }
            var length = spots.get(piece - 1).distanceTo(spots.get(piece));
            var spot = spots.get(piece - 1).towards(spots.get(piece), Math.min(1, (along - done) / length));
            riverX[i] = spot.x();
            riverY[i] = spot.y();
            var best = Double.MAX_VALUE;
            for (int j = 0; j < roads.junctions(); j++) {
                var distance = spot.distanceTo(roads.junction(j));
                if (distance < best) {
                    best = distance;
                    nearestJunction[i] = j;
                }
            }
            var district = land.district(land.plane().place(spot));
            if (district >= 0) {
                choices.get(Site.RIVER)[district].add(i, 0.15 + land.density(spot));
            }
        }
    }

    double density(Standing standing) {
        return land.density(standing.spot());
    }

    /** How much room for facilities of a site each district has. */
    double[] room(Site site) {
        return Arrays.stream(choices.get(site)).mapToDouble(Choice::total).toArray();
    }

    /** Of some spots in a district the one furthest from its kind. */
    Standing find(Site site, int district, Near kind, Random random) {
        Standing best = null;
        var bestDistance = -1.0;
        for (int i = 0, tries = 0; i < CANDIDATES && tries < TRIES; tries++) {
            var candidate = draw(site, choices.get(site)[district].draw(random.nextDouble()), random);
            if (candidate == null || candidate.district() != district) {
                continue;
            }
            i++;
            var distance = kind.distance(candidate.spot());
            if (distance > bestDistance) {
                best = candidate;
                bestDistance = distance;
                if (Double.isInfinite(distance)) {
                    break;
                }
            }
        }
        if (best == null) {
            throw new IllegalStateException("no room for a facility at " + site + " in district " + district);
        }
        return best;
    }

    private @Nullable Standing draw(Site site, int item, Random random) {
        if (site == Site.RIVER) {
            return bank(item, random);
        }
        var piece = roads.piece(item);
        var share = 0.04 + 0.92 * random.nextDouble();
        var side = random.nextBoolean() ? 1 : -1;
        var aside = side
                * switch (site) {
                    case STREET -> 9 + 9 * random.nextDouble();
                    case BLOCK -> 35 + 65 * random.nextDouble();
                    case RIM -> 30 + 150 * random.nextDouble();
                    default -> 8 + 25 * random.nextDouble();
                };
        var on = roads.on(item, share);
        var from = roads.junction(piece.from());
        var to = roads.junction(piece.to());
        var spot = new Spot(
                on.x() - (to.y() - from.y()) / piece.length() * aside,
                on.y() + (to.x() - from.x()) / piece.length() * aside);
        return standing(spot, item, share, aside);
    }

    private @Nullable Standing bank(int item, Random random) {
        var next = Math.min(item + 1, riverX.length - 1);
        var before = next - 1;
        var dx = riverX[next] - riverX[before];
        var dy = riverY[next] - riverY[before];
        var length = Math.sqrt(dx * dx + dy * dy);
        var across = (random.nextBoolean() ? 1 : -1) * (plan.river().width() / 2 + 20 + 60 * random.nextDouble());
        var along = RIVER_STEP * (random.nextDouble() - 0.5);
        var spot = new Spot(
                riverX[item] + (dx * along - dy * across) / length, riverY[item] + (dy * along + dx * across) / length);
        var junction = nearestJunction[item];
        var piece = roads.pieceAt(junction, 0);
        return standing(
                spot, piece, roads.piece(piece).from() == junction ? 0 : 1, spot.distanceTo(roads.junction(junction)));
    }

    private @Nullable Standing standing(Spot spot, int piece, double share, double aside) {
        if (land.inWater(spot)) {
            return null;
        }
        var place = land.plane().place(spot);
        var district = land.district(place);
        return district < 0 ? null : new Standing(spot, place, district, piece, share, aside);
    }
}
