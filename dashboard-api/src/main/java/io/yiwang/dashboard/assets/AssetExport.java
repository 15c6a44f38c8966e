package io.yiwang.dashboard.assets;

import io.yiwang.dashboard.assets.AssetDocument.City;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Pipe;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the ledger, facility by facility: no answer is ever whole in memory. What is written here and imported again changes
 * nothing. Credentials never leave.
 */
final class AssetExport {
    /**
     * @param total how many facilities match; null in an answer that is not a page
     * @param next the last id of the page; null = there are no more
     */
    record Page(@Nullable Integer total, @Nullable String next) {}

    private final JsonMapper json;

    AssetExport(JsonMapper json) {
        this.json = json;
    }

    /** @param page null = not a page */
    void json(Assets assets, Stream<Facility> facilities, @Nullable Page page, OutputStream out) {
        try (var to = json.createGenerator(out)) {
            to.writeStartObject();
            to.writePOJOProperty("city", new City(assets.city()));
            to.writePOJOProperty(
                    "districts",
                    assets.districts().stream().map(AssetEntries::of).toList());
            to.writePOJOProperty(
                    "streets", assets.streets().stream().map(AssetEntries::of).toList());
            to.writeArrayPropertyStart("facilities");
            facilities.forEach(facility -> to.writePOJO(AssetEntries.of(facility)));
            to.writeEndArray();
            if (page != null) {
                to.writePOJOProperty("total", page.total());
                to.writePOJOProperty("next", page.next());
            }
            to.writeEndObject();
        }
    }

    void geoJson(Assets assets, Stream<Facility> facilities, OutputStream out) {
        try (var to = json.createGenerator(out)) {
            to.writeStartObject();
            to.writeStringProperty("type", "FeatureCollection");
            to.writePOJOProperty("city", new City(assets.city()));
            to.writeArrayPropertyStart("features");
            assets.districts().forEach(district -> district(district, to));
            assets.streets().forEach(street -> {
                ObjectNode properties = json.valueToTree(AssetEntries.of(street));
                feature(to, street.id(), "street", null, properties);
            });
            facilities.forEach(facility -> {
                var entry = AssetEntries.of(facility);
                ObjectNode properties = json.valueToTree(entry);
                properties.remove(List.of("longitude", "latitude", "pipes"));
                feature(
                        to,
                        facility.getId(),
                        "facility",
                        Map.of("type", "Point", "coordinates", place(facility)),
                        properties);
                facility.getPipesList().forEach(pipe -> pipe(assets, facility, pipe, to));
            });
            to.writeEndArray();
            to.writeEndObject();
        }
    }

    private void district(District district, JsonGenerator to) {
        ObjectNode properties = json.valueToTree(AssetEntries.of(district));
        properties.remove("boundary");
        feature(
                to,
                district.id(),
                "district",
                district.boundary().isEmpty()
                        ? null
                        : Map.of("type", "Polygon", "coordinates", List.of(district.boundary())),
                properties);
    }

    private void pipe(Assets assets, Facility at, Pipe pipe, JsonGenerator to) {
        ObjectNode properties = json.valueToTree(AssetEntries.of(pipe));
        properties.put("to", at.getId());
        var geometry = assets.facility(pipe.getFrom())
                .map(from -> Map.of("type", "LineString", "coordinates", List.of(place(from), place(at))))
                .orElse(null);
        feature(to, pipe.getId(), "pipe", geometry, properties);
    }

    private static List<Double> place(Facility facility) {
        return List.of(facility.getLongitude(), facility.getLatitude());
    }

    private static void feature(
            JsonGenerator to, String id, String kind, @Nullable Object geometry, ObjectNode properties) {
        properties.put("kind", kind);
        to.writeStartObject();
        to.writeStringProperty("type", "Feature");
        to.writeStringProperty("id", id);
        to.writePOJOProperty("geometry", geometry);
        to.writePOJOProperty("properties", properties);
        to.writeEndObject();
    }

