package io.yiwang.ingest.catalogue;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Metric;
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
    private final List<Consumer<String>> onAccessChanged = new CopyOnWriteArrayList<>();
    private volatile boolean loaded;

    public Catalogue(DomainPacks packs) {
        this.packs = packs;
    }

    public @Nullable CataloguedDevice device(String id) {
        return devices.get(id);
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
        var metrics = new HashMap<String, Metric>();
        for (var point : device.getPointsList()) {
            domain.map(known -> known.metricsByCode().get(point.getMetric()))
                    .ifPresent(metric -> metrics.put(metric.code(), metric));
        }
        return CataloguedDevice.of(
                facility.getDomain(),
                facility.getDistrict(),
                facility.getId(),
                device.getId(),
                metrics,
                device.hasCredential() ? device.getCredential() : null);
    }

    private void replace(String id, @Nullable CataloguedDevice device) {
        var before = device == null ? devices.remove(id) : devices.put(id, device);
        if (before != null
                && (device == null
                        || !Objects.equals(before.credential(), device.credential())
                        || !before.telemetryTopic().equals(device.telemetryTopic()))) {
            onAccessChanged.forEach(listener -> listener.accept(id));
        }
    }
}
