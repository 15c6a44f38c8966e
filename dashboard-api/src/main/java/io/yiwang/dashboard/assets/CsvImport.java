package io.yiwang.dashboard.assets;

import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.assets.AssetDocument.DeviceEntry;
import io.yiwang.dashboard.assets.AssetDocument.DistrictEntry;
import io.yiwang.dashboard.assets.AssetDocument.FacilityEntry;
import io.yiwang.dashboard.assets.AssetDocument.PipeEntry;
import io.yiwang.dashboard.assets.AssetDocument.PointEntry;
import io.yiwang.dashboard.assets.AssetDocument.StreetEntry;
import io.yiwang.dashboard.assets.Finding.Code;
import io.yiwang.dashboard.assets.Incoming.Origin;
import io.yiwang.dashboard.assets.Incoming.Part;
import io.yiwang.dashboard.assets.Incoming.Spoiled;
import io.yiwang.model.domain.Name;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Facility;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads one table of the ledger from CSV. A column that the file does not have, and a cell that a short row does not reach, say
 * nothing; an empty cell says: none or not known. Rows of devices, points and pipes add to what their facilities have.
 */
final class CsvImport {
    private static final Charset GB18030 = Charset.forName("GB18030");
    private static final Pattern WKT = Pattern.compile("(?i)POLYGON\\s*\\(\\s*\\(([^()]*)\\)\\s*\\)");

    /** The file's cells, and what was noticed on the way. */
    private record Sheet(
            CsvTable table, List<CsvTable.@Nullable Column> columns, Map<String, String> headers, List<Row> rows) {}

    /** @param number as a spreadsheet counts: the header is row 1 */
    private record Row(int number, List<String> cells) {}

    private final int mostRows;
    private final List<Finding> errors = new ArrayList<>();
    private final List<Finding> warnings = new ArrayList<>();
    private final Sheet sheet;

    private CsvImport(CsvTable table, String text, int mostRows, boolean guessed) {
        this.mostRows = mostRows;
        if (guessed) {
            warnings.add(Finding.of(0, "", "", "", Code.ENCODING_GUESSED));
        }
        this.sheet = sheet(table, text);
    }

    /**
     * @param declared what the sender says the bytes are; null = UTF-8, or GB18030 when they are not
     * @throws Problem when it is no such table at all
     */
    static CsvImport read(CsvTable table, byte[] file, @Nullable Charset declared, int mostRows) {
        var charset = declared == null ? StandardCharsets.UTF_8 : declared;
        boolean guessed = false;
        String text;
        try {
            text = charset.newDecoder().decode(ByteBuffer.wrap(file)).toString();
        } catch (CharacterCodingException e) {
            if (declared != null) {
                throw Problem.badRequest("BAD_CSV", "the file is not " + declared);
            }
            text = new String(file, GB18030);
            guessed = true;
        }
        return new CsvImport(table, text.startsWith("\ufeff") ? text.substring(1) : text, mostRows, guessed);
    }

    private Sheet sheet(CsvTable table, String text) {
        var headerEnd = text.indexOf('\n') < 0 ? text.length() : text.indexOf('\n');
        var format = CSVFormat.RFC4180
                .builder()
                .setDelimiter(delimiter(text.substring(0, headerEnd)))
                .setIgnoreEmptyLines(false)
                .get();
        var columns = new ArrayList<CsvTable.@Nullable Column>();
        var headers = new HashMap<String, String>();
        var rows = new ArrayList<Row>();
        int reached = 1;
        try (var parser = format.parse(new StringReader(text))) {
            for (var line : parser) {
                reached = (int) line.getRecordNumber() + 1;
                if (line.getRecordNumber() == 1) {
                    header(table, line, columns, headers);
                } else if (line.stream().anyMatch(cell -> !cell.isBlank())) {
                    if (rows.size() == mostRows) {
                        throw Problem.badRequest("TOO_MANY", "at most " + mostRows + " rows in one import");
                    }
                    rows.add(new Row((int) line.getRecordNumber(), line.toList()));
                }
            }
        } catch (UncheckedIOException | IOException | IllegalStateException e) {
            var reason = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
            throw Problem.badRequest("BAD_CSV", "row " + reached + " cannot be read: " + reason);
        }
        if (columns.isEmpty()) {
            throw Problem.badRequest("BAD_CSV", "the file is empty; its first row must name the columns");
        }
        for (var column : table.columns()) {
            if (column.needed() && !columns.contains(column)) {
                throw Problem.badRequest(
                        "BAD_CSV",
                        "a file of " + table.word() + " needs the column " + column.name() + " (" + column.zh() + ")");
            }
        }
        return new Sheet(table, columns, headers, rows);
    }

