package io.yiwang.sim.exam;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Fault;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.sim.city.CityGenerator;
import io.yiwang.sim.city.DeviceKeys;
import io.yiwang.sim.city.ReportingPace;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The facilities that sit the exam: some of a larger generated city, with those that feed them. A kind of facility to which many
 * faults happen is there more often than in a real city, since only one fault at a time may happen in a neighbourhood.
 */
final class ExamCity {
    private static final int TIMES_AS_LARGE = 5;
    private static final int SMALLEST_POOL = 500;
    private static final double EVERY_KIND = 4;

    private final Map<String, Facility> pool = new LinkedHashMap<>();
    private final Map<String, List<Facility>> byKind = new LinkedHashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private final Map<String, Integer> fed = new HashMap<>();
    private final Set<String> chosen = new LinkedHashSet<>();

    private ExamCity(Collection<Facility> city) {
        city.forEach(facility -> {
            pool.put(facility.getId(), facility);
            byKind.computeIfAbsent(kind(facility), k -> new ArrayList<>()).add(facility);
        });
    }

    /** @param faults that are to happen; every one of them gets a place when there is room */
    static List<Facility> draw(DomainPacks packs, Collection<Fault> faults, int facilities, long seed) {
        var pool = new CityGenerator(packs, seed, DeviceKeys.of(new byte[1]), ReportingPace.NATURAL)
                .generate(Math.max(SMALLEST_POOL, TIMES_AS_LARGE * facilities))
                .facilities();
        return new ExamCity(pool).choose(faults, facilities);
    }

    private static String kind(Facility facility) {
        return facility.getDomain() + "/" + facility.getType();
    }

    private List<Facility> choose(Collection<Fault> faults, int facilities) {
        var homeless = new ArrayList<>(
                faults.stream().filter(f -> !f.facilityTypes().isEmpty()).toList());
        while (!homeless.isEmpty()) {
            var best = byKind.keySet().stream()
                    .max(Comparator.comparingLong(kind -> homes(kind, homeless)))
                    .orElseThrow();
            if (homes(best, homeless) == 0 || !add(best, facilities)) {
                break;
            }
            homeless.removeIf(fault -> isHome(best, fault));
        }
        var weights = new HashMap<String, Double>();
        byKind.keySet().forEach(kind -> weights.put(kind, EVERY_KIND + homes(kind, faults)));
        var full = new HashSet<String>();
        while (chosen.size() < facilities && full.size() < byKind.size()) {
            var next = byKind.keySet().stream()
                    .filter(kind -> !full.contains(kind))
                    .min(Comparator.comparingDouble(kind -> (counts.getOrDefault(kind, 0) + 1) / weights.get(kind)))
                    .orElseThrow();
            if (!add(next, facilities)) {
                full.add(next);
            }
        }
        return pool.values().stream()
                .filter(facility -> chosen.contains(facility.getId()))
                .map(this::alone)
                .toList();
    }

    private static long homes(String kind, Collection<Fault> faults) {
        return faults.stream().filter(fault -> isHome(kind, fault)).count();
    }

    /** Ids of facility types are unique over all packs. */
    private static boolean isHome(String kind, Fault fault) {
        return fault.facilityTypes().contains(kind.substring(kind.indexOf('/') + 1));
    }

    /** One more of the kind: where a feeder is there already that feeds the fewest, with what feeds it. */
    private boolean add(String kind, int most) {
        var best = byKind.get(kind).stream()
                .filter(facility -> !chosen.contains(facility.getId()))
                .filter(facility -> chosen.size() + 1 + missing(facility).size() <= most)
                .min(Comparator.<Facility>comparingInt(
                                facility -> missing(facility).size())
                        .thenComparingInt(this::crowd));
        best.ifPresent(facility -> {
            missing(facility).forEach(this::take);
            take(facility.getId());
        });
        return best.isPresent();
    }

    private int crowd(Facility facility) {
        return facility.getUpstreamList().stream()
                .mapToInt(feeder -> fed.getOrDefault(feeder, 0))
                .min()
                .orElse(0);
    }

    private void take(String id) {
        var facility = pool.get(id);
        if (chosen.add(id)) {
            counts.merge(kind(facility), 1, Integer::sum);
            facility.getUpstreamList().forEach(feeder -> fed.merge(feeder, 1, Integer::sum));
        }
    }

    /** What must be there before it: one feeder, one feeder of that, and so on. */
    private Set<String> missing(Facility facility) {
        var missing = new LinkedHashSet<String>();
        var next = facility;
        while (next.getUpstreamCount() > 0 && next.getUpstreamList().stream().noneMatch(chosen::contains)) {
            next = pool.get(next.getUpstream(0));
            if (!missing.add(next.getId())) {
                break;
            }
        }
        return missing;
    }

    /** Without what is not there, and without secrets. */
    private Facility alone(Facility facility) {
        var here = facility.toBuilder().clearUpstream().clearPipes().clearDevices();
        facility.getUpstreamList().stream().filter(chosen::contains).forEach(here::addUpstream);
        facility.getPipesList().stream()
                .filter(pipe -> chosen.contains(pipe.getFrom()))
                .forEach(here::addPipes);
        facility.getDevicesList().stream()
                .map(device -> Device.newBuilder(device).clearCredential())
                .forEach(here::addDevices);
        return here.build();
    }
}
