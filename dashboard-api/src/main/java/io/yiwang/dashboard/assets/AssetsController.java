package io.yiwang.dashboard.assets;

import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.assets.AssetLedger.Mode;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.id.DeviceTopic;
import io.yiwang.model.wire.Facility;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;
import tools.jackson.databind.json.JsonMapper;

/** Import and export of the ledger in three formats, its checks, and device credentials. */
@RestController
class AssetsController {
    private static final String GEOJSON = "application/geo+json";
    private static final String CSV = "text/csv";
    private static final int MOST_FACILITIES = 100_000;
    private static final int MOST_ROWS = 500_000;
    private static final int MOST_CHANGES_SHOWN = 20_000;
    private static final int MOST_ON_A_PAGE = 10_000;
    private static final int MOST_LACKS = 1000;

    /**
     * What an import did, or would do.
     *
     * @param missing how many the ledger has that the document does not mention: they stay
     * @param missingIds the first of them
     * @param changes of a dry run: what would become of each, at most 20 000; {@code changesLeftOut} = how many more
     */
    record Imported(
            boolean dryRun,
            int created,
            int updated,
            int unchanged,
            int districts,
            int streets,
            int missing,
            List<String> missingIds,
            List<Finding> errors,
            List<Finding> warnings,
            List<AssetChange> changes,
            int changesLeftOut) {

        static Imported of(AssetImport.Plan plan, boolean dryRun) {
            var all = dryRun ? plan.changes() : List.<AssetChange>of();
            var shown = all.subList(0, Math.min(all.size(), MOST_CHANGES_SHOWN));
            return new Imported(
                    dryRun,
                    plan.created().size(),
                    plan.updated().size(),
                    plan.unchanged(),
                    plan.districts().size(),
                    plan.streets().size(),
                    plan.missing().count(),
                    plan.missing().ids(),
                    plan.errors(),
                    plan.warnings(),
                    shown,
                    all.size() - shown.size());
        }
    }

    /** Shown once: only its hash is kept. */
    record NewCredential(String device, String username, String password, String topic) {}

    private final AssetLedger ledger;
    private final DomainPacks packs;
    private final JsonMapper json;
    private final AssetExport export;

    AssetsController(AssetLedger ledger, DomainPacks packs, JsonMapper json) {
        this.ledger = ledger;
        this.packs = packs;
        this.json = json;
        this.export = new AssetExport(json);
    }

    /**
     * The ledger without credentials, streamed; importing it again changes nothing.
     *
     * @param format json, csv or geojson; without it the header Accept decides
     * @param kind of CSV: facilities, devices, points, pipes, districts or streets
     * @param lang of CSV headers: en or zh
     * @param limit of JSON: at most so many facilities, with {@code total} and {@code next}
     * @param after of JSON: the last id of the page before
     */
    @GetMapping("/api/assets")
    void export(
            @RequestParam @Nullable String format,
            @RequestParam(defaultValue = "facilities") String kind,
            @RequestParam(defaultValue = "en") String lang,
            @RequestParam @Nullable Integer limit,
            @RequestParam @Nullable String after,
            @ModelAttribute AssetFilter filter,
            @RequestHeader(name = HttpHeaders.ACCEPT, required = false) @Nullable String accept,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        var assets = ledger.current();
        var from = after == null ? assets.facilities() : assets.facilities().tailMap(after + "\0");
        var facilities = from.values().stream().filter(filter);
        switch (format(format, accept)) {
            case "csv" -> {
                var table = CsvTable.of(kind);
                answer(response, CSV, kind + ".csv");
                export.csv(assets, table, facilities, lang.equals("zh"), response.getOutputStream());
            }
            case "geojson" -> {
                answer(response, GEOJSON, "assets.geojson");
                export.geoJson(assets, facilities, response.getOutputStream());
            }
            default -> {
                AssetExport.Page page = null;
                if (limit != null) {
                    int most = Math.max(1, Math.min(limit, MOST_ON_A_PAGE));
                    var shown = facilities.limit(most + 1L).toList();
                    var next = shown.size() > most ? shown.get(most - 1).getId() : null;
                    facilities = shown.stream().limit(most);
                    int total = filter.all()
                            ? assets.facilities().size()
                            : (int) assets.facilities().values().stream()
                                    .filter(filter)
                                    .count();
                    page = new AssetExport.Page(total, next);
                    if (next != null) {
                        response.setHeader(HttpHeaders.LINK, "<" + following(request, next) + ">; rel=\"next\"");
                    }
                }
                answer(response, MediaType.APPLICATION_JSON_VALUE, null);
                export.json(assets, facilities, page, response.getOutputStream());
            }
        }
    }

    private static String following(HttpServletRequest request, String next) {
        return UriComponentsBuilder.fromPath(request.getRequestURI())
                .query(request.getQueryString())
                .replaceQueryParam("after", next)
                .build()
                .toUriString();
    }

