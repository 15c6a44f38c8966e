package io.yiwang.streams.kafka;

import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A facility of the asset catalogue, without what only people read.
 *
 * @param type facility type id within the domain pack
 * @param parameters only those that differ from the pack's defaults for the type
 * @param removed true when the facility left the catalogue; everything but {@code id} is then empty
 * @param upstream ids of the facilities that feed it; null in savepoints from before it was kept
 */
public record FacilityAsset(
        String id,
        String domain,
        String type,
        String district,
        Map<String, Double> parameters,
        List<DeviceAsset> devices,
        boolean inService,
        boolean removed,
        List<String> upstream) {

    public FacilityAsset {
        upstream = upstream == null ? List.of() : upstream;
    }

    /** A facility that nothing feeds. */
    public FacilityAsset(
            String id,
            String domain,
            String type,
            String district,
            Map<String, Double> parameters,
            List<DeviceAsset> devices,
            boolean inService,
            boolean removed) {
        this(id, domain, type, district, parameters, devices, inService, removed, List.of());
    }

    /** A device and its points. */
    public record DeviceAsset(String id, List<PointAsset> points) {}

    /**
     * A measured quantity of a device.
     *
     * @param periodSeconds seconds between readings; 0 = the metric's own period
     */
    public record PointAsset(String metric, int periodSeconds) {}

    public static FacilityAsset of(Facility wire) {
        return new FacilityAsset(
                wire.getId(),
                wire.getDomain(),
                wire.getType(),
                wire.getDistrict(),
                new TreeMap<>(wire.getParametersMap()),
                wire.getDevicesList().stream().map(FacilityAsset::device).toList(),
                wire.getInService(),
                false,
                List.copyOf(wire.getUpstreamList()));
    }

    /** The facility {@code id} is no longer in the catalogue. */
    public static FacilityAsset gone(String id) {
        return new FacilityAsset(id, "", "", "", Map.of(), List.of(), false, true);
    }

    /** The wire form, as domain packs take it; without names and places. */
    public Facility toWire() {
        var wire = Facility.newBuilder()
                .setId(id)
                .setDomain(domain)
                .setType(type)
                .setDistrict(district)
                .putAllParameters(parameters)
                .addAllUpstream(upstream)
                .setInService(inService);
        for (var device : devices) {
            var to = wire.addDevicesBuilder().setId(device.id());
            for (var point : device.points()) {
                to.addPoints(Point.newBuilder().setMetric(point.metric()).setPeriodSeconds(point.periodSeconds()));
            }
        }
        return wire.build();
    }

    private static DeviceAsset device(Device wire) {
        return new DeviceAsset(
                wire.getId(),
                wire.getPointsList().stream()
                        .map(point -> new PointAsset(point.getMetric(), point.getPeriodSeconds()))
                        .toList());
    }
}
