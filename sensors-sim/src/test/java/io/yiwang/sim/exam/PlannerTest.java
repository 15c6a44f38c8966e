package io.yiwang.sim.exam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Facility;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PlannerTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final Duration GAP = Duration.ofHours(3);
    private static final ExamSettings SETTINGS = new ExamSettings(
            60, 2, 10, List.of(0.2, 1.0), 1, 1, GAP, 0.1, gasAndCommon(), 3, ZoneId.of("Asia/Shanghai"));

    private static List<Facility> city;
    private static Planner.Plan plan;

    private static Set<String> gasAndCommon() {
        return Planner.faults(PACKS, Set.of()).stream()
                .filter(fault -> fault.facilityTypes().isEmpty() || fault.id().startsWith("gas_"))
                .map(fault -> fault.id())
                .collect(Collectors.toSet());
    }

    @BeforeAll
    static void planOnce() {
        city = ExamCity.draw(PACKS, Planner.faults(PACKS, SETTINGS.faults()), 60, SETTINGS.seed());
        plan = new Planner(PACKS, city, SETTINGS).plan();
    }

    @Test
    void everyFaultHappensAtEverySeverityWithinTheExam() {
        assertThat(plan.leftOut()).isEmpty();
        var happened = plan.cases().stream()
                .map(planned -> planned.fault() + planned.severity())
                .toList();
        assertThat(happened).hasSize(2 * SETTINGS.faults().size()).doesNotHaveDuplicates();
        assertThat(plan.cases()).allSatisfy(planned -> {
            assertThat(planned.fromMillis()).isGreaterThanOrEqualTo(SETTINGS.examMillis());
            assertThat(planned.toMillis() + planned.graceMillis()).isLessThan(SETTINGS.endMillis());
            assertThat(planned.zone()).contains(planned.facility());
        });
    }

    @Test
    void nothingActsNearAFaultWhileItLastsAndForAWhileAround() {
        var surroundings = new Surroundings(city);
        for (var one : plan.cases()) {
            var near = new HashSet<>(one.zone());
            if (!one.isInstrument()) {
                near.addAll(surroundings.around(one.facility()));
            }
            assertThat(plan.cases())
                    .filteredOn(other -> other != one)
                    .filteredOn(other -> other.fromMillis() < one.toMillis() + GAP.toMillis()
                            && other.toMillis() > one.fromMillis() - GAP.toMillis())
                    .as("while %s lasts at %s", one.fault(), one.facility())
                    .noneMatch(other -> other.zone().stream().anyMatch(near::contains));
        }
    }

    @Test
    void theCityHasWhatIsAskedForAndItsNetworksHoldTogether() {
        assertThat(city).hasSize(60);
        var ids = city.stream().map(Facility::getId).collect(Collectors.toSet());
        assertThat(city).allSatisfy(facility -> assertThat(ids).containsAll(facility.getUpstreamList()));
        assertThat(city)
                .filteredOn(facility -> facility.getType().equals("regulator_station"))
                .isNotEmpty()
                .allSatisfy(facility -> assertThat(facility.getUpstreamList()).isNotEmpty());
        assertThat(ExamCity.draw(PACKS, Planner.faults(PACKS, SETTINGS.faults()), 60, SETTINGS.seed()))
                .isEqualTo(city);
    }

    @Test
    void anUnknownFaultIsRefused() {
        assertThatThrownBy(() -> Planner.faults(PACKS, Set.of("no_such_fault")))
                .isInstanceOf(ExamFailure.class)
                .hasMessageContaining("no_such_fault");
    }
}
