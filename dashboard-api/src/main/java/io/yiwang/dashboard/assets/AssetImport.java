package io.yiwang.dashboard.assets;

import com.google.protobuf.ByteString;
import io.yiwang.dashboard.assets.AssetChange.Action;
import io.yiwang.dashboard.assets.AssetDocument.CredentialEntry;
import io.yiwang.dashboard.assets.AssetDocument.DeviceEntry;
import io.yiwang.dashboard.assets.AssetDocument.DistrictEntry;
import io.yiwang.dashboard.assets.AssetDocument.FacilityEntry;
import io.yiwang.dashboard.assets.AssetDocument.PipeEntry;
import io.yiwang.dashboard.assets.AssetDocument.PointEntry;
import io.yiwang.dashboard.assets.AssetDocument.StreetEntry;
import io.yiwang.dashboard.assets.Finding.Code;
import io.yiwang.dashboard.assets.Incoming.Origin;
import io.yiwang.dashboard.assets.Incoming.Part;
import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.FacilityType;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Name;
import io.yiwang.model.id.Ids;
import io.yiwang.model.unit.Units;
import io.yiwang.model.wire.Credential;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Pipe;
import io.yiwang.model.wire.Point;
import io.yiwang.model.wire.Text;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides what an import does to the ledger. A wrong facility is refused by itself, with everything that is wrong with it; the
 * others go on. What an entry leaves out stays as it is in the ledger.
 */
final class AssetImport {
    static final int FIRST_YEAR = 1900;

    private static final int LONGEST_NAME = 200;
    private static final int LONGEST_ADDRESS = 300;
    private static final int LONGEST_GRID = 32;
    private static final int LONGEST_MATERIAL = 40;
    private static final int MOST_HOUSEHOLDS = 10_000_000;
    private static final int MOST_DEVICES = 500;
    private static final int MOST_POINTS = 256;
    private static final int MOST_UPSTREAM = 100;
    private static final int MOST_PIPES = 500;
    private static final int MOST_CORNERS = 10_000;
    private static final int LONGEST_PERIOD_SECONDS = 86_400;
    private static final double LONGEST_PIPE_M = 1_000_000;
    private static final int WIDEST_PIPE_MM = 20_000;
    private static final double DEEPEST_PIPE_M = 500;
    private static final int HASH_BYTES = 32;
    private static final int LONGEST_EXTERNAL_ID = 128;
    private static final int LONGEST_SOURCE = 128;
    private static final Pattern GRID = Pattern.compile("[0-9A-Za-z-]{0," + LONGEST_GRID + "}");

    /** Last parts of addresses under {@code /api/assets/} that a facility's id must not hide behind. */
    private static final Set<String> RESERVED = Set.of("checks", "districts", "streets");

    /** What the ledger has and the document does not mention, of the document's own kind. */
    record Missing(int count, List<String> ids) {
        static final int SHOWN = 1000;

        static Missing of(List<String> all) {
            return new Missing(all.size(), List.copyOf(all.subList(0, Math.min(SHOWN, all.size()))));
        }
    }

    /**
     * @param city new name, null = unchanged
     * @param districts those that are new or changed; {@code streets} likewise
     * @param changes one for each of {@code districts}, {@code streets}, {@code created} and {@code updated}
     */
    record Plan(
            @Nullable Name city,
            List<District> districts,
            List<Street> streets,
            List<Facility> created,
            List<Facility> updated,
            int unchanged,
            List<AssetChange> changes,
            Missing missing,
            List<Finding> errors,
            List<Finding> warnings) {
        boolean changesNothing() {
            return city == null && districts.isEmpty() && streets.isEmpty() && created.isEmpty() && updated.isEmpty();
        }
    }

    private final DomainPacks packs;
    private final InstantSource clock;

    AssetImport(DomainPacks packs, InstantSource clock) {
        this.packs = packs;
        this.clock = clock;
    }

    Plan plan(Assets before, Incoming incoming) {
        return new Planning(before, incoming).plan();
    }

    /** The cell that is looked at, and what is found in it. */
    private static final class Entry {
        private final List<Finding> errors;
        private final List<Finding> warnings;
        private final Set<String> unread;
        private final Origin origin;
        private final Part part;
        private final int index;
        private final @Nullable String id;
        private boolean refused;

        Entry(
                List<Finding> errors,
                List<Finding> warnings,
                Set<String> unread,
                Origin origin,
                Part part,
                int index,
                @Nullable String id,
                boolean refused) {
            this.errors = errors;
            this.warnings = warnings;
            this.unread = unread;
            this.origin = origin;
            this.part = part;
            this.index = index;
            this.id = id;
            this.refused = refused;
        }

        void error(String field, @Nullable Object value, Code code, Object... words) {
            error(origin.row(part, index), field, value, code, words);
        }

        void errorIn(Part inner, String innerId, String field, @Nullable Object value, Code code, Object... words) {
            error(origin.row(inner, index, innerId), field, value, code, words);
        }

        private void error(int row, String field, @Nullable Object value, Code code, Object... words) {
            refused = true;
            var column = origin.column(field);
            // What could not be read was said already, and is not missing as well.
            if (!unread.contains(row + "|" + column)) {
                errors.add(Finding.of(row, id, column, value, code, words));
            }
        }

