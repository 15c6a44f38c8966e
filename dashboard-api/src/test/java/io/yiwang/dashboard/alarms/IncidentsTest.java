package io.yiwang.dashboard.alarms;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmKind;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.model.wire.Member;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IncidentsTest {

    /** The incident is made of F1, D1, pressure. */
    @ParameterizedTest
    @CsvSource({
        "F1, D1, pressure, i1",
        "F2, D1, pressure, ",
        "F1, D2, pressure, ",
        "F1, D1, flow, ",
        "F1, D1, '', i1",
        "F1, D2, '', "
    })
    void anAlarmOfAMembersPointOrDeviceIsPartOfIt(
            String facility, String device, String metric, @Nullable String incident) {
        var alarm = Alarm.newBuilder()
                .setId("a")
                .setFacility(facility)
                .addDevices("D0")
                .addDevices(device)
                .setMetric(metric)
                .build();
        assertThat(Incidents.of(row(alarm, AlarmState.UNACKED, 2, null), rows(incident("i1", AlarmState.ACKED, 1, 0))))
                .isEqualTo(incident);
    }

    @Test
    void ofSeveralItIsTheGravestThenTheOldest() {
        var incidents = rows(
                incident("i1", AlarmState.UNACKED, 2, 1),
                incident("i2", AlarmState.UNACKED, 1, 9),
                incident("i3", AlarmState.UNACKED, 1, 5),
                incident("i4", AlarmState.CLOSED, 1, 1));
        assertThat(Incidents.of(member(AlarmState.UNACKED, null), incidents)).isEqualTo("i3");
        assertThat(Incidents.of(member(AlarmState.UNACKED, "i1"), incidents))
                .as("where it is already")
                .isEqualTo("i1");
    }

    @Test
    void itStaysPartOfWhatIsOverButNotOfWhatNeverWas() {
        var over = rows(incident("i1", AlarmState.CLOSED, 1, 1));
        assertThat(Incidents.of(member(AlarmState.UNACKED, "i1"), over)).isEqualTo("i1");
        assertThat(Incidents.of(member(AlarmState.UNACKED, "i0"), over))
                .as("over so long ago that nobody holds it any more")
                .isEqualTo("i0");
        assertThat(Incidents.of(member(AlarmState.UNACKED, null), over)).isNull();
        assertThat(Incidents.of(
                        member(AlarmState.UNACKED, null), rows(incident("i1", AlarmState.RETURNED_UNACKED, 1, 1))))
                .as("raised after it, though nobody has taken it up yet")
                .isNull();
        var next = rows(incident("i1", AlarmState.CLOSED, 1, 1), incident("i2", AlarmState.UNACKED, 3, 2));
        assertThat(Incidents.of(member(AlarmState.UNACKED, "i1"), next)).isEqualTo("i2");
        assertThat(Incidents.of(member(AlarmState.CLOSED, "i1"), next)).isEqualTo("i1");
        assertThat(Incidents.of(member(AlarmState.CLOSED, null), next)).isNull();

        var incident = incident("i1", AlarmState.CLOSED, 1, 1);
        var withdrawn = new AlarmRow(
                incident.alarm().toBuilder().setStep(AlarmStep.WITHDRAWN).build(), incident.life());
        assertThat(Incidents.of(member(AlarmState.CLOSED, "i1"), rows(withdrawn)))
                .isNull();
    }

    @Test
    void itSpeaksForWhatIsNotGraverWhileItLasts() {
        var incident = incident("i1", AlarmState.ACKED, 2, 1);
        assertThat(Incidents.speaksFor(incident, row(alarm(), AlarmState.UNACKED, 2, "i1")))
                .isTrue();
        assertThat(Incidents.speaksFor(incident, row(alarm(), AlarmState.UNACKED, 1, "i1")))
                .isFalse();
        assertThat(Incidents.speaksFor(
                        incident("i1", AlarmState.RETURNED_UNACKED, 1, 1), row(alarm(), AlarmState.UNACKED, 2, "i1")))
                .isFalse();
    }

    private static AlarmRow member(AlarmState state, @Nullable String incident) {
        return row(alarm(), state, 3, incident);
    }

    private static Alarm alarm() {
        return Alarm.newBuilder()
                .setId("a")
                .setFacility("F1")
                .addDevices("D1")
                .setMetric("pressure")
                .build();
    }

    private static AlarmRow incident(String id, AlarmState state, int grade, long onsetMillis) {
        return row(
                Alarm.newBuilder()
                        .setId(id)
                        .setKind(AlarmKind.INCIDENT)
                        .setOnsetMillis(onsetMillis)
                        .addMembers(Member.newBuilder()
                                .setFacility("F1")
                                .setDevice("D1")
                                .setMetric("pressure"))
                        .build(),
                state,
                grade,
                null);
    }

    private static AlarmRow row(Alarm alarm, AlarmState state, int grade, @Nullable String incident) {
        return new AlarmRow(alarm, AlarmLife.begun(state, grade, false, 1).partOf(incident));
    }

    private static Map<String, AlarmRow> rows(AlarmRow... rows) {
        var byId = new LinkedHashMap<String, AlarmRow>();
        List.of(rows).forEach(row -> byId.put(row.alarm().getId(), row));
        return byId;
    }
}
