package io.yiwang.sim.city;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which kinds of facilities hang on which. Packs say who feeds whom. Where a few feed many (gas, water, heat), each consumer hangs on a
 * feeder; where many feed a few (sewage, waste), each of the many hangs on the one that takes what it sends. The kinds of a domain that
 * belong together do the one or the other.
 */
final class Relations {
    private final Map<Kind, List<Kind>> hubs = new LinkedHashMap<>();
    private final Set<Kind> collecting = new HashSet<>();
    private final List<Kind> outwards;

    Relations(List<Kind> kinds) {
        var fedBy = new LinkedHashMap<Kind, List<Kind>>();
        for (var kind : kinds) {
            fedBy.put(kind, new ArrayList<>());
            hubs.put(kind, new ArrayList<>());
        }
        for (var kind : kinds) {
            for (var id : kind.feeders()) {
                kinds.stream()
                        .filter(k ->
                                k.domain() == kind.domain() && k.type().id().equals(id))
                        // A kind that would feed itself in the end hangs only on the others.
                        .filter(feeder -> !leadsTo(feeder, kind, fedBy))
                        .findFirst()
                        .ifPresent(fedBy.get(kind)::add);
            }
        }
        for (var together : together(kinds, fedBy)) {
            var sources = 0.0;
            var ends = 0.0;
            for (var kind : together) {
                var feeds = together.stream().anyMatch(k -> fedBy.get(k).contains(kind));
                if (fedBy.get(kind).isEmpty()) {
                    sources += kind.placement().share();
                } else if (!feeds) {
                    ends += kind.placement().share();
                }
            }
            if (sources > ends) {
                collecting.addAll(together);
            }
        }
        fedBy.forEach((kind, feeders) -> {
            for (var feeder : feeders) {
                if (collecting.contains(kind)) {
                    hubs.get(feeder).add(kind);
                } else {
                    hubs.get(kind).add(feeder);
                }
            }
        });
        outwards = inOrder(kinds);
    }

    /** Whether {@code from} is {@code to} or is fed, by whatever way, by it. */
    private static boolean leadsTo(Kind from, Kind to, Map<Kind, List<Kind>> fedBy) {
        return from == to || fedBy.get(from).stream().anyMatch(k -> leadsTo(k, to, fedBy));
    }

    private static List<Set<Kind>> together(List<Kind> kinds, Map<Kind, List<Kind>> fedBy) {
        var groups = new ArrayList<Set<Kind>>();
        for (var kind : kinds) {
            var group = new LinkedHashSet<Kind>();
            group.add(kind);
            group.addAll(fedBy.get(kind));
            for (int i = groups.size() - 1; i >= 0; i--) {
                if (groups.get(i).stream().anyMatch(group::contains)) {
                    group.addAll(groups.remove(i));
                }
            }
            groups.add(group);
        }
        return groups;
    }

    private List<Kind> inOrder(List<Kind> kinds) {
        var order = new LinkedHashSet<Kind>();
        kinds.forEach(kind -> addAfterHubs(kind, order));
        return List.copyOf(order);
    }

    private void addAfterHubs(Kind kind, Set<Kind> order) {
        if (!order.contains(kind)) {
            hubs.get(kind).forEach(hub -> addAfterHubs(hub, order));
            order.add(kind);
        }
    }

    /** Kinds on which facilities of a kind may hang, best first. */
    List<Kind> hubs(Kind kind) {
        return hubs.getOrDefault(kind, List.of());
    }

    /** Whether what flows comes from the members to the hub. */
    boolean isCollecting(Kind kind) {
        return collecting.contains(kind);
    }

    /** All kinds, each after its hubs. */
    List<Kind> outwards() {
        return outwards;
    }
}