        void warning(Part inner, String innerId, String field, @Nullable Object value, Code code, Object... words) {
            warnings.add(Finding.of(
                    inner == part ? origin.row(part, index) : origin.row(inner, index, innerId),
                    id,
                    origin.column(field),
                    value,
                    code,
                    words));
        }
    }

    /** One import being decided. */
    private final class Planning {
        private final Assets before;
        private final AssetDocument document;
        private final Incoming incoming;
        private final Origin origin;
        private final List<Finding> errors;
        private final List<Finding> warnings;
        private final Set<String> unread = new HashSet<>();
        private final int nextYear = clock.instant().atZone(ZoneOffset.UTC).getYear() + 1;

        private final Map<String, District> districts = new LinkedHashMap<>();
        private final Map<String, Street> streets = new LinkedHashMap<>();
        /** New and changed ones. */
        private final Map<String, Street> changedStreets = new LinkedHashMap<>();

        private final Map<String, Facility> facilities = new LinkedHashMap<>();
        private final Map<String, Entry> entries = new HashMap<>();
        private final Set<String> mentioned = new HashSet<>();

        Planning(Assets before, Incoming incoming) {
            this.before = before;
            this.incoming = incoming;
            this.document = incoming.document();
            this.origin = incoming.origin();
            this.errors = new ArrayList<>(incoming.errors());
            this.warnings = new ArrayList<>(incoming.warnings());
            incoming.errors().forEach(error -> unread.add(error.row() + "|" + error.column()));
        }

        Plan plan() {
            var city = city();
            before.districts().forEach(district -> districts.put(district.id(), district));
            before.streets().forEach(street -> streets.put(street.id(), street));
            var changedDistricts = districts();
            streets();
            facilities();
            refuseUntilConsistent();

            var changes = new ArrayList<AssetChange>();
            if (city != null) {
                changes.add(new AssetChange(
                        AssetChange.Kind.CITY,
                        "city",
                        Action.UPDATED,
                        List.of(new AssetChange.Field("name", before.city(), city))));
            }
            changedDistricts.forEach(district -> changes.add(
                    AssetEntries.change(before.district(district.id()).orElse(null), district)));
            changedStreets
                    .values()
                    .forEach(street -> changes.add(
                            AssetEntries.change(before.street(street.id()).orElse(null), street)));
            var created = new ArrayList<Facility>();
            var updated = new ArrayList<Facility>();
            int unchanged = 0;
            for (var facility : facilities.values()) {
                var old = before.facilities().get(facility.getId());
                if (old == null) {
                    created.add(facility);
                } else if (old.equals(facility)) {
                    unchanged++;
                    continue;
                } else {
                    updated.add(facility);
                }
                changes.add(AssetEntries.change(old, facility));
                place(old, facility);
            }
            return new Plan(
                    city,
                    changedDistricts,
                    List.copyOf(changedStreets.values()),
                    created,
                    updated,
                    unchanged,
                    changes,
                    missing(),
                    errors,
                    warnings);
        }

        private @Nullable Name city() {
            var name = document.city() == null ? null : document.city().name();
            if (name == null || name.equals(before.city())) {
                return null;
            }
            if (badName(name)) {
                errors.add(Finding.of(0, "city", "city.name", name.zh(), Code.BAD_CITY_NAME, LONGEST_NAME));
                return null;
            }
            return name;
        }

        private List<District> districts() {
            var changed = new ArrayList<District>();
            var seen = new HashSet<String>();
            var all = document.districts() == null ? List.<DistrictEntry>of() : document.districts();
            for (int i = 0; i < all.size(); i++) {
                var raw = all.get(i);
                var at = entry(Part.DISTRICT, i, raw.id(), incoming.spoiled().districts());
                id(at, "id", "district id", raw.id());
                var old = before.district(raw.id() == null ? "" : raw.id()).orElse(null);
                var said = old == null ? raw.whole() : raw.over(AssetEntries.of(old));
                name(at, said.name());
                boundary(at, said.boundary() == null ? List.of() : said.boundary());
                if (raw.id() != null && !seen.add(raw.id())) {
                    at.error("id", raw.id(), Code.DUPLICATE, "district " + raw.id());
                }
                if (!at.refused) {
                    var district = new District(raw.id(), said.name(), said.boundary());
                    districts.put(district.id(), district);
                    if (!district.equals(old)) {
                        changed.add(district);
                    }
                }
            }
            return changed;
        }

        private void boundary(Entry at, List<List<Double>> corners) {
            if (corners.size() > MOST_CORNERS) {
                at.error("boundary", corners.size(), Code.TOO_MANY, "corners", MOST_CORNERS);
                return;
            }
            for (var corner : corners) {
                if (corner == null || corner.size() != 2 || corner.get(0) == null || corner.get(1) == null) {
                    at.error("boundary", corner, Code.BAD_CORNER);
                    return;
                }
                if (!degrees(at, "boundary", "longitude", corner.get(0), 180)
                        || !degrees(at, "boundary", "latitude", corner.get(1), 90)) {
                    return;
                }
            }
        }

