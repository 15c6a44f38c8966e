package io.yiwang.sim.replay;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.FacilityType;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import io.yiwang.model.wire.Text;
import io.yiwang.sim.city.DeviceKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Who plays what: the facilities and devices that a recording speaks through. Without a map each series is a device of its own of
 * one facility of the domain {@code recorded}; with a map series are points of facilities of real types.
 *
 * @param facilities to be registered, with their devices' credentials
 * @param roles a device and what it says, in the order of the devices
 */
record Cast(List<Facility> facilities, List<Role> roles) {
    static final String PREFIX = "replay-";
    private static final String RECORDED = "recorded";
    private static final String RECORDING = "recording";
    private static final String RECORDED_VALUE = "recorded_value";
    private static final int MOST_LETTERS = 24;

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** One device of the replay. */
    record Role(String domain, String facility, String device, List<Part> parts) {}

    /** @param series place among the recording's series; the value said is {@code scale · recorded} */
    record Part(int series, String metric, double scale) {}

    /** What the map says of a column. */
    record Mapped(
            @Nullable String domain,
            @Nullable String type,
            @Nullable String facility,
            @Nullable String metric,
            @Nullable Double scale) {}

    /** One device for each series. */
    static Cast unmapped(Recording recording, DeviceKeys keys) {
        var name = recording.file().getFileName().toString().replaceFirst("\\.[A-Za-z0-9]+$", "");
        var id = PREFIX + slug(name);
        var facility = facility(id, RECORDED, RECORDING, name);
        var roles = new ArrayList<Role>();
        var used = new HashSet<String>();
        int period = seconds(recording);
        for (int i = 0; i < recording.series().size(); i++) {
            var column = recording.series().get(i).name();
            var device = id + "-" + slug(column);
            for (int n = 2; !used.add(device); n++) {
                device = id + "-" + slug(column) + "-" + n;
            }
            facility.addDevices(device(device, column, List.of(RECORDED_VALUE), period, keys));
            roles.add(new Role(RECORDED, id, device, List.of(new Part(i, RECORDED_VALUE, 1))));
        }
        return new Cast(List.of(facility.build()), roles);
    }

    /**
     * Series as the map says; those it does not name are not replayed.
     *
     * @throws CannotReplay when the map does not fit the recording or the packs
     */
    static Cast mapped(Recording recording, Path map, DomainPacks packs, DeviceKeys keys) {
        Map<String, Mapped> wanted;
        try {
            wanted = YAML.readValue(Files.readString(map), new TypeReference<LinkedHashMap<String, Mapped>>() {});
        } catch (IOException | UncheckedIOException e) {
            throw new CannotReplay("--map " + map + " cannot be read: " + e.getMessage());
        } catch (JacksonException e) {
            throw new CannotReplay(
                    "--map " + map + " is not 'COLUMN: {domain, type, facility, metric, scale}' for each column: "
                            + e.getOriginalMessage());
        }
        var facilities = new LinkedHashMap<String, Facility.Builder>();
        var parts = new LinkedHashMap<String, List<Part>>();
        var roles = new LinkedHashMap<String, Role>();
        for (var entry : wanted.entrySet()) {
            var where = "--map " + map + ", column " + entry.getKey() + ": ";
            int series = indexOf(recording, entry.getKey(), where);
            var to = entry.getValue();
            if (to.domain == null || to.type == null || to.facility == null || to.metric == null) {
                throw new CannotReplay(where + "domain, type, facility and metric are needed");
            }
            var type = type(packs, to, where);
            var template = type.devices().stream()
                    .filter(device -> device.metrics().contains(to.metric))
                    .findFirst()
                    .orElseThrow(() -> new CannotReplay(where + "no device of facility type " + to.type + " measures "
                            + to.metric + "; they measure "
                            + type.devices().stream()
                                    .flatMap(device -> device.metrics().stream())
                                    .distinct()
                                    .toList()));
            var id = to.facility.startsWith(PREFIX) ? to.facility : PREFIX + slug(to.facility);
            var facility = facilities.computeIfAbsent(id, f -> facility(f, to.domain, to.type, to.facility));
            if (!facility.getType().equals(to.type) || !facility.getDomain().equals(to.domain)) {
                throw new CannotReplay(where + "facility " + to.facility + " is of another type above");
            }
            var device = id + "-" + template.id();
            var ofDevice = parts.computeIfAbsent(device, d -> new ArrayList<>());
            if (ofDevice.stream().anyMatch(part -> part.metric.equals(to.metric))) {
                throw new CannotReplay(where + "another column says " + to.metric + " of facility " + to.facility);
            }
            ofDevice.add(new Part(series, to.metric, to.scale == null ? 1 : to.scale));
            roles.put(device, new Role(to.domain, id, device, ofDevice));
        }
        if (roles.isEmpty()) {
            throw new CannotReplay("--map " + map + " names no column");
        }
        for (var role : roles.values()) {
            var metrics = role.parts.stream().map(Part::metric).toList();
            facilities
                    .get(role.facility)
                    .addDevices(device(role.device, role.device, metrics, seconds(recording), keys));
        }
        return new Cast(
                facilities.values().stream().map(Facility.Builder::build).toList(), List.copyOf(roles.values()));
    }

    private static int indexOf(Recording recording, String column, String where) {
        for (int i = 0; i < recording.series().size(); i++) {
            if (recording.series().get(i).name().equals(column)) {
                return i;
            }
        }
        throw new CannotReplay(where + "the recording has no such series; it has "
                + recording.series().stream().map(Recording.Column::name).toList());
    }

    private static FacilityType type(DomainPacks packs, Mapped to, String where) {
        var domain = packs.domain(String.valueOf(to.domain))
                .orElseThrow(() -> new CannotReplay(where + "there is no domain " + to.domain + "; there are "
                        + packs.all().stream().map(d -> d.id()).toList()));
        var type = domain.typesById().get(to.type);
        if (type == null) {
            throw new CannotReplay(where + "domain " + to.domain + " has no facility type " + to.type + "; it has "
                    + domain.typesById().keySet());
        }
        return type;
    }

    private static Facility.Builder facility(String id, String domain, String type, String name) {
        return Facility.newBuilder()
                .setId(id)
                .setDomain(domain)
                .setType(type)
                .setName(Text.newBuilder().setZh("回放 " + name).setEn("Replay of " + name))
                .setInService(true);
    }

    private static Device device(String id, String name, List<String> metrics, int period, DeviceKeys keys) {
        var device = Device.newBuilder()
                .setId(id)
                .setName(Text.newBuilder().setZh(name).setEn(name))
                .setCredential(keys.credential(id));
        metrics.forEach(
                metric -> device.addPoints(Point.newBuilder().setMetric(metric).setPeriodSeconds(period)));
        return device.build();
    }

    private static int seconds(Recording recording) {
        return (int) Math.min(86_400, Math.max(1, recording.period().toSeconds()));
    }

    private static String slug(String text) {
        var slug = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        slug = slug.isEmpty() ? "x" + Integer.toHexString(text.hashCode()) : slug;
        return slug.length() > MOST_LETTERS ? slug.substring(0, MOST_LETTERS).replaceAll("-$", "") : slug;
    }
}
