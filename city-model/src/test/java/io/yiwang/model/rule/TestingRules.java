package io.yiwang.model.rule;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.FacilityType;
import io.yiwang.model.domain.Limit;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Name;
import io.yiwang.model.domain.Operating;
import io.yiwang.model.domain.Range;
import io.yiwang.model.domain.Side;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.LimitChange;
import io.yiwang.model.wire.Maintenance;
import io.yiwang.model.wire.Point;
import io.yiwang.model.wire.RuleRecord;
import io.yiwang.model.wire.RuleScope;
import io.yiwang.model.wire.Withdrawal;
import java.util.List;
import java.util.Map;

/**
 * A domain of two types: {@code tank} (parameter top 80) and {@code well} (none). {@code level} 0–100, h 50 grade 3, hh = top grade 1;
 * {@code valve} with states 0 and 1, 1 is bad; {@code flow} 0–1000 without limits.
 */
final class TestingRules {
    static final Name NAME = new Name("测试", "test");
    static final DomainPacks PACKS = DomainPacks.of(
            List.of(Domain.of(
                    "testing",
                    NAME,
                    "1",
                    NAME,
                    List.of(type("tank", Map.of("top", 80.0)), type("well", Map.of())),
                    List.of(
                            metric(
                                    "level",
                                    100,
                                    Metric.Kind.ANALOG,
                                    Map.of(),
                                    List.of(limit(Side.H, "50", 3), limit(Side.HH, "top", 1))),
                            metric(
                                    "valve",
                                    1,
                                    Metric.Kind.ENUM,
                                    Map.of(0, NAME, 1, NAME),
                                    List.of(new Limit(
                                            Side.STATE, null, List.of(1.0), 2, 0, 0, null, Limit.RAW, "site", "K"))),
                            metric("flow", 1000, Metric.Kind.ANALOG, Map.of(), List.of())))),
            List.of());

    /** F1 of type tank with devices D1 and D2 that both measure level; D1 measures valve and flow too. */
    static final Facility F1 = Facility.newBuilder()
            .setId("F1")
            .setDomain("testing")
            .setType("tank")
            .addDevices(device("D1", "level", "valve", "flow"))
            .addDevices(device("D2", "level"))
            .build();

    private TestingRules() {}

    private static FacilityType type(String id, Map<String, Double> parameters) {
        return new FacilityType(id, NAME, parameters, Operating.WHILE_REPORTING, List.of());
    }

    private static Metric metric(
            String code, double high, Metric.Kind kind, Map<Integer, Name> states, List<Limit> limits) {
        var range = new Range(0, high);
        return new Metric(code, NAME, "m", range, range, 10, kind, states, 1, limits);
    }

    private static Limit limit(Side side, String value, int grade) {
        return new Limit(side, value, List.of(), grade, 10, 20, 2.0, Limit.RAW, "standard 1", "P");
    }

    static Device device(String id, String... metrics) {
        var device = Device.newBuilder().setId(id);
        for (var metric : metrics) {
            device.addPoints(Point.newBuilder().setMetric(metric));
        }
        return device.build();
    }

    static RuleRecord.Builder rule(String id, RuleScope scope, int version, long from) {
        return RuleRecord.newBuilder()
                .setId(id)
                .setScope(scope)
                .setVersion(version)
                .setValidFromMillis(from)
                .setChangedBy("zhang")
                .setChangedMillis(from - 1000);
    }

    static RuleRecord level(RuleScope scope, int version, long from, String value) {
        return rule("level.h", scope, version, from)
                .setLimit(change("level", "h", value))
                .build();
    }

    static RuleRecord withdrawn(String id, RuleScope scope, int version, long from) {
        return rule(id, scope, version, from)
                .setWithdrawal(Withdrawal.getDefaultInstance())
                .build();
    }

    static RuleRecord maintenance(RuleScope scope, int version, long from, long begin, long end) {
        return rule("maintenance.pump", scope, version, from)
                .setMaintenance(Maintenance.newBuilder().setFromMillis(begin).setToMillis(end))
                .build();
    }

    static LimitChange.Builder change(String metric, String side, String value) {
        return LimitChange.newBuilder()
                .setMetric(metric)
                .setSide(side)
                .setValue(value)
                .setGrade(2)
                .setOnDelaySeconds(5);
    }
}