        private void streets() {
            var seen = new HashSet<String>();
            var all = document.streets() == null ? List.<StreetEntry>of() : document.streets();
            for (int i = 0; i < all.size(); i++) {
                var raw = all.get(i);
                var at = entry(Part.STREET, i, raw.id(), incoming.spoiled().streets());
                id(at, "id", "street id", raw.id());
                var old = before.street(raw.id() == null ? "" : raw.id()).orElse(null);
                var said = old == null ? raw : raw.over(AssetEntries.of(old));
                name(at, said.name());
                if (said.district() == null || !districts.containsKey(said.district())) {
                    at.error("district", said.district(), Code.UNKNOWN_DISTRICT, said.district());
                }
                if (raw.id() != null && !seen.add(raw.id())) {
                    at.error("id", raw.id(), Code.DUPLICATE, "street " + raw.id());
                }
                if (!at.refused) {
                    var street = new Street(raw.id(), said.district(), said.name());
                    if (!street.equals(old)) {
                        changedStreets.put(street.id(), street);
                        entries.put("street " + street.id(), at);
                    }
                    streets.put(street.id(), street);
                }
            }
        }

        private void facilities() {
            mentioned.addAll(before.facilities().keySet());
            var all = document.facilities() == null ? List.<FacilityEntry>of() : document.facilities();
            all.forEach(entry -> mentioned.add(entry.id() == null ? "" : entry.id()));
            for (int i = 0; i < all.size(); i++) {
                var raw = all.get(i);
                var at = entry(Part.FACILITY, i, raw.id(), incoming.spoiled().facilities());
                if (raw.id() != null && facilities.containsKey(raw.id())) {
                    at.error("id", raw.id(), Code.DUPLICATE, "this id");
                    continue;
                }
                var facility = facility(at, raw);
                if (!at.refused && facility != null) {
                    facilities.put(facility.getId(), facility);
                    entries.put(facility.getId(), at);
                }
            }
        }

        private Entry entry(Part part, int index, @Nullable String id, Set<Integer> spoiled) {
            return new Entry(errors, warnings, unread, origin, part, index, id, spoiled.contains(index));
        }

        private @Nullable Facility facility(Entry at, FacilityEntry raw) {
            id(at, "id", "facility id", raw.id());
            var old = raw.id() == null ? null : before.facilities().get(raw.id());
            if (old == null && raw.id() != null && RESERVED.contains(raw.id())) {
                at.error("id", raw.id(), Code.RESERVED_ID, raw.id());
            }
            var said = old == null ? raw.whole() : raw.over(AssetEntries.of(old));
            var domain =
                    packs.domain(said.domain() == null ? "" : said.domain()).orElse(null);
            if (domain == null) {
                at.error("domain", said.domain(), Code.UNKNOWN_DOMAIN, said.domain());
            }
            var type = domain == null ? null : domain.typesById().get(said.type() == null ? "" : said.type());
            if (domain != null && type == null) {
                at.error("type", said.type(), Code.UNKNOWN_TYPE, said.type(), domain.id());
            }
            if (said.district() == null || !districts.containsKey(said.district())) {
                at.error("district", said.district(), Code.UNKNOWN_DISTRICT, said.district());
            }
            street(at, said);
            name(at, said.name());
            degrees(at, "longitude", "longitude", said.longitude(), 180);
            degrees(at, "latitude", "latitude", said.latitude(), 90);
            if (!GRID.matcher(said.grid()).matches()) {
                at.error("grid", said.grid(), Code.BAD_GRID, LONGEST_GRID);
            }
            text(at, "owner", said.owner(), LONGEST_NAME);
            text(at, "address", said.address(), LONGEST_ADDRESS);
            year(at, Part.FACILITY, "", "builtYear", said.builtYear());
            between(at, Part.FACILITY, "", "households", said.households(), 0, MOST_HOUSEHOLDS);

            var facility = Facility.newBuilder();
            parameters(at, said, type, facility);
            var upstream = upstream(at, said);
            pipes(at, said, upstream, facility);
            devices(at, said, domain, raw.devices() == null, facility);
            if (at.refused || domain == null || type == null) {
                return null;
            }
            var result = facility.setId(said.id())
                    .setDomain(domain.id())
                    .setType(type.id())
                    .setDistrict(said.district())
                    .setName(Text.newBuilder()
                            .setZh(said.name().zh())
                            .setEn(said.name().en()))
                    .setLongitude(said.longitude())
                    .setLatitude(said.latitude())
                    .setInService(said.inService())
                    .setStreet(said.street())
                    .setGrid(said.grid())
                    .setOwner(said.owner())
                    .setBuiltYear(said.builtYear())
                    .setHouseholds(said.households())
                    .setAddress(said.address())
                    .addAllUpstream(upstream)
                    .build();
            if (!result.equals(old)) {
                limitsCanBeEvaluated(at, domain, result);
            }
            return at.refused ? null : result;
        }

        private void street(Entry at, FacilityEntry said) {
            if (said.street().isEmpty()) {
                return;
            }
            var street = streets.get(said.street());
            if (street == null) {
                at.error("street", said.street(), Code.UNKNOWN_STREET, said.street());
            } else if (!street.district().equals(said.district())) {
                at.error(
                        "street",
                        said.street(),
                        Code.STREET_OF_ANOTHER_DISTRICT,
                        street.id(),
                        street.district(),
                        said.district());
            }
        }

