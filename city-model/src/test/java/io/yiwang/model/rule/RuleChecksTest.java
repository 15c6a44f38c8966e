package io.yiwang.model.rule;

import static io.yiwang.model.rule.TestingRules.F1;
import static io.yiwang.model.rule.TestingRules.PACKS;
import static io.yiwang.model.rule.TestingRules.change;
import static io.yiwang.model.rule.TestingRules.level;
import static io.yiwang.model.rule.TestingRules.maintenance;
import static io.yiwang.model.rule.TestingRules.rule;
import static io.yiwang.model.rule.TestingRules.withdrawn;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Expressions;
import io.yiwang.model.wire.LearnedChange;
import io.yiwang.model.wire.LimitChange;
import io.yiwang.model.wire.RuleRecord;
import io.yiwang.model.wire.RuleScope;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleChecksTest {
    private static final RuleChecks CHECKS = new RuleChecks(PACKS);
    private static final RuleScope TYPE = Scopes.type("testing", "tank");
    private static final RuleScope FACILITY = Scopes.facility("testing", "F1");

    private static RuleRecord own(LimitChange.Builder change) {
        return rule("own.x", FACILITY, 1, 100).setLimit(change).build();
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("version", level(FACILITY, 0, 100, "30")),
                Arguments.of("valid_from_millis", level(FACILITY, 1, 0, "30")),
                Arguments.of(
                        "changed_by",
                        level(FACILITY, 1, 100, "30").toBuilder()
                                .setChangedBy(" ")
                                .build()),
                Arguments.of("kind", rule("level.h", FACILITY, 1, 100).build()),
                Arguments.of("scope.domain", level(Scopes.domain("nowhere"), 1, 100, "30")),
                Arguments.of("scope.facility_type", level(Scopes.type("testing", "tower"), 1, 100, "30")),
                Arguments.of(
                        "scope.facility_type",
                        level(FACILITY.toBuilder().setFacilityType("tank").build(), 1, 100, "30")),
                Arguments.of("scope.facility", level(Scopes.facility("testing", "F 1"), 1, 100, "30")),
                Arguments.of("scope.facility", level(Scopes.device("testing", "", "D1"), 1, 100, "30")),
                Arguments.of(
                        "id",
                        rule("level.ll", FACILITY, 1, 100)
                                .setLimit(change("level", "ll", "3"))
                                .build()),
                Arguments.of(
                        "id",
                        rule("own.", FACILITY, 1, 100)
                                .setLimit(change("level", "ll", "3"))
                                .build()),
                Arguments.of(
                        "id",
                        rule("own.A#b", FACILITY, 1, 100)
                                .setLimit(change("level", "ll", "3"))
                                .build()),
                Arguments.of(
                        "limit.side",
                        rule("level.h", FACILITY, 1, 100)
                                .setLimit(change("level", "hh", "3"))
                                .build()),
                Arguments.of("limit.metric", own(change("depth", "h", "3"))),
                Arguments.of("limit.side", own(change("level", "high", "3"))),
                Arguments.of("limit.value", own(change("level", "h", ""))),
                Arguments.of("limit.value", own(change("level", "h", "101"))),
                Arguments.of("limit.value", own(change("level", "h", "top +"))),
                Arguments.of("limit.value", own(change("level", "h", "bottom"))),
                Arguments.of("limit.value", own(change("level", "h", "0 / 0"))),
                Arguments.of("limit.value", own(change("level", "h", "DISTRICT_MEAN(\"level\")"))),
                Arguments.of("limit.value", own(change("level", "h", "1" + "+1".repeat(300)))),
                Arguments.of("limit.values", own(change("level", "h", "30").addValues(1))),
                Arguments.of("limit.values", own(change("valve", "state", ""))),
                Arguments.of("limit.values", own(change("valve", "state", "").addValues(2))),
                Arguments.of("limit.values", own(change("valve", "state", "").addValues(Double.NaN))),
                Arguments.of("limit.grade", own(change("level", "h", "30").setGrade(5))),
                Arguments.of("limit.grade", own(change("level", "h", "30").setGrade(0))),
                Arguments.of(
                        "limit.on_delay_seconds", own(change("level", "h", "30").setOnDelaySeconds(-1))),
                Arguments.of(
                        "limit.off_delay_seconds",
                        own(change("level", "h", "30").setOffDelaySeconds(1_000_000))),
                Arguments.of("limit.deadband", own(change("level", "h", "30").setDeadband(-1))),
                Arguments.of("limit.deadband", own(change("level", "h", "30").setDeadband(Double.NaN))),
                Arguments.of("limit.statistic", own(change("level", "h", "30").setStatistic("median"))),
                Arguments.of(
                        "limit.statistic",
                        own(change("valve", "state", "").addValues(1).setStatistic("daily_mean"))),
                Arguments.of("maintenance.to_millis", maintenance(FACILITY, 1, 100, 2000, 2000)),
                Arguments.of("maintenance.from_millis", maintenance(FACILITY, 1, 100, 0, 2000)),
                Arguments.of(
                        "maintenance.to_millis",
                        maintenance(FACILITY, 1, 100, 1000, 1001 + RuleChecks.LONGEST_MAINTENANCE_MILLIS)),
                Arguments.of("id", withdrawn("anything", FACILITY, 1, 100)),
                Arguments.of(
                        "id",
                        rule("depth.baseline", FACILITY, 1, 100)
                                .setLearned(LearnedChange.getDefaultInstance())
                                .build()),
                Arguments.of(
                        "learned.grade",
                        rule("level.baseline", FACILITY, 1, 100)
                                .setLearned(LearnedChange.newBuilder().setGrade(9))
                                .build()));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesWithTheFieldAndASentence(String field, RuleRecord rule) {
        assertThat(CHECKS.refusal(rule)).hasValueSatisfying(refusal -> {
            assertThat(refusal.field()).as(refusal.toString()).isEqualTo(field);
            assertThat(refusal.sentence().en()).isNotBlank();
            assertThat(refusal.sentence().zh()).containsPattern("\\p{IsHan}");
        });
    }

    static Stream<RuleRecord> accepted() {
        return Stream.of(
                level(FACILITY, 1, 100, "30"),
                level(TYPE, 1, 100, "top * 0.9"),
                // Of the domain's types one knows top.
                level(Scopes.domain("testing"), 1, 100, "top * 0.9"),
                level(FACILITY, 1, 100, "IF(hour < 6, 30, 40)"),
                own(change("flow", "x", "30").setStatistic("mean_15min").setDeadband(0)),
                own(change("valve", "state", "").addValues(0)),
                own(change("level", "h", "").setDisabled(true)),
                maintenance(TYPE, 1, 100, 1000, 2000),
                withdrawn("own.x", FACILITY, 2, 100),
                withdrawn("level.h", FACILITY, 2, 100),
                withdrawn("maintenance.pump", FACILITY, 2, 100),
                withdrawn("level.baseline", FACILITY, 2, 100),
                withdrawn("joint", FACILITY, 2, 100),
                setting("joint", TYPE),
                setting("joint", Scopes.device("testing", "F1", "D1")));
    }

    private static RuleRecord setting(String id, RuleScope scope) {
        return rule(id, scope, 1, 100)
                .setLearned(LearnedChange.newBuilder().setDisabled(true))
                .build();
    }

    @Test
    void anIncidentIsSetWhereItIsJudged() {
        var checks = new RuleChecks(DomainPacks.bundled());
        var id = "pattern.missed_pickup";
        assertThat(checks.refusal(setting(id, Scopes.domain("rural_waste")))).isEmpty();
        assertThat(checks.refusal(setting(id, Scopes.type("rural_waste", "collection_point"))))
                .isEmpty();
        assertThat(checks.refusal(withdrawn(id, Scopes.facility("rural_waste", "P1"), 2, 100)))
                .isEmpty();
        assertThat(checks.refusal(setting("pattern.unknown", Scopes.domain("rural_waste"))))
                .hasValueSatisfying(refusal -> assertThat(refusal.field()).isEqualTo("id"));
        assertThat(checks.refusal(setting(id, Scopes.type("rural_waste", "truck"))))
                .hasValueSatisfying(refusal -> assertThat(refusal.field()).isEqualTo("scope.facility_type"));
        assertThat(checks.refusal(setting(id, Scopes.device("rural_waste", "P1", "A"))))
                .hasValueSatisfying(refusal -> assertThat(refusal.field()).isEqualTo("scope.device"));
        assertThat(checks.refusal(setting("pattern.ws_burst_behind_station", Scopes.domain("water_supply"))))
                .as("a pattern over several facilities")
                .hasValueSatisfying(
                        refusal -> assertThat(refusal.sentence().en()).contains("several facilities"));
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void acceptsWhatCanHold(RuleRecord rule) {
        assertThat(CHECKS.refusal(rule)).isEmpty();
        assertThat(CHECKS.refusal(rule, F1)).isEmpty();
    }

    @Test
    void withAFacilityAtHandItIsHeldAgainstThatToo() {
        var unmeasured = rule("own.x", Scopes.device("testing", "F1", "D2"), 1, 100)
                .setLimit(change("flow", "h", "3"))
                .build();
        assertThat(CHECKS.refusal(unmeasured)).isEmpty();
        assertThat(CHECKS.refusal(unmeasured, F1).map(Refusal::toString))
                .contains("limit.metric: device D2 does not measure flow");

        var noDevice = level(Scopes.device("testing", "F1", "D9"), 1, 100, "30");
        assertThat(CHECKS.refusal(noDevice, F1).map(Refusal::toString))
                .contains("scope.device: facility F1 has no device 'D9'");

        var parameters = level(FACILITY, 1, 100, "top");
        var high = F1.toBuilder().putParameters("top", 120).build();
        assertThat(CHECKS.refusal(parameters, F1)).isEmpty();
        assertThat(CHECKS.refusal(parameters, high).map(Refusal::toString))
                .contains("limit.value: 120 lies outside the range of test, 0 to 100 m");
    }

    @Test
    void betweenALowAndAHighLimitAValueMustFindRoom() {
        // The pack has h 50 and hh 80.
        var low = rule("own.low", FACILITY, 1, 100)
                .setLimit(change("level", "l", "50"))
                .build();
        assertThat(CHECKS.refusal(low, F1, RuleBook.EMPTY).map(Refusal::toString))
                .contains("limit.value: with level.h at 50 every value would be an alarm");
        var lower = rule("own.low", FACILITY, 1, 100)
                .setLimit(change("level", "l", "49"))
                .build();
        assertThat(CHECKS.refusal(lower, F1, RuleBook.EMPTY)).isEmpty();

        var book = RuleBook.EMPTY.with(lower);
        assertThat(CHECKS.refusal(level(FACILITY, 1, 100, "49"), F1, book)).isPresent();
        assertThat(CHECKS.refusal(level(FACILITY, 1, 100, "50"), F1, book)).isEmpty();
        // Other devices and other statistics are other values.
        var other = rule("own.low", Scopes.device("testing", "F1", "D2"), 1, 100)
                .setLimit(change("level", "l", "60").setStatistic("daily_mean"))
                .build();
        assertThat(CHECKS.refusal(other, F1, book)).isEmpty();
    }

    @Test
    void everyLimitOfTheProductsPacksCanBeStatedByPeople() {
        var packs = DomainPacks.bundled();
        var checks = new RuleChecks(packs);
        for (var domain : packs.all()) {
            for (var metric : domain.metrics()) {
                for (var limit : metric.limits()) {
                    var change = RuleChecks.changeOf(metric, limit);
                    var rule = rule(Expressions.id(metric, limit), Scopes.domain(domain.id()), 1, 100)
                            .setLimit(change)
                            .build();
                    if (!change.getValue().contains("DISTRICT_MEAN")) {
                        assertThat(checks.refusal(rule)).as(rule.getId()).isEmpty();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void neverThrowsOnAnyBytes(long seed) {
        var random = new Random(seed);
        var good = level(FACILITY, 1, 100, "IF(top > 3, MIN(top, 40), 10)").toByteArray();
        int read = 0;
        for (int i = 0; i < 3_000; i++) {
            var bytes = good.clone();
            for (int change = 0; change <= random.nextInt(3); change++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                var rule = RuleRecord.parseFrom(bytes);
                read++;
                CHECKS.refusal(rule);
                CHECKS.refusal(rule, F1);
            } catch (InvalidProtocolBufferException e) {
                continue;
            }
        }
        assertThat(read).isPositive();
    }
}
