package io.yiwang.streams.rates;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.FacilityType;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Name;
import io.yiwang.model.domain.Operating;
import io.yiwang.model.domain.Range;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.FacilityAsset.DeviceAsset;
import io.yiwang.streams.kafka.FacilityAsset.PointAsset;
import java.util.List;
import java.util.Map;

/** A domain whose facilities run by a pump (10 s), by a gate that reports changes only, or while they report. */
final class TestingPlant {
    private static final Name NAME = new Name("测试", "test");

    /** {@code pump} 10 s, 1 = runs; {@code gate} on change, 0 = runs; {@code level} 20 s; {@code tide} 300 s. */
    static final DomainPacks PACKS = DomainPacks.of(
            List.of(Domain.of(
                    "plant",
                    NAME,
                    "1",
                    NAME,
                    List.of(
                            type("pumped", new Operating("pump", List.of(1.0), null)),
                            type("gated", new Operating("gate", List.of(0.0), null)),
                            type("reporting", Operating.WHILE_REPORTING)),
                    List.of(metric("pump", 10), metric("gate", 0), metric("level", 20), metric("tide", 300)))),
            List.of());

    private TestingPlant() {}

    static FacilityAsset facility(String type, DeviceAsset... devices) {
        return new FacilityAsset("F", "plant", type, "D", Map.of(), List.of(devices), true, false);
    }

    static FacilityAsset outOfService(FacilityAsset asset) {
        return new FacilityAsset(
                asset.id(),
                asset.domain(),
                asset.type(),
                asset.district(),
                asset.parameters(),
                asset.devices(),
                false,
                false);
    }

    static DeviceAsset device(String id, String... metrics) {
        return new DeviceAsset(
                id,
                List.of(metrics).stream()
                        .map(metric -> new PointAsset(metric, 0))
                        .toList());
    }

    private static FacilityType type(String id, Operating operating) {
        return new FacilityType(id, NAME, Map.of(), operating, List.of());
    }

    private static Metric metric(String code, int period) {
        return new Metric(
                code,
                NAME,
                "1",
                new Range(0, 10),
                new Range(0, 10),
                period,
                Metric.Kind.ANALOG,
                Map.of(),
                1,
                List.of(),
                null);
    }
}
