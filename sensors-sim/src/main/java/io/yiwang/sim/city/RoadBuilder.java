package io.yiwang.sim.city;

import io.yiwang.model.domain.Name;
import io.yiwang.sim.city.Plane.Spot;
import io.yiwang.sim.city.RoadNet.Piece;
import io.yiwang.sim.city.RoadNet.Rank;
import io.yiwang.sim.city.RoadNet.Road;
import io.yiwang.sim.city.RoadNet.Village;
import io.yiwang.sim.signal.Hash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Builds the roads as cities grow them: the area is cut by a long road, each half again, until the blocks are as small as the density
 * asks; every cut is a road, the early ones long and wide (recursive subdivision, as in Parish and Müller, "Procedural modeling of
 * cities", SIGGRAPH 2001). Then everything is bent smoothly, the river is crossed by few bridges, and lanes of villages are added.
 */
final class RoadBuilder {
    private static final double BEYOND = 3_000;
    private static final double LONGEST_PIECE = 450;
    private static final double DENSE_BLOCK = 260;
    private static final double SPARSE_BLOCK = 3_600;
    private static final double VILLAGE_SPACING = 1_500;
    private static final int SEARCHED_SPOTS = 4_000;

    private final CityPlan plan;
    private final Land land;
    private final long seed;
    private final Random random;
    private final Names names;
    private final List<Spot> junctions = new ArrayList<>();
    private final List<Cut> cuts = new ArrayList<>();
    private final List<Link> links = new ArrayList<>();

    /** A road in the making. @param stops junctions on it, with their distance from its beginning */
    private record Cut(Spot from, Spot to, List<Stop> stops) {
        double length() {
            return from.distanceTo(to);
        }
    }

    private record Stop(int junction, double along) {}

    /** A piece in the making. */
    private record Link(int from, int to, Road road, double start, boolean bridge) {}

    /** A corner of a block, and the cut along which the block's edge goes on from there; -1 = the frame. */
    private record Corner(Spot spot, int cut) {}

    RoadBuilder(CityPlan plan, Land land, Names names, long seed) {
        this.plan = plan;
        this.land = land;
        this.names = names;
        this.seed = Hash.of(seed, "roads");
        this.random = new Random(this.seed);
    }

    RoadNet build() {
        var width = land.plane().width();
        var height = land.plane().height();
        cut(List.of(
                new Corner(new Spot(-BEYOND, -BEYOND), -1),
                new Corner(new Spot(width + BEYOND, -BEYOND), -1),
                new Corner(new Spot(width + BEYOND, height + BEYOND), -1),
                new Corner(new Spot(-BEYOND, height + BEYOND), -1)));
        layRoads();
        for (int i = 0; i < junctions.size(); i++) {
            junctions.set(i, ashore(bent(junctions.get(i))));
        }
        keepFewBridges();
        addVillages();
        return connected();
    }

    /** Side length of blocks around a spot, m. */
    private double blockSide(Spot spot) {
        var density = land.density(spot);
        return DENSE_BLOCK / Math.max(DENSE_BLOCK / SPARSE_BLOCK, StrictMath.pow(density, 0.85));
    }

    private void cut(List<Corner> block) {
        var middle = middle(block);
        var side = blockSide(bent(middle));
        var area = area(block);
        if (area < 1.7 * side * side * (0.7 + 0.6 * random.nextDouble())) {
            return;
        }
        // Across the longer way, not quite square, not quite in the middle.
        var along = longestEdge(block);
        var across = new Spot(-along.y(), along.x());
        if (extent(block, across) > extent(block, along)) {
            var turned = along;
            along = across;
            across = turned;
        }
        var turn = (area > 4e6 ? 0.16 : 0.07) * (2 * random.nextDouble() - 1);
        var direction = new Spot(
                across.x() * StrictMath.cos(turn) - across.y() * StrictMath.sin(turn),
                across.x() * StrictMath.sin(turn) + across.y() * StrictMath.cos(turn));
        var shift = 0.18 * (2 * random.nextDouble() - 1) * extent(block, along);
        var through = new Spot(middle.x() + along.x() * shift, middle.y() + along.y() * shift);
        var hits = new ArrayList<Hit>();
        for (int i = 0; i < block.size(); i++) {
            var hit = hit(block, i, through, direction, 0.22 * side);
            if (hit != null) {
                hits.add(hit);
            }
        }
        if (hits.size() != 2) {
            return;
        }
        var a = hits.get(0);
        var b = hits.get(1);
        if (a.spot.distanceTo(b.spot) < 0.4 * side) {
            return;
        }
        var number = cuts.size();
        var cut = new Cut(a.spot, b.spot, new ArrayList<>());
        cuts.add(cut);
        cut.stops.add(new Stop(stopAt(a), 0));
        cut.stops.add(new Stop(stopAt(b), cut.length()));
        var one = new ArrayList<Corner>();
        one.add(new Corner(a.spot, block.get(a.edge).cut));
        for (int i = a.edge + 1; i <= b.edge; i++) {
            one.add(block.get(i));
        }
        one.add(new Corner(b.spot, number));
        var other = new ArrayList<Corner>();
        other.add(new Corner(b.spot, block.get(b.edge).cut));
        for (int i = b.edge + 1; i <= a.edge + block.size(); i++) {
            other.add(block.get(i % block.size()));
        }
        other.add(new Corner(a.spot, number));
        cut(one);
        cut(other);
    }

    /** Where a cut meets an edge of the block. @param junction one that is already there; -1 = none */
    private record Hit(int edge, int cut, Spot spot, int junction) {}

    private @Nullable Hit hit(List<Corner> block, int edge, Spot through, Spot direction, double snap) {
        var from = block.get(edge).spot;
        var to = block.get((edge + 1) % block.size()).spot;
        var normal = new Spot(-direction.y(), direction.x());
        var a = (from.x() - through.x()) * normal.x() + (from.y() - through.y()) * normal.y();
        var b = (to.x() - through.x()) * normal.x() + (to.y() - through.y()) * normal.y();
        if (a > 0 == b > 0) {
            return null;
        }
        var spot = from.towards(to, a / (a - b));
        var number = block.get(edge).cut;
        if (number >= 0) {
            // Where a road already ends on the other side, go straight over: most crossings have four arms.
            var margin = 0.6 * snap;
            var best = snap;
            var junction = -1;
            for (var stop : cuts.get(number).stops) {
                var there = junctions.get(stop.junction);
                var distance = there.distanceTo(spot);
                if (distance < best
                        && there.distanceTo(from) > margin
                        && there.distanceTo(to) > margin
                        && between(from, there, to)) {
                    best = distance;
                    junction = stop.junction;
                }
            }
            if (junction >= 0) {
                return new Hit(edge, number, junctions.get(junction), junction);
            }
        }
        return new Hit(edge, number, spot, -1);
    }

    private static boolean between(Spot from, Spot spot, Spot to) {
        return (spot.x() - from.x()) * (to.x() - from.x()) + (spot.y() - from.y()) * (to.y() - from.y()) > 0
                && (spot.x() - to.x()) * (from.x() - to.x()) + (spot.y() - to.y()) * (from.y() - to.y()) > 0;
    }

    private int stopAt(Hit hit) {
        if (hit.junction >= 0) {
            return hit.junction;
        }
        var junction = junctions.size();
        junctions.add(hit.spot);
        if (hit.cut >= 0) {
            var cut = cuts.get(hit.cut);
            cut.stops.add(new Stop(junction, cut.from.distanceTo(hit.spot)));
        }
        return junction;
    }

    /** Long roads get their names first, so that the well-known names go to them. */
    private void layRoads() {
        var byLength = new ArrayList<>(cuts);
        byLength.sort(Comparator.comparingDouble(Cut::length).reversed());
        for (var cut : byLength) {
            var rank = rank(cut.length());
            var named = names.next(last(rank));
            var road = new Road(named.root(), named.name(), rank, null);
            cut.stops.sort(Comparator.comparingDouble(Stop::along));
            for (int i = 1; i < cut.stops.size(); i++) {
                var from = cut.stops.get(i - 1);
                var to = cut.stops.get(i);
                var parts = (int) Math.ceil((to.along - from.along) / LONGEST_PIECE);
                var previous = from.junction;
                for (int part = 1; part <= parts; part++) {
                    var next = to.junction;
                    if (part < parts) {
                        next = junctions.size();
                        junctions.add(junctions
                                .get(from.junction)
                                .towards(junctions.get(to.junction), (double) part / parts));
                    }
                    var start = from.along + (to.along - from.along) * (part - 1) / parts;
                    links.add(new Link(previous, next, road, start, false));
                    previous = next;
                }
            }
        }
    }

    private static Rank rank(double length) {
        return length > 7_000 ? Rank.AVENUE : length > 2_000 ? Rank.ROAD : length > 700 ? Rank.STREET : Rank.LANE;
    }

    private Name last(Rank rank) {
        return switch (rank) {
            case AVENUE -> plan.words().avenue();
            case ROAD -> plan.words().road();
            case STREET -> plan.words().street();
            case LANE -> plan.words().lane();
            case COUNTRY_ROAD -> plan.words().countryRoad();
        };
    }

    /** Smooth enough that nothing folds over: the shifts change by less than the way. */
    private Spot bent(Spot spot) {
        var x = spot.x();
        var y = spot.y();
        return new Spot(
                x + wave(1, y, 9_000, 520) + wave(2, x + 0.6 * y, 2_300, 65) + wave(3, x, 6_100, 250),
                y + wave(4, x, 8_100, 480) + wave(5, y - 0.5 * x, 2_100, 60) + wave(6, y, 5_700, 250));
    }

    private double wave(int number, double along, double length, double height) {
        return height * StrictMath.sin(2 * Math.PI * (along / length + Hash.unit(seed, number)));
    }

    private Spot ashore(Spot spot) {
        if (!land.inWater(spot)) {
            return spot;
        }
        var water = land.river().nearest(spot);
        var distance = Math.max(1, spot.distanceTo(water));
        var wanted = plan.river().width() / 2 + 30;
        return new Spot(
                water.x() + (spot.x() - water.x()) * wanted / distance,
                water.y() + (spot.y() - water.y()) * wanted / distance);
    }

    /** Leaves out what lies outside the city, and crossings of the river by small roads unless they are the only way. */
    private void keepFewBridges() {
        var inside = new boolean[junctions.size()];
        for (int i = 0; i < inside.length; i++) {
            inside[i] = land.district(land.plane().place(junctions.get(i))) >= 0;
        }
        var kept = new ArrayList<Link>();
        var small = new ArrayList<Link>();
        var together = new Together(junctions.size());
        for (var link : links) {
            if (!inside[link.from] || !inside[link.to]) {
                continue;
            }
            var bridge = land.river().crosses(junctions.get(link.from), junctions.get(link.to));
            if (!bridge || link.road.rank() == Rank.AVENUE || link.road.rank() == Rank.ROAD) {
                kept.add(new Link(link.from, link.to, link.road, link.start, bridge));
                together.join(link.from, link.to);
            } else {
                small.add(new Link(link.from, link.to, link.road, link.start, true));
            }
        }
        for (var link : small) {
            if (together.join(link.from, link.to)) {
                kept.add(link);
            }
        }
        links.clear();
        links.addAll(kept);
    }

    private void addVillages() {
        var roadside = links.stream().mapToInt(Link::from).distinct().toArray();
        var middles = new ArrayList<Spot>();
        for (int i = 0; i < SEARCHED_SPOTS && middles.size() < plan.villages(); i++) {
            var spot = new Spot(
                    random.nextDouble() * land.plane().width(),
                    random.nextDouble() * land.plane().height());
            if (land.density(spot) < 0.12
                    && !land.inWater(spot)
                    && isWellInside(spot)
                    && middles.stream().allMatch(m -> m.distanceTo(spot) > VILLAGE_SPACING)) {
                middles.add(spot);
                addVillage(spot, roadside);
            }
        }
    }

    private boolean isWellInside(Spot spot) {
        var district = land.district(land.plane().place(spot));
        return district >= 0
                && List.of(new Spot(600, 0), new Spot(-600, 0), new Spot(0, 600), new Spot(0, -600)).stream()
                        .allMatch(d -> land.district(land.plane().place(new Spot(spot.x() + d.x(), spot.y() + d.y())))
                                == district);
    }

    /** A main lane with some lanes across, and a country road to the nearest junction. */
    private void addVillage(Spot middle, int[] roadside) {
        var named = names.next(plan.words().village());
        var village = new Village(named.root(), named.name(), middle);
        var road = new Road(named.root(), named.name(), Rank.LANE, village);
        var turn = 2 * Math.PI * random.nextDouble();
        var ahead = new Spot(StrictMath.cos(turn), StrictMath.sin(turn));
        var aside = new Spot(-ahead.y(), ahead.x());
        var crossings = 3 + random.nextInt(4);
        var previous = -1;
        var along = 0.0;
        var mine = new ArrayList<Integer>();
        for (int i = 0; i < crossings; i++) {
            var shift = (i - (crossings - 1) / 2.0) * (90 + 30 * random.nextDouble());
            var junction = junction(middle, ahead, shift, aside, 12 * random.nextGaussian());
            mine.add(junction);
            if (previous >= 0) {
                links.add(new Link(previous, junction, road, along, false));
                along += 120;
            }
            previous = junction;
            for (int side = -1; side <= 1; side += 2) {
                if (random.nextInt(4) > 0) {
                    var end = junction(
                            middle,
                            ahead,
                            shift + 10 * random.nextGaussian(),
                            aside,
                            side * (60 + 120 * random.nextDouble()));
                    links.add(new Link(junction, end, road, along, false));
                    along += 150;
                }
            }
        }
        var best = -1;
        var exit = -1;
        var distance = Double.MAX_VALUE;
        for (var lane : mine) {
            for (var candidate : roadside) {
                var d = junctions.get(candidate).distanceTo(junctions.get(lane));
                if (d < distance && !land.river().crosses(junctions.get(candidate), junctions.get(lane))) {
                    distance = d;
                    best = candidate;
                    exit = lane;
                }
            }
        }
        if (best >= 0) {
            var country = new Road(
                    named.root(), Names.with(named.root(), plan.words().countryRoad()), Rank.COUNTRY_ROAD, null);
            names.take(country.name());
            links.add(new Link(exit, best, country, 0, false));
        }
    }

    private int junction(Spot middle, Spot ahead, double along, Spot aside, double across) {
        junctions.add(new Spot(
                middle.x() + ahead.x() * along + aside.x() * across,
                middle.y() + ahead.y() * along + aside.y() * across));
        return junctions.size() - 1;
    }

    /** The largest part that hangs together, renumbered. */
    private RoadNet connected() {
        var together = new Together(junctions.size());
        links.forEach(link -> together.join(link.from, link.to));
        var sizes = new HashMap<Integer, Integer>();
        links.forEach(link -> sizes.merge(together.root(link.from), 1, Integer::sum));
        var largest = sizes.entrySet().stream()
                .max(Comparator.<Map.Entry<Integer, Integer>>comparingInt(Map.Entry::getValue)
                        .thenComparingInt(e -> -e.getKey()))
                .orElseThrow()
                .getKey();
        var number = new int[junctions.size()];
        Arrays.fill(number, -1);
        var spots = new ArrayList<Spot>();
        var pieces = new ArrayList<Piece>();
        var roads = new LinkedHashSet<Road>();
        for (var link : links) {
            if (together.root(link.from) != largest) {
                continue;
            }
            for (var end : new int[] {link.from, link.to}) {
                if (number[end] < 0) {
                    number[end] = spots.size();
                    spots.add(junctions.get(end));
                }
            }
            var length = junctions.get(link.from).distanceTo(junctions.get(link.to));
            if (length > 0) {
                pieces.add(new Piece(number[link.from], number[link.to], link.road, length, link.start, link.bridge));
                roads.add(link.road);
            }
        }
        return new RoadNet(
                spots.stream().mapToDouble(Spot::x).toArray(),
                spots.stream().mapToDouble(Spot::y).toArray(),
                pieces,
                List.copyOf(roads));
    }

    private static Spot middle(List<Corner> block) {
        return new Spot(
                block.stream().mapToDouble(c -> c.spot.x()).average().orElseThrow(),
                block.stream().mapToDouble(c -> c.spot.y()).average().orElseThrow());
    }

    private static double area(List<Corner> block) {
        var twice = 0.0;
        for (int i = 0; i < block.size(); i++) {
            var a = block.get(i).spot;
            var b = block.get((i + 1) % block.size()).spot;
            twice += a.x() * b.y() - b.x() * a.y();
        }
        return Math.abs(twice) / 2;
    }

    /** Its direction, of length 1. */
    private static Spot longestEdge(List<Corner> block) {
        var longest = 0.0;
        var direction = new Spot(1, 0);
        for (int i = 0; i < block.size(); i++) {
            var a = block.get(i).spot;
            var b = block.get((i + 1) % block.size()).spot;
            var length = a.distanceTo(b);
            if (length > longest) {
                longest = length;
                direction = new Spot((b.x() - a.x()) / length, (b.y() - a.y()) / length);
            }
        }
        return direction;
    }

    private static double extent(List<Corner> block, Spot direction) {
        var low = Double.MAX_VALUE;
        var high = -Double.MAX_VALUE;
        for (var corner : block) {
            var along = corner.spot.x() * direction.x() + corner.spot.y() * direction.y();
            low = Math.min(low, along);
            high = Math.max(high, along);
        }
        return high - low;
    }

    /** Which junctions hang together (disjoint sets). */
    private static final class Together {
        private final int[] parent;

        Together(int size) {
            parent = new int[size];
            Arrays.setAll(parent, i -> i);
        }

        int root(int junction) {
            var at = junction;
            while (parent[at] != at) {
                parent[at] = parent[parent[at]];
                at = parent[at];
            }
            return at;
        }

        /** Whether they were apart. */
        boolean join(int a, int b) {
            var x = root(a);
            var y = root(b);
            parent[Math.max(x, y)] = Math.min(x, y);
            return x != y;
        }
    }
}