        private void parameters(Entry at, FacilityEntry said, @Nullable FacilityType type, Facility.Builder facility) {
            if (type == null) {
                return;
            }
            said.parameters().forEach((code, value) -> {
                var standard = type.parameters().get(code);
                if (standard == null) {
                    at.error("parameters", code, Code.UNKNOWN_PARAMETER, code, type.id());
                } else if (value == null || !Double.isFinite(value)) {
                    at.error("parameters", code + "=" + value, Code.NOT_FINITE, code);
                } else if (!standard.equals(value)) {
                    facility.putParameters(code, value);
                }
            });
        }

        private List<String> upstream(Entry at, FacilityEntry said) {
            var upstream = new ArrayList<String>();
            var seen = new HashSet<String>();
            for (var other : said.upstream()) {
                if (other == null || !mentioned.contains(other) || other.equals(said.id())) {
                    at.error("upstream", other, Code.UNKNOWN_UPSTREAM, other);
                } else if (!seen.add(other)) {
                    at.error("upstream", other, Code.UPSTREAM_TWICE, other);
                }
                upstream.add(other == null ? "" : other);
            }
            if (upstream.size() > MOST_UPSTREAM) {
                at.error("upstream", upstream.size(), Code.TOO_MANY, "facilities upstream", MOST_UPSTREAM);
            }
            return upstream;
        }

        /** Where a pipe begins feeds the facility: what the census of pipes says completes {@code upstream}. */
        private void pipes(Entry at, FacilityEntry said, List<String> upstream, Facility.Builder facility) {
            if (said.pipes().size() > MOST_PIPES) {
                at.error("pipes", said.pipes().size(), Code.TOO_MANY, "pipes", MOST_PIPES);
                return;
            }
            var ids = new HashSet<String>();
            for (var pipe : said.pipes()) {
                if (pipe == null) {
                    at.error("pipes", null, Code.REQUIRED, "pipe");
                    continue;
                }
                var id = pipe.id() == null ? "" : pipe.id();
                if (!Ids.isValid(id)) {
                    at.errorIn(Part.PIPE, id, "pipes.id", id, Code.BAD_ID, "pipe id", Ids.ID);
                } else if (!ids.add(id)) {
                    at.errorIn(Part.PIPE, id, "pipes.id", id, Code.PIPE_TWICE, id);
                }
                var from = pipe.from();
                if (from == null || !mentioned.contains(from) || from.equals(said.id())) {
                    at.errorIn(Part.PIPE, id, "pipes.from", from, Code.BAD_PIPE_FROM, id, from);
                } else if (!upstream.contains(from)) {
                    upstream.add(from);
                    at.warning(Part.PIPE, id, "pipes.from", from, Code.UPSTREAM_ADDED, id, from);
                }
                facility.addPipes(pipe(at, id, pipe));
            }
        }

        private Pipe pipe(Entry at, String id, PipeEntry pipe) {
            var length = pipe.lengthM();
            if (length == null) {
                at.errorIn(Part.PIPE, id, "pipes.lengthM", null, Code.REQUIRED, "lengthM");
            } else if (!(length > 0)) {
                at.errorIn(Part.PIPE, id, "pipes.lengthM", length, Code.NOT_POSITIVE, "lengthM", length);
            } else if (length > LONGEST_PIPE_M) {
                at.errorIn(
                        Part.PIPE,
                        id,
                        "pipes.lengthM",
                        length,
                        Code.OUT_OF_RANGE,
                        "lengthM",
                        length,
                        0,
                        LONGEST_PIPE_M);
            }
            var material = pipe.material() == null ? "" : pipe.material();
            if (material.length() > LONGEST_MATERIAL) {
                at.errorIn(Part.PIPE, id, "pipes.material", material, Code.TOO_LONG, "material", LONGEST_MATERIAL);
            } else if (unprintable(material)) {
                at.errorIn(Part.PIPE, id, "pipes.material", material, Code.BAD_CHARACTER, "material");
            }
            between(at, Part.PIPE, id, "pipes.diameterMm", pipe.diameterMm(), 0, WIDEST_PIPE_MM);
            var depth = pipe.depthM() == null ? 0.0 : pipe.depthM();
            if (!(depth >= 0 && depth <= DEEPEST_PIPE_M)) {
                at.errorIn(Part.PIPE, id, "pipes.depthM", depth, Code.OUT_OF_RANGE, "depthM", depth, 0, DEEPEST_PIPE_M);
            }
            year(at, Part.PIPE, id, "pipes.laidYear", pipe.laidYear());
            return Pipe.newBuilder()
                    .setId(id)
                    .setFrom(pipe.from() == null ? "" : pipe.from())
                    .setLengthM(length == null ? 0 : length)
                    .setMaterial(material)
                    .setDiameterMm(pipe.diameterMm() == null ? 0 : pipe.diameterMm())
                    .setDepthM(depth)
                    .setLaidYear(pipe.laidYear() == null ? 0 : pipe.laidYear())
                    .build();
        }

