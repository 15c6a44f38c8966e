package io.yiwang.ingest.catalogue;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Facility;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The asset catalogue as ingest sees it. Reads are lock-free from any thread; changes come one at a time. */
public final class Catalogue {
    private final DomainPacks packs;
    private final Map<String, Facility> facilities = new HashMap<>();
    private final Map<String, CataloguedDevice> devices = new ConcurrentHashMap<>();
    /** Device id by external id, where it has one. */
    private final Map<String, String> externalIds = new ConcurrentHashMap<>();

    private final List<Consumer<String>> onAccessChanged = new CopyOnWriteArrayList<>();
    private volatile boolean loaded;

    public Catalogue(DomainPacks packs) {
        this.packs = packs;
    }

    public @Nullable CataloguedDevice device(String id) {
        return devices.get(id);
    }

    /** The device that is called so, by its own id or by its external one. */
    public @Nullable CataloguedDevice deviceCalled(String name) {
        var device = devices.get(name);
        if (device != null) {
            return device;
        }
        var id = externalIds.get(name);
        return id == null ? null : devices.get(id);
    }

    public int deviceCount() {
        return devices.size();
    }

    /** Whether the catalogue has been read once, from Kafka or from the local copy: before that every device is unknown. */
    public boolean isLoaded() {
        return loaded;
    }

    /** {@code listener} gets the id of each device whose credential or place changed or that is gone; called on the changing thread. */
    public void onAccessChanged(Consumer<String> listener) {
        onAccessChanged.add(listener);
    }

    public void markLoaded() {
        loaded = true;
    }

    public synchronized List<Facility> facilities() {
        return new ArrayList<>(facilities.values());
    }

    /** Replaces a facility, or removes it when {@code facility} is null. */
    public synchronized void put(String id, @Nullable Facility facility) {
        var before = facility == null ? facilities.remove(id) : facilities.put(id, facility);
        var now = new HashSet<String>();
        if (facility != null) {
            for (var device : facility.getDevicesList()) {
                now.add(device.getId());
                replace(device.getId(), resolve(facility, device));
            }
        }
        if (before != null) {
            for (var device : before.getDevicesList()) {
                var known = devices.get(device.getId());
                // A device that moved to another facility belongs to that one now.
                if (!now.contains(device.getId())
                        && known != null
                        && known.facility().equals(id)) {
                    replace(device.getId(), null);
                }
            }
        }
    }

    /** Forgets every facility but these. */
    public synchronized void retain(Set<String> ids) {
        for (var id : List.copyOf(facilities.keySet())) {
            if (!ids.contains(id)) {
                put(id, null);
            }
        }
    }

    private CataloguedDevice resolve(Facility facility, io.yiwang.model.wire.Device device) {
        var domain = packs.domain(facility.getDomain());
        var points = new HashMap<String, CataloguedPoint>();
        var codes = new HashMap<String, CataloguedPoint>();
        var ambiguous = new HashSet<String>();
        for (var point : device.getPointsList()) {
            domain.map(known -> known.metricsByCode().get(point.getMetric())).ifPresent(metric -> {
                var catalogued = new CataloguedPoint(metric, point.getUnit());
                points.put(metric.code(), catalogued);
                if (!point.getSource().isEmpty()) {
                    points.put(point.getSource(), catalogued);
                    return;
                }
                for (var code : metric.codes().values()) {
                    if (codes.put(code, catalogued) != null) {
                        ambiguous.add(code);
                    }
                }
            });
        }
        // What the ledger says wins, and a code that may mean either of two points means neither.
        codes.keySet().removeAll(ambiguous);
        codes.forEach(points::putIfAbsent);
        return CataloguedDevice.of(facility.getDomain(), facility.getDistrict(), facility.getId(), device, points);
    }

    private void replace(String id, @Nullable CataloguedDevice device) {
        var before = device == null ? devices.remove(id) : devices.put(id, device);
        if (before != null && (device == null || !before.externalId().equals(device.externalId()))) {
            externalIds.remove(before.externalId(), id);
        }
        if (device != null && !device.externalId().equals(id)) {
            externalIds.put(device.externalId(), id);
        }
        if (before != null
                && (device == null
                        || !Objects.equals(before.credential(), device.credential())
                        || !before.telemetryTopic().equals(device.telemetryTopic())
                        || !before.gateway().equals(device.gateway()))) {
            onAccessChanged.forEach(listener -> listener.accept(id));
        }
    }
}
