package io.yiwang.dashboard.duty;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.dashboard.duty.Roster.Gap;
import io.yiwang.dashboard.duty.Shift.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RosterTest {
    private static final Instant EIGHT = Instant.parse("2026-03-02T00:00:00Z");
    private static final Instant TWENTY = Instant.parse("2026-03-02T12:00:00Z");
    private static final Instant NEXT_EIGHT = Instant.parse("2026-03-03T00:00:00Z");
    private static final Person LI = person("li");
    private static final Person WANG = person("wang");
    private static final Person ZHAO = person("zhao");

    private final Roster roster = new Roster(
            List.of(LI, WANG, ZHAO),
            List.of(
                    shift("day", LI, EIGHT, TWENTY, Role.OFFICER),
                    shift("night", WANG, TWENTY, NEXT_EIGHT, Role.OFFICER),
                    shift("lead", ZHAO, EIGHT, NEXT_EIGHT, Role.LEADER)));

    @Test
    void theMomentOfTheHandoverBelongsToTheNextShift() {
        assertThat(roster.at(TWENTY.minusMillis(1)).officers()).containsExactly(LI);
        assertThat(roster.at(TWENTY).officers()).containsExactly(WANG);
        assertThat(roster.at(EIGHT).officers()).containsExactly(LI);
        assertThat(roster.at(EIGHT).until()).isEqualTo(TWENTY);
    }

    @Test
    void overlappingShiftsAreBothOnDuty() {
        var doubled = with(shift("second", WANG, EIGHT.plusSeconds(60), TWENTY, Role.OFFICER));
        assertThat(doubled.at(EIGHT.plusSeconds(60)).officers()).containsExactly(LI, WANG);
    }

    @Test
    void aLeaderStandsInForAMissingOfficerAndItIsSaid() {
        var gap = new Roster(roster.persons(), List.of(shift("lead", ZHAO, EIGHT, TWENTY, Role.LEADER)));
        var now = gap.at(EIGHT);
        assertThat(now.officers()).containsExactly(ZHAO);
        assertThat(now.standIn()).isTrue();
        assertThat(now.warning()).isNotNull();
    }

    @Test
    void everyLeaderIsToldWhenNobodyIsRostered() {
        var now = roster.at(NEXT_EIGHT.plusSeconds(1));
        assertThat(now.officers()).containsExactly(ZHAO);
        assertThat(now.warning()).isNotNull();
        assertThat(now.until()).isNull();
    }

    @Test
    void anEmptyRosterHasNobodyAndSaysSo() {
        var now = new Roster(List.of(), List.of()).at(EIGHT);
        assertThat(now.officers()).isEmpty();
        assertThat(now.warning()).isNotNull();
    }

    @Test
    void gapsAreTheTimesWithoutAnOfficer() {
        var holed = new Roster(
                roster.persons(),
                List.of(
                        shift("a", LI, EIGHT.plusSeconds(10), EIGHT.plusSeconds(20), Role.OFFICER),
                        shift("inside", WANG, EIGHT.plusSeconds(12), EIGHT.plusSeconds(15), Role.OFFICER),
                        shift("b", LI, EIGHT.plusSeconds(30), EIGHT.plusSeconds(40), Role.OFFICER)));
        assertThat(holed.gaps(EIGHT, EIGHT.plusSeconds(35)))
                .containsExactly(
                        new Gap(EIGHT, EIGHT.plusSeconds(10)), new Gap(EIGHT.plusSeconds(20), EIGHT.plusSeconds(30)));
        assertThat(holed.gaps(EIGHT, EIGHT.plusSeconds(50)))
                .endsWith(new Gap(EIGHT.plusSeconds(40), EIGHT.plusSeconds(50)));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void atAndGapsAgreeAndTheAnswerHoldsUntilItSays(long seed) {
        var random = new Random(seed);
        var shifts = new ArrayList<Shift>();
        for (var i = 0; i < 12; i++) {
            var from = EIGHT.plusSeconds(random.nextInt(200));
            shifts.add(shift("s" + i, LI, from, from.plusSeconds(1 + random.nextInt(40)), Role.OFFICER));
        }
        var random1 = new Roster(List.of(LI), shifts);
        var gaps = random1.gaps(EIGHT, EIGHT.plusSeconds(250));
        for (var second = 0; second < 250; second++) {
            var time = EIGHT.plusSeconds(second);
            var inGap = gaps.stream().anyMatch(gap -> !time.isBefore(gap.from()) && time.isBefore(gap.to()));
            var now = random1.at(time);
            assertThat(now.officers().isEmpty()).as("second %s", second).isEqualTo(inGap);
            if (now.until() != null) {
                assertThat(random1.at(now.until().minusMillis(1)).officers()).isEqualTo(now.officers());
            }
        }
    }

    @Test
    void faultsAreNamed() {
        assertThat(roster.faults()).isEmpty();
        assertThat(with(shift("day", LI, EIGHT, TWENTY, Role.OFFICER)).faults())
                .containsExactly("shift day is there twice");
        assertThat(with(shift("x", person("nobody"), EIGHT, TWENTY, Role.OFFICER))
                        .faults())
                .containsExactly("shift x names the unknown person nobody");
        assertThat(with(shift("x", LI, EIGHT, EIGHT, Role.OFFICER)).faults())
                .containsExactly("shift x must begin before it ends");
        assertThat(with(shift("x", LI, EIGHT, EIGHT.plus(Duration.ofDays(400)), Role.OFFICER))
                        .faults())
                .containsExactly("shift x is longer than a year");
        assertThat(new Roster(List.of(new Person("a b", "A", "no-mail", "", "")), List.of()).faults())
                .hasSize(2);
        assertThat(new Roster(List.of(new Person("a", "A", "a@b\r\nBcc: x@y", "", "")), List.of()).faults())
                .hasSize(1);
    }

    private Roster with(Shift shift) {
        var shifts = new ArrayList<>(roster.shifts());
        shifts.add(shift);
        return new Roster(roster.persons(), shifts);
    }

    private static Person person(String id) {
        return new Person(id, id, id + "@example.com", "", "");
    }

    private static Shift shift(String id, Person person, Instant from, Instant to, Role role) {
        return new Shift(id, person.id(), from, to, role);
    }
}