        /** @param present the devices are those of the ledger: then their metrics need not be known any more */
        private void devices(
                Entry at, FacilityEntry said, @Nullable Domain domain, boolean present, Facility.Builder facility) {
            if (said.devices().size() > MOST_DEVICES) {
                at.error("devices", said.devices().size(), Code.TOO_MANY, "devices", MOST_DEVICES);
                return;
            }
            var ids = new HashSet<String>();
            for (var device : said.devices()) {
                if (device == null) {
                    at.error("devices", null, Code.REQUIRED, "device");
                    continue;
                }
                var id = device.id() == null ? "" : device.id();
                if (!Ids.isValid(id)) {
                    at.errorIn(Part.DEVICE, id, "devices.id", id, Code.BAD_ID, "device id", Ids.ID);
                } else if (!ids.add(id)) {
                    at.errorIn(Part.DEVICE, id, "devices.id", id, Code.DEVICE_TWICE, id);
                }
                facility.addDevices(device(at, id, device, present ? null : domain));
            }
        }

        private Device device(Entry at, String id, DeviceEntry raw, @Nullable Domain domain) {
            var old = before.device(id).map(Assets.DeviceAt::device).orElse(null);
            var said = old == null ? raw : raw.over(AssetEntries.of(old));
            var name = said.name() == null ? new Name(id, id) : said.name();
            if (badName(name) && !id.isEmpty()) {
                at.errorIn(Part.DEVICE, id, "devices.name", name.zh(), Code.BAD_NAME, LONGEST_NAME);
            }
            var device = Device.newBuilder()
                    .setId(id)
                    .setName(Text.newBuilder().setZh(name.zh()).setEn(name.en()))
                    // Who speaks for itself names nobody, and who has no other name is called by its id.
                    .setGateway(said.gateway() == null || said.gateway().equals(id) ? "" : said.gateway())
                    .setExternalId(
                            said.externalId() == null || said.externalId().equals(id) ? "" : said.externalId());
            externalId(at, id, device.getExternalId());
            var points = said.points() == null ? List.<PointEntry>of() : said.points();
            if (points.size() > MOST_POINTS) {
                at.errorIn(Part.DEVICE, id, "devices.points", points.size(), Code.TOO_MANY, "points", MOST_POINTS);
            }
            var metrics = new HashSet<String>();
            var present = new HashMap<String, Point>();
            if (old != null) {
                old.getPointsList().forEach(point -> present.put(point.getMetric(), point));
            }
            for (var entry : points) {
                var metric = entry == null || entry.metric() == null ? "" : entry.metric();
                var was = present.getOrDefault(metric, Point.getDefaultInstance());
                var pointId = Ids.point(id, metric);
                if (domain != null && !domain.metricsByCode().containsKey(metric)) {
                    at.errorIn(
                            Part.POINT,
                            pointId,
                            "devices.points.metric",
                            metric,
                            Code.UNKNOWN_METRIC,
                            id,
                            metric,
                            domain.id());
                } else if (!metrics.add(metric)) {
                    at.errorIn(Part.POINT, pointId, "devices.points.metric", metric, Code.METRIC_TWICE, id, metric);
                }
                int period = entry == null || entry.periodSeconds() == null ? 0 : entry.periodSeconds();
                between(at, Part.POINT, pointId, "devices.points.periodSeconds", period, 0, LONGEST_PERIOD_SECONDS);
                var called = entry == null || entry.source() == null ? was.getSource() : entry.source();
                var source = called.equals(metric) ? "" : called;
                if (source.length() > LONGEST_SOURCE || unprintable(source)) {
                    at.errorIn(
                            Part.POINT, pointId, "devices.points.source", source, Code.BAD_SOURCE, id, LONGEST_SOURCE);
                }
                var unit = entry == null || entry.unit() == null ? was.getUnit() : entry.unit();
                unit(
                        at,
                        id,
                        pointId,
                        unit,
                        domain == null ? null : domain.metricsByCode().get(metric));
                device.addPoints(Point.newBuilder()
                        .setMetric(metric)
                        .setPeriodSeconds(period)
                        .setSource(source)
                        .setUnit(unit));
            }
            sources(at, id, device);
            if (said.credential() != null) {
                credential(at, id, said.credential(), device);
            } else if (old != null && old.hasCredential()) {
                device.setCredential(old.getCredential());
            }
            return device.build();
        }

        private void externalId(Entry at, String device, String externalId) {
            if (externalId.length() > LONGEST_EXTERNAL_ID
                    || unprintable(externalId)
                    || !externalId.equals(externalId.strip())) {
                at.errorIn(
                        Part.DEVICE,
                        device,
                        "devices.externalId",
                        externalId,
                        Code.BAD_EXTERNAL_ID,
                        device,
                        LONGEST_EXTERNAL_ID);
            }
        }

        /** @param metric null = not known, which was said or is the ledger's own past */
        private void unit(Entry at, String device, String point, String unit, @Nullable Metric metric) {
            if (!unit.isEmpty()
                    && metric != null
                    && Units.conversion(unit, metric.unit()).isEmpty()) {
                at.errorIn(
                        Part.POINT,
                        point,
                        "devices.points.unit",
                        unit,
                        Code.BAD_UNIT,
                        device,
                        unit,
                        metric.code(),
                        metric.unit());
            }
        }

        /** Values are found by their name, the metric's code or the source: each must lead to one metric. */
        private void sources(Entry at, String id, Device.Builder device) {
            var names = new HashMap<String, String>();
            device.getPointsList().forEach(point -> names.put(point.getMetric(), point.getMetric()));
            for (var point : device.getPointsList()) {
                var other = point.getSource().isEmpty() ? null : names.put(point.getSource(), point.getMetric());
                if (other != null && !other.equals(point.getMetric())) {
                    at.errorIn(
                            Part.POINT,
                            Ids.point(id, point.getMetric()),
                            "devices.points.source",
                            point.getSource(),
                            Code.SOURCE_TWICE,
                            id,
                            point.getSource());
                }
            }
        }

