package io.yiwang.sim.city;

import io.yiwang.model.domain.Placement;
import io.yiwang.model.wire.Pipe;
import io.yiwang.sim.city.City.Place;
import io.yiwang.sim.city.Plane.Spot;
import io.yiwang.sim.signal.Hash;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lays the pipes along the roads between facilities that hang together; what carries more is wider. */
final class Pipes {
    /** Nominal diameters, mm. */
    private static final int[] NOMINAL = {
        15, 20, 25, 32, 40, 50, 63, 75, 90, 100, 110, 125, 150, 160, 200, 250, 300, 315, 350, 400, 450, 500, 600, 700,
        800, 900, 1000, 1200, 1400, 1500, 1600, 1800, 2000, 2200, 2400, 2600, 3000
    };

    private static final double RENEWED = 0.12;

    private final RoadNet roads;
    private final Land land;
    private final Relations relations;
    private final int newest;
    private final long seed;
    private final Map<Drawn, Integer> into = new HashMap<>();
    private final Map<String, City.Course> courses = new LinkedHashMap<>();

    Pipes(RoadNet roads, Land land, Relations relations, int newest, long seed) {
        this.roads = roads;
        this.land = land;
        this.relations = relations;
        this.newest = newest;
        this.seed = Hash.of(seed, "pipes");
    }

    Map<String, City.Course> courses() {
        return Collections.unmodifiableMap(courses);
    }

    /** Adds what feeds each facility, and the pipes that lead to it. */
    void lay(List<Drawn> facilities) {
        var most = new HashMap<Kind, Integer>();
        facilities.forEach(f -> most.merge(f.kind, load(f), Math::max));
        var byKind = new HashMap<Kind, List<Drawn>>();
        facilities.forEach(
                f -> byKind.computeIfAbsent(f.kind, k -> new ArrayList<>()).add(f));
        for (var kind : order()) {
            for (var member : byKind.getOrDefault(kind, List.of())) {
                for (int i = 0; i < member.hubs.size(); i++) {
                    join(member, member.hubs.get(i), i, (double) load(member) / most.get(kind));
                }
            }
        }
    }

    /** The widest pipes first or last, so that no pipe is wider than the one that feeds it. */
    private List<Kind> order() {
        var order = new ArrayList<Kind>();
        var inwards = new ArrayList<>(relations.outwards());
        Collections.reverse(inwards);
        inwards.stream().filter(relations::isCollecting).forEach(order::add);
        relations.outwards().stream().filter(k -> !relations.isCollecting(k)).forEach(order::add);
        return order;
    }

    private static int load(Drawn facility) {
        return Math.max(1, facility.households());
    }

    private void join(Drawn member, Drawn.Link link, int number, double share) {
        var collecting = relations.isCollecting(member.kind);
        var from = collecting ? member : link.hub();
        var to = collecting ? link.hub() : member;
        to.facility.addUpstream(from.facility.getId());
        // Packs say it where the pipe ends, or, for what is collected, where it begins.
        var kinds = to.kind.placement().pipe();
        if (kinds == null && collecting) {
            kinds = from.kind.placement().pipe();
        }
        if (kinds == null) {
            return;
        }
        var random = Hash.of(seed, from.facility.getId() + " " + to.facility.getId());
        var course = course(member, link);
        var builtFirst = Math.max(from.facility.getBuiltYear(), to.facility.getBuiltYear());
        var renewed = Hash.unit(random, 1) < RENEWED;
        var laid = builtFirst + (renewed ? (int) (Hash.unit(random, 2) * (newest - builtFirst + 1)) : 0);
        var diameter = diameter(kinds, Math.sqrt(share), from, member, collecting, number);
        var id = to.facility.getId() + "-p" + (to.facility.getPipesCount() + 1);
        to.facility.addPipes(Pipe.newBuilder()
                .setId(id)
                .setFrom(from.facility.getId())
                // Rounded up: a pipe is never shorter than the way.
                .setLengthM(Math.ceil(length(course) * 10) / 10)
                .setMaterial(kinds.materials()
                        .get((int) (Hash.unit(random, 3) * kinds.materials().size())))
                .setDiameterMm(diameter)
                .setDepthM(Math.round((kinds.depth().low()
                                        + Hash.unit(random, 4) * kinds.depth().span())
                                * 10)
                        / 10.0)
                .setLaidYear(laid));
        courses.put(id, () -> places(collecting ? course : reversed(course)));
    }

    private int diameter(Placement.Pipe kinds, double share, Drawn from, Drawn member, boolean collecting, int number) {
        var low = kinds.diameter().low();
        var wanted = low + share * kinds.diameter().span() * (number == 0 ? 1 : 0.7);
        if (collecting) {
            wanted = Math.max(wanted, into.getOrDefault(member, 0));
        } else if (into.containsKey(from)) {
            wanted = Math.min(wanted, into.get(from));
        }
        wanted = Math.max(low, Math.min(kinds.diameter().high(), wanted));
        var chosen = (int) Math.ceil(low);
        for (var nominal : NOMINAL) {
            if (nominal >= low && nominal <= wanted) {
                chosen = nominal;
            }
        }
        if (collecting) {
            into.merge(member.hubs.get(0).hub(), chosen, Math::max);
        } else if (number == 0) {
            into.put(member, chosen);
        }
        return chosen;
    }

    /** From the member to its hub. */
    private List<Spot> course(Drawn member, Drawn.Link link) {
        var spots = new ArrayList<Spot>();
        // Where the ledger says that they are, which is rounded.
        spots.add(land.plane().spot(member.standing.place()));
        spots.add(roads.on(member.standing.piece(), member.standing.share()));
        for (var junction : link.junctions()) {
            spots.add(roads.junction(junction));
        }
        var hub = link.hub().standing;
        spots.add(roads.on(hub.piece(), hub.share()));
        spots.add(land.plane().spot(hub.place()));
        return spots;
    }

    private static double length(List<Spot> course) {
        var length = 0.0;
        for (int i = 1; i < course.size(); i++) {
            length += course.get(i - 1).distanceTo(course.get(i));
        }
        return length;
    }

    private static List<Spot> reversed(List<Spot> course) {
        var reversed = new ArrayList<>(course);
        Collections.reverse(reversed);
        return reversed;
    }

    private List<Place> places(List<Spot> course) {
        return course.stream().map(land.plane()::place).toList();
    }
}
