package io.yiwang.sim.fault;

import io.yiwang.model.domain.Neighbourhood;
import io.yiwang.model.wire.Facility;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Who is where on the networks of a city, seen from one facility. */
final class Network {
    private final Map<String, Facility> facilities = new HashMap<>();
    private final Map<String, List<Facility>> fedBy = new HashMap<>();

    Network(Collection<Facility> facilities) {
        for (var facility : facilities) {
            this.facilities.put(facility.getId(), facility);
            facility.getUpstreamList()
                    .forEach(feeder -> fedBy.computeIfAbsent(feeder, f -> new ArrayList<>())
                            .add(facility));
        }
    }

    /** In a fixed order, each once. */
    List<Facility> around(Facility facility, Neighbourhood where) {
        return switch (where) {
            case HERE -> List.of(facility);
            case UPSTREAM -> upstream(facility);
            case DOWNSTREAM -> fedBy.getOrDefault(facility.getId(), List.of());
            case NEIGHBOURS -> neighbours(facility);
            case AROUND -> {
                var all = new ArrayList<>(List.of(facility));
                all.addAll(neighbours(facility));
                yield all;
            }
        };
    }

    private List<Facility> upstream(Facility facility) {
        return facility.getUpstreamList().stream()
                .map(facilities::get)
                .filter(Objects::nonNull)
                .toList();
    }

    private List<Facility> neighbours(Facility facility) {
        var near = new LinkedHashMap<String, Facility>();
        upstream(facility).forEach(f -> near.put(f.getId(), f));
        fedBy.getOrDefault(facility.getId(), List.of()).forEach(f -> near.put(f.getId(), f));
        for (var feeder : facility.getUpstreamList()) {
            fedBy.getOrDefault(feeder, List.of()).forEach(f -> near.put(f.getId(), f));
        }
        near.remove(facility.getId());
        return List.copyOf(near.values());
    }
}
