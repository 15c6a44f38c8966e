package io.yiwang.dashboard.assets;

import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.assets.AssetChange.Action;
import io.yiwang.dashboard.assets.AssetChange.Field;
import io.yiwang.dashboard.assets.AssetChange.Kind;
import io.yiwang.dashboard.assets.AssetDocument.DistrictEntry;
import io.yiwang.dashboard.assets.AssetDocument.FacilityEntry;
import io.yiwang.dashboard.assets.AssetDocument.StreetEntry;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One facility, district or street at a time. PUT says everything, PATCH only what changes (RFC 7396: null takes away). The version
 * is a mark of the content: given in If-Match or as {@code version} of the body, a change is made only if nobody else made one
 * meanwhile. Every change can be read again, and a facility's last one taken back.
 */
@RestController
@RequestMapping("/api/assets")
class AssetEditingController {
    private static final String MERGE_PATCH = "application/merge-patch+json";
    private static final int MOST_CHANGES = 1000;
    private static final int NAMED = 10;
    /** What answers carry beyond the entry itself; taken back without a word, so that an answer can be sent again. */
    private static final List<String> ONLY_IN_ANSWERS = List.of("version", "downstream", "credentials", "warnings");

    private static final Set<String> FACILITY_FIELDS = Set.of(
            "id",
            "domain",
            "type",
            "district",
            "street",
            "grid",
            "name",
            "longitude",
            "latitude",
            "inService",
            "owner",
            "builtYear",
            "households",
            "address",
            "parameters",
            "upstream",
            "pipes",
            "devices");
    private static final Set<String> DISTRICT_FIELDS = Set.of("id", "name", "boundary");
    private static final Set<String> STREET_FIELDS = Set.of("id", "district", "name");

    private final AssetLedger ledger;
    private final AssetChanges changes;
    private final JsonMapper json;

    AssetEditingController(AssetLedger ledger, AssetChanges changes, JsonMapper json) {
        this.ledger = ledger;
        this.changes = changes;
        this.json = json;
    }

    @GetMapping("/{facility}")
    ResponseEntity<ObjectNode> facility(@PathVariable String facility) {
        return answer(present(Kind.FACILITY, facility, ledger.current()), Kind.FACILITY, facility, List.of());
    }

