package io.yiwang.dashboard.assets;

import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.assets.AssetDocument.City;
import io.yiwang.dashboard.assets.AssetDocument.DistrictEntry;
import io.yiwang.dashboard.assets.AssetDocument.FacilityEntry;
import io.yiwang.dashboard.assets.AssetDocument.PipeEntry;
import io.yiwang.dashboard.assets.AssetDocument.StreetEntry;
import io.yiwang.dashboard.assets.Finding.Code;
import io.yiwang.dashboard.assets.Incoming.Kind;
import io.yiwang.dashboard.assets.Incoming.Origin;
import io.yiwang.dashboard.assets.Incoming.Part;
import io.yiwang.dashboard.assets.Incoming.Spoiled;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a FeatureCollection (RFC 7946): facilities are points, pipes lines, districts polygons, streets have no geometry. The
 * property {@code kind} says which a feature is; without it the geometry does. A pipe adds to the facility named by {@code to};
 * its course on the map is not kept, its length is a property.
 */
final class GeoJsonImport {
    private static final Map<String, Set<String>> PROPERTIES = Map.of(
            "district", Set.of("name"),
            "street", Set.of("district", "name"),
            "pipe", Set.of("from", "to", "lengthM", "material", "diameterMm", "depthM", "laidYear"),
            "facility",
                    Set.of(
                            "domain",
                            "type",
                            "district",
                            "street",
                            "grid",
                            "name",
                            "inService",
                            "owner",
                            "builtYear",
                            "households",
                            "address",
                            "parameters",
                            "upstream",
                            "pipes",
                            "devices"));
    private static final Map<String, String> BY_GEOMETRY =
            Map.of("Point", "facility", "LineString", "pipe", "Polygon", "district", "MultiPolygon", "district");

    /** @param row place in {@code features}, from 1 */
    private record Feature(int row, String id, String kind, ObjectNode properties, JsonNode geometry) {}

    private final JsonMapper json;
    private final int mostFeatures;
    private final List<Feature> features = new ArrayList<>();
    private final List<Finding> errors = new ArrayList<>();
    private final List<Finding> warnings = new ArrayList<>();
    private final Map<String, Integer> unknown = new TreeMap<>();
    private @Nullable City city;

    private GeoJsonImport(JsonMapper json, int mostFeatures) {
        this.json = json;
        this.mostFeatures = mostFeatures;
    }

    /** @throws Problem when it is no FeatureCollection at all */
    static GeoJsonImport read(JsonMapper json, InputStream file, int mostFeatures) {
        var reading = new GeoJsonImport(json, mostFeatures);
        try {
            reading.read(file);
        } catch (JacksonException e) {
            throw Problem.badRequest("BAD_GEOJSON", "the document is no GeoJSON: " + e.getOriginalMessage());
        }
        return reading;
    }

