package io.yiwang.dashboard.assets;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Name;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Text;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The whole ledger at one moment. Immutable; facilities in the order of their ids. */
public final class Assets {
    /** A device and the facility it belongs to. */
    public record DeviceAt(Facility facility, Device device) {}

    private final Name city;
    private final Map<String, District> districts;
    private final Map<String, Street> streets;
    private final TreeMap<String, Facility> facilities;
    /** Device id → its facility: points are found through their device, which keeps a large city small in memory. */
    private final HashMap<String, Facility> owners;

    private final DomainPacks packs;
    private final int points;
    private volatile @Nullable Map<String, List<String>> downstream;
    private volatile @Nullable Map<String, List<String>> spokenFor;
    /** Device id by external id. */
    private volatile @Nullable Map<String, String> outside;

    /** Points whose metric no pack knows are left out. */
    public Assets(
            Name city,
            Collection<District> districts,
            Collection<Street> streets,
            Collection<Facility> facilities,
            DomainPacks packs) {
        this(city, byId(districts), streetsById(streets), new TreeMap<>(), new HashMap<>(), packs, facilities, 0);
    }

    private Assets(
            Name city,
            Map<String, District> districts,
            Map<String, Street> streets,
            TreeMap<String, Facility> facilities,
            HashMap<String, Facility> owners,
            DomainPacks packs,
            Collection<Facility> added,
            int pointsBefore) {
        this.city = city;
        this.districts = districts;
        this.streets = streets;
        this.facilities = facilities;
        this.owners = owners;
        this.packs = packs;
        int count = pointsBefore;
        for (var facility : added) {
            facilities.put(facility.getId(), facility);
            for (var device : facility.getDevicesList()) {
                owners.put(device.getId(), facility);
            }
            count += points(facility);
        }
        this.points = count;
    }

    /** The ledger after a change. */
    Assets with(
            Name city,
            Collection<District> changedDistricts,
            Collection<Street> changedStreets,
            Collection<Facility> changed) {
        var nextDistricts = new LinkedHashMap<>(districts);
        changedDistricts.forEach(district -> nextDistricts.put(district.id(), district));
        var nextStreets = new LinkedHashMap<>(streets);
        changedStreets.forEach(street -> nextStreets.put(street.id(), street));
        var nextOwners = new HashMap<>(owners);
        int left = points;
        for (var facility : changed) {
            var old = facilities.get(facility.getId());
            if (old != null) {
                left -= forget(old, nextOwners);
            }
        }
        return new Assets(
                city, nextDistricts, nextStreets, new TreeMap<>(facilities), nextOwners, packs, changed, left);
    }

    /** The ledger without one facility. */
    Assets withoutFacility(String id) {
        var next = new TreeMap<>(facilities);
        var nextOwners = new HashMap<>(owners);
        var old = next.remove(id);
        int left = points - (old == null ? 0 : forget(old, nextOwners));
        return new Assets(city, districts, streets, next, nextOwners, packs, List.of(), left);
    }

    Assets withoutDistrict(String id) {
        var next = new LinkedHashMap<>(districts);
        next.remove(id);
        return new Assets(city, next, streets, facilities, owners, packs, List.of(), points);
    }

    Assets withoutStreet(String id) {
        var next = new LinkedHashMap<>(streets);
        next.remove(id);
        return new Assets(city, districts, next, facilities, owners, packs, List.of(), points);
    }

    private int forget(Facility facility, Map<String, Facility> from) {
        facility.getDevicesList().forEach(device -> from.remove(device.getId(), facility));
        return points(facility);
    }

    private int points(Facility facility) {
        int count = 0;
        for (var device : facility.getDevicesList()) {
            for (var point : device.getPointsList()) {
                if (packs.metric(point.getMetric()).isPresent()) {
                    count++;
                }
            }
        }
        return count;
    }

    private static Map<String, District> byId(Collection<District> districts) {
        var byId = new LinkedHashMap<String, District>();
        districts.forEach(district -> byId.put(district.id(), district));
        return byId;
    }

