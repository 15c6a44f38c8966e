package io.yiwang.dashboard.assets;

import com.google.protobuf.ByteString;
import io.yiwang.dashboard.assets.AssetDocument.CredentialEntry;
import io.yiwang.dashboard.assets.AssetDocument.DeviceEntry;
import io.yiwang.dashboard.assets.AssetDocument.DistrictEntry;
import io.yiwang.dashboard.assets.AssetDocument.FacilityEntry;
import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.FacilityType;
import io.yiwang.model.domain.Name;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import io.yiwang.model.wire.Text;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides what an import does to the ledger. A wrong facility is refused by itself; the others go on. */
final class AssetImport {
    private static final int LONGEST_NAME = 200;
    private static final int MOST_DEVICES = 500;
    private static final int MOST_POINTS = 256;
    private static final int MOST_UPSTREAM = 100;
    private static final int MOST_CORNERS = 10_000;
    private static final int LONGEST_PERIOD_SECONDS = 86_400;
    private static final int HASH_BYTES = 32;

    /** Why something of the document was refused; {@code id} as the document has it. */
    record Refusal(String id, String reason) {}

    /**
     * @param city new name, null = unchanged
     * @param districts those that are new or changed
     */
    record Plan(
            @Nullable Name city,
            List<District> districts,
            List<Facility> created,
            List<Facility> updated,
            int unchanged,
            List<Refusal> errors) {
        boolean changesNothing() {
            return city == null && districts.isEmpty() && created.isEmpty() && updated.isEmpty();
        }
    }

    /** A reason to refuse one entry of the document. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String reason) {
            super(reason, null, false, false);
        }
    }

    private final DomainPacks packs;

    AssetImport(DomainPacks packs) {
        this.packs = packs;
    }

    Plan plan(Assets before, AssetDocument document) {
        var errors = new ArrayList<Refusal>();
        var city = document.city() == null || document.city().name() == null
                ? before.city()
                : document.city().name();
        if (tooLong(city)) {
            errors.add(new Refusal("city", "name is empty or longer than " + LONGEST_NAME + " characters"));
            city = before.city();
        }
        var districts = districts(before, document, errors);
        var known = new HashSet<String>();
        before.districts().forEach(district -> known.add(district.id()));
        districts.forEach(district -> known.add(district.id()));

        var entries = document.facilities() == null ? List.<FacilityEntry>of() : document.facilities();
        var mentioned = new HashSet<>(before.facilities().keySet());
        entries.forEach(entry -> mentioned.add(entry.id() == null ? "" : entry.id()));
        var facilities = new LinkedHashMap<String, Facility>();
        for (var entry : entries) {
            try {
                var facility = facility(entry, known, mentioned, before);
                if (facilities.putIfAbsent(facility.getId(), facility) != null) {
                    throw new Refused("this id is in the document twice; the first entry counts");
                }
            } catch (Refused e) {
                errors.add(new Refusal(entry.id() == null ? "" : entry.id(), e.getMessage()));
            }
        }
        refuseTakenDevices(before, facilities, errors);

        var created = new ArrayList<Facility>();
        var updated = new ArrayList<Facility>();
        int unchanged = 0;
        for (var facility : facilities.values()) {
            var old = before.facilities().get(facility.getId());
            if (old == null) {
                created.add(facility);
            } else if (old.equals(facility)) {
                unchanged++;
            } else {
                updated.add(facility);
            }
        }
        var changedDistricts = districts.stream()
                .filter(district ->
                        !before.district(district.id()).filter(district::equals).isPresent())
                .toList();
        return new Plan(
                city.equals(before.city()) ? null : city, changedDistricts, created, updated, unchanged, errors);
    }

    /** A device belongs to one facility of the city; whoever has it keeps it, unless the document takes it away there. */
    private static void refuseTakenDevices(Assets before, Map<String, Facility> facilities, List<Refusal> errors) {
        boolean refusedOne;
        do {
            refusedOne = false;
            var owners = new HashMap<String, String>();
            before.facilities().forEach((id, facility) -> {
                if (!facilities.containsKey(id)) {
                    facility.getDevicesList().forEach(device -> owners.put(device.getId(), id));
                }
            });
            for (var facility : List.copyOf(facilities.values())) {
                var taken = facility.getDevicesList().stream()
                        .filter(device -> owners.containsKey(device.getId()))
                        .findFirst();
                if (taken.isPresent()) {
                    var device = taken.get().getId();
                    errors.add(new Refusal(
                            facility.getId(),
                            "device " + device + " belongs to facility " + owners.get(device) + " already"));
                    facilities.remove(facility.getId());
                    refusedOne = true;
                } else {
                    facility.getDevicesList().forEach(device -> owners.put(device.getId(), facility.getId()));
                }
            }
        } while (refusedOne);
    }