    private void read(InputStream file) {
        boolean collection = false;
        try (var parser = json.createParser(file)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw Problem.badRequest("BAD_GEOJSON", "a GeoJSON document is an object");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "type" -> collection = "FeatureCollection".equals(parser.getValueAsString());
                    case "city" -> city = json.treeToValue(parser.readValueAsTree(), City.class);
                    case "features" -> {
                        while (parser.nextToken() == JsonToken.START_OBJECT) {
                            if (features.size() == mostFeatures) {
                                throw Problem.badRequest(
                                        "TOO_MANY", "at most " + mostFeatures + " features in one import");
                            }
                            add(parser.readValueAsTree());
                        }
                    }
                    default -> parser.skipChildren();
                }
            }
        }
        if (!collection) {
            throw Problem.badRequest("BAD_GEOJSON", "the type of the document must be FeatureCollection");
        }
        unknown.forEach((name, count) ->
                warnings.add(Finding.of(0, "", name, "", Code.UNKNOWN_PROPERTY, name, String.valueOf(count))));
    }

    private void add(JsonNode feature) {
        int row = features.size() + 1;
        var properties = feature.get("properties") instanceof ObjectNode object ? object : json.createObjectNode();
        var geometry = feature.path("geometry");
        var kind = properties.path("kind").asString("");
        if (kind.isEmpty()) {
            kind = BY_GEOMETRY.getOrDefault(geometry.path("type").asString(""), "");
        }
        var id = feature.path("id").asString(properties.path("id").asString(""));
        properties.remove(List.of("kind", "id"));
        var known = PROPERTIES.get(kind);
        if (known == null) {
            errors.add(Finding.of(
                    row, id, "kind", kind, Code.BAD_FEATURE, "kind must be facility, pipe, district or street"));
        } else {
            for (var name : List.copyOf(properties.propertyNames())) {
                if (!known.contains(name)) {
                    unknown.merge(name, 1, Integer::sum);
                    properties.remove(name);
                }
            }
        }
        features.add(new Feature(row, id, kind, properties, geometry));
    }

    Incoming incoming(Assets before) {
        var districts = new ArrayList<DistrictEntry>();
        var districtRows = new ArrayList<Integer>();
        var streets = new ArrayList<StreetEntry>();
        var streetRows = new ArrayList<Integer>();
        var facilities = new ArrayList<FacilityEntry>();
        var facilityRows = new ArrayList<Integer>();
        var index = new LinkedHashMap<String, Integer>();
        var spoiledDistricts = new HashSet<Integer>();
        var spoiledFacilities = new HashSet<Integer>();
        var pipes = new ArrayList<Feature>();
        for (var feature : features) {
            feature.properties.put("id", feature.id);
            switch (feature.kind) {
                case "district" -> {
                    var ring = ring(feature);
                    if (ring == null && !feature.geometry.isNull() && !feature.geometry.isMissingNode()) {
                        spoiledDistricts.add(districts.size());
                    }
                    var entry = value(feature, DistrictEntry.class);
                    if (entry != null) {
                        districts.add(new DistrictEntry(entry.id(), entry.name(), ring));
                        districtRows.add(feature.row);
                    }
                }
                case "street" -> {
                    var entry = value(feature, StreetEntry.class);
                    if (entry != null) {
                        streets.add(entry);
                        streetRows.add(feature.row);
                    }
                }
                case "facility" -> {
                    boolean placed = place(feature);
                    var entry = value(feature, FacilityEntry.class);
                    if (entry != null) {
                        if (!placed) {
                            spoiledFacilities.add(facilities.size());
                        }
                        index.putIfAbsent(feature.id, facilities.size());
                        facilities.add(entry);
                        facilityRows.add(feature.row);
                    }
                }
                case "pipe" -> pipes.add(feature);
                default -> {
                    // Refused when it was read.
                }
            }
        }
        var rows = new Rows(districtRows, streetRows, facilityRows);
        for (var feature : pipes) {
            pipe(feature, before, facilities, index, rows, spoiledFacilities);
        }
        return new Incoming(
                new AssetDocument(city, districts, streets, facilities),
                Kind.ALL,
                rows,
                errors,
                warnings,
                new Spoiled(spoiledDistricts, Set.of(), spoiledFacilities));
    }

    private void pipe(
            Feature feature,
            Assets before,
            List<FacilityEntry> facilities,
            Map<String, Integer> index,
            Rows rows,
            Set<Integer> spoiled) {
        var to = feature.properties.path("to").asString("");
        var present = before.facility(to).orElse(null);
        if (present == null && !index.containsKey(to)) {
            errors.add(Finding.of(feature.row, feature.id, "to", to, Code.UNKNOWN_FACILITY, to));
            return;
        }
        int at = index.computeIfAbsent(to, id -> {
            facilities.add(FacilityEntry.of(id));
            rows.facilities.add(feature.row);
            return facilities.size() - 1;
        });
        var pipe = value(feature, PipeEntry.class);
        if (pipe == null) {
            spoiled.add(at);
            return;
        }
        var entry = facilities.get(at);
        var all = new ArrayList<PipeEntry>(
                entry.pipes() != null ? entry.pipes() : present == null ? List.of() : AssetEntries.pipes(present));
        if (rows.parts.computeIfAbsent(at, key -> new HashMap<>()).putIfAbsent(feature.id, feature.row) != null) {
            errors.add(Finding.of(feature.row, feature.id, "id", feature.id, Code.PIPE_TWICE, feature.id));
            spoiled.add(at);
            return;
        }
        int same = -1;
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i) != null && feature.id.equals(all.get(i).id())) {
                same = i;
            }
        }
        if (same < 0) {
            all.add(pipe);
        } else {
            all.set(same, pipe);
        }
        facilities.set(at, entry.withPipes(all));
    }

    private <T> @Nullable T value(Feature feature, Class<T> type) {
        try {
            return json.treeToValue(feature.properties, type);
        } catch (JacksonException e) {
            var path = e.getPath().isEmpty()
                    ? "properties"
                    : String.valueOf(e.getPath().get(0).getPropertyName());
            errors.add(Finding.of(
                    feature.row,
                    feature.id,
                    path,
                    feature.properties.path(path).toString(),
                    Code.BAD_FEATURE,
                    path + ": " + e.getOriginalMessage()));
            return null;
        }
    }

    /** Absent geometry keeps the present place. */
    private boolean place(Feature feature) {
        var geometry = feature.geometry;
        if (geometry.isNull() || geometry.isMissingNode()) {
            return true;
        }
        var place = geometry.path("coordinates");
        if (!geometry.path("type").asString("").equals("Point")
                || !place.path(0).isNumber()
                || !place.path(1).isNumber()) {
            errors.add(Finding.of(
                    feature.row,
                    feature.id,
                    "geometry",
                    geometry.path("type").asString(""),
                    Code.BAD_GEOMETRY,
                    "Point [longitude, latitude]"));
            return false;
        }
        feature.properties.set("longitude", place.get(0));
        feature.properties.set("latitude", place.get(1));
        return true;
    }

    /** The outer ring; null when there is none, which is said unless there is no geometry. */
    private @Nullable List<List<Double>> ring(Feature feature) {
        var geometry = feature.geometry;
        if (geometry.isNull() || geometry.isMissingNode()) {
            return null;
        }
        var polygon = geometry.path("coordinates");
        if (geometry.path("type").asString("").equals("MultiPolygon") && polygon.size() == 1) {
            polygon = polygon.get(0);
        } else if (!geometry.path("type").asString("").equals("Polygon")) {
            polygon = json.createArrayNode();
        }
        if (polygon.isEmpty()) {
            errors.add(Finding.of(
                    feature.row,
                    feature.id,
                    "geometry",
                    geometry.path("type").asString(""),
                    Code.BAD_GEOMETRY,
                    "Polygon"));
            return null;
        }
        if (polygon.size() > 1) {
            warnings.add(Finding.of(feature.row, feature.id, "geometry", "", Code.HOLES_LEFT_OUT));
        }
        var ring = new ArrayList<List<Double>>();
        for (var corner : polygon.get(0)) {
            if (!corner.path(0).isNumber() || !corner.path(1).isNumber()) {
                errors.add(Finding.of(feature.row, feature.id, "geometry", corner.toString(), Code.BAD_CORNER));
                return null;
            }
            ring.add(List.of(corner.get(0).asDouble(), corner.get(1).asDouble()));
        }
        return ring;
    }

    /** Places of features in the collection. */
    private record Rows(
            List<Integer> districts,
            List<Integer> streets,
            List<Integer> facilities,
            Map<Integer, Map<String, Integer>> parts)
            implements Origin {

        Rows(List<Integer> districts, List<Integer> streets, List<Integer> facilities) {
            this(districts, streets, facilities, new HashMap<>());
        }

        @Override
        public int row(Part part, int index) {
            return switch (part) {
                case DISTRICT -> districts.get(index);
                case STREET -> streets.get(index);
                default -> facilities.get(index);
            };
        }

        @Override
        public int row(Part part, int facility, String id) {
            var row = part == Part.PIPE ? parts.getOrDefault(facility, Map.of()).get(id) : null;
            return row == null ? facilities.get(facility) : row;
        }

        @Override
        public String column(String field) {
            return field;
        }
    }
}
