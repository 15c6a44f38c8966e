package io.yiwang.streams.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.clock.CityClock;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.rule.RuleBook;
import io.yiwang.model.rule.RuleChecks;
import io.yiwang.model.rule.Scopes;
import io.yiwang.model.wire.LearnedChange;
import io.yiwang.model.wire.Maintenance;
import io.yiwang.model.wire.RuleRecord;
import io.yiwang.model.wire.RuleScope;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.FacilityAsset.DeviceAsset;
import io.yiwang.streams.kafka.FacilityAsset.PointAsset;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Incidents under rules of people. A collection point of rural waste is overdue and full from second 100 to 1000, and symptoms end a minute later: the pack's pattern {@code
 * missed_pickup}, grade 3.
 */
class FacilityDetectionsTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final String RULE = RuleChecks.PATTERN + "missed_pickup";
    private static final RuleScope TYPE = Scopes.type("rural_waste", "collection_point");
    private static final FacilityAsset PLACE = new FacilityAsset(
            "P1",
            "rural_waste",
            "collection_point",
            "d1",
            Map.of(),
            List.of(new DeviceAsset(
                    "A", List.of(new PointAsset("rw_hours_since_pickup", 10), new PointAsset("rw_bin_fill", 10)))),
            true,
            false);

    private static RuleRecord.Builder rule(String id, RuleScope scope, double fromSeconds) {
        return RuleRecord.newBuilder()
                .setId(id)
                .setScope(scope)
                .setVersion(1)
                .setValidFromMillis(TestingFacility.at(fromSeconds))
                .setChangedBy("duty");
    }

    private static RuleRecord off(RuleScope scope, double fromSeconds) {
        return rule(RULE, scope, fromSeconds)
                .setLearned(LearnedChange.newBuilder().setDisabled(true))
                .build();
    }

    /** Steps of the incident as "RAISED 3 at 100.2": its grade and the log clock. */
    private static List<String> steps(RuleRecord... rules) {
        var checks = new RuleChecks(PACKS);
        var book = RuleBook.EMPTY.takeAll(List.of(rules), checks, (rule, refusal) -> {
            throw new AssertionError(refusal.toString());
        });
        var detections = new FacilityDetections(PACKS, book, TestingFacility.ZONE, CityClock.wallClock());
        var heard = new TestingFacility(PLACE);
        detections.become(PLACE, heard.state, heard);
        for (int second = 0; second <= 1500; second += 10) {
            boolean missed = second >= 100 && second < 1000;
            detections.conclude(PLACE, heard.state, TestingFacility.at(second) - 1, heard);
            detections.on(PLACE, heard.state, message(second, missed ? 200 : 1, missed ? 90 : 20), heard);
        }
        return heard.alarms(RULE).stream()
                .filter(alarm -> alarm.getStep() != io.yiwang.model.wire.AlarmStep.UPDATED)
                .map(alarm -> alarm.getStep() + " " + alarm.getGrade() + " at "
                        + TestingFacility.seconds(alarm.getLogMillis()))
                .toList();
    }

    private static TelemetryMessage message(int second, double hours, double fill) {
        return new TelemetryMessage(
                "rural_waste",
                "d1",
                "P1",
                "A",
                "boot",
                second + 1,
                TestingFacility.at(second),
                TestingFacility.at(second + 0.2),
                TestingFacility.at(second + 0.2),
                0,
                new String[] {"rw_hours_since_pickup", "rw_bin_fill"},
                new double[] {hours, fill},
                new byte[2],
                0);
    }

    @Test
    void withoutARuleTheIncidentIsThePacks() {
        assertThat(steps()).containsExactly("RAISED 3 at 100.2", "CLEARED 3 at 1060.2");
    }

    @Test
    void anIncidentIsSwitchedOffForAFacilityATypeOrADomain() {
        for (var scope : List.of(Scopes.facility("rural_waste", "P1"), TYPE, Scopes.domain("rural_waste"))) {
            assertThat(steps(off(scope, 50))).as(scope.toString()).isEmpty();
        }
        assertThat(steps(off(Scopes.facility("rural_waste", "P2"), 50))).hasSize(2);
    }

    @Test
    void whatIsSwitchedOffWhileItLastsEndsAndIsToldAgainWhenItIsSwitchedOn() {
        var on = rule(RULE, Scopes.facility("rural_waste", "P1"), 700)
                .setLearned(LearnedChange.newBuilder().setGrade(1))
                .build();
        assertThat(steps(off(TYPE, 500), on))
                .containsExactly("RAISED 3 at 100.2", "CLEARED 3 at 500.0", "RAISED 1 at 700.0", "CLEARED 1 at 1060.2");
    }

    @Test
    void anIncidentHasTheGradeThatPeopleGiveIt() {
        assertThat(steps(rule(RULE, TYPE, 50)
                        .setLearned(LearnedChange.newBuilder().setGrade(2))
                        .build()))
                .containsExactly("RAISED 2 at 100.2", "CLEARED 2 at 1060.2");
    }

    @Test
    void noIncidentBeginsWhileSomebodyWorksThere() {
        var work = rule("maintenance.road", TYPE, 50)
                .setMaintenance(Maintenance.newBuilder()
                        .setFromMillis(TestingFacility.at(60))
                        .setToMillis(TestingFacility.at(600)))
                .build();
        assertThat(steps(work)).containsExactly("RAISED 3 at 600.2", "CLEARED 3 at 1060.2");
    }
}
