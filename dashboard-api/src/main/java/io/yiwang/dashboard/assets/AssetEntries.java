package io.yiwang.dashboard.assets;

import io.yiwang.dashboard.assets.AssetDocument.CredentialEntry;
import io.yiwang.dashboard.assets.AssetDocument.DeviceEntry;
import io.yiwang.dashboard.assets.AssetDocument.DistrictEntry;
import io.yiwang.dashboard.assets.AssetDocument.FacilityEntry;
import io.yiwang.dashboard.assets.AssetDocument.PipeEntry;
import io.yiwang.dashboard.assets.AssetDocument.PointEntry;
import io.yiwang.dashboard.assets.AssetDocument.StreetEntry;
import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Pipe;
import io.yiwang.model.wire.Point;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the ledger holds, as documents say it; and what differs between two states of it, field by field. */
final class AssetEntries {
    private static final Map<String, Function<FacilityEntry, @Nullable Object>> FACILITY = new LinkedHashMap<>();
    private static final Map<String, Function<DistrictEntry, @Nullable Object>> DISTRICT = new LinkedHashMap<>();
    private static final Map<String, Function<StreetEntry, @Nullable Object>> STREET = new LinkedHashMap<>();

    static {
        FACILITY.put("domain", FacilityEntry::domain);
        FACILITY.put("type", FacilityEntry::type);
        FACILITY.put("district", FacilityEntry::district);
        FACILITY.put("street", FacilityEntry::street);
        FACILITY.put("grid", FacilityEntry::grid);
        FACILITY.put("name", FacilityEntry::name);
        FACILITY.put("longitude", FacilityEntry::longitude);
        FACILITY.put("latitude", FacilityEntry::latitude);
        FACILITY.put("inService", FacilityEntry::inService);
        FACILITY.put("owner", FacilityEntry::owner);
        FACILITY.put("builtYear", FacilityEntry::builtYear);
        FACILITY.put("households", FacilityEntry::households);
        FACILITY.put("address", FacilityEntry::address);
        FACILITY.put("parameters", FacilityEntry::parameters);
        FACILITY.put("upstream", FacilityEntry::upstream);
        FACILITY.put("pipes", FacilityEntry::pipes);
        FACILITY.put("devices", FacilityEntry::devices);
        DISTRICT.put("name", DistrictEntry::name);
        DISTRICT.put("boundary", DistrictEntry::boundary);
        STREET.put("district", StreetEntry::district);
        STREET.put("name", StreetEntry::name);
    }

    private AssetEntries() {}

    static DistrictEntry of(District district) {
        return new DistrictEntry(district.id(), district.name(), district.boundary());
    }

    static StreetEntry of(Street street) {
        return new StreetEntry(street.id(), street.district(), street.name());
    }

    /** Without credentials. */
    static FacilityEntry of(Facility facility) {
        return new FacilityEntry(
                facility.getId(),
                facility.getDomain(),
                facility.getType(),
                facility.getDistrict(),
                facility.getStreet(),
                facility.getGrid(),
                Assets.name(facility.getName()),
                facility.getLongitude(),
                facility.getLatitude(),
                facility.getInService(),
                facility.getOwner(),
                facility.getBuiltYear(),
                facility.getHouseholds(),
                facility.getAddress(),
                new TreeMap<>(facility.getParametersMap()),
                List.copyOf(facility.getUpstreamList()),
                pipes(facility),
                devices(facility));
    }

    static List<PipeEntry> pipes(Facility facility) {
        return facility.getPipesList().stream().map(AssetEntries::of).toList();
    }

    static List<DeviceEntry> devices(Facility facility) {
        return facility.getDevicesList().stream().map(AssetEntries::of).toList();
    }

    static PipeEntry of(Pipe pipe) {
        return new PipeEntry(
                pipe.getId(),
                pipe.getFrom(),
                pipe.getLengthM(),
                pipe.getMaterial(),
                pipe.getDiameterMm(),
                pipe.getDepthM(),
                pipe.getLaidYear());
    }

    static DeviceEntry of(Device device) {
        return new DeviceEntry(
                device.getId(),
                Assets.name(device.getName()),
                device.getGateway(),
                device.getExternalId(),
                device.getPointsList().stream().map(AssetEntries::of).toList(),
                null);
    }

    /** For the way in only: exports have no credentials. */
    static DeviceEntry withCredential(Device device) {
        var entry = of(device);
        return new DeviceEntry(
                entry.id(),
                entry.name(),
                entry.gateway(),
                entry.externalId(),
                entry.points(),
                device.hasCredential() ? of(device.getCredential()) : null);
    }

    private static CredentialEntry of(Credential credential) {
        var base64 = Base64.getEncoder();
        return new CredentialEntry(
                base64.encodeToString(credential.getSalt().toByteArray()),
                base64.encodeToString(credential.getHash().toByteArray()),
                credential.getIssuedMillis());
    }

    static PointEntry of(Point point) {
        return new PointEntry(point.getMetric(), point.getPeriodSeconds(), point.getSource(), point.getUnit());
    }

    /** @param before null = there was none; {@code after} likewise */
    static AssetChange change(@Nullable Facility before, @Nullable Facility after) {
        var id = Objects.requireNonNull(before == null ? after : before).getId();
        var fields = fields(FACILITY, before == null ? null : of(before), after == null ? null : of(after));
        if (before != null && after != null && fields.isEmpty()) {
            // Nothing else is left that could differ; secrets are never shown.
            fields = List.of(new AssetChange.Field("devices.credential", null, null));
        }
        return new AssetChange(AssetChange.Kind.FACILITY, id, action(before, after), fields);
    }

    static AssetChange change(@Nullable District before, @Nullable District after) {
        var id = Objects.requireNonNull(before == null ? after : before).id();
        return new AssetChange(
                AssetChange.Kind.DISTRICT,
                id,
                action(before, after),
                fields(DISTRICT, before == null ? null : of(before), after == null ? null : of(after)));
    }

    static AssetChange change(@Nullable Street before, @Nullable Street after) {
        var id = Objects.requireNonNull(before == null ? after : before).id();
        return new AssetChange(
                AssetChange.Kind.STREET,
                id,
                action(before, after),
                fields(STREET, before == null ? null : of(before), after == null ? null : of(after)));
    }

    private static AssetChange.Action action(@Nullable Object before, @Nullable Object after) {
        if (before == null) {
            return AssetChange.Action.CREATED;
        }
        return after == null ? AssetChange.Action.DELETED : AssetChange.Action.UPDATED;
    }

    private static <E> List<AssetChange.Field> fields(
            Map<String, Function<E, @Nullable Object>> all, @Nullable E before, @Nullable E after) {
        if (before == null) {
            return List.of();
        }
        var fields = new ArrayList<AssetChange.Field>();
        all.forEach((name, value) -> {
            var old = value.apply(before);
            var fresh = after == null ? null : value.apply(after);
            if (!Objects.equals(old, fresh)) {
                fields.add(new AssetChange.Field(name, old, fresh));
            }
        });
        return fields;
    }
}
