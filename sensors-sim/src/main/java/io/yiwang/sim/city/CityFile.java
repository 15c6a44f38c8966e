package io.yiwang.sim.city;

import io.yiwang.model.domain.Name;
import io.yiwang.model.wire.Facility;
import io.yiwang.sim.city.City.Place;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/** A city in a file that people and their tools can look at. */
public final class CityFile {
    private static final JsonMapper JSON = JsonMapper.shared();

    private CityFile() {}

    public enum Format {
        /** What {@code POST /api/assets} takes, without credentials. */
        JSON,
        /** RFC 7946: districts, roads, the river, villages, pipes and facilities; the property {@code layer} says which. */
        GEOJSON,
        /** A row for each facility, in the columns of the ledger's table of facilities. */
        CSV;

        /** By the file's name; JSON when it says nothing. */
        public static Format of(Path file) {
            var name = file.toString().toLowerCase(Locale.ROOT);
            return name.endsWith(".geojson") ? GEOJSON : name.endsWith(".csv") ? CSV : JSON;
        }
    }

    /** @throws IOException when the file cannot be written */
    public static void write(City city, Path file, Format format) throws IOException {
        try (var out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            switch (format) {
                case JSON -> AssetsJson.writeOpen(city, out);
                case GEOJSON -> geoJson(city, out);
                case CSV -> csv(city, out);
            }
        }
    }

    private static void csv(City city, OutputStream out) throws IOException {
        var text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        row(
                text,
                Stream.of(
                        "id",
                        "domain",
                        "type",
                        "district",
                        "street",
                        "grid",
                        "nameZh",
                        "nameEn",
                        "longitude",
                        "latitude",
                        "owner",
                        "builtYear",
                        "households",
                        "address",
                        "parameters",
                        "upstream"));
        for (var f : city.facilities()) {
            row(
                    text,
                    Stream.of(
                            f.getId(),
                            f.getDomain(),
                            f.getType(),
                            f.getDistrict(),
                            f.getStreet(),
                            f.getGrid(),
                            f.getName().getZh(),
                            f.getName().getEn(),
                            String.valueOf(f.getLongitude()),
                            String.valueOf(f.getLatitude()),
                            f.getOwner(),
                            String.valueOf(f.getBuiltYear()),
                            String.valueOf(f.getHouseholds()),
                            f.getAddress(),
                            new TreeMap<>(f.getParametersMap())
                                    .entrySet().stream()
                                            .map(e -> e.getKey() + "=" + e.getValue())
                                            .collect(Collectors.joining(" ")),
                            String.join(" ", f.getUpstreamList())));
        }
        text.flush();
    }

    private static void row(Writer text, Stream<String> cells) throws IOException {
        text.write(cells.map(CityFile::cell).collect(Collectors.joining(",", "", "\r\n")));
    }

    private static String cell(String value) {
        return value.matches("(?s).*[,\"\r\n].*") ? "\"" + value.replace("\"", "\"\"") + "\"" : value;
    }

    private static void geoJson(City city, OutputStream out) {
        try (var json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringProperty("type", "FeatureCollection");
            json.writeArrayPropertyStart("features");
            for (var district : city.districts()) {
                begin(json, "district", district.name(), "Polygon");
                json.writeStartArray();
                places(json, district.boundary());
                json.writeEndArray();
                end(json);
            }
            begin(json, "river", city.map().river().name(), "LineString");
            places(json, city.map().river().course());
            end(json);
            for (var road : city.map().roads()) {
                begin(json, road.rank(), road.name(), "LineString");
                places(json, road.course());
                end(json);
            }
            for (var village : city.map().villages()) {
                begin(json, "village", village.name(), "Point");
                place(json, village.place());
                end(json);
            }
            for (var facility : city.facilities()) {
                facility(json, facility, city);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private static void facility(JsonGenerator json, Facility facility, City city) {
        for (var pipe : facility.getPipesList()) {
            feature(json, "pipe", "LineString", () -> {
                json.writeStringProperty("id", pipe.getId());
                json.writeStringProperty("domain", facility.getDomain());
                json.writeStringProperty("from", pipe.getFrom());
                json.writeStringProperty("to", facility.getId());
                json.writeNumberProperty("lengthM", pipe.getLengthM());
                json.writeStringProperty("material", pipe.getMaterial());
                json.writeNumberProperty("diameterMm", pipe.getDiameterMm());
                json.writeNumberProperty("depthM", pipe.getDepthM());
                json.writeNumberProperty("laidYear", pipe.getLaidYear());
            });
            places(json, city.map().pipes().get(pipe.getId()).places());
            end(json);
        }
        feature(json, "facility", "Point", () -> {
            json.writeStringProperty("id", facility.getId());
            json.writeStringProperty("domain", facility.getDomain());
            json.writeStringProperty("type", facility.getType());
            json.writeStringProperty("district", facility.getDistrict());
            json.writeStringProperty("street", facility.getStreet());
            json.writeStringProperty("grid", facility.getGrid());
            json.writeStringProperty("zh", facility.getName().getZh());
            json.writeStringProperty("en", facility.getName().getEn());
            json.writeStringProperty("owner", facility.getOwner());
            json.writeNumberProperty("builtYear", facility.getBuiltYear());
            json.writeNumberProperty("households", facility.getHouseholds());
            json.writeStringProperty("address", facility.getAddress());
        });
        place(json, new Place(facility.getLongitude(), facility.getLatitude()));
        end(json);
    }

    private static void begin(JsonGenerator json, String layer, Name name, String geometry) {
        feature(json, layer, geometry, () -> {
            json.writeStringProperty("zh", name.zh());
            json.writeStringProperty("en", name.en());
        });
    }

    /** Up to its coordinates. */
    private static void feature(JsonGenerator json, String layer, String geometry, Runnable properties) {
        json.writeStartObject();
        json.writeStringProperty("type", "Feature");
        json.writeObjectPropertyStart("properties");
        json.writeStringProperty("layer", layer);
        properties.run();
        json.writeEndObject();
        json.writeObjectPropertyStart("geometry");
        json.writeStringProperty("type", geometry);
        json.writeName("coordinates");
    }

    private static void end(JsonGenerator json) {
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void places(JsonGenerator json, List<Place> places) {
        json.writeStartArray();
        places.forEach(place -> place(json, place));
        json.writeEndArray();
    }

    private static void place(JsonGenerator json, Place place) {
        json.writeStartArray();
        json.writeNumber(place.longitude());
        json.writeNumber(place.latitude());
        json.writeEndArray();
    }
}
