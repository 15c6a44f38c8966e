package io.yiwang.dashboard.assets;

import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.assets.LiveState.Headline;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Name;
import io.yiwang.model.domain.Range;
import io.yiwang.model.domain.Rule;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Facility;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Facilities and points: the ledger joined with what is known right now. */
@RestController
class FacilitiesController {
    private static final int MOST = 10_000;

    record Summary(
            String id,
            String domain,
            String type,
            String district,
            String facility,
            Name name,
            double longitude,
            double latitude,
            boolean inService,
            String state,
            @Nullable Integer grade,
            int unacked,
            int activeAlarms,
            @Nullable Instant lastTime,
            @Nullable Headline headline) {}

    /**
     * Empty text and 0 mean not known.
     *
     * @param parameters in force: the type's defaults with the facility's own over them
     */
    record Detail(
            String id,
            String domain,
            String type,
            String district,
            String facility,
            Name name,
            double longitude,
            double latitude,
            boolean inService,
            String state,
            @Nullable Integer grade,
            int unacked,
            int activeAlarms,
            @Nullable Instant lastTime,
            @Nullable Headline headline,
            Map<String, Double> parameters,
            String street,
            @Nullable Name streetName,
            String grid,
            String owner,
            int builtYear,
            int households,
            String address,
            List<String> upstream,
            List<String> downstream,
            List<AssetDocument.PipeEntry> pipes,
            List<DeviceView> devices) {}

    /**
     * @param credential whether it may connect by a secret
     * @param gateway id of the device that speaks for it; empty = it speaks for itself
     * @param externalId what it is called outside; empty = its id
     */
    record DeviceView(
            String id, Name name, boolean credential, String gateway, String externalId, List<PointView> points) {}

    record PointView(
            String id,
            String metric,
            Name name,
            String unit,
            int periodSeconds,
            int decimals,
            Range range,
            Range normal,
            Metric.Kind kind,
            Map<Integer, Name> states,
            List<LimitView> limits,
            @Nullable LatestView latest,
            String device,
            String facility,
            String domain,
            String district) {}

    /**
     * @param value the limit as evaluated for the facility; null for limits on states and for one that moves
     * @param formula of a limit that moves, as it is stated; otherwise null
     * @param version of what people made of it; 0 = as the pack states it
     */
    record LimitView(
            String rule,
            String side,
            @Nullable Double value,
            @Nullable String formula,
            List<Double> states,
            double deadband,
            int onDelaySeconds,
            int grade,
            String statistic,
            String source,
            String confidence,
            boolean evaluated,
            int version) {}

    record LatestView(
            Instant time,
            @Nullable Double value,
            String quality,
            @Nullable Instant since,
            @Nullable String learning,
            @Nullable Instant ready) {}

    private final AssetCatalogue catalogue;
    private final DomainPacks packs;
    private final RulesInForce rules;
    private final ObjectProvider<LiveState> live;

    FacilitiesController(
            AssetCatalogue catalogue, DomainPacks packs, RulesInForce rules, ObjectProvider<LiveState> live) {
        this.catalogue = catalogue;
        this.packs = packs;
        this.rules = rules;
        this.live = live;
    }

    /** In the order of ids. @param after the last id of the page before */
    @GetMapping("/api/facilities")
    List<Summary> facilities(
            @RequestParam @Nullable String domain,
            @RequestParam @Nullable String district,
            @RequestParam(defaultValue = "10000") int limit,
            @RequestParam @Nullable String after) {
        var now = live();
        var facilities = catalogue.current().facilities();
        var page = after == null ? facilities : facilities.tailMap(after + "\0");
        return page.values().stream()
                .filter(facility -> domain == null || facility.getDomain().equals(domain))
                .filter(facility -> district == null || facility.getDistrict().equals(district))
                .limit(Math.max(1, Math.min(limit, MOST)))
                .map(facility -> summary(facility, now))
                .toList();
    }