    private static void answer(HttpServletResponse response, String type, @Nullable String file) {
        response.setContentType(type);
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        if (file != null) {
            response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + file + "\"");
        }
    }

    private static String format(@Nullable String format, @Nullable String accept) {
        if (format != null) {
            if (!List.of("json", "csv", "geojson").contains(format)) {
                throw Problem.badRequest("BAD_PARAMETER", "format must be json, csv or geojson, not '" + format + "'");
            }
            return format;
        }
        if (accept != null && accept.contains(GEOJSON)) {
            return "geojson";
        }
        return accept != null && accept.contains(CSV) ? "csv" : "json";
    }

    /**
     * Adds and changes; what the document does not mention stays, and so does what an entry leaves out.
     *
     * @param dryRun only says what it would do
     * @param strict anything wrong: nothing is done
     */
    @PostMapping(path = "/api/assets", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.OK)
    Imported bring(
            @RequestBody AssetDocument document,
            @RequestParam(defaultValue = "false") boolean dryRun,
            @RequestParam(defaultValue = "false") boolean strict,
            Principal actor) {
        if (document.facilities() != null && document.facilities().size() > MOST_FACILITIES) {
            throw Problem.badRequest("TOO_MANY", "at most " + MOST_FACILITIES + " facilities in one import");
        }
        if (document.facilities() != null && document.facilities().contains(null)
                || document.streets() != null && document.streets().contains(null)
                || document.districts() != null && document.districts().contains(null)) {
            throw Problem.badRequest("BAD_DOCUMENT", "null is neither a facility nor a street nor a district");
        }
        return bring(assets -> Incoming.of(document), dryRun, strict, actor);
    }

    /** A table as CSV. @param kind facilities, devices, points, pipes, districts or streets */
    @PostMapping(path = "/api/assets", consumes = CSV)
    @ResponseStatus(HttpStatus.OK)
    Imported bringCsv(
            InputStream body,
            @RequestParam(defaultValue = "facilities") String kind,
            @RequestParam(defaultValue = "false") boolean dryRun,
            @RequestParam(defaultValue = "false") boolean strict,
            HttpServletRequest request,
            Principal actor)
            throws IOException {
        var table = CsvTable.of(kind);
        var declared = Optional.ofNullable(request.getContentType())
                .map(type -> MediaType.parseMediaType(type).getCharset())
                .map(Charset::name)
                .map(Charset::forName)
                .orElse(null);
        var most = table == CsvTable.FACILITIES ? MOST_FACILITIES : MOST_ROWS;
        var file = CsvImport.read(table, body.readAllBytes(), declared, most);
        return bring(file::incoming, dryRun, strict, actor);
    }

    /** Facilities as points, pipes as lines, districts as polygons. */
    @PostMapping(path = "/api/assets", consumes = GEOJSON)
    @ResponseStatus(HttpStatus.OK)
    Imported bringGeoJson(
            InputStream body,
            @RequestParam(defaultValue = "false") boolean dryRun,
            @RequestParam(defaultValue = "false") boolean strict,
            Principal actor) {
        var file = GeoJsonImport.read(json, body, MOST_ROWS);
        return bring(file::incoming, dryRun, strict, actor);
    }

    private Imported bring(Function<Assets, Incoming> reading, boolean dryRun, boolean strict, Principal actor) {
        var mode = dryRun ? Mode.DRY_RUN : strict ? Mode.STRICT : Mode.TOLERANT;
        var outcome = ledger.bring(reading, mode, actor.getName());
        if (outcome.refused()) {
            throw Problem.refused(
                    "IMPORT_REFUSED",
                    outcome.plan().errors().size() + " errors; nothing was written",
                    "errors",
                    outcome.plan().errors());
        }
        return Imported.of(outcome.plan(), dryRun);
    }

    /**
     * What the census still has to look after, in the order of facilities.
     *
     * @param code only this check
     * @param after the last id of the page before
     */
    @GetMapping("/api/assets/checks")
    List<AssetChecks.Lack> checks(
            @RequestParam AssetChecks.@Nullable Code code,
            @RequestParam(defaultValue = "100") int limit,
            @RequestParam @Nullable String after,
            @ModelAttribute AssetFilter filter) {
        var assets = ledger.current();
        var facilities = assets.facilities();
        var start =
                after == null ? "" : after.substring(0, after.indexOf('|') < 0 ? after.length() : after.indexOf('|'));
        var lacks = new AssetChecks(assets, packs)
                .of(facilities.tailMap(start).values().stream().filter(filter))
                .filter(lack -> code == null || lack.code() == code);
        if (after != null) {
            // Those of the facility where the page before ended come once more first.
            var seen = new boolean[] {false};
            lacks = lacks.filter(lack -> {
                if (!lack.facility().equals(start) || seen[0]) {
                    return true;
                }
                seen[0] = lack.id().equals(after);
                return false;
            });
        }
        return lacks.limit(Math.max(1, Math.min(limit, MOST_LACKS))).toList();
    }

    /** How many of each. */
    @GetMapping("/api/assets/checks/summary")
    Map<AssetChecks.Code, Integer> summary(@ModelAttribute AssetFilter filter) {
        var counts = new EnumMap<AssetChecks.Code, Integer>(AssetChecks.Code.class);
        var assets = ledger.current();
        new AssetChecks(assets, packs)
                .of(assets.facilities().values().stream().filter(filter))
                .forEach(lack -> counts.merge(lack.code(), 1, Integer::sum));
        return counts;
    }

    /** A new secret for the device; the one before stops working. */
    @PostMapping("/api/devices/{id}/credential")
    @ResponseStatus(HttpStatus.OK)
    NewCredential create(@PathVariable String id, Principal actor) {
        var at = ledger.current().device(id).orElseThrow(() -> unknownDevice(id));
        var secret = NewSecret.make(System.currentTimeMillis());
        if (!ledger.setCredential(id, secret.credential(), actor.getName())) {
            throw unknownDevice(id);
        }
        Facility facility = at.facility();
        return new NewCredential(
                id,
                id,
                secret.text(),
                new DeviceTopic(facility.getDomain(), facility.getId(), id, DeviceTopic.TELEMETRY).toString());
    }

    @DeleteMapping("/api/devices/{id}/credential")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(@PathVariable String id, Principal actor) {
        if (!ledger.setCredential(id, null, actor.getName())) {
            throw unknownDevice(id);
        }
    }

    private static Problem unknownDevice(String id) {
        return Problem.notFound("UNKNOWN_DEVICE", "no device " + id + " in the ledger");
    }
}