    private void header(
            CsvTable table, CSVRecord line, List<CsvTable.@Nullable Column> columns, Map<String, String> headers) {
        for (var header : line) {
            var column = table.named(header).orElse(null);
            if (column == null) {
                if (!header.isBlank()) {
                    warnings.add(Finding.of(1, "", header, header, Code.UNKNOWN_COLUMN, header));
                }
            } else if (headers.putIfAbsent(column.name(), header.strip()) != null) {
                throw Problem.badRequest("BAD_CSV", "the column " + header.strip() + " is there twice");
            }
            columns.add(column);
        }
    }

    /** Whichever of comma, semicolon and tab the header uses most. */
    private static char delimiter(String header) {
        char best = ',';
        long most = header.chars().filter(c -> c == ',').count();
        for (char candidate : new char[] {';', '\t'}) {
            long count = header.chars().filter(c -> c == candidate).count();
            if (count > most) {
                most = count;
                best = candidate;
            }
        }
        return best;
    }

    Incoming incoming(Assets before) {
        return switch (sheet.table) {
            case DISTRICTS -> districts();
            case STREETS -> streets();
            case FACILITIES -> facilities();
            case DEVICES, POINTS, PIPES -> parts(before);
        };
    }

    private Incoming districts() {
        var districts = new ArrayList<DistrictEntry>();
        var spoiled = new HashSet<Integer>();
        for (var row : sheet.rows) {
            var cells = new Cells(row);
            districts.add(new DistrictEntry(cells.id("id"), cells.name(), cells.ring()));
            cells.spoil(spoiled, districts.size() - 1);
        }
        return incoming(
                new AssetDocument(null, districts, null, null),
                new Rows(rowNumbers(), Map.of()),
                new Spoiled(spoiled, Set.of(), Set.of()));
    }

    private Incoming streets() {
        var streets = new ArrayList<StreetEntry>();
        var spoiled = new HashSet<Integer>();
        for (var row : sheet.rows) {
            var cells = new Cells(row);
            streets.add(new StreetEntry(cells.id("id"), cells.id("district"), cells.name()));
            cells.spoil(spoiled, streets.size() - 1);
        }
        return incoming(
                new AssetDocument(null, null, streets, null),
                new Rows(rowNumbers(), Map.of()),
                new Spoiled(Set.of(), spoiled, Set.of()));
    }

    private Incoming facilities() {
        var facilities = new ArrayList<FacilityEntry>();
        var spoiled = new HashSet<Integer>();
        for (var row : sheet.rows) {
            var cells = new Cells(row);
            facilities.add(new FacilityEntry(
                    cells.id("id"),
                    cells.id("domain"),
                    cells.id("type"),
                    cells.id("district"),
                    cells.id("street"),
                    cells.id("grid"),
                    cells.name(),
                    cells.place("longitude"),
                    cells.place("latitude"),
                    cells.yes("inService"),
                    cells.text("owner"),
                    cells.integer("builtYear"),
                    cells.integer("households"),
                    cells.text("address"),
                    cells.parameters(),
                    cells.words("upstream"),
                    null,
                    null));
            cells.spoil(spoiled, facilities.size() - 1);
        }
        return incoming(
                new AssetDocument(null, null, null, facilities),
                new Rows(rowNumbers(), Map.of()),
                new Spoiled(Set.of(), Set.of(), spoiled));
    }

