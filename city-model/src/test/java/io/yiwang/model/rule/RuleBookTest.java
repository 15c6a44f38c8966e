package io.yiwang.model.rule;

import static io.yiwang.model.rule.TestingRules.F1;
import static io.yiwang.model.rule.TestingRules.PACKS;
import static io.yiwang.model.rule.TestingRules.change;
import static io.yiwang.model.rule.TestingRules.level;
import static io.yiwang.model.rule.TestingRules.maintenance;
import static io.yiwang.model.rule.TestingRules.rule;
import static io.yiwang.model.rule.TestingRules.withdrawn;
import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.rule.FacilityRules.Learned;
import io.yiwang.model.rule.FacilityRules.Window;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.LearnedChange;
import io.yiwang.model.wire.RuleRecord;
import io.yiwang.model.wire.RuleScope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuleBookTest {
    private static final RuleScope DOMAIN = Scopes.domain("testing");
    private static final RuleScope TYPE = Scopes.type("testing", "tank");
    private static final RuleScope FACILITY = Scopes.facility("testing", "F1");
    private static final RuleScope DEVICE = Scopes.device("testing", "F1", "D2");

    /** Rules of an id at F1 as "limit@version on devices". */
    private static List<String> at(RuleBook book, String id, long logMillis) {
        return book.rulesOf(PACKS, F1, logMillis).limits().stream()
                .filter(placed -> placed.rule().id().equals(id))
                .map(placed -> placed.rule().limit() + "@" + placed.rule().version() + " on " + placed.devices())
                .toList();
    }

    private static RuleBook book(RuleRecord... records) {
        return RuleBook.EMPTY.withAll(List.of(records));
    }

    @Test
    void anEmptyBookHasThePacksWord() {
        var rules = RuleBook.EMPTY.rulesOf(PACKS, F1, 1);

        assertThat(rules.limits())
                .extracting(placed -> placed.rule().id() + " " + placed.devices() + " "
                        + placed.rule().version())
                .containsExactly("level.h [D1, D2] 0", "level.hh [D1, D2] 0", "valve.state [D1] 0");
        assertThat(rules.limits().stream().map(PlacedRule::rule).toList())
                .isEqualTo(PACKS.domain("testing").orElseThrow().rulesOf(F1));
        assertThat(rules.untilMillis()).isEqualTo(Long.MAX_VALUE);
        assertThat(rules.refused()).isEmpty();
    }

    @Test
    void theNarrowestScopeWins() {
        var domain = level(DOMAIN, 1, 100, "10");
        var type = level(TYPE, 1, 100, "20");
        var facility = level(FACILITY, 1, 100, "30");
        var device = level(DEVICE, 1, 100, "40");

        assertThat(at(book(domain), "level.h", 100)).containsExactly("10.0@1 on [D1, D2]");
        assertThat(at(book(domain, type), "level.h", 100)).containsExactly("20.0@1 on [D1, D2]");
        assertThat(at(book(facility, domain, type), "level.h", 100)).containsExactly("30.0@1 on [D1, D2]");
        assertThat(at(book(device, facility, domain), "level.h", 100))
                .containsExactly("30.0@1 on [D1]", "40.0@1 on [D2]");
        assertThat(at(book(device), "level.h", 100)).containsExactly("50.0@0 on [D1]", "40.0@1 on [D2]");
    }

    @Test
    void otherFacilitiesTypesAndDomainsAreNotTouched() {
        var elsewhere = book(
                level(Scopes.facility("testing", "F2"), 1, 100, "10"),
                level(Scopes.type("testing", "well"), 1, 100, "10"),
                level(Scopes.device("testing", "F2", "D1"), 1, 100, "10"),
                level(Scopes.domain("another"), 1, 100, "10"));

        assertThat(elsewhere.rulesOf(PACKS, F1, 200)).isEqualTo(RuleBook.EMPTY.rulesOf(PACKS, F1, 200));
    }

    @Test
    void aVersionHoldsFromItsTimeUntilTheNextDoes() {
        var book = book(level(FACILITY, 1, 100, "10"), level(FACILITY, 2, 200, "20"));

        assertThat(at(book, "level.h", 99)).containsExactly("50.0@0 on [D1, D2]");
        assertThat(at(book, "level.h", 100)).containsExactly("10.0@1 on [D1, D2]");
        assertThat(at(book, "level.h", 199)).containsExactly("10.0@1 on [D1, D2]");
        assertThat(at(book, "level.h", 200)).containsExactly("20.0@2 on [D1, D2]");
        assertThat(book.nextChangeMillis(F1, 99)).isEqualTo(100);
        assertThat(book.rulesOf(PACKS, F1, 100).untilMillis()).isEqualTo(200);
        assertThat(book.nextChangeMillis(F1, 200)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aHigherVersionHoldsAlsoWhenItsTimeCameEarlier() {
        var book = book(level(FACILITY, 1, 200, "10"), level(FACILITY, 2, 100, "20"));

        assertThat(at(book, "level.h", 300)).containsExactly("20.0@2 on [D1, D2]");
    }

    @Test
    void ofOneVersionTheLastWordCounts() {
        var first = level(FACILITY, 1, 100, "10");
        var last = level(FACILITY, 1, 150, "20");

        assertThat(at(book(first, last), "level.h", 200)).containsExactly("20.0@1 on [D1, D2]");
        assertThat(book(first).withAll(List.of(last, first))).isEqualTo(book(first));
    }

    @Test
    void whatIsWithdrawnLeavesTheNextWiderWord() {
        var book = book(
                level(DOMAIN, 1, 100, "10"),
                level(FACILITY, 1, 100, "30"),
                withdrawn("level.h", FACILITY, 2, 200),
                withdrawn("level.h", DOMAIN, 2, 300));

        assertThat(at(book, "level.h", 150)).containsExactly("30.0@1 on [D1, D2]");
        assertThat(at(book, "level.h", 200)).containsExactly("10.0@1 on [D1, D2]");
        assertThat(at(book, "level.h", 300)).containsExactly("50.0@0 on [D1, D2]");
    }

    @Test
    void aLimitMayBeDisabledForOneDevice() {
        var off = rule("level.h", DEVICE, 1, 100)
                .setLimit(change("level", "h", "").setDisabled(true))
                .build();

        assertThat(at(book(off), "level.h", 100)).containsExactly("50.0@0 on [D1]");
    }

    @Test
    void peopleMayAddALimitAndSilenceItWhereItDoesNotFit() {
        var own = rule("own.dry", TYPE, 1, 100)
                .setLimit(change("flow", "ll", "top / 8"))
                .build();
        var off = rule("own.dry", FACILITY, 1, 200)
                .setLimit(change("flow", "ll", "").setDisabled(true))
                .build();

        assertThat(at(book(own, off), "own.dry", 150)).containsExactly("10.0@1 on [D1]");
        assertThat(at(book(own, off), "own.dry", 200)).isEmpty();
    }

    @Test
    void aChangeIsFullyInTheRule() {
        var changed = rule("level.h", FACILITY, 3, 100)
                .setLimit(change("level", "h", "top - 10")
                        .setGrade(1)
                        .setOffDelaySeconds(7)
                        .setDeadband(3)
                        .setStatistic("hourly_mean")
                        .setSource("order 7"))
                .build();

        var rule = book(changed).rulesOf(PACKS, F1, 100).limits().get(0).rule();

        assertThat(rule.limit()).isEqualTo(70);
        assertThat(rule.grade()).isEqualTo(1);
        assertThat(rule.onDelaySeconds()).isEqualTo(5);
        assertThat(rule.offDelaySeconds()).isEqualTo(7);
        assertThat(rule.deadband()).isEqualTo(3);
        assertThat(rule.statistic()).isEqualTo("hourly_mean");
        assertThat(rule.source()).isEqualTo("order 7");
        assertThat(rule.confidence()).isEqualTo("V");
        assertThat(rule.version()).isEqualTo(3);
    }

    @Test
    void whereAChangeCannotBeEvaluatedTheWiderWordHoldsAndASentenceSaysSo() {
        var changed = level(DOMAIN, 1, 100, "top");
        var well = Facility.newBuilder(F1).setId("W1").setType("well").build();

        var rules = book(changed).rulesOf(PACKS, well, 100);

        assertThat(rules.limits().get(0).rule().limit()).isEqualTo(50);
        assertThat(rules.refused())
                .anySatisfy(sentence -> assertThat(sentence)
                        .startsWith("level.h#testing///#1: ")
                        .contains("top is neither a parameter"));
        // The pack's own hh needs top too.
        assertThat(rules.limits()).extracting(placed -> placed.rule().id()).containsExactly("level.h", "valve.state");
    }

    @Test
    void maintenanceHoldsInEventTimeForItsDevicesAndEndsEarlyByANewVersion() {
        var window = maintenance(FACILITY, 1, 100, 1000, 5000);
        var ended = maintenance(FACILITY, 2, 3000, 1000, 3000);
        var ofDevice = maintenance(DEVICE, 1, 100, 5000, 6000);
        var book = book(window, ended, ofDevice);

        var planned = book.rulesOf(PACKS, F1, 2000);
        assertThat(planned.maintenance())
                .containsExactly(
                        new Window("maintenance.pump", "", 1000, 5000),
                        new Window("maintenance.pump", "D2", 5000, 6000));
        assertThat(planned.isUnderMaintenance("D1", 999)).isFalse();
        assertThat(planned.isUnderMaintenance("D1", 1000)).isTrue();
        assertThat(planned.isUnderMaintenance("D1", 4999)).isTrue();
        assertThat(planned.isUnderMaintenance("D1", 5000)).isFalse();
        assertThat(planned.isUnderMaintenance("D2", 5000)).isTrue();
        assertThat(planned.maintenanceEndMillis("D1", 1000)).isEqualTo(5000);
        assertThat(planned.maintenanceEndMillis("D2", 1000)).isEqualTo(6000);
        assertThat(planned.maintenanceEndMillis("D2", 500)).isEqualTo(500);
        assertThat(planned.untilMillis()).isEqualTo(3000);
        assertThat(book.rulesOf(PACKS, F1, 3000).isUnderMaintenance("D1", 4000)).isFalse();
    }

    @Test
    void whatIsLearnedTogetherCanBeSetPerDevice() {
        var off = rule(RuleChecks.JOINT, TYPE, 1, 100)
                .setLearned(LearnedChange.newBuilder().setDisabled(true))
                .build();
        var on = rule(RuleChecks.JOINT, DEVICE, 4, 200)
                .setLearned(LearnedChange.newBuilder().setGrade(2))
                .build();
        var book = RuleBook.EMPTY.with(off).with(on);
        assertThat(book.rulesOf(PACKS, F1, 99).joint("D1")).isEqualTo(Learned.AS_USUAL);
        assertThat(book.rulesOf(PACKS, F1, 100).joint("D2")).isEqualTo(new Learned(true, 0, 1));
        assertThat(book.rulesOf(PACKS, F1, 200).joint("D1")).isEqualTo(new Learned(true, 0, 1));
        assertThat(book.rulesOf(PACKS, F1, 200).joint("D2")).isEqualTo(new Learned(false, 2, 4));
        assertThat(book.rulesOf(PACKS, F1, 200).learned("D2.level")).isEqualTo(Learned.AS_USUAL);
    }

    @Test
    void anIncidentCanBeSetPerFacilityAndTheNarrowestWordHolds() {
        var packs = DomainPacks.bundled();
        var id = RuleChecks.PATTERN + "missed_pickup";
        var place = Facility.newBuilder()
                .setId("P1")
                .setDomain("rural_waste")
                .setType("collection_point")
                .build();
        var off = rule(id, Scopes.domain("rural_waste"), 1, 100)
                .setLearned(LearnedChange.newBuilder().setDisabled(true))
                .build();
        var graded = rule(id, Scopes.facility("rural_waste", "P1"), 3, 200)
                .setLearned(LearnedChange.newBuilder().setGrade(1))
                .build();
        var back = withdrawn(id, Scopes.facility("rural_waste", "P1"), 4, 300);
        var book = RuleBook.EMPTY.withAll(List.of(off, graded, back));
        assertThat(book.rulesOf(packs, place, 99).pattern("missed_pickup")).isEqualTo(Learned.AS_USUAL);
        assertThat(book.rulesOf(packs, place, 100).pattern("missed_pickup")).isEqualTo(new Learned(true, 0, 1));
        assertThat(book.rulesOf(packs, place, 200).pattern("missed_pickup")).isEqualTo(new Learned(false, 1, 3));
        assertThat(book.rulesOf(packs, place, 300).pattern("missed_pickup")).isEqualTo(new Learned(true, 0, 1));
        assertThat(book.rulesOf(packs, place, 300).pattern("fake_pickups")).isEqualTo(Learned.AS_USUAL);
    }

    @Test
    void whatIsLearnedCanBeSetPerPoint() {
        var off = rule("level.baseline", TYPE, 1, 100)
                .setLearned(LearnedChange.newBuilder().setDisabled(true))
                .build();
        var on = rule("level.baseline", DEVICE, 4, 200)
                .setLearned(LearnedChange.newBuilder().setGrade(2))
                .build();
        var book = book(off, on);

        assertThat(book.rulesOf(PACKS, F1, 99).learned("D1.level")).isEqualTo(Learned.AS_USUAL);
        assertThat(book.rulesOf(PACKS, F1, 100).learned("D2.level")).isEqualTo(new Learned(true, 0, 1));
        assertThat(book.rulesOf(PACKS, F1, 200).learned("D1.level")).isEqualTo(new Learned(true, 0, 1));
        assertThat(book.rulesOf(PACKS, F1, 200).learned("D2.level")).isEqualTo(new Learned(false, 2, 4));
        assertThat(book.rulesOf(PACKS, F1, 200).learned("D1.flow")).isEqualTo(Learned.AS_USUAL);
    }

    @Test
    void aTypeCanBeAskedWithoutAFacility() {
        var template = Facility.newBuilder(F1).clearId().build();

        var rules =
                book(level(TYPE, 1, 100, "20"), level(FACILITY, 1, 100, "30")).rulesOf(PACKS, template, 100);

        assertThat(rules.limits().get(0).rule().limit()).isEqualTo(20);
        assertThat(rules.limits().get(0).scope()).isEqualTo(TYPE);
    }

    @Test
    void whatCannotHoldIsRefusedAndChangesNothing() {
        var checks = new RuleChecks(PACKS);
        var before = book(level(FACILITY, 1, 100, "30"));

        var taken = before.take(level(FACILITY, 2, 200, "1000"), checks);

        assertThat(taken.book()).isEqualTo(before);
        assertThat(String.valueOf(taken.refusal()))
                .isEqualTo("limit.value: 1000 lies outside the range of test, 0 to 100 m");
        assertThat(before.take(level(FACILITY, 2, 200, "40"), checks).refusal()).isNull();

        var refused = new ArrayList<String>();
        var all = RuleBook.EMPTY.takeAll(
                List.of(level(FACILITY, 1, 100, "30"), level(FACILITY, 2, 200, "1000")),
                checks,
                (rule, refusal) -> refused.add(Scopes.key(rule) + " " + refusal.field()));
        assertThat(all).isEqualTo(before);
        assertThat(refused).containsExactly("level.h#testing//F1/#2 limit.value");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theOrderInWhichRecordsCameDoesNotMatter(long seed) {
        var records = new ArrayList<RuleRecord>();
        for (var scope : List.of(DOMAIN, TYPE, FACILITY, DEVICE)) {
            for (int version = 1; version < 4; version++) {
                records.add(level(scope, version, 100L * version, String.valueOf(10 * version)));
                records.add(maintenance(scope, version, 100L * version, 10, 1000L * version));
            }
        }
        var inOrder = RuleBook.EMPTY.withAll(records);
        Collections.shuffle(records, new Random(seed));
        var book = RuleBook.EMPTY;
        for (var record : records) {
            book = book.with(record);
        }
        book = book.with(records.get(0));

        assertThat(book.withAll(records)).isSameAs(book);
        assertThat(book).isEqualTo(inOrder);
        assertThat(book.records()).isEqualTo(inOrder.records()).hasSize(24);
        assertThat(RuleBook.EMPTY.withAll(book.records())).isEqualTo(book);
        for (long log : new long[] {50, 150, 250, 350}) {
            assertThat(book.rulesOf(PACKS, F1, log)).isEqualTo(inOrder.rulesOf(PACKS, F1, log));
        }
        assertThat(book.inForce(250))
                .allSatisfy(record -> assertThat(record.getVersion()).isEqualTo(2))
                .hasSize(8);
        assertThat(book.versions("level.h")).hasSize(12);
        for (var scope : List.of(DOMAIN, TYPE, FACILITY, DEVICE)) {
            assertThat(Scopes.parse(Scopes.text(scope))).isEqualTo(scope);
        }
        assertThat(book.versions("level.h", DEVICE))
                .extracting(RuleRecord::getVersion)
                .containsExactly(1, 2, 3);
    }
}