        private void credential(Entry at, String device, CredentialEntry entry, Device.Builder to) {
            try {
                var salt = Base64.getDecoder().decode(entry.salt() == null ? "" : entry.salt());
                var hash = Base64.getDecoder().decode(entry.hash() == null ? "" : entry.hash());
                if (salt.length < 8 || salt.length > 64 || hash.length != HASH_BYTES) {
                    at.errorIn(
                            Part.DEVICE,
                            device,
                            "devices.credential",
                            "",
                            Code.BAD_CREDENTIAL,
                            device,
                            "a credential has a salt of 8 to 64 bytes and a hash of " + HASH_BYTES + " bytes");
                }
                var said = Credential.newBuilder()
                        .setSalt(ByteString.copyFrom(salt))
                        .setHash(ByteString.copyFrom(hash));
                // One that is brought again is as old as it was: the certificates of its time stay good.
                to.setCredential(before.device(device)
                        .map(old -> old.device().getCredential())
                        .filter(old -> old.getSalt().equals(said.getSalt())
                                && old.getHash().equals(said.getHash()))
                        .orElseGet(() -> said.setIssuedMillis(
                                        entry.issuedMillis() == null
                                                ? System.currentTimeMillis()
                                                : Math.max(0, entry.issuedMillis()))
                                .build()));
            } catch (IllegalArgumentException e) {
                at.errorIn(
                        Part.DEVICE,
                        device,
                        "devices.credential",
                        "",
                        Code.BAD_CREDENTIAL,
                        device,
                        "credential is not base64");
            }
        }

        /** Refusing one may take away what another leans on; so it goes on until nothing more falls. */
        private void refuseUntilConsistent() {
            boolean again;
            do {
                again = refuseTakenDevices()
                        | refuseTakenNames()
                        | refuseLostGateways()
                        | refuseLostUpstream()
                        | refuseCycles()
                        | refuseMovedStreets();
            } while (again);
        }

        private void refuse(String facility) {
            facilities.remove(facility);
        }

        /** A device belongs to one facility of the city; whoever has it keeps it, unless the document takes it away there. */
        private boolean refuseTakenDevices() {
            boolean refusedOne = false;
            var claimed = new HashMap<String, String>();
            for (var facility : List.copyOf(facilities.values())) {
                String taken = null;
                String owner = null;
                for (var device : facility.getDevicesList()) {
                    owner = owner(device.getId(), claimed);
                    if (owner != null && !owner.equals(facility.getId())) {
                        taken = device.getId();
                        break;
                    }
                }
                if (taken != null) {
                    entries.get(facility.getId())
                            .errorIn(Part.DEVICE, taken, "devices.id", taken, Code.DEVICE_TAKEN, taken, owner);
                    refuse(facility.getId());
                    refusedOne = true;
                } else {
                    facility.getDevicesList().forEach(device -> claimed.put(device.getId(), facility.getId()));
                }
            }
            return refusedOne;
        }

        /** Outside, a name must mean one device: no external id may be another's, nor another's id. */
        private boolean refuseTakenNames() {
            if (facilities.values().stream().allMatch(this::hasKnownNames)) {
                return false;
            }
            var named = new HashMap<String, String>();
            before.facilities().values().stream()
                    .filter(facility -> !facilities.containsKey(facility.getId()))
                    .forEach(facility -> facility.getDevicesList().forEach(device -> {
                        named.put(device.getId(), device.getId());
                        if (!device.getExternalId().isEmpty()) {
                            named.put(device.getExternalId(), device.getId());
                        }
                    }));
            facilities
                    .values()
                    .forEach(facility -> facility.getDevicesList()
                            .forEach(device -> named.putIfAbsent(device.getId(), device.getId())));
            boolean refusedOne = false;
            for (var facility : List.copyOf(facilities.values())) {
                for (var device : facility.getDevicesList()) {
                    var name = device.getExternalId();
                    // A new device may also take as its id what another is called outside.
                    var other = name.isEmpty() ? null : named.putIfAbsent(name, device.getId());
                    if (other == null || other.equals(device.getId())) {
                        name = device.getId();
                        other = named.get(name);
                    }
                    if (other != null && !other.equals(device.getId())) {
                        entries.get(facility.getId())
                                .errorIn(
                                        Part.DEVICE,
                                        device.getId(),
                                        "devices.externalId",
                                        name,
                                        Code.EXTERNAL_ID_TAKEN,
                                        device.getId(),
                                        name,
                                        other);
                        refuse(facility.getId());
                        refusedOne = true;
                        break;
                    }
                }
            }
            return refusedOne;
        }

        /** Whether its devices are called as before, which is so of almost all: then nothing needs to be compared. */
        private boolean hasKnownNames(Facility facility) {
            return facility.getDevicesList().stream()
                    .allMatch(device -> before.device(device.getId())
                            .filter(old -> old.device().getExternalId().equals(device.getExternalId()))
                            .isPresent());
        }

