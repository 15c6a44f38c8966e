package io.yiwang.streams.detect.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmKind;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.streams.detect.course.Signal;
import io.yiwang.streams.detect.pattern.Shown.Spell;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CrowdTest {
    private static final long T0 = 1_767_225_600_000L;
    private static final long HOUR = 3_600_000;
    private static final String BASELINE = "flow.baseline";

    private final Shown shown = new Shown();

    private void unusual(String facility, String rule, double fromHour, double toHour) {
        long from = at(fromHour);
        shown.see(
                facility,
                facility + "-d",
                rule,
                new Spell(from, from, Double.isNaN(toHour) ? Signal.OPEN : at(toHour), 0));
    }

    private static long at(double hour) {
        return T0 + (long) (HOUR * hour);
    }

    @Test
    void threeFacilitiesWithinThreeHoursAreOneIncidentAtTheFirst() {
        unusual("b", BASELINE, 0, 9);
        unusual("a", "joint.a-d", 1, 5);
        unusual("c", BASELINE, 2.9, 4);
        unusual("c", "pressure.baseline", 5, 6);

        var all = Crowd.of(shown, 20);

        assertThat(all).singleElement().satisfies(crowd -> {
            assertThat(crowd.facility()).isEqualTo("b");
            assertThat(crowd.onsetMillis()).isEqualTo(at(0));
            assertThat(crowd.raisedMillis()).isEqualTo(at(2.9));
            assertThat(crowd.endMillis()).isEqualTo(at(9));
            assertThat(crowd.members())
                    .extracting(member -> member.facility() + " " + member.metric())
                    .containsExactly("b flow", "a ", "c flow");
        });
    }

    @Test
    void twoFacilitiesOrThreeOverADayAreChance() {
        unusual("a", BASELINE, 0, 9);
        unusual("a", "joint.a-d", 0, 9);
        unusual("b", BASELINE, 1, 2);
        unusual("c", BASELINE, 4.1, 5);
        assertThat(Crowd.of(shown, 20)).isEmpty();
    }

    @Test
    void inALargeDomainItTakesMore() {
        for (int i = 0; i < 9; i++) {
            unusual("f" + i, BASELINE, 0.1 * i, 9);
        }
        assertThat(Crowd.of(shown, 500)).isEmpty();
        unusual("f9", BASELINE, 2, 9);
        assertThat(Crowd.of(shown, 500)).hasSize(1);
    }

    @Test
    void whatFollowsWithoutAGapIsTheSameAndLastsAsLongAsItsLast() {
        for (int i = 0; i < 8; i++) {
            unusual("f" + i, BASELINE, i, i + 2);
        }
        unusual("g", BASELINE, 30, 31);
        unusual("h", BASELINE, 31, 32);
        unusual("i", BASELINE, 32, Double.NaN);
        var all = Crowd.of(shown, 20);
        assertThat(all).extracting(Incident::facility).containsExactly("f0", "g");
        assertThat(all.get(0).members()).hasSize(8);
        assertThat(all.get(0).endMillis()).isEqualTo(at(9));
        assertThat(all.get(1).isOpen()).isTrue();
    }

    @Test
    void symptomsOfPacksAreNoneOfIt() {
        for (int i = 0; i < 5; i++) {
            unusual("f" + i, "high", 0, 9);
        }
        assertThat(Crowd.of(shown, 20)).isEmpty();
    }

    @Test
    void alarmsOfAWholeNetworkBecomeOneIncidentThatEndsWithTheLastOfThem() {
        var incidents = new LogIncidents(TestingNetwork.packs());
        var told = new ArrayList<Alarm>();
        for (var id : List.of("s1", "s2", "s3", "s4")) {
            incidents.on(Link.of(TestingNetwork.asset(id, "station", Map.of())), T0, told::add);
        }
        for (int i = 0; i < 4; i++) {
            Showing.of(alarm("s" + (i + 1), AlarmStep.RAISED, at(i * 0.1), 0)).forEach(incidents::on);
        }
        incidents.upTo(at(0.25), told::add);
        assertThat(told)
                .extracting(Alarm::getStep, Alarm::getFacility, Alarm::getMembersCount)
                .containsExactly(tuple(AlarmStep.RAISED, "s1", 3));
        incidents.upTo(at(1), told::add);
        for (int i = 0; i < 3; i++) {
            Showing.of(alarm("s" + (i + 1), AlarmStep.CLEARED, at(i * 0.1), at(20 + i)))
                    .forEach(incidents::on);
        }
        incidents.upTo(at(30), told::add);
        assertThat(told.get(told.size() - 1).getStep()).isEqualTo(AlarmStep.UPDATED);
        // That of the fourth turns out never to have been: nothing lasts any more.
        Showing.of(alarm("s4", AlarmStep.WITHDRAWN, at(0.3), at(31))).forEach(incidents::on);
        incidents.upTo(at(32), told::add);
        var last = told.get(told.size() - 1);
        assertThat(last.getStep()).isEqualTo(AlarmStep.CLEARED);
        assertThat(last.getClearedMillis()).isEqualTo(at(22));
        assertThat(last.getKind()).isEqualTo(AlarmKind.INCIDENT);
        assertThat(told).extracting(Alarm::getId).containsOnly(last.getId());
        // Days later all of it is forgotten, and nothing is said of it any more.
        int before = told.size();
        incidents.upTo(at(200), told::add);
        assertThat(told).hasSize(before);
    }

    private static Alarm alarm(String facility, AlarmStep step, long onsetMillis, long clearedMillis) {
        return Alarm.newBuilder()
                .setId(Ids.alarm(facility, BASELINE, onsetMillis))
                .setDomain("testing")
                .setFacility(facility)
                .setRule(BASELINE)
                .setStep(step)
                .addDevices(facility + "-d")
                .setOnsetMillis(onsetMillis)
                .setRaisedMillis(onsetMillis)
                .setClearedMillis(clearedMillis)
                .setLogMillis(Math.max(onsetMillis, clearedMillis) + 1)
                .build();
    }
}
