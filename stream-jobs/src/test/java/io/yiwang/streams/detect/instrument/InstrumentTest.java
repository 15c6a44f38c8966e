package io.yiwang.streams.detect.instrument;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmKind;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.model.wire.Sample;
import io.yiwang.streams.detect.alarm.Alarms;
import io.yiwang.streams.intake.Intake;
import io.yiwang.streams.intake.Quality;
import io.yiwang.streams.intake.Reading;
import io.yiwang.streams.kafka.FacilityAsset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InstrumentTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final FacilityAsset STATION =
            new FacilityAsset("S1", "gas", "district_regulator", "d1", Map.of(), List.of(), true, false);
    private static final String LEAK = "gas_station_leak_lel";
    private static final long PERIOD = 10_000;
    private static final long START = 1_800_000_000_000L;

    private final List<Alarm> alarms = new ArrayList<>();
    private final List<Sample> good = new ArrayList<>();
    private Instrument instrument = of(LEAK);
    private Instrument.Point point = Instrument.Point.NEW;
    private Instrument.State state = Instrument.State.CALM;
    private long now = START;

    private static Instrument of(String metric) {
        return new Instrument(PACKS.metric(metric).orElseThrow(), STATION, 0);
    }

    private InstrumentTest hear(Quality... qualities) {
        for (var quality : qualities) {
            now += PERIOD;
            boolean hasNumber = quality != Quality.OUT_OF_RANGE;
            var reading =
                    new Reading("A", LEAK, now, now + 200, hasNumber ? 1.0 : Double.NaN, quality, false, now - 90_000);
            var step = instrument.on(point, state, reading, true, 10, true, () -> good, alarms::add);
            point = step.point();
            state = step.state();
            if (reading.isGood()) {
                good.add(Sample.newBuilder()
                        .setDevice("A")
                        .setEventTimeMillis(now)
                        .setNumber(reading.number())
                        .build());
            }
        }
        return this;
    }

    private List<String> steps() {
        return alarms.stream()
                .map(alarm -> alarm.getRule().substring(alarm.getRule().indexOf('.') + 1) + " "
                        + alarm.getStep().name())
                .toList();
    }

    private static final Quality GOOD = Quality.GOOD;

    @Test
    void whatTheFirstStageCallsStuckIsAnAlarmUntilThreeOthers() {
        hear(GOOD, GOOD, Quality.STUCK, Quality.STUCK);
        assertThat(point.standing().code()).isEqualTo("stuck");
        assertThat(point.sinceMillis()).isEqualTo(START + 3 * PERIOD - 90_000);
        hear(GOOD, GOOD, Quality.STUCK, GOOD, GOOD);
        assertThat(steps()).containsExactly("stuck RAISED");
        hear(GOOD);
        assertThat(steps()).containsExactly("stuck RAISED", "stuck CLEARED");
        var raised = alarms.get(0);
        assertThat(raised.getKind()).isEqualTo(AlarmKind.INSTRUMENT);
        assertThat(raised.getOnsetMillis()).isEqualTo(START + 3 * PERIOD - 90_000);
        assertThat(raised.getRaisedMillis()).isEqualTo(START + 3 * PERIOD);
        assertThat(raised.getEvidence().getSide()).isEqualTo("stuck");
        assertThat(raised.getEvidence().getSamplesCount()).isEqualTo(2);
    }

    /** A frozen detector leaves people as blind as a silent one: one grade below its worst limit, at most 2. */
    @ParameterizedTest
    @CsvSource({"gas_station_leak_lel,2,3", "dev_room_temp,4,4"})
    void gradesFollowWhatTheMetricIsWorth(String metric, int stuckGrade, int rateGrade) {
        instrument = of(metric);
        hear(Quality.STUCK, Quality.RATE, Quality.RATE, Quality.RATE, Quality.NOISE);
        assertThat(alarms.stream().filter(alarm -> alarm.getStep() == AlarmStep.RAISED))
                .extracting(alarm -> alarm.getEvidence().getSide() + alarm.getGrade())
                .containsExactly("stuck" + stuckGrade, "rate" + rateGrade, "noise4");
    }

    @Test
    void oneSpikeIsNoAlarmAndManyAreOne() {
        hear(GOOD, Quality.RATE, GOOD, GOOD, Quality.RATE, GOOD, GOOD, GOOD, Quality.RATE, Quality.RATE, GOOD, GOOD);
        assertThat(alarms).isEmpty();
        hear(GOOD, GOOD, GOOD);
        for (int i = 0; i < 8; i++) {
            hear(Quality.RATE, GOOD);
        }
        assertThat(steps()).containsExactly("rate RAISED");
        for (int i = 0; i < 12; i++) {
            hear(GOOD);
        }
        assertThat(steps()).containsExactly("rate RAISED", "rate CLEARED");
    }

    @Test
    void threeImpossibleChangesInARowAreAnAlarm() {
        hear(GOOD, Quality.RATE, Quality.RATE);
        assertThat(alarms).isEmpty();
        hear(Quality.RATE);
        assertThat(steps()).containsExactly("rate RAISED");
    }

    @Test
    void aCollapsedScatterIsAnAlarmWhileItLasts() {
        hear(GOOD, Quality.NOISE, Quality.NOISE, GOOD);
        assertThat(steps()).containsExactly("noise RAISED", "noise CLEARED");
    }

    @Test
    void doubtedValuesAreUsableAsFarAsTheRangeIsConcerned() {
        hear(GOOD, Quality.OUT_OF_RANGE, Quality.OUT_OF_RANGE, Quality.OUT_OF_RANGE);
        assertThat(steps()).containsExactly("range RAISED");
        hear(Quality.NOISE, Quality.CLOCK, GOOD);
        assertThat(steps()).containsExactly("range RAISED", "noise RAISED", "noise CLEARED", "range CLEARED");
    }

    /** Three periods of 10 s, not a moment more. */
    @ParameterizedTest
    @CsvSource({"10,30", "15,45", "60,180", "5,30", "1,30"})
    void silenceIsDueAfterThreePeriods(int periodSeconds, int dueAfterSeconds) {
        var reading = new Reading("A", LEAK, START, START, 1, GOOD, false);
        var step = instrument.on(point, state, reading, true, periodSeconds, true, () -> good, alarms::add);
        assertThat(step.point().dueLogMillis()).isEqualTo(START + dueAfterSeconds * 1000L);
        instrument.conclude(step.point(), step.state(), "A", () -> good, alarms::add);
        assertThat(alarms).singleElement().satisfies(alarm -> {
            assertThat(alarm.getRule()).isEqualTo(LEAK + ".silent");
            assertThat(alarm.getGrade()).isEqualTo(2);
            assertThat(alarm.getLogMillis()).isEqualTo(START + dueAfterSeconds * 1000L);
        });
    }

    @Test
    void aDeviceThatIsNoLongerThereLetsGoOfAllItsAlarms() {
        hear(GOOD, Quality.STUCK, Quality.RATE, Quality.RATE, Quality.RATE, Quality.NOISE);
        state = Instrument.forget(state, "A", false, now, alarms::add);
        assertThat(state.stuck().isOpen()
                        || state.rate().isOpen()
                        || state.noise().isOpen())
                .isFalse();
    }

    /** As a savepoint from before these alarms has it. */
    @Test
    void alarmsThatASavepointLacksAreClosed() {
        assertThat(new Instrument.State(Alarms.State.NONE, Alarms.State.NONE, null, null, null))
                .isEqualTo(Instrument.State.CALM);
    }

    @ParameterizedTest
    @ValueSource(longs = {90_000, -90_000, 28_800_000})
    void aWrongClockIsOneAlarmOfTheFacilityHeldByItsDevices(long offMillis) {
        var clocks = new Clocks(STATION);
        var now = clocks.on(Alarms.State.NONE, "A", 0, START, START, alarms::add);
        now = clocks.on(now, "A", offMillis, START + 1, START + 1, alarms::add);
        now = clocks.on(now, "A", offMillis, START + 2, START + 2, alarms::add);
        now = clocks.on(now, "B", offMillis, START + 3, START + 3, alarms::add);
        now = clocks.on(now, "A", 0, START + 10_000, START + 10_000, alarms::add);
        assertThat(now.holding()).containsExactly("B");
        now = Alarms.keep(now, device -> !device.equals("B"), START + 20_000, alarms::add);
        assertThat(now.isOpen()).isFalse();
        assertThat(alarms)
                .extracting(alarm -> alarm.getRule() + " " + alarm.getStep() + " " + alarm.getGrade())
                .containsExactly(
                        "dev_clock_offset.clock RAISED " + (Math.abs(offMillis) >= 300_000 ? 3 : 4),
                        "dev_clock_offset.clock CLEARED " + (Math.abs(offMillis) >= 300_000 ? 3 : 4));
        assertThat(alarms.get(0).getPeak()).isEqualTo(Math.abs(offMillis) / 1000.0);
    }

    @Test
    void devicesThatRepeatThemselvesAreOneAlarmOfTheFacility() {
        var repeats = new Repeats(STATION);
        var now = repeats.on(Alarms.State.NONE, "A", 0, START, alarms::add);
        now = repeats.on(now, "A", 7, START + 1, alarms::add);
        now = repeats.on(now, "A", 8, START + 2, alarms::add);
        now = repeats.on(now, "B", 3, START + 3, alarms::add);
        now = repeats.on(now, "A", 0, START + 10_000, alarms::add);
        assertThat(now.holding()).containsExactly("B");
        now = repeats.on(now, "B", 0, START + 20_000, alarms::add);
        assertThat(now.isOpen()).isFalse();
        assertThat(alarms)
                .extracting(alarm -> alarm.getRule() + " " + alarm.getStep() + " " + alarm.getGrade())
                .containsExactly("dev_repeats.repeats RAISED 4", "dev_repeats.repeats CLEARED 4");
        assertThat(alarms.get(0).getPeak()).isEqualTo(7);
        assertThat(alarms.get(0).getKind()).isEqualTo(AlarmKind.INSTRUMENT);
        assertThat(PACKS.metric(Repeats.METRIC).orElseThrow().procedure()).isEqualTo("check_device");
    }

    @Test
    void theClocksMetricIsOfTheCommonPack() {
        var metric = PACKS.metric(Clocks.METRIC).orElseThrow();
        assertThat(metric.unit()).isEqualTo("s");
        assertThat(metric.procedure()).isEqualTo("set_clock");
        assertThat(Intake.LATE_MILLIS).isLessThan(60_000);
    }
}