    /** A facility whose parts are being put together. */
    private static final class Whole {
        private final int firstRow;
        private final List<DeviceEntry> devices;
        private final List<PipeEntry> pipes;
        private final Map<String, Integer> rows = new HashMap<>();
        private boolean spoiled;

        Whole(int firstRow, @Nullable Facility present) {
            this.firstRow = firstRow;
            this.devices = new ArrayList<>(present == null ? List.of() : AssetEntries.devices(present));
            this.pipes = new ArrayList<>(present == null ? List.of() : AssetEntries.pipes(present));
        }

        int device(String id) {
            for (int i = 0; i < devices.size(); i++) {
                if (id.equals(devices.get(i).id())) {
                    return i;
                }
            }
            return -1;
        }
    }

    private Incoming parts(Assets before) {
        var wholes = new LinkedHashMap<String, Whole>();
        for (var row : sheet.rows) {
            var cells = new Cells(row);
            var part = switch (sheet.table) {
                case DEVICES -> Part.DEVICE;
                case POINTS -> Part.POINT;
                default -> Part.PIPE;
            };
            var facility = facility(cells, before);
            if (facility == null) {
                continue;
            }
            var whole = wholes.computeIfAbsent(
                    facility, id -> new Whole(row.number, before.facility(id).orElse(null)));
            var id = add(cells, part, whole);
            if (whole.rows.putIfAbsent(part + " " + id, row.number) != null) {
                cells.error(sheet.table == CsvTable.POINTS ? "metric" : "id", id, Code.DUPLICATE, "this row");
            }
            whole.spoiled |= cells.spoiled;
        }
        var facilities = new ArrayList<FacilityEntry>();
        var firstRows = new ArrayList<Integer>();
        var parts = new HashMap<Integer, Map<String, Integer>>();
        var spoiled = new HashSet<Integer>();
        wholes.forEach((id, whole) -> {
            int index = facilities.size();
            var entry = FacilityEntry.of(id);
            facilities.add(
                    sheet.table == CsvTable.PIPES ? entry.withPipes(whole.pipes) : entry.withDevices(whole.devices));
            firstRows.add(whole.firstRow);
            parts.put(index, whole.rows);
            if (whole.spoiled) {
                spoiled.add(index);
            }
        });
        return incoming(
                new AssetDocument(null, null, null, facilities),
                new Rows(firstRows, parts),
                new Spoiled(Set.of(), Set.of(), spoiled));
    }

    /** The facility that the row is about; null when the ledger has none such, which is said. */
    private @Nullable String facility(Cells cells, Assets before) {
        var column = sheet.table == CsvTable.PIPES ? "to" : "facility";
        var facility = cells.id(column);
        if (sheet.table == CsvTable.POINTS && (facility == null || facility.isEmpty())) {
            var device = cells.id("device");
            facility = before.ownerOf(device == null ? "" : device).orElse(null);
            if (facility == null) {
                cells.error("device", device, Code.UNKNOWN_DEVICE, device);
                return null;
            }
        }
        if (facility == null || before.facility(facility).isEmpty()) {
            cells.error(column, facility, Code.UNKNOWN_FACILITY, facility);
            return null;
        }
        return facility;
    }