    private static List<District> districts(Assets before, AssetDocument document, List<Refusal> errors) {
        var districts = new LinkedHashMap<String, District>();
        for (var entry : document.districts() == null ? List.<DistrictEntry>of() : document.districts()) {
            try {
                var id = id("district id", entry.id());
                var name = name(entry.name());
                var boundary = entry.boundary() == null
                        ? before.district(id).map(District::boundary).orElse(List.of())
                        : boundary(entry.boundary());
                if (districts.putIfAbsent(id, new District(id, name, boundary)) != null) {
                    throw new Refused("this district is in the document twice; the first entry counts");
                }
            } catch (Refused e) {
                errors.add(new Refusal(entry.id() == null ? "" : entry.id(), e.getMessage()));
            }
        }
        return List.copyOf(districts.values());
    }

    private static List<List<Double>> boundary(List<List<Double>> corners) throws Refused {
        if (corners.size() > MOST_CORNERS) {
            throw new Refused("boundary has more than " + MOST_CORNERS + " corners");
        }
        for (var corner : corners) {
            if (corner == null || corner.size() != 2 || corner.contains(null)) {
                throw new Refused("a corner of the boundary is not [longitude, latitude]");
            }
            degrees("longitude", corner.get(0), 180);
            degrees("latitude", corner.get(1), 90);
        }
        return corners;
    }

    private Facility facility(FacilityEntry entry, Set<String> districts, Set<String> mentioned, Assets before)
            throws Refused {
        var id = id("facility id", entry.id());
        var domain = packs.domain(entry.domain() == null ? "" : entry.domain())
                .orElseThrow(() -> new Refused("unknown domain " + entry.domain()));
        var type = domain.typesById().get(entry.type() == null ? "" : entry.type());
        if (type == null) {
            throw new Refused("unknown facility type " + entry.type() + " in domain " + domain.id());
        }
        if (entry.district() == null || !districts.contains(entry.district())) {
            throw new Refused("unknown district " + entry.district());
        }
        var name = name(entry.name());
        var facility = Facility.newBuilder()
                .setId(id)
                .setDomain(domain.id())
                .setType(type.id())
                .setDistrict(entry.district())
                .setName(Text.newBuilder().setZh(name.zh()).setEn(name.en()))
                .setLongitude(degrees("longitude", entry.longitude(), 180))
                .setLatitude(degrees("latitude", entry.latitude(), 90))
                .setInService(entry.inService() == null || entry.inService());
        parameters(entry, type, facility);
        upstream(entry, mentioned, facility);
        devices(entry, domain, before, facility);
        var result = facility.build();
        if (!result.equals(before.facilities().get(id))) {
            limitsCanBeEvaluated(domain, result);
        }
        return result;
    }

    private static void parameters(FacilityEntry entry, FacilityType type, Facility.Builder facility) throws Refused {
        if (entry.parameters() == null) {
            return;
        }
        for (var parameter : entry.parameters().entrySet()) {
            var standard = type.parameters().get(parameter.getKey());
            if (standard == null) {
                throw new Refused("unknown parameter " + parameter.getKey() + " of facility type " + type.id());
            }
            if (parameter.getValue() == null || !Double.isFinite(parameter.getValue())) {
                throw new Refused("parameter " + parameter.getKey() + " is not a finite number");
            }
            if (!standard.equals(parameter.getValue())) {
                facility.putParameters(parameter.getKey(), parameter.getValue());
            }
        }
    }

    private static void upstream(FacilityEntry entry, Set<String> mentioned, Facility.Builder facility) throws Refused {
        var upstream = entry.upstream() == null ? List.<String>of() : entry.upstream();
        if (upstream.size() > MOST_UPSTREAM) {
            throw new Refused("more than " + MOST_UPSTREAM + " facilities upstream");
        }
        for (var other : upstream) {
            if (!mentioned.contains(other) || other.equals(entry.id())) {
                throw new Refused("upstream " + other + " is not another facility of the ledger or the document");
            }
        }
        facility.addAllUpstream(upstream);
    }