    @GetMapping("/api/facilities/{id}")
    Detail facility(@PathVariable String id) {
        var facility = catalogue
                .current()
                .facility(id)
                .orElseThrow(() -> Problem.notFound("UNKNOWN_FACILITY", "no facility " + id + " in the ledger"));
        var now = live();
        var s = summary(facility, now);
        // A pack may have been taken away since the import: then there are no defaults and no limits.
        var domain = packs.domain(facility.getDomain());
        var parameters = new TreeMap<String, Double>();
        domain.map(d -> d.typesById().get(facility.getType())).ifPresent(type -> parameters.putAll(type.parameters()));
        parameters.putAll(facility.getParametersMap());
        var limits = rules.byDevice(facility);
        var assets = catalogue.current();
        var devices = facility.getDevicesList().stream()
                .map(device -> new DeviceView(
                        device.getId(),
                        Assets.name(device.getName()),
                        device.hasCredential(),
                        device.getGateway(),
                        device.getExternalId(),
                        device.getPointsList().stream()
                                .flatMap(point -> assets.point(Ids.point(device.getId(), point.getMetric())).stream())
                                .map(point -> view(point, limits, now))
                                .toList()))
                .toList();
        return new Detail(
                s.id,
                s.domain,
                s.type,
                s.district,
                s.facility,
                s.name,
                s.longitude,
                s.latitude,
                s.inService,
                s.state,
                s.grade,
                s.unacked,
                s.activeAlarms,
                s.lastTime,
                s.headline,
                parameters,
                facility.getStreet(),
                assets.street(facility.getStreet()).map(Street::name).orElse(null),
                facility.getGrid(),
                facility.getOwner(),
                facility.getBuiltYear(),
                facility.getHouseholds(),
                facility.getAddress(),
                facility.getUpstreamList(),
                assets.downstream(id),
                AssetEntries.pipes(facility),
                devices);
    }

    @GetMapping("/api/points/{id}")
    PointView point(@PathVariable String id) {
        var point = catalogue
                .current()
                .point(id)
                .orElseThrow(() -> Problem.notFound("UNKNOWN_POINT", "no point " + id + " in the ledger"));
        return view(point, rules.byDevice(point.facility()), live());
    }

    private LiveState live() {
        return live.getIfAvailable(() -> LiveState.NOTHING);
    }

    private static Summary summary(Facility facility, LiveState live) {
        var state = live.state(facility.getId());
        return new Summary(
                facility.getId(),
                facility.getDomain(),
                facility.getType(),
                facility.getDistrict(),
                facility.getId(),
                Assets.name(facility.getName()),
                facility.getLongitude(),
                facility.getLatitude(),
                facility.getInService(),
                state.state(),
                state.grade(),
                state.unacked(),
                state.activeAlarms(),
                state.lastTimeMillis() == null ? null : Instant.ofEpochMilli(state.lastTimeMillis()),
                state.headline());
    }

    private static LatestView view(LiveState.Latest latest) {
        var learning = latest.learning();
        return new LatestView(
                Instant.ofEpochMilli(latest.timeMillis()),
                latest.value(),
                latest.quality(),
                instant(latest.sinceMillis()),
                learning == null ? null : learning.stage(),
                learning == null ? null : instant(learning.readyMillis()));
    }

    private static @Nullable Instant instant(@Nullable Long millis) {
        return millis == null ? null : Instant.ofEpochMilli(millis);
    }

    private static PointView view(PointAt point, Map<String, List<Rule>> limits, LiveState live) {
        var metric = point.metric();
        return new PointView(
                point.id(),
                metric.code(),
                metric.name(),
                metric.unit(),
                point.periodSeconds(),
                metric.decimals(),
                metric.range(),
                metric.normal(),
                metric.kind(),
                metric.states(),
                limits.getOrDefault(point.device().getId(), List.of()).stream()
                        .filter(rule -> rule.metric().equals(metric.code()))
                        .map(FacilitiesController::view)
                        .toList(),
                live.latest(point.id()).map(FacilitiesController::view).orElse(null),
                point.device().getId(),
                point.facility().getId(),
                point.facility().getDomain(),
                point.facility().getDistrict());
    }

    private static LimitView view(Rule rule) {
        return new LimitView(
                rule.id(),
                rule.side().code(),
                Double.isNaN(rule.limit()) ? null : rule.limit(),
                rule.formula() == null ? null : rule.formula().text(),
                rule.states(),
                rule.deadband(),
                rule.onDelaySeconds(),
                rule.grade(),
                rule.statistic(),
                rule.source(),
                rule.confidence(),
                rule.evaluated(),
                rule.version());
    }
}
