package io.yiwang.streams.detect.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.rule.RuleBook;
import io.yiwang.model.rule.Scopes;
import io.yiwang.model.wire.LimitChange;
import io.yiwang.model.wire.RuleRecord;
import io.yiwang.streams.TestingPacks;
import io.yiwang.streams.kafka.FacilityAsset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KnownRulesTest {
    private final AtomicInteger refused = new AtomicInteger();
    private final KnownRules rules = new KnownRules(TestingPacks.PACKS, refused::incrementAndGet);

    private static RuleRecord level(int version, long from, String value) {
        return RuleRecord.newBuilder()
                .setId("test_level.h")
                .setScope(Scopes.facility("testing", "F1"))
                .setVersion(version)
                .setValidFromMillis(from)
                .setChangedBy("zhang")
                .setLimit(LimitChange.newBuilder()
                        .setMetric("test_level")
                        .setSide("h")
                        .setValue(value)
                        .setGrade(2))
                .build();
    }

    @Test
    void whatIsLoadedAndWhatComesAgainIsOneBook() {
        rules.load(List.of(level(1, 100, "30"), level(2, 200, "40")));
        var loaded = rules.book();

        assertThat(rules.take(level(1, 100, "30"))).isFalse();
        assertThat(rules.take(level(2, 200, "40"))).isFalse();
        assertThat(rules.book()).isEqualTo(loaded);
        assertThat(rules.take(level(3, 300, "top - 10"))).isTrue();

        var asset = new FacilityAsset(
                "F1",
                "testing",
                "tank",
                "d1",
                Map.of("top", 90.0),
                List.of(new FacilityAsset.DeviceAsset("D1", List.of(new FacilityAsset.PointAsset("test_level", 0)))),
                true,
                false);
        var limits =
                rules.book().rulesOf(TestingPacks.PACKS, asset.toWire(), 300).limits();
        assertThat(limits.get(0).rule().limit()).isEqualTo(80);
        assertThat(limits.get(0).rule().version()).isEqualTo(3);
        assertThat(refused).hasValue(0);
    }

    @Test
    void whatCannotHoldIsCountedOnceAndLeavesAllElseAsItWas() {
        rules.load(List.of(level(1, 100, "30"), level(2, 200, "bottom")));
        assertThat(rules.take(level(2, 200, "bottom"))).isFalse();
        assertThat(rules.take(level(3, 300, "101"))).isFalse();

        assertThat(rules.book()).isEqualTo(RuleBook.EMPTY.with(level(1, 100, "30")));
        assertThat(refused).hasValue(2);
    }
}