    /** @return id of the part */
    private String add(Cells cells, Part part, Whole whole) {
        if (part == Part.PIPE) {
            var id = orEmpty(cells.id("id"));
            int at = -1;
            for (int i = 0; i < whole.pipes.size(); i++) {
                if (id.equals(whole.pipes.get(i).id())) {
                    at = i;
                }
            }
            var old = at < 0 ? new PipeEntry(id, null, null, null, null, null, null) : whole.pipes.get(at);
            var pipe = new PipeEntry(
                    id,
                    or(cells.id("from"), old.from()),
                    or(cells.measure("lengthM"), old.lengthM()),
                    or(cells.text("material"), old.material()),
                    or(cells.integer("diameterMm"), old.diameterMm()),
                    or(cells.measureOrNone("depthM"), old.depthM()),
                    or(cells.integer("laidYear"), old.laidYear()));
            if (at < 0) {
                whole.pipes.add(pipe);
            } else {
                whole.pipes.set(at, pipe);
            }
            return id;
        }
        var device = orEmpty(cells.id(part == Part.DEVICE ? "id" : "device"));
        int at = whole.device(device);
        if (part == Part.DEVICE) {
            var said = new DeviceEntry(device, cells.name(), cells.id("gateway"), cells.text("externalId"), null, null);
            if (at < 0) {
                whole.devices.add(said);
            } else {
                whole.devices.set(at, said.over(whole.devices.get(at)));
            }
            return device;
        }
        var metric = orEmpty(cells.id("metric"));
        var said = new PointEntry(metric, cells.integer("periodSeconds"), cells.text("source"), cells.id("unit"));
        if (at < 0) {
            cells.error("device", device, Code.UNKNOWN_DEVICE, device);
            return Ids.point(device, metric);
        }
        var old = whole.devices.get(at);
        var points = new ArrayList<>(old.points() == null ? List.<PointEntry>of() : old.points());
        int index = -1;
        for (int i = 0; i < points.size(); i++) {
            if (metric.equals(points.get(i).metric())) {
                index = i;
            }
        }
        if (index < 0) {
            points.add(said);
        } else {
            points.set(index, said.over(points.get(index)));
        }
        whole.devices.set(at, old.withPoints(points));
        return Ids.point(device, metric);
    }

    private Incoming incoming(AssetDocument document, Origin origin, Spoiled spoiled) {
        return new Incoming(document, sheet.table.kind(), origin, errors, warnings, spoiled);
    }

