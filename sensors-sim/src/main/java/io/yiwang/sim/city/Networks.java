package io.yiwang.sim.city;

import io.yiwang.model.domain.Placement.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Decides which facility hangs on which: the nearest along the roads, shifted so that each hub carries what its size allows. */
final class Networks {
    /** Extra way to a kind that the pack names later. */
    private static final double SECOND_CHOICE = 900;

    private static final int ROUNDS = 10;
    private static final double TOWN = 18_000;
    private static final double LONGEST_SECOND = 2.5;
    private static final double SECOND_GRACE = 1_500;

    private final RoadNet roads;
    private final Relations relations;
    private final Map<Kind, List<Drawn>> byKind = new HashMap<>();

    Networks(RoadNet roads, Relations relations, List<Drawn> facilities) {
        this.roads = roads;
        this.relations = relations;
        facilities.forEach(
                f -> byKind.computeIfAbsent(f.kind, k -> new ArrayList<>()).add(f));
    }

    /** Members before their hubs, because a hub's load is its members'. */
    void connect() {
        var kinds = new ArrayList<>(relations.outwards());
        Collections.reverse(kinds);
        for (var kind : kinds) {
            var members = byKind.getOrDefault(kind, List.of());
            var hubs = new ArrayList<Drawn>();
            var first = new ArrayList<Double>();
            for (var hubKind : relations.hubs(kind)) {
                var extra = SECOND_CHOICE * first.stream().distinct().count();
                for (var hub : byKind.getOrDefault(hubKind, List.of())) {
                    hubs.add(hub);
                    first.add(extra);
                }
            }
            if (!members.isEmpty() && !hubs.isEmpty()) {
                connect(members, hubs, first.stream().mapToDouble(d -> d).toArray());
            }
        }
    }

    private void connect(List<Drawn> members, List<Drawn> hubs, double[] first) {
        var loads =
                members.stream().mapToDouble(m -> Math.max(1, m.households())).toArray();
        var handicaps = balanced(members, loads, hubs, first);
        var loop = members.get(0).kind.placement().network() == Network.LOOP
                && !relations.isCollecting(members.get(0).kind);
        var ways = new Ways(roads, hubs, handicaps, loop ? 2 : 1);
        var onPiece = new HashMap<Integer, List<Integer>>();
        for (int i = 0; i < hubs.size(); i++) {
            onPiece.computeIfAbsent(hubs.get(i).standing.piece(), p -> new ArrayList<>(1))
                    .add(i);
        }
        for (var member : members) {
            var way = ways.way(member.standing, -1);
            if (way == null) {
                throw new IllegalStateException("no road leads from " + member.facility.getId() + " to its network");
            }
            for (var hub : onPiece.getOrDefault(member.standing.piece(), List.of())) {
                var straight = handicaps[hub] + alongPiece(member, hubs.get(hub));
                if (straight <= way.distance()) {
                    way = new Ways.Way(hub, straight, new int[0]);
                }
            }
            hang(member, hubs.get(way.goal()), way);
            hubs.get(way.goal()).members.add(member);
            if (loop) {
                var second = ways.way(member.standing, way.goal());
                if (second != null && second.distance() <= LONGEST_SECOND * way.distance() + SECOND_GRACE) {
                    hang(member, hubs.get(second.goal()), second);
                }
            }
        }
    }

    private static void hang(Drawn member, Drawn hub, Ways.Way way) {
        member.hubs.add(new Drawn.Link(hub, way.junctions()));
    }

    private double alongPiece(Drawn a, Drawn b) {
        var length = roads.piece(a.standing.piece()).length();
        return a.standing.off() + b.standing.off() + Math.abs(a.standing.share() - b.standing.share()) * length;
    }

    /** Handicaps that spread the members: a hub with more than its part of the load seems further away in the next round. */
    private double[] balanced(List<Drawn> members, double[] loads, List<Drawn> hubs, double[] first) {
        if (hubs.size() < 2 || members.size() < 2 * hubs.size()) {
            return first;
        }
        var sizes = new HashMap<Kind, Double>();
        hubs.forEach(hub -> sizes.merge(hub.kind, hub.size, Double::sum));
        var handicaps = first.clone();
        var best = handicaps;
        var bestStrain = Double.MAX_VALUE;
        var step = TOWN / Math.sqrt(hubs.size());
        for (int round = 0; round < ROUNDS; round++) {
            var ways = new Ways(roads, hubs, handicaps, 1);
            var carried = new double[hubs.size()];
            for (int i = 0; i < loads.length; i++) {
                var hub = ways.nearest(members.get(i).standing);
                if (hub >= 0) {
                    carried[hub] += loads[i];
                }
            }
            var byKind = new HashMap<Kind, Double>();
            for (int i = 0; i < carried.length; i++) {
                byKind.merge(hubs.get(i).kind, carried[i], Double::sum);
            }
            var strain = 0.0;
            var next = handicaps.clone();
            for (int i = 0; i < carried.length; i++) {
                var hub = hubs.get(i);
                var part = byKind.get(hub.kind) * hub.size / sizes.get(hub.kind);
                if (part > 0) {
                    var over = carried[i] / part;
                    strain += over * over * hub.size;
                    next[i] += step * Math.max(-0.6, Math.min(1, (over - 1) / 2));
                }
            }
            if (strain < bestStrain) {
                bestStrain = strain;
                best = handicaps;
            }
            var least = Arrays.stream(next).min().orElse(0);
            for (int i = 0; i < next.length; i++) {
                next[i] -= least;
            }
            handicaps = next;
            step *= 0.85;
        }
        return best;
    }
}