    @PutMapping(path = "/{facility}", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<ObjectNode> put(
            @PathVariable String facility,
            @RequestBody ObjectNode body,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String match,
            Principal actor) {
        return put(Kind.FACILITY, facility, body, match, actor);
    }

    @PatchMapping(
            path = "/{facility}",
            consumes = {MediaType.APPLICATION_JSON_VALUE, MERGE_PATCH})
    ResponseEntity<ObjectNode> patch(
            @PathVariable String facility,
            @RequestBody ObjectNode body,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String match,
            Principal actor) {
        return patch(Kind.FACILITY, facility, body, match, actor);
    }

    /** Refused while others name it as upstream: they would be fed by nothing. */
    @DeleteMapping("/{facility}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(
            @PathVariable String facility,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String match,
            Principal actor) {
        ledger.removeFacility(facility, actor.getName(), assets -> {
            checkVersion(Kind.FACILITY, facility, match, null, assets);
            checkFeedsNobody(facility, assets);
            checkSpeaksForNobody(facility, assets);
            return null;
        });
    }

    private static void checkSpeaksForNobody(String facility, Assets assets) {
        var devices = assets.facility(facility).map(Facility::getDevicesList).orElse(List.of());
        var left = devices.stream()
                .flatMap(device -> assets.spokenForBy(device.getId()).stream())
                .filter(device -> !assets.ownerOf(device).orElse("").equals(facility))
                .toList();
        if (!left.isEmpty()) {
            throw Problem.conflict(
                    "STILL_GATEWAY",
                    facility + " has the gateway of " + firsts(left) + "; give them another gateway first");
        }
    }

    private static void checkFeedsNobody(String facility, Assets assets) {
        var fed = assets.downstream(facility);
        if (!fed.isEmpty()) {
            throw Problem.conflict(
                    "STILL_FEEDS",
                    facility + " is upstream of " + firsts(fed) + "; take it out of their upstream and pipes first");
        }
    }

    /** Newest first. @param after the last id of the page before */
    @GetMapping("/{facility}/changes")
    List<AssetChanges.Entry> changes(
            @PathVariable String facility,
            @RequestParam(defaultValue = "100") int limit,
            @RequestParam @Nullable String after) {
        return changes(Kind.FACILITY, facility, limit, after);
    }

    /** Takes back the last change that still stands; once more, and the one before goes. What comes back has no secrets. */
    @PostMapping("/{facility}/undo")
    @Nullable
    ResponseEntity<ObjectNode> undo(@PathVariable String facility, Principal actor) {
        var last = changes.lastStanding(Kind.FACILITY, facility)
                .orElseThrow(
                        () -> Problem.conflict("NOTHING_TO_UNDO", "no change of " + facility + " is left to undo"));
        Function<Assets, @Nullable String> stillLast = assets -> {
            var now = changes.lastStanding(Kind.FACILITY, facility);
            if (now.filter(entry -> entry.id().equals(last.id())).isEmpty()) {
                throw Problem.conflict("CHANGED_MEANWHILE", facility + " was changed meanwhile; look again");
            }
            return last.id();
        };
        if (last.action() == Action.CREATED) {
            ledger.removeFacility(facility, actor.getName(), assets -> {
                checkFeedsNobody(facility, assets);
                checkSpeaksForNobody(facility, assets);
                return stillLast.apply(assets);
            });
            return ResponseEntity.noContent().build();
        }
        var plan = ledger.edit(
                actor.getName(),
                "assets.undo",
                assets -> {
                    var tree = last.action() == Action.DELETED
                            ? json.createObjectNode()
                            : present(Kind.FACILITY, facility, assets);
                    for (var field : last.fields()) {
                        checkStill(field, tree, last.action());
                        tree.set(field.field(), json.valueToTree(field.before()));
                    }
                    return incoming(Kind.FACILITY, facility, tree);
                },
                stillLast);
        return answer(present(Kind.FACILITY, facility, ledger.current()), Kind.FACILITY, facility, plan.warnings());
    }

    private void checkStill(Field field, ObjectNode now, Action action) {
        if (action == Action.UPDATED
                && !Objects.equals(now.get(field.field()), json.readTree(json.writeValueAsString(field.after())))
                && !String.valueOf(now.get(field.field())).equals(json.writeValueAsString(field.after()))) {
            throw Problem.conflict(
                    "CHANGED_MEANWHILE", field.field() + " is not what the change made it; edit it by hand");
        }
    }

    @GetMapping("/districts")
    List<DistrictEntry> districts() {
        return ledger.current().districts().stream().map(AssetEntries::of).toList();
    }

    @GetMapping("/districts/{id}")
    ResponseEntity<ObjectNode> district(@PathVariable String id) {
        return answer(present(Kind.DISTRICT, id, ledger.current()), Kind.DISTRICT, id, List.of());
    }

    @PutMapping(path = "/districts/{id}", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<ObjectNode> putDistrict(
            @PathVariable String id,
            @RequestBody ObjectNode body,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String match,
            Principal actor) {
        return put(Kind.DISTRICT, id, body, match, actor);
    }

    @PatchMapping(
            path = "/districts/{id}",
            consumes = {MediaType.APPLICATION_JSON_VALUE, MERGE_PATCH})
    ResponseEntity<ObjectNode> patchDistrict(
            @PathVariable String id,
            @RequestBody ObjectNode body,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String match,
            Principal actor) {
        return patch(Kind.DISTRICT, id, body, match, actor);
    }

    /** Refused while it has streets or facilities. */
    @DeleteMapping("/districts/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void removeDistrict(
            @PathVariable String id,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String match,
            Principal actor) {
        ledger.removeDistrict(id, actor.getName(), assets -> {
            checkVersion(Kind.DISTRICT, id, match, null, assets);
            checkUnused(
                    "district " + id,
                    assets.streets().stream()
                            .filter(street -> street.district().equals(id))
                            .map(street -> "street " + street.id())
                            .toList());
            checkUnused(
                    "district " + id,
                    assets.facilities().values().stream()
                            .filter(facility -> facility.getDistrict().equals(id))
                            .map(facility -> facility.getId())
                            .toList());
            return null;
        });
    }

    @GetMapping("/districts/{id}/changes")
    List<AssetChanges.Entry> districtChanges(
            @PathVariable String id,
            @RequestParam(defaultValue = "100") int limit,
            @RequestParam @Nullable String after) {
        return changes(Kind.DISTRICT, id, limit, after);
    }

    @GetMapping("/streets")
    List<StreetEntry> streets(@RequestParam @Nullable String district) {
        return ledger.current().streets().stream()
                .filter(street -> district == null || street.district().equals(district))
                .map(AssetEntries::of)
                .toList();
    }

    @GetMapping("/streets/{id}")
    ResponseEntity<ObjectNode> street(@PathVariable String id) {
        return answer(present(Kind.STREET, id, ledger.current()), Kind.STREET, id, List.of());
    }

    @PutMapping(path = "/streets/{id}", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<ObjectNode> putStreet(
            @PathVariable String id,
            @RequestBody ObjectNode body,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String match,
            Principal actor) {
        return put(Kind.STREET, id, body, match, actor);
    }

    @PatchMapping(
            path = "/streets/{id}",
            consumes = {MediaType.APPLICATION_JSON_VALUE, MERGE_PATCH})
    ResponseEntity<ObjectNode> patchStreet(
            @PathVariable String id,
            @RequestBody ObjectNode body,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String match,
            Principal actor) {
        return patch(Kind.STREET, id, body, match, actor);
    }

    /** Refused while it has facilities. */
    @DeleteMapping("/streets/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void removeStreet(
            @PathVariable String id,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String match,
            Principal actor) {
        ledger.removeStreet(id, actor.getName(), assets -> {
            checkVersion(Kind.STREET, id, match, null, assets);
            checkUnused(
                    "street " + id,
                    assets.facilities().values().stream()
                            .filter(facility -> facility.getStreet().equals(id))
                            .map(facility -> facility.getId())
                            .toList());
            return null;
        });
    }

    @GetMapping("/streets/{id}/changes")
    List<AssetChanges.Entry> streetChanges(
            @PathVariable String id,
            @RequestParam(defaultValue = "100") int limit,
            @RequestParam @Nullable String after) {
        return changes(Kind.STREET, id, limit, after);
    }

    private ResponseEntity<ObjectNode> put(
            Kind kind, String id, ObjectNode body, @Nullable String match, Principal actor) {
        return edit(kind, id, body, match, actor, assets -> body);
    }

    private ResponseEntity<ObjectNode> patch(
            Kind kind, String id, ObjectNode body, @Nullable String match, Principal actor) {
        return edit(kind, id, body, match, actor, assets -> merge(present(kind, id, assets), body));
    }

    private ResponseEntity<ObjectNode> edit(
            Kind kind,
            String id,
            ObjectNode body,
            @Nullable String match,
            Principal actor,
            Function<Assets, ObjectNode> wanted) {
        var version = body.path("version").asString(null);
        body.remove(ONLY_IN_ANSWERS);
        var known = kind == Kind.FACILITY ? FACILITY_FIELDS : kind == Kind.DISTRICT ? DISTRICT_FIELDS : STREET_FIELDS;
        for (var field : body.propertyNames()) {
            if (!known.contains(field)) {
                throw Problem.badRequest("UNKNOWN_FIELD", "a " + kind.word() + " has no field '" + field + "'");
            }
        }
        if (body.has("id") && !body.get("id").asString("").equals(id)) {
            throw Problem.badRequest("OTHER_ID", "the body is about " + body.get("id") + ", the address about " + id);
        }
        var plan = ledger.edit(
                actor.getName(),
                "assets.edit",
                assets -> {
                    checkVersion(kind, id, match, version, assets);
                    return incoming(kind, id, wanted.apply(assets));
                },
                assets -> null);
        return answer(present(kind, id, ledger.current()), kind, id, plan.warnings());
    }

    private Incoming incoming(Kind kind, String id, ObjectNode tree) {
        tree.put("id", id);
        try {
            return Incoming.of(
                    switch (kind) {
                        case DISTRICT ->
                            new AssetDocument(
                                    null,
                                    List.of(json.treeToValue(tree, DistrictEntry.class)
                                            .whole()),
                                    null,
                                    null);
                        case STREET ->
                            new AssetDocument(null, null, List.of(json.treeToValue(tree, StreetEntry.class)), null);
                        default ->
                            new AssetDocument(
                                    null,
                                    null,
                                    null,
                                    List.of(json.treeToValue(tree, FacilityEntry.class)
                                            .whole()));
                    });
        } catch (JacksonException e) {
            throw Problem.badRequest("BAD_DOCUMENT", e.getOriginalMessage());
        }
    }

    /** RFC 7396. */
    private static ObjectNode merge(ObjectNode target, ObjectNode patch) {
        patch.propertyStream().forEach(property -> {
            if (property.getValue().isNull()) {
                target.remove(property.getKey());
            } else if (property.getValue() instanceof ObjectNode inner
                    && target.get(property.getKey()) instanceof ObjectNode present) {
                merge(present, inner);
            } else {
                target.set(property.getKey(), property.getValue());
            }
        });
        return target;
    }

    private ObjectNode present(Kind kind, String id, Assets assets) {
        Object entry = switch (kind) {
            case DISTRICT -> assets.district(id).map(AssetEntries::of).orElse(null);
            case STREET -> assets.street(id).map(AssetEntries::of).orElse(null);
            default -> assets.facility(id).map(AssetEntries::of).orElse(null);
        };
        if (entry == null) {
            throw Problem.notFound("UNKNOWN_" + kind.name(), "no " + kind.word() + " " + id + " in the ledger");
        }
        return json.valueToTree(entry);
    }

    private ResponseEntity<ObjectNode> answer(ObjectNode present, Kind kind, String id, List<Finding> warnings) {
        var version = version(present);
        present.put("version", version);
        if (kind == Kind.FACILITY) {
            var assets = ledger.current();
            present.set("downstream", json.valueToTree(assets.downstream(id)));
            present.set("credentials", json.valueToTree(withCredential(id, assets)));
        }
        if (!warnings.isEmpty()) {
            present.set("warnings", json.valueToTree(warnings));
        }
        return ResponseEntity.ok().eTag('"' + version + '"').body(present);
    }

    /** Ids of the facility's devices that may connect by a secret. */
    private static List<String> withCredential(String facility, Assets assets) {
        return assets.facility(facility).map(Facility::getDevicesList).orElse(List.of()).stream()
                .filter(Device::hasCredential)
                .map(Device::getId)
                .toList();
    }

    private void checkVersion(Kind kind, String id, @Nullable String match, @Nullable String version, Assets assets) {
        if (match == null && version == null) {
            return;
        }
        boolean exists = switch (kind) {
            case DISTRICT -> assets.district(id).isPresent();
            case STREET -> assets.street(id).isPresent();
            default -> assets.facility(id).isPresent();
        };
        var present = exists ? version(present(kind, id, assets)) : "";
        boolean fits =
                (match == null || exists && (match.equals("*") || tags(match).contains(present)))
                        && (version == null || version.equals(present));
        if (!fits) {
            throw Problem.changedMeanwhile(
                    "CHANGED_MEANWHILE",
                    id + " was changed by somebody else meanwhile; read it again and repeat your change");
        }
    }

    private static List<String> tags(String match) {
        return Arrays.stream(match.split(","))
                .map(tag -> tag.strip().replaceFirst("^W/", "").replace("\"", ""))
                .toList();
    }

    private String version(ObjectNode entry) {
        try {
            var digest = MessageDigest.getInstance("SHA-256")
                    .digest(json.writeValueAsString(entry).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private List<AssetChanges.Entry> changes(Kind kind, String id, int limit, @Nullable String after) {
        try {
            return changes.of(
                    kind,
                    id,
                    after == null ? Long.MAX_VALUE : Long.parseLong(after),
                    Math.max(1, Math.min(limit, MOST_CHANGES)));
        } catch (NumberFormatException e) {
            throw Problem.badRequest("BAD_PARAMETER", "after must be the id of a change, not '" + after + "'");
        }
    }

    private static void checkUnused(String what, List<String> users) {
        if (!users.isEmpty()) {
            throw Problem.conflict("IN_USE", what + " still has " + firsts(users));
        }
    }

    private static String firsts(List<String> all) {
        var named = String.join(", ", all.subList(0, Math.min(NAMED, all.size())));
        return all.size() > NAMED ? named + " and " + (all.size() - NAMED) + " more" : named;
    }
}