    private List<Integer> rowNumbers() {
        return sheet.rows.stream().map(Row::number).toList();
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static <T> @Nullable T or(@Nullable T value, @Nullable T other) {
        return value == null ? other : value;
    }

    /** Rows of the sheet; a part that no row names has row 0. */
    private final class Rows implements Origin {
        private final List<Integer> rows;
        private final Map<Integer, Map<String, Integer>> parts;

        Rows(List<Integer> rows, Map<Integer, Map<String, Integer>> parts) {
            this.rows = rows;
            this.parts = parts;
        }

        @Override
        public int row(Part part, int index) {
            return rows.get(index);
        }

        @Override
        public int row(Part part, int facility, String id) {
            var row = parts.getOrDefault(facility, Map.of()).get(part + " " + id);
            return row == null ? 0 : row;
        }

        @Override
        public String column(String field) {
            var name = field.substring(field.lastIndexOf('.') + 1);
            if (name.equals("name")) {
                name = "nameZh";
            }
            return sheet.headers.getOrDefault(name, name);
        }
    }

    /** One row's cells by column. Null = the row says nothing about it. */
    private final class Cells {
        private final Row row;
        private boolean spoiled;

        Cells(Row row) {
            this.row = row;
            if (row.cells.size() > sheet.columns.size()
                    && row.cells.subList(sheet.columns.size(), row.cells.size()).stream()
                            .anyMatch(cell -> !cell.isBlank())) {
                error("", row.cells.get(sheet.columns.size()), Code.TOO_MANY_CELLS);
            }
        }

        void spoil(Set<Integer> all, int index) {
            if (spoiled) {
                all.add(index);
            }
        }

        void error(String column, @Nullable String value, Code code, Object... words) {
            spoiled = true;
            var id = raw("id");
            if (id == null) {
                id = raw(sheet.table == CsvTable.POINTS ? "device" : "facility");
            }
            errors.add(Finding.of(row.number, id, sheet.headers.getOrDefault(column, column), value, code, words));
        }

        private @Nullable String raw(String name) {
            for (int i = 0; i < sheet.columns.size() && i < row.cells.size(); i++) {
                var column = sheet.columns.get(i);
                if (column != null && column.name().equals(name)) {
                    return row.cells.get(i);
                }
            }
            return null;
        }

        /** As it stands. */
        @Nullable
        String text(String name) {
            var cell = raw(name);
            return cell == null ? null : CsvCell.plain(cell);
        }

        @Nullable
        String id(String name) {
            var text = text(name);
            return text == null ? null : text.strip();
        }

        /** In a file with one language, both names are the same. */
        @Nullable
        Name name() {
            var zh = text("nameZh");
            var en = text("nameEn");
            if (zh == null && en == null) {
                return null;
            }
            var first = zh == null || zh.isBlank() ? orEmpty(en) : zh;
            return new Name(first, en == null || en.isBlank() ? first : en);
        }

        @Nullable
        Double place(String name) {
            var cell = id(name);
            if (cell == null) {
                return null;
            }
            if (cell.isEmpty()) {
                error(name, "", Code.REQUIRED, name);
                return null;
            }
            return number(name, cell);
        }

        @Nullable
        Double measure(String name) {
            return place(name);
        }

        @Nullable
        Double measureOrNone(String name) {
            var cell = id(name);
            return cell == null ? null : cell.isEmpty() ? Double.valueOf(0) : number(name, cell);
        }

        private @Nullable Double number(String name, String cell) {
            try {
                var number = Double.parseDouble(cell);
                if (Double.isFinite(number) && cell.matches("[-+0-9.eE]+")) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Said below, as for all that is no number.
            }
            error(name, cell, Code.NOT_A_NUMBER, cell);
            return null;
        }

        @Nullable
        Integer integer(String name) {
            var cell = id(name);
            if (cell == null || cell.isEmpty()) {
                return cell == null ? null : Integer.valueOf(0);
            }
            var number = number(name, cell);
            if (number == null) {
                return null;
            }
            if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
                error(name, cell, Code.NOT_AN_INTEGER, cell);
                return null;
            }
            return number.intValue();
        }

        @Nullable
        Boolean yes(String name) {
            var cell = id(name);
            if (cell == null) {
                return null;
            }
            return switch (cell.toLowerCase(Locale.ROOT)) {
                case "", "true", "yes", "y", "1", "是", "在用" -> true;
                case "false", "no", "n", "0", "否", "停用" -> false;
                default -> {
                    error(name, cell, Code.NOT_YES_OR_NO, cell);
                    yield null;
                }
            };
        }

        @Nullable
        List<String> words(String name) {
            var cell = id(name);
            if (cell == null) {
                return null;
            }
            return cell.isEmpty() ? List.of() : List.of(cell.split("[\\s,;|、，；]+"));
        }

        @Nullable
        Map<String, Double> parameters() {
            var words = words("parameters");
            if (words == null) {
                return null;
            }
            var parameters = new LinkedHashMap<String, Double>();
            for (var word : words) {
                int equals = word.indexOf('=');
                var value = number("parameters", equals < 0 ? word : word.substring(equals + 1));
                if (value != null) {
                    parameters.put(word.substring(0, Math.max(0, equals)), value);
                }
            }
            return parameters;
        }

        /** WKT, as geographic programs write it: {@code POLYGON((120 30, 120.1 30, …))}. */
        @Nullable
        List<List<Double>> ring() {
            var cell = id("boundary");
            if (cell == null || cell.isEmpty()) {
                return cell == null ? null : List.of();
            }
            var matcher = WKT.matcher(cell);
            if (!matcher.matches()) {
                error("boundary", cell, Code.BAD_GEOMETRY, "POLYGON((lon lat, …))");
                return null;
            }
            var ring = new ArrayList<List<Double>>();
            for (var corner : matcher.group(1).split(",")) {
                var words = corner.strip().split("\\s+");
                var longitude = words.length == 2 ? number("boundary", words[0]) : null;
                var latitude = words.length == 2 ? number("boundary", words[1]) : null;
                if (longitude == null || latitude == null) {
                    error("boundary", corner, Code.BAD_CORNER);
                    return null;
                }
                ring.add(List.of(longitude, latitude));
            }
            return ring;
        }
    }
}