    private static Map<String, Street> streetsById(Collection<Street> streets) {
        var byId = new LinkedHashMap<String, Street>();
        streets.forEach(street -> byId.put(street.id(), street));
        return byId;
    }

    public static Name name(Text text) {
        return new Name(text.getZh(), text.getEn());
    }

    public Name city() {
        return city;
    }

    /** Display order. */
    public List<District> districts() {
        return List.copyOf(districts.values());
    }

    public Optional<District> district(String id) {
        return Optional.ofNullable(districts.get(id));
    }

    /** Display order. */
    public List<Street> streets() {
        return List.copyOf(streets.values());
    }

    public Optional<Street> street(String id) {
        return Optional.ofNullable(streets.get(id));
    }

    /** By id, in the order of ids. */
    public SortedMap<String, Facility> facilities() {
        return Collections.unmodifiableSortedMap(facilities);
    }

    public Optional<Facility> facility(String id) {
        return Optional.ofNullable(facilities.get(id));
    }

    /** Ids of the facilities that the facility feeds, in order. */
    public List<String> downstream(String facility) {
        var known = downstream;
        if (known == null) {
            var fed = new HashMap<String, List<String>>();
            facilities.forEach((id, f) -> f.getUpstreamList()
                    .forEach(from ->
                            fed.computeIfAbsent(from, key -> new ArrayList<>(2)).add(id)));
            downstream = fed;
            known = fed;
        }
        return Collections.unmodifiableList(known.getOrDefault(facility, List.of()));
    }

    /** Ids of the other devices that the device speaks for. */
    public List<String> spokenForBy(String gateway) {
        var known = spokenFor;
        if (known == null) {
            var by = new HashMap<String, List<String>>();
            facilities
                    .values()
                    .forEach(facility -> facility.getDevicesList().forEach(device -> {
                        if (!device.getGateway().isEmpty()) {
                            by.computeIfAbsent(device.getGateway(), key -> new ArrayList<>(4))
                                    .add(device.getId());
                        }
                    }));
            spokenFor = by;
            known = by;
        }
        return Collections.unmodifiableList(known.getOrDefault(gateway, List.of()));
    }

    /** The device that is called so, by its own id or by its external one. */
    public Optional<DeviceAt> deviceCalled(String name) {
        var known = outside;
        if (known == null) {
            var by = new HashMap<String, String>();
            facilities
                    .values()
                    .forEach(facility -> facility.getDevicesList().forEach(device -> {
                        if (!device.getExternalId().isEmpty()) {
                            by.put(device.getExternalId(), device.getId());
                        }
                    }));
            outside = by;
            known = by;
        }
        var id = known.get(name);
        return device(name).or(() -> id == null ? Optional.empty() : device(id));
    }

    public Optional<DeviceAt> device(String id) {
        var facility = owners.get(id);
        if (facility == null) {
            return Optional.empty();
        }
        for (var device : facility.getDevicesList()) {
            if (device.getId().equals(id)) {
                return Optional.of(new DeviceAt(facility, device));
            }
        }
        return Optional.empty();
    }

    /** Id of the facility that has the device. */
    Optional<String> ownerOf(String device) {
        return Optional.ofNullable(owners.get(device)).map(Facility::getId);
    }

    /** @param id {@code <device>.<metric>} */
    public Optional<PointAt> point(String id) {
        int dot = id.indexOf('.');
        if (dot < 0) {
            return Optional.empty();
        }
        var code = id.substring(dot + 1);
        return device(id.substring(0, dot))
                .flatMap(at -> at.device().getPointsList().stream()
                        .filter(point -> point.getMetric().equals(code))
                        .findFirst()
                        .flatMap(point -> packs.metric(code)
                                .map(metric -> new PointAt(at.facility(), at.device(), point, metric))));
    }

    public int deviceCount() {
        return owners.size();
    }

    public int pointCount() {
        return points;
    }
}
