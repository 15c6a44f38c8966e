package io.yiwang.dashboard.assets;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Name;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Text;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The whole ledger at one moment. Immutable; facilities in the order of their ids. */
public final class Assets {
    /** A device and the facility it belongs to. */
    public record DeviceAt(Facility facility, Device device) {}

    private final Name city;
    private final Map<String, District> districts;
    private final SortedMap<String, Facility> facilities;
    private final Map<String, DeviceAt> devices;
    private final Map<String, PointAt> points;

    /** Points whose metric no pack knows are left out. */
    public Assets(Name city, Collection<District> districts, Collection<Facility> facilities, DomainPacks packs) {
        this.city = city;
        this.districts = new LinkedHashMap<>();
        districts.forEach(district -> this.districts.put(district.id(), district));
        this.facilities = new TreeMap<>();
        this.devices = new HashMap<>();
        this.points = new HashMap<>();
        for (var facility : facilities) {
            this.facilities.put(facility.getId(), facility);
            for (var device : facility.getDevicesList()) {
                devices.put(device.getId(), new DeviceAt(facility, device));
                for (var point : device.getPointsList()) {
                    packs.metric(point.getMetric())
                            .ifPresent(metric -> points.put(
                                    Ids.point(device.getId(), point.getMetric()),
                                    new PointAt(facility, device, point, metric)));
                }
            }
        }
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

    /** By id, in the order of ids. */
    public SortedMap<String, Facility> facilities() {
        return Collections.unmodifiableSortedMap(facilities);
    }

    public Optional<Facility> facility(String id) {
        return Optional.ofNullable(facilities.get(id));
    }

    public Optional<DeviceAt> device(String id) {
        return Optional.ofNullable(devices.get(id));
    }

    /** @param id {@code <device>.<metric>} */
    public Optional<PointAt> point(String id) {
        return Optional.ofNullable(points.get(id));
    }

    public int deviceCount() {
        return devices.size();
    }

    public int pointCount() {
        return points.size();
    }
}
