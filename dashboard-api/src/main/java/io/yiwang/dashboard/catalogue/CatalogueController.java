package io.yiwang.dashboard.catalogue;

import io.yiwang.dashboard.DashboardSettings;
import io.yiwang.dashboard.assets.AssetCatalogue;
import io.yiwang.dashboard.assets.Assets;
import io.yiwang.dashboard.assets.District;
import io.yiwang.dashboard.assets.Street;
import io.yiwang.model.RejectReason;
import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.FacilityType;
import io.yiwang.model.domain.Fault;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Name;
import io.yiwang.model.domain.Parameter;
import io.yiwang.model.domain.Procedure;
import io.yiwang.model.domain.Range;
import io.yiwang.model.domain.RateDefinition;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneId;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.WebRequest;
import tools.jackson.databind.json.JsonMapper;

/** Everything with a name, in one answer that a browser keeps until it changes. */
@RestController
class CatalogueController {
    /**
     * @param rejectReasons what is wrong with a message, by the reason's code
     * @param rejectRemedies what to do about it
     * @param common what all domains share: metrics of devices, faults of sensors, procedures for them
     */
    record Catalogue(
            City city,
            List<District> districts,
            List<Street> streets,
            List<RateDefinition> rates,
            Map<String, Name> rejectReasons,
            Map<String, Name> rejectRemedies,
            List<DomainView> domains,
            @Nullable DomainView common) {}

    record City(Name name, ZoneId zone) {}

    record DomainView(
            String id,
            Name name,
            @Nullable Name scope,
            List<Parameter> parameters,
            List<TypeView> facilityTypes,
            List<MetricView> metrics,
            List<NameView> symptoms,
            List<PatternView> patterns,
            List<FaultView> faults,
            List<Procedure> procedures) {}

    /** @param parameters its nameplate with the usual values, in the order of the domain's parameters */
    record TypeView(String id, Name name, Map<String, Double> parameters, List<String> fedBy) {}

    record NameView(String id, Name name) {}

    /** @param explains ids of the faults that look like this */
    record PatternView(
            String id,
            Name name,
            List<String> facilityTypes,
            int grade,
            List<String> explains,
            @Nullable String procedure) {}

    record FaultView(
            String id,
            Name name,
            List<String> facilityTypes,
            int grade,
            Fault.Layer layer,
            @Nullable String procedure) {}

    record MetricView(
            String code,
            Name name,
            String unit,
            Range range,
            Range normal,
            int period,
            Metric.Kind kind,
            Map<Integer, Name> states,
            int decimals,
            @Nullable String procedure) {}

    /** The answer's bytes for one state of the ledger. */
    private record Rendered(Assets assets, byte[] body, String tag) {}

    private final DomainPacks packs;
    private final AssetCatalogue assets;
    private final ZoneId zone;
    private final JsonMapper json;
    private volatile @Nullable Rendered rendered;

    CatalogueController(DomainPacks packs, AssetCatalogue assets, DashboardSettings settings, JsonMapper json) {
        this.packs = packs;
        this.assets = assets;
        this.zone = settings.zone();
        this.json = json;
    }

    @GetMapping(path = "/api/catalogue", produces = MediaType.APPLICATION_JSON_VALUE)
    @Nullable
    ResponseEntity<byte[]> catalogue(WebRequest request) {
        var now = rendered();
        if (request.checkNotModified(now.tag())) {
            return null;
        }
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noCache().cachePrivate())
                .eTag(now.tag())
                .contentType(MediaType.APPLICATION_JSON)
                .body(now.body());
    }

    private Rendered rendered() {
        var current = assets.current();
        var before = rendered;
        if (before == null || before.assets() != current) {
            var body = json.writeValueAsBytes(view(current));
            before = new Rendered(current, body, tag(body));
            rendered = before;
        }
        return before;
    }

    private Catalogue view(Assets current) {
        var reasons = new LinkedHashMap<String, Name>();
        var remedies = new LinkedHashMap<String, Name>();
        for (var reason : RejectReason.values()) {
            reasons.put(reason.name(), reason.sentence());
            remedies.put(reason.name(), reason.remedy());
        }
        return new Catalogue(
                new City(current.city(), zone),
                current.districts(),
                current.streets(),
                packs.rates(),
                reasons,
                remedies,
                packs.all().stream().map(CatalogueController::view).toList(),
                packs.common().map(CatalogueController::view).orElse(null));
    }

    private static DomainView view(Domain domain) {
        return new DomainView(
                domain.id(),
                domain.name(),
                domain.scope(),
                domain.parameters(),
                domain.facilityTypes().stream().map(type -> view(domain, type)).toList(),
                domain.metrics().stream().map(CatalogueController::view).toList(),
                domain.symptoms().stream()
                        .map(symptom -> new NameView(symptom.id(), symptom.name()))
                        .toList(),
                domain.patterns().stream()
                        .map(p -> new PatternView(
                                p.id(), p.name(), p.facilityTypes(), p.grade(), p.explains(), p.procedure()))
                        .toList(),
                domain.faults().stream()
                        .map(f ->
                                new FaultView(f.id(), f.name(), f.facilityTypes(), f.grade(), f.layer(), f.procedure()))
                        .toList(),
                List.copyOf(domain.procedures().values()));
    }

    private static TypeView view(Domain domain, FacilityType type) {
        var parameters = new LinkedHashMap<String, Double>();
        domain.parameters().forEach(parameter -> {
            var value = type.parameters().get(parameter.code());
            if (value != null) {
                parameters.put(parameter.code(), value);
            }
        });
        new TreeMap<>(type.parameters()).forEach(parameters::putIfAbsent);
        return new TypeView(
                type.id(),
                type.name(),
                parameters,
                type.placement() == null ? List.of() : type.placement().fedBy());
    }

    private static MetricView view(Metric metric) {
        return new MetricView(
                metric.code(),
                metric.name(),
                metric.unit(),
                metric.range(),
                metric.normal(),
                metric.period(),
                metric.kind(),
                metric.states(),
                metric.decimals(),
                metric.procedure());
    }

    private static String tag(byte[] body) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(body);
            // Weak: the same content may travel compressed or not.
            return "W/\"" + HexFormat.of().formatHex(digest, 0, 12) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
