package io.yiwang.streams.detect.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmKind;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.streams.detect.course.Signal;
import io.yiwang.streams.detect.pattern.Shown.Spell;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IncidentHistoryTest {
    private static final long START = 1_700_000_000_000L;
    private static final Patterns PATTERNS = new Patterns(TestingNetwork.DOMAIN);

    private final Shown shown = new Shown();
    private final List<Alarm> alarms = new ArrayList<>();
    private IncidentHistory history = new IncidentHistory();

    private static long at(double seconds) {
        return START + Math.round(1000 * seconds);
    }

    private void shows(String symptom, double onset, double end) {
        shown.see(
                "S",
                "1",
                symptom,
                new Spell(at(onset), at(onset + 20), Double.isInfinite(end) ? Signal.OPEN : at(end), 7));
    }

    private void reconcile(double now, boolean corrected) {
        var incidents = PATTERNS.together("S", "station", (where, other) -> other.equals("S"), shown).stream()
                .filter(incident -> incident.pattern().id().equals("hot"))
                .toList();
        history.reconcile(incidents, "testing", "d1", corrected, at(now), at(now), alarms::add);
    }

    private static final double LASTS = Double.POSITIVE_INFINITY;

    private List<AlarmStep> steps() {
        return alarms.stream().map(Alarm::getStep).toList();
    }

    private Alarm newest() {
        return alarms.get(alarms.size() - 1);
    }

    @Test
    void anIncidentIsRaisedWithItsMembersAndCleared() {
        shows("high", 0, LASTS);
        shows("low", 30, LASTS);
        reconcile(50, false);
        var alarm = newest();
        assertThat(alarm.getStep()).isEqualTo(AlarmStep.RAISED);
        assertThat(alarm.getKind()).isEqualTo(AlarmKind.INCIDENT);
        assertThat(alarm.getRule()).isEqualTo("pattern.hot");
        assertThat(alarm.getGrade()).isEqualTo(3);
        assertThat(alarm.getOnsetMillis()).isEqualTo(at(30));
        assertThat(alarm.getRaisedMillis()).isEqualTo(at(50));
        assertThat(alarm.getEvidence().getSide()).isEqualTo("pattern");
        assertThat(alarm.getEvidence().getSource()).isEqualTo("test");
        assertThat(alarm.getPeak()).isEqualTo(2);
        assertThat(alarm.getMetric()).isEmpty();
        assertThat(alarm.getDevicesList()).containsExactly("1");
        assertThat(alarm.getMembersList())
                .extracting(member -> member.getSymptom() + " " + member.getMetric())
                .containsExactly("high flow", "low pressure");
        reconcile(60, false);
        assertThat(alarms).hasSize(1);
        shows("low", 30, 100);
        reconcile(110, false);
        assertThat(newest().getStep()).isEqualTo(AlarmStep.CLEARED);
        assertThat(newest().getClearedMillis()).isEqualTo(at(100));
        assertThat(newest().getRevision()).isEqualTo(2);
        assertThat(newest().getId()).isEqualTo(alarm.getId());
    }

    @Test
    void oneThatReturnsSoonIsTheSameAgainAndOneThatReturnsLaterIsNot() {
        shows("high", 0, LASTS);
        shows("low", 30, 100);
        reconcile(110, false);
        // A symptom that returns soon is the same one again.
        shows("low", 30, LASTS);
        reconcile(500, false);
        assertThat(steps()).containsExactly(AlarmStep.RAISED, AlarmStep.CLEARED, AlarmStep.RAISED);
        assertThat(newest().getRaisedCount()).isEqualTo(2);
        shows("low", 30, 600);
        reconcile(600, false);
        shown.see("S", "2", "low", new Spell(at(680), at(700), at(800), 7));
        reconcile(800, false);
        assertThat(newest().getRaisedCount()).isEqualTo(2);
        assertThat(newest().getClearedMillis()).isEqualTo(at(800));
        shows("low", 1500, LASTS);
        reconcile(1520, false);
        assertThat(newest().getRaisedCount()).isEqualTo(1);
        assertThat(alarms.stream().map(Alarm::getId).distinct()).hasSize(2);
    }

    @Test
    void oneThatALateReadingRefutesIsWithdrawn() {
        shows("high", 0, LASTS);
        shows("low", 30, LASTS);
        reconcile(50, false);
        shown.never("S", "1", "low", at(30));
        reconcile(60, true);
        assertThat(newest().getStep()).isEqualTo(AlarmStep.WITHDRAWN);
        assertThat(newest().getWithdrawnReason()).isEqualTo("late_reading");
        reconcile(70, false);
        assertThat(alarms).hasSize(2);
    }

    @Test
    void oneThatALateReadingShowsAfterItIsOverIsOnlyRecorded() {
        shows("high", 0, 90);
        shows("low", 30, 100);
        reconcile(110, true);
        assertThat(steps()).containsExactly(AlarmStep.RAISED, AlarmStep.CLEARED);
        assertThat(alarms).allMatch(Alarm::getHistoric);
    }

    @Test
    void anEarlierStartKeepsTheId() {
        shows("high", 0, LASTS);
        shows("low", 30, LASTS);
        reconcile(50, false);
        shows("low", 10, LASTS);
        reconcile(60, true);
        assertThat(newest().getStep()).isEqualTo(AlarmStep.UPDATED);
        assertThat(newest().getOnsetMillis()).isEqualTo(at(10));
        assertThat(newest().getId()).isEqualTo(alarms.get(0).getId());
    }

    @Test
    void whatIsOverForLongIsFinalAndNotToldAgain() {
        shows("high", 0, LASTS);
        shows("low", 30, 100);
        reconcile(110, false);
        reconcile(100 + 8_401, false);
        assertThat(history.isOver(at(8_501))).isTrue();
        reconcile(9_000, false);
        assertThat(alarms).hasSize(2);
    }

    @Test
    void aSavepointGoesOnAsIfNothingHadBeen() throws IOException {
        shows("high", 0, LASTS);
        shows("low", 30, LASTS);
        reconcile(50, false);
        var bytes = new ByteArrayOutputStream();
        history.write(new DataOutputStream(bytes));
        history = IncidentHistory.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        reconcile(60, false);
        assertThat(alarms).hasSize(1);
        assertThat(history.oldestOpenMillis()).isEqualTo(at(50));
        history.end(at(70), alarms::add);
        assertThat(newest().getStep()).isEqualTo(AlarmStep.CLEARED);
    }
}
