package io.yiwang.dashboard.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.dashboard.assets.Assets;
import io.yiwang.dashboard.rules.RuleRows.RuleView;
import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Name;
import io.yiwang.model.rule.RuleBook;
import io.yiwang.model.rule.RuleChecks;
import io.yiwang.model.rule.Scopes;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.LearnedChange;
import io.yiwang.model.wire.LimitChange;
import io.yiwang.model.wire.Point;
import io.yiwang.model.wire.RuleRecord;
import io.yiwang.model.wire.RuleScope;
import io.yiwang.model.wire.Withdrawal;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuleRowsTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final Domain GAS = PACKS.domain("gas").orElseThrow();
    private static final String LEAK = "gas_station_leak_lel";
    private static final Facility G1 = Facility.newBuilder()
            .setId("G1")
            .setDomain("gas")
            .setType("gate_station")
            .putParameters("q_design", 500)
            .addDevices(Device.newBuilder()
                    .setId("L1")
                    .addPoints(Point.newBuilder().setMetric(LEAK))
                    .addPoints(Point.newBuilder().setMetric("gas_flow_std")))
            .build();
    private static final Assets ASSETS = new Assets(new Name("市", "City"), List.of(), List.of(), List.of(G1), PACKS);

    private static RuleRecord.Builder record(String id, RuleScope scope, int version) {
        return RuleRecord.newBuilder()
                .setId(id)
                .setScope(scope)
                .setVersion(version)
                .setChangedBy("zhang")
                .setChangedMillis(1)
                .setValidFromMillis(2);
    }

    private static LimitChange.Builder limit(String metric, String side, String value) {
        return LimitChange.newBuilder()
                .setMetric(metric)
                .setSide(side)
                .setValue(value)
                .setGrade(2);
    }

    private static List<String> told(List<RuleView> rows, String id) {
        return rows.stream()
                .filter(row -> row.rule().equals(id))
                .map(row -> row.id() + " " + row.effective() + " v" + row.version() + (row.changed() ? " changed" : ""))
                .toList();
    }

    @Test
    void anUntouchedDomainIsItsPack() {
        var rows = RuleRows.of(GAS, ASSETS, RuleBook.EMPTY, null, null);

        assertThat(rows).allSatisfy(row -> {
            assertThat(row.changed()).isFalse();
            assertThat(row.stated()).isEqualTo(row.pack());
            assertThat(row.problem()).isNull();
        });
        assertThat(rows.stream().map(RuleView::id)).doesNotHaveDuplicates();
        assertThat(told(rows, LEAK + ".hh")).containsExactly(LEAK + ".hh#gas/// 50.0 v0");
    }

    @Test
    void everyTypeOfEveryPackCanBeEvaluated() {
        for (var domain : PACKS.all()) {
            for (var type : domain.facilityTypes()) {
                assertThat(RuleRows.of(domain, ASSETS, RuleBook.EMPTY, type.id(), null))
                        .allSatisfy(
                                row -> assertThat(row.problem()).as(row.id()).isNull());
            }
        }
    }

    @Test
    void aPlaceShowsWhatHoldsThereAndWhatItsPartsHaveOfTheirOwn() {
        var id = LEAK + ".hh";
        var book = RuleBook.EMPTY.withAll(List.of(
                record(id, Scopes.type("gas", "gate_station"), 1)
                        .setLimit(limit(LEAK, "hh", "40"))
                        .build(),
                record(id, Scopes.facility("gas", "G1"), 1)
                        .setLimit(limit(LEAK, "hh", "30"))
                        .build(),
                record(id, Scopes.facility("gas", "G1"), 2)
                        .setWithdrawal(Withdrawal.getDefaultInstance())
                        .build(),
                record(id, Scopes.device("gas", "G1", "L1"), 1)
                        .setLimit(limit(LEAK, "hh", "").setDisabled(true))
                        .build()));

        assertThat(told(RuleRows.of(GAS, ASSETS, book, null, null), id))
                .containsExactly(
                        id + "#gas/// 50.0 v0",
                        id + "#gas/gate_station// 40.0 v1 changed",
                        id + "#gas//G1/L1 null v1 changed");
        assertThat(told(RuleRows.of(GAS, ASSETS, book, null, G1), id))
                .containsExactly(id + "#gas/gate_station// 40.0 v1 changed", id + "#gas//G1/L1 null v1 changed");
        assertThat(told(RuleRows.of(GAS, ASSETS, book, "regulator_station", null), id))
                .containsExactly(id + "#gas/// 50.0 v0");
    }

    @Test
    void expressionsAreNumbersWhereTheNameplateIsKnown() {
        var book = RuleBook.EMPTY.with(record("own.flow", Scopes.domain("gas"), 1)
                .setLimit(limit("gas_flow_std", "h", "q_design * 0.9"))
                .build());

        assertThat(told(RuleRows.of(GAS, ASSETS, book, null, null), "own.flow"))
                .containsExactly("own.flow#gas/// null v1 changed");
        assertThat(told(RuleRows.of(GAS, ASSETS, book, "gate_station", null), "own.flow"))
                .containsExactly("own.flow#gas/// 14400.0 v1 changed");
        assertThat(told(RuleRows.of(GAS, ASSETS, book, null, G1), "own.flow"))
                .containsExactly("own.flow#gas/// 450.0 v1 changed");
    }

    @Test
    void incidentsThatAFacilityJudgesByItselfAreListedWithWhatPeopleMadeOfThem() {
        var pattern = GAS.patternsAlone().stream()
                .filter(one -> one.facilityTypes().contains("gate_station"))
                .findFirst()
                .orElseThrow();
        var id = RuleChecks.PATTERN + pattern.id();
        var book = RuleBook.EMPTY.withAll(List.of(
                record(id, Scopes.facility("gas", "G1"), 1)
                        .setLearned(LearnedChange.newBuilder().setDisabled(true))
                        .build(),
                record(RuleChecks.JOINT, Scopes.device("gas", "G1", "L1"), 1)
                        .setLearned(LearnedChange.newBuilder().setGrade(2))
                        .build()));
        var wide = RuleRows.of(GAS, ASSETS, book, "gate_station", null).stream()
                .filter(row -> row.rule().equals(id))
                .toList();
        assertThat(wide).extracting(RuleView::id).containsExactly(id + "#gas///", id + "#gas//G1/");
        assertThat(wide).extracting(RuleView::disabled).containsExactly(false, true);
        assertThat(wide).extracting(RuleView::grade).containsOnly(pattern.grade());
        assertThat(wide).extracting(RuleView::name).containsOnly(pattern.name());
        assertThat(RuleRows.of(GAS, ASSETS, book, null, G1))
                .filteredOn(row -> row.rule().equals(id))
                .singleElement()
                .satisfies(row -> assertThat(row.disabled()).isTrue());
        assertThat(RuleRows.of(GAS, ASSETS, book, null, G1))
                .filteredOn(row -> row.rule().equals(RuleChecks.JOINT))
                .singleElement()
                .satisfies(row -> assertThat(row.grade()).isEqualTo(2));
        assertThat(RuleRows.of(GAS, ASSETS, book, null, null).stream()
                        .map(RuleView::rule)
                        .filter(rule -> rule.startsWith(RuleChecks.PATTERN)))
                .as("what takes several facilities to judge cannot be set")
                .doesNotContain(GAS.patterns().stream()
                        .filter(one -> !GAS.patternsAlone().contains(one))
                        .map(one -> RuleChecks.PATTERN + one.id())
                        .toArray(String[]::new));
    }

    @Test
    void settingsOfWhatIsLearnedAreListedOnceTheyAreMade() {
        var id = LEAK + RuleChecks.BASELINE;
        var book = RuleBook.EMPTY.with(record(id, Scopes.domain("gas"), 1)
                .setLearned(LearnedChange.newBuilder().setDisabled(true))
                .build());

        assertThat(RuleRows.of(GAS, ASSETS, book, null, G1).stream()
                        .filter(row -> row.kind().equals("learned")))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.metric()).isEqualTo(LEAK);
                    assertThat(row.disabled()).isTrue();
                });
    }
}
