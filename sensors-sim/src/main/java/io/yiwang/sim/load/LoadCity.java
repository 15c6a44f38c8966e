package io.yiwang.sim.load;

import com.google.protobuf.ByteString;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The facilities and devices of a load run: {@code load-0001} … with {@value #DEVICES_PER_FACILITY} devices each. */
public final class LoadCity {
    public static final int DEVICES_PER_FACILITY = 10;
    static final District OWN_DISTRICT = new District("LOAD", 120.0, 30.0);
    private static final String PREFIX = "load-";

    private final LoadShape shape;
    private final List<LoadDevice> devices;
    private final List<District> districts;
    private final int periodSeconds;
    private final Map<String, byte[]> salts = new HashMap<>();

    /** Where facilities are put; the position is the middle of the district. */
    record District(String id, double longitude, double latitude) {}

    private LoadCity(
            LoadShape shape,
            List<LoadDevice> devices,
            List<District> districts,
            int periodSeconds,
            SecureRandom random) {
        this.shape = shape;
        this.periodSeconds = periodSeconds;
        this.devices = List.copyOf(devices);
        this.districts = List.copyOf(districts);
        for (var device : devices) {
            var salt = new byte[16];
            random.nextBytes(salt);
            salts.put(device.id(), salt);
        }
    }

    /**
     * @param districts to spread the facilities over; empty = a district of their own
     * @param periodSeconds between two readings of a point, at least 1
     */
    static LoadCity of(LoadShape shape, int count, List<District> districts, int periodSeconds, SecureRandom random) {
        var devices = new ArrayList<LoadDevice>(count);
        for (int i = 0; i < count; i++) {
            var secret = new byte[18];
            random.nextBytes(secret);
            var facility = facility(i / DEVICES_PER_FACILITY);
            devices.add(new LoadDevice(
                    shape.domain().id(),
                    facility,
                    facility + "-d%02d".formatted(i % DEVICES_PER_FACILITY + 1),
                    Base64.getUrlEncoder().withoutPadding().encodeToString(secret)));
        }
        return new LoadCity(
                shape, devices, districts.isEmpty() ? List.of(OWN_DISTRICT) : districts, periodSeconds, random);
    }

    /** A city that no dashboard knows, in a district of its own. */
    public static LoadCity of(LoadShape shape, int count, int periodSeconds) {
        return of(shape, count, List.of(), periodSeconds, new SecureRandom());
    }

    private static String facility(int index) {
        return PREFIX + "%04d".formatted(index + 1);
    }

    public List<LoadDevice> devices() {
        return devices;
    }

    public List<String> facilities() {
        return devices.stream().map(LoadDevice::facility).distinct().toList();
    }

    /** All facilities as topic {@code assets} holds them. */
    public List<Facility> records() {
        var records = new ArrayList<Facility>();
        for (int from = 0; from < devices.size(); from += DEVICES_PER_FACILITY) {
            var own = devices.subList(from, Math.min(devices.size(), from + DEVICES_PER_FACILITY));
            records.add(Facility.newBuilder()
                    .setId(own.get(0).facility())
                    .setDomain(shape.domain().id())
                    .setType(shape.type().id())
                    .setDistrict(districts.get(0).id)
                    .setInService(true)
                    .addAllDevices(own.stream().map(this::deviceRecord).toList())
                    .build());
        }
        return records;
    }

    private Device deviceRecord(LoadDevice device) {
        var salt = salts.get(device.id());
        var hash = Ids.secretHash(salt, device.secret().getBytes(StandardCharsets.UTF_8));
        return Device.newBuilder()
                .setId(device.id())
                .addAllPoints(shape.metricCodes().stream()
                        .map(metric -> Point.newBuilder()
                                .setMetric(metric)
                                .setPeriodSeconds(periodSeconds)
                                .build())
                        .toList())
                .setCredential(Credential.newBuilder()
                        .setSalt(ByteString.copyFrom(salt))
                        .setHash(ByteString.copyFrom(hash)))
                .build();
    }

    /** Facilities {@code [from, to)} in the shape of {@code POST /api/assets}. */
    Map<String, Object> assets(int from, int to) {
        var facilities = new ArrayList<Map<String, Object>>();
        for (int f = from; f < to; f++) {
            facilities.add(facilityAssets(f));
        }
        var assets = new HashMap<String, Object>();
        assets.put("facilities", facilities);
        if (districts.equals(List.of(OWN_DISTRICT))) {
            assets.put(
                    "districts",
                    List.of(Map.of("id", OWN_DISTRICT.id, "name", name("压测区", "Load test"), "boundary", List.of())));
        }
        return assets;
    }

    private Map<String, Object> facilityAssets(int index) {
        var district = districts.get(index % districts.size());
        var id = facility(index);
        var ownDevices = devices.subList(
                index * DEVICES_PER_FACILITY, Math.min(devices.size(), (index + 1) * DEVICES_PER_FACILITY));
        var assets = new HashMap<String, Object>();
        assets.put("id", id);
        assets.put("domain", shape.domain().id());
        assets.put("type", shape.type().id());
        assets.put("district", district.id);
        assets.put("name", name("压测设施 " + (index + 1), "Load facility " + (index + 1)));
        assets.put("longitude", district.longitude + index % 20 * 0.001);
        assets.put("latitude", district.latitude + index / 20 % 20 * 0.001);
        assets.put("parameters", Map.of());
        assets.put("inService", true);
        assets.put("upstream", List.of());
        assets.put("devices", ownDevices.stream().map(this::deviceAssets).toList());
        return assets;
    }

    private Map<String, Object> deviceAssets(LoadDevice device) {
        var salt = salts.get(device.id());
        var hash = Ids.secretHash(salt, device.secret().getBytes(StandardCharsets.UTF_8));
        var base64 = Base64.getEncoder();
        var number = device.id().substring(device.id().length() - 2);
        return Map.of(
                "id", device.id(),
                "name", name("压测设备 " + number, "Load device " + number),
                "points",
                        shape.metricCodes().stream()
                                .map(metric -> Map.of("metric", metric, "periodSeconds", periodSeconds))
                                .toList(),
                "credential", Map.of("salt", base64.encodeToString(salt), "hash", base64.encodeToString(hash)));
    }

    private static Map<String, String> name(String zh, String en) {
        return Map.of("zh", zh, "en", en);
    }
}
