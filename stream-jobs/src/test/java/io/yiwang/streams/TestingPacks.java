package io.yiwang.streams;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.FacilityType;
import io.yiwang.model.domain.Limit;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Name;
import io.yiwang.model.domain.Operating;
import io.yiwang.model.domain.Range;
import io.yiwang.model.domain.Side;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A small domain whose numbers tests can know by heart. */
public final class TestingPacks {
    private static final Name NAME = new Name("测试", "test");

    /**
     * {@code test_level}: 0–100, period 10 s; h 50 after 10 s grade 3, off-delay 20 s; hh = parameter {@code top} (80) at once,
     * grade 1; ll 5 at once, grade 2; deadband 2. {@code test_state}: 0–3, state 2 is bad, grade 2, at once. {@code
     * test_flow}, {@code test_temp}: no limits. {@code test_nh3}: h 5, but 8 while {@code test_temp} is at most 12, after 10 s, grade 2;
     * hh 20 before 06:15 and 30 later, at once, grade 1; deadband 2. {@code test_dust}: h 80 above the district's mean.
     */
    public static final DomainPacks PACKS = DomainPacks.of(
            List.of(Domain.of(
                    "testing",
                    NAME,
                    "1",
                    NAME,
                    List.of(new FacilityType("tank", NAME, Map.of("top", 80.0), Operating.WHILE_REPORTING, List.of())),
                    List.of(
                            metric(
                                    "test_level",
                                    100,
                                    Metric.Kind.ANALOG,
                                    List.of(
                                            limit(Side.H, "50", 3, 10, 20),
                                            limit(Side.HH, "top", 1, 0, 0),
                                            limit(Side.LL, "5", 2, 0, 0))),
                            metric(
                                    "test_state",
                                    3,
                                    Metric.Kind.ENUM,
                                    List.of(new Limit(
                                            Side.STATE, null, List.of(2.0), 2, 0, 0, null, Limit.RAW, "site", "K"))),
                            metric("test_flow", 100, Metric.Kind.ANALOG, List.of()),
                            metric("test_temp", 100, Metric.Kind.ANALOG, List.of()),
                            metric(
                                    "test_nh3",
                                    100,
                                    Metric.Kind.ANALOG,
                                    List.of(
                                            limit(Side.H, "IF(test_temp <= 12, 8, 5)", 2, 10, 0),
                                            limit(Side.HH, "IF(hour < 6.25, 20, 30)", 1, 0, 0))),
                            metric(
                                    "test_dust",
                                    100,
                                    Metric.Kind.ANALOG,
                                    List.of(limit(Side.H, "MIN(150, 80 + DISTRICT_MEAN(\"test_dust\"))", 2, 0, 0)))))),
            List.of());

    private TestingPacks() {}

    private static Metric metric(String code, double high, Metric.Kind kind, List<Limit> limits) {
        return new Metric(code, NAME, "1", new Range(0, high), new Range(0, high), 10, kind, Map.of(), 1, limits, null);
    }

    private static Limit limit(Side side, @Nullable String value, int grade, int onDelay, int offDelay) {
        return new Limit(side, value, List.of(), grade, onDelay, offDelay, 2.0, Limit.RAW, "standard 1", "V");
    }
}