        /** Who speaks for others must be there, and stay. */
        private boolean refuseLostGateways() {
            var now = new HashSet<String>();
            facilities
                    .values()
                    .forEach(facility -> facility.getDevicesList().forEach(device -> now.add(device.getId())));
            boolean refusedOne = false;
            for (var facility : List.copyOf(facilities.values())) {
                for (var device : facility.getDevicesList()) {
                    var gateway = device.getGateway();
                    if (!gateway.isEmpty() && !now.contains(gateway) && !stays(gateway)) {
                        entries.get(facility.getId())
                                .errorIn(
                                        Part.DEVICE,
                                        device.getId(),
                                        "devices.gateway",
                                        gateway,
                                        Code.UNKNOWN_GATEWAY,
                                        device.getId(),
                                        gateway);
                        refuse(facility.getId());
                        refusedOne = true;
                        break;
                    }
                }
                refusedOne |= facilities.containsKey(facility.getId()) && refuseTakingAwayGateways(facility, now);
            }
            return refusedOne;
        }

        /** Whether a device is in the ledger and this import does not touch its facility. */
        private boolean stays(String device) {
            return before.ownerOf(device)
                    .filter(owner -> !facilities.containsKey(owner))
                    .isPresent();
        }

        private boolean refuseTakingAwayGateways(Facility facility, Set<String> now) {
            for (var gone : before.facility(facility.getId())
                    .map(Facility::getDevicesList)
                    .orElse(List.of())) {
                if (now.contains(gone.getId())) {
                    continue;
                }
                for (var spokenFor : before.spokenForBy(gone.getId())) {
                    // Those of facilities in this import were looked at above.
                    if (stays(spokenFor)) {
                        entries.get(facility.getId())
                                .error("devices", gone.getId(), Code.GATEWAY_IN_USE, gone.getId(), spokenFor);
                        refuse(facility.getId());
                        return true;
                    }
                }
            }
            return false;
        }

        private @Nullable String owner(String device, Map<String, String> claimed) {
            var owner = claimed.get(device);
            if (owner != null) {
                return owner;
            }
            return before.ownerOf(device)
                    .filter(id -> !facilities.containsKey(id))
                    .orElse(null);
        }

        private boolean refuseLostUpstream() {
            boolean refusedOne = false;
            for (var facility : List.copyOf(facilities.values())) {
                for (var other : facility.getUpstreamList()) {
                    if (!facilities.containsKey(other) && !before.facilities().containsKey(other)) {
                        entries.get(facility.getId()).error("upstream", other, Code.REFUSED_UPSTREAM, other);
                        refuse(facility.getId());
                        refusedOne = true;
                        break;
                    }
                }
            }
            return refusedOne;
        }

        /** What flows in a circle feeds itself. Circles that the ledger has already are left to its checks. */
        private boolean refuseCycles() {
            boolean refusedOne = false;
            for (var cycle : new UpstreamCycles(this::upstreamOf).in(facilities.keySet())) {
                var names = String.join(" → ", cycle) + " → " + cycle.get(0);
                for (var id : cycle) {
                    var facility = facilities.get(id);
                    var old = before.facilities().get(id);
                    if (facility != null
                            && (old == null || !old.getUpstreamList().equals(facility.getUpstreamList()))) {
                        entries.get(id)
                                .error(
                                        "upstream",
                                        String.join(" ", facility.getUpstreamList()),
                                        Code.UPSTREAM_CYCLE,
                                        names);
                        refuse(id);
                        refusedOne = true;
                    }
                }
            }
            return refusedOne;
        }

        private List<String> upstreamOf(String id) {
            var facility = facilities.get(id);
            if (facility == null) {
                facility = before.facilities().get(id);
            }
            return facility == null ? List.of() : facility.getUpstreamList();
        }

        private boolean refuseMovedStreets() {
            var moved = new HashMap<String, Street>();
            changedStreets.forEach((id, street) -> before.street(id)
                    .filter(old -> !old.district().equals(street.district()))
                    .ifPresent(old -> moved.put(id, street)));
            if (moved.isEmpty()) {
                return false;
            }
            var inUse = new HashMap<String, String>();
            before.facilities().forEach((id, old) -> {
                var facility = facilities.getOrDefault(id, old);
                var street = moved.get(facility.getStreet());
                if (street != null && !street.district().equals(facility.getDistrict())) {
                    inUse.put(street.id(), facility.getDistrict());
                }
            });
            inUse.forEach((id, district) -> {
                entries.get("street " + id)
                        .error("district", changedStreets.get(id).district(), Code.STREET_IN_USE, id, district);
                changedStreets.remove(id);
                streets.put(id, before.street(id).orElseThrow());
            });
            for (var facility : List.copyOf(facilities.values())) {
                if (inUse.containsKey(facility.getStreet())
                        && !streets.get(facility.getStreet()).district().equals(facility.getDistrict())) {
                    street(entries.get(facility.getId()), AssetEntries.of(facility));
                    refuse(facility.getId());
                }
            }
            return !inUse.isEmpty();
        }

        private void place(@Nullable Facility old, Facility facility) {
            boolean same = old != null
                    && old.getLongitude() == facility.getLongitude()
                    && old.getLatitude() == facility.getLatitude()
                    && old.getDistrict().equals(facility.getDistrict());
            var district = districts.get(facility.getDistrict());
            if (!same && district != null && district.excludes(facility.getLongitude(), facility.getLatitude())) {
                entries.get(facility.getId())
                        .warning(
                                Part.FACILITY,
                                "",
                                "longitude",
                                facility.getLongitude() + " " + facility.getLatitude(),
                                Code.OUTSIDE_DISTRICT,
                                district.id());
            }
        }

