package io.yiwang.dashboard.catalogue;

import io.yiwang.dashboard.DashboardSettings;
import io.yiwang.dashboard.assets.AssetCatalogue;
import io.yiwang.dashboard.assets.Assets;
import io.yiwang.dashboard.assets.District;
import io.yiwang.model.RejectReason;
import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Name;
import io.yiwang.model.domain.Range;
import io.yiwang.model.domain.RateDefinition;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    record Catalogue(
            City city,
            List<District> districts,
            List<RateDefinition> rates,
            Map<String, Name> rejectReasons,
            List<DomainView> domains) {}

    record City(Name name, ZoneId zone) {}

    record DomainView(String id, Name name, Name scope, List<TypeView> facilityTypes, List<MetricView> metrics) {}

    record TypeView(String id, Name name) {}

    record MetricView(
            String code,
            Name name,
            String unit,
            Range range,
            Range normal,
            int period,
            Metric.Kind kind,
            Map<Integer, Name> states,
            int decimals) {}

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
        Arrays.stream(RejectReason.values()).forEach(reason -> reasons.put(reason.name(), reason.sentence()));
        return new Catalogue(
                new City(current.city(), zone),
                current.districts(),
                packs.rates(),
                reasons,
                packs.all().stream().map(CatalogueController::view).toList());
    }

    private static DomainView view(Domain domain) {
        return new DomainView(
                domain.id(),
                domain.name(),
                domain.scope(),
                domain.facilityTypes().stream()
                        .map(type -> new TypeView(type.id(), type.name()))
                        .toList(),
                domain.metrics().stream().map(CatalogueController::view).toList());
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
                metric.decimals());
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
