package io.yiwang.sim.exam;

import io.yiwang.model.domain.Neighbourhood;
import io.yiwang.model.wire.Facility;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which facilities of a city hang together, and how closely. */
final class Surroundings {
    private final Map<String, Facility> facilities = new LinkedHashMap<>();
    private final Map<String, Set<String>> joined = new LinkedHashMap<>();
    private final Map<String, List<String>> fedBy = new LinkedHashMap<>();

    Surroundings(Collection<Facility> city) {
        city.forEach(facility -> {
            facilities.put(facility.getId(), facility);
            joined.put(facility.getId(), new LinkedHashSet<>());
        });
        for (var facility : city) {
            for (var feeder : facility.getUpstreamList()) {
                if (facilities.containsKey(feeder)) {
                    joined.get(facility.getId()).add(feeder);
                    joined.get(feeder).add(facility.getId());
                    fedBy.computeIfAbsent(feeder, f -> new ArrayList<>()).add(facility.getId());
                }
            }
        }
    }

    Facility facility(String id) {
        return facilities.get(id);
    }

    /** It, its feeders, what it feeds, and what its feeders feed; sorted. */
    Set<String> around(String id) {
        var around = new TreeSet<>(joined.get(id));
        around.add(id);
        for (var feeder : facilities.get(id).getUpstreamList()) {
            around.addAll(fedBy.getOrDefault(feeder, List.of()));
        }
        return around;
    }

    /** Ids of those that are there, seen from it, in a fixed order. */
    Collection<String> at(Neighbourhood where, String id) {
        return switch (where) {
            case HERE -> List.of(id);
            case UPSTREAM ->
                facilities.get(id).getUpstreamList().stream()
                        .filter(facilities::containsKey)
                        .toList();
            case DOWNSTREAM -> fedBy.getOrDefault(id, List.of());
            case NEIGHBOURS -> {
                var near = around(id);
                near.remove(id);
                yield near;
            }
            case AROUND -> around(id);
        };
    }

    /** It and all that so many pipes or fewer lead to, nearest first. */
    List<Facility> within(String id, int pipes) {
        var steps = new LinkedHashMap<String, Integer>();
        steps.put(id, 0);
        var open = new ArrayDeque<>(List.of(id));
        while (!open.isEmpty()) {
            var next = open.remove();
            if (steps.get(next) < pipes) {
                for (var other : joined.get(next)) {
                    if (steps.putIfAbsent(other, steps.get(next) + 1) == null) {
                        open.add(other);
                    }
                }
            }
        }
        return steps.keySet().stream().map(facilities::get).toList();
    }

    /** Facilities that hang together, each group in the city's order. */
    List<List<Facility>> networks() {
        var networks = new ArrayList<List<Facility>>();
        var seen = new LinkedHashSet<String>();
        for (var id : facilities.keySet()) {
            if (!seen.contains(id)) {
                var ids = new LinkedHashSet<String>();
                within(id, Integer.MAX_VALUE).forEach(f -> ids.add(f.getId()));
                seen.addAll(ids);
                networks.add(facilities.values().stream()
                        .filter(f -> ids.contains(f.getId()))
                        .toList());
            }
        }
        return networks;
    }
}