        private Missing missing() {
            var all = new ArrayList<String>();
            var said = document.facilities() == null ? List.<FacilityEntry>of() : document.facilities();
            switch (incoming.kind()) {
                case ALL, FACILITIES -> {
                    if (document.facilities() != null) {
                        var there = new HashSet<String>();
                        said.forEach(entry -> there.add(entry.id() == null ? "" : entry.id()));
                        before.facilities().keySet().stream()
                                .filter(id -> !there.contains(id))
                                .forEach(all::add);
                    }
                }
                case DISTRICTS ->
                    before.districts().stream()
                            .map(District::id)
                            .filter(id -> document.districts().stream().noneMatch(entry -> id.equals(entry.id())))
                            .forEach(all::add);
                case STREETS -> {
                    var there = new HashSet<String>();
                    document.streets().forEach(entry -> there.add(entry.id() == null ? "" : entry.id()));
                    before.streets().stream()
                            .map(Street::id)
                            .filter(id -> !there.contains(id))
                            .forEach(all::add);
                }
                case DEVICES, POINTS, PIPES -> missingParts(said, all);
            }
            return Missing.of(all);
        }

        /** Rows add to a facility's present parts; those that no row names carry no row. */
        private void missingParts(List<FacilityEntry> said, List<String> all) {
            var index = new HashMap<String, Integer>();
            for (int i = 0; i < said.size(); i++) {
                index.put(said.get(i).id(), i);
            }
            before.facilities().forEach((id, facility) -> {
                int i = index.getOrDefault(id, -1);
                if (incoming.kind() == Incoming.Kind.PIPES) {
                    facility.getPipesList().stream()
                            .filter(pipe -> i < 0 || origin.row(Part.PIPE, i, pipe.getId()) == 0)
                            .forEach(pipe -> all.add(id + "/" + pipe.getId()));
                    return;
                }
                for (var device : facility.getDevicesList()) {
                    if (incoming.kind() == Incoming.Kind.DEVICES) {
                        if (i < 0 || origin.row(Part.DEVICE, i, device.getId()) == 0) {
                            all.add(device.getId());
                        }
                    } else {
                        device.getPointsList().stream()
                                .map(point -> Ids.point(device.getId(), point.getMetric()))
                                .filter(point -> i < 0 || origin.row(Part.POINT, i, point) == 0)
                                .forEach(all::add);
                    }
                }
            });
        }

        private void year(Entry at, Part part, String id, String field, @Nullable Integer year) {
            if (year != null && year != 0) {
                between(at, part, id, field, year, FIRST_YEAR, nextYear);
            }
        }
    }

    private static void between(
            Entry at, Part part, String id, String field, @Nullable Integer value, int least, int most) {
        if (value != null && (value < least || value > most)) {
            var word = field.substring(field.lastIndexOf('.') + 1);
            if (part == Part.FACILITY) {
                at.error(field, value, Code.OUT_OF_RANGE, word, value, least, most);
            } else {
                at.errorIn(part, id, field, value, Code.OUT_OF_RANGE, word, value, least, most);
            }
        }
    }

    private static void limitsCanBeEvaluated(Entry at, Domain domain, Facility facility) {
        try {
            domain.rulesOf(facility);
        } catch (IllegalArgumentException e) {
            at.error("parameters", "", Code.BAD_LIMIT, e.getMessage());
        }
    }

    private static void id(Entry at, String field, String what, @Nullable String id) {
        if (id == null || id.isEmpty()) {
            at.error(field, id, Code.BAD_ID, what, Ids.ID);
        } else if (!Ids.isValid(id)) {
            at.error(field, id, Code.BAD_ID, what, Ids.ID);
        }
    }

    private static void name(Entry at, @Nullable Name name) {
        if (name == null || badName(name)) {
            at.error("name", name == null ? null : name.zh(), Code.BAD_NAME, LONGEST_NAME);
        }
    }

    private static boolean badName(Name name) {
        return badName(name.zh()) || badName(name.en());
    }

    private static boolean badName(@Nullable String name) {
        return name == null || name.isBlank() || name.length() > LONGEST_NAME || unprintable(name);
    }

    private static void text(Entry at, String field, String text, int longest) {
        if (text.length() > longest) {
            at.error(field, text, Code.TOO_LONG, field, longest);
        } else if (unprintable(text)) {
            at.error(field, text, Code.BAD_CHARACTER, field);
        }
    }

    /** Control characters and halves of characters, which no table keeps. */
    private static boolean unprintable(String text) {
        return text.codePoints()
                .anyMatch(
                        c -> Character.isISOControl(c) || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    private static boolean degrees(Entry at, String field, String what, @Nullable Double degrees, double most) {
        if (degrees == null) {
            at.error(field, null, Code.REQUIRED, what);
            return false;
        }
        if (!(Math.abs(degrees) <= most)) {
            at.error(field, degrees, Code.OUT_OF_RANGE, what, degrees, -most, most);
            return false;
        }
        return true;
    }
}