    private static void devices(FacilityEntry entry, Domain domain, Assets before, Facility.Builder facility)
            throws Refused {
        var devices = entry.devices() == null ? List.<DeviceEntry>of() : entry.devices();
        if (devices.size() > MOST_DEVICES) {
            throw new Refused("more than " + MOST_DEVICES + " devices");
        }
        var ids = new HashSet<String>();
        for (var device : devices) {
            var id = id("device id", device.id());
            if (!ids.add(id)) {
                throw new Refused("device " + id + " is there twice");
            }
            facility.addDevices(device(id, device, domain, before));
        }
    }

    private static Device device(String id, DeviceEntry entry, Domain domain, Assets before) throws Refused {
        var name = entry.name() == null ? new Name(id, id) : name(entry.name());
        var device = Device.newBuilder()
                .setId(id)
                .setName(Text.newBuilder().setZh(name.zh()).setEn(name.en()));
        var points = entry.points() == null ? List.<AssetDocument.PointEntry>of() : entry.points();
        if (points.size() > MOST_POINTS) {
            throw new Refused("device " + id + " has more than " + MOST_POINTS + " points");
        }
        var metrics = new HashSet<String>();
        for (var point : points) {
            if (point.metric() == null || !domain.metricsByCode().containsKey(point.metric())) {
                throw new Refused("device " + id + ": unknown metric " + point.metric() + " in domain " + domain.id());
            }
            if (!metrics.add(point.metric())) {
                throw new Refused("device " + id + " has metric " + point.metric() + " twice");
            }
            int period = point.periodSeconds() == null ? 0 : point.periodSeconds();
            if (period < 0 || period > LONGEST_PERIOD_SECONDS) {
                throw new Refused("device " + id + ", metric " + point.metric() + ": periodSeconds " + period
                        + " is not between 0 and " + LONGEST_PERIOD_SECONDS);
            }
            device.addPoints(Point.newBuilder().setMetric(point.metric()).setPeriodSeconds(period));
        }
        if (entry.credential() != null) {
            device.setCredential(credential(id, entry.credential()));
        } else {
            before.device(id)
                    .map(Assets.DeviceAt::device)
                    .filter(Device::hasCredential)
                    .ifPresent(old -> device.setCredential(old.getCredential()));
        }
        return device.build();
    }

    private static Credential credential(String device, CredentialEntry entry) throws Refused {
        try {
            var salt = Base64.getDecoder().decode(entry.salt() == null ? "" : entry.salt());
            var hash = Base64.getDecoder().decode(entry.hash() == null ? "" : entry.hash());
            if (salt.length < 8 || salt.length > 64 || hash.length != HASH_BYTES) {
                throw new Refused("device " + device + ": a credential has a salt of 8 to 64 bytes and a hash of "
                        + HASH_BYTES + " bytes");
            }
            return Credential.newBuilder()
                    .setSalt(ByteString.copyFrom(salt))
                    .setHash(ByteString.copyFrom(hash))
                    .build();
        } catch (IllegalArgumentException e) {
            throw new Refused("device " + device + ": credential is not base64");
        }
    }

    private static void limitsCanBeEvaluated(Domain domain, Facility facility) throws Refused {
        try {
            domain.rulesOf(facility);
        } catch (IllegalArgumentException e) {
            throw new Refused(e.getMessage());
        }
    }

    private static String id(String what, @Nullable String id) throws Refused {
        if (id == null || !Ids.isValid(id)) {
            throw new Refused(what + " must match " + Ids.ID);
        }
        return id;
    }

    private static Name name(@Nullable Name name) throws Refused {
        if (name == null || tooLong(name)) {
            throw new Refused("name needs zh and en, each of 1 to " + LONGEST_NAME + " characters");
        }
        return name;
    }

    private static boolean tooLong(Name name) {
        return name.zh().isBlank()
                || name.en().isBlank()
                || name.zh().length() > LONGEST_NAME
                || name.en().length() > LONGEST_NAME;
    }

    private static double degrees(String what, @Nullable Double degrees, double most) throws Refused {
        if (degrees == null || !(Math.abs(degrees) <= most)) {
            throw new Refused(what + " " + degrees + " is not between -" + most + " and " + most);
        }
        return degrees;
    }
}