    /** UTF-8 with a byte order mark, by which spreadsheets know it. */
    void csv(Assets assets, CsvTable table, Stream<Facility> facilities, boolean chinese, OutputStream out)
            throws IOException {
        var writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
        writer.write('\ufeff');
        var to = new CSVPrinter(writer, CSVFormat.RFC4180);
        to.printRecord(table.columns().stream()
                .map(column -> chinese ? column.zh() : column.name())
                .toList());
        var rows = rows(assets, table, facilities, chinese).iterator();
        while (rows.hasNext()) {
            to.printRecord(rows.next());
        }
        to.flush();
    }

    private static Stream<List<Object>> rows(
            Assets assets, CsvTable table, Stream<Facility> facilities, boolean chinese) {
        return switch (table) {
            case DISTRICTS ->
                assets.districts().stream()
                        .map(d -> row(
                                id(d.id()), text(d.name().zh()), text(d.name().en()), ring(d.boundary())));
            case STREETS ->
                assets.streets().stream()
                        .map(s -> row(
                                id(s.id()),
                                id(s.district()),
                                text(s.name().zh()),
                                text(s.name().en())));
            case FACILITIES -> facilities.map(facility -> facility(facility, chinese));
            case DEVICES ->
                facilities.flatMap(f -> f.getDevicesList().stream()
                        .map(d -> row(
                                id(f.getId()),
                                id(d.getId()),
                                text(d.getName().getZh()),
                                text(d.getName().getEn()),
                                id(d.getGateway()),
                                text(d.getExternalId()))));
            case POINTS ->
                facilities.flatMap(f -> f.getDevicesList().stream()
                        .flatMap(d -> d.getPointsList().stream()
                                .map(p -> row(
                                        id(f.getId()),
                                        id(d.getId()),
                                        p.getMetric(),
                                        known(p.getPeriodSeconds()),
                                        text(p.getSource()),
                                        text(p.getUnit())))));
            case PIPES ->
                facilities.flatMap(f -> f.getPipesList().stream()
                        .map(p -> row(
                                id(p.getId()),
                                id(p.getFrom()),
                                id(f.getId()),
                                p.getLengthM(),
                                text(p.getMaterial()),
                                known(p.getDiameterMm()),
                                p.getDepthM(),
                                known(p.getLaidYear()))));
        };
    }

    private static List<Object> facility(Facility f, boolean chinese) {
        return row(
                id(f.getId()),
                f.getDomain(),
                f.getType(),
                id(f.getDistrict()),
                id(f.getStreet()),
                id(f.getGrid()),
                text(f.getName().getZh()),
                text(f.getName().getEn()),
                f.getLongitude(),
                f.getLatitude(),
                chinese ? (f.getInService() ? "是" : "否") : f.getInService(),
                text(f.getOwner()),
                known(f.getBuiltYear()),
                known(f.getHouseholds()),
                text(f.getAddress()),
                text(String.join(" ", f.getUpstreamList())),
                new TreeMap<>(f.getParametersMap())
                        .entrySet().stream()
                                .map(parameter -> parameter.getKey() + "=" + parameter.getValue())
                                .collect(Collectors.joining(" ")));
    }

    private static List<Object> row(Object... cells) {
        return Arrays.asList(cells);
    }

    private static String text(String text) {
        return CsvCell.guarded(text);
    }

    /** An id may begin with a hyphen, which a spreadsheet takes for a minus. */
    private static String id(String id) {
        return CsvCell.guarded(id);
    }

    private static Object known(int number) {
        return number == 0 ? "" : number;
    }

    private static String ring(List<List<Double>> boundary) {
        return boundary.isEmpty()
                ? ""
                : IntStream.range(0, boundary.size())
                        .mapToObj(i ->
                                boundary.get(i).get(0) + " " + boundary.get(i).get(1))
                        .collect(Collectors.joining(", ", "POLYGON((", "))"));
    }
}
