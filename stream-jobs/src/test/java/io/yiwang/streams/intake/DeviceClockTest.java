package io.yiwang.streams.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.streams.TestingPacks;
import io.yiwang.streams.intake.Intake.Identity;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceClockTest {
    private static final long START = 1_800_000_000_000L;
    private static final long SECOND = 1_000;
    private static final long HOUR = 3_600_000;

    private final Intake intake = new Intake(TestingPacks.PACKS, 0);
    private Intake.State state = Intake.State.EMPTY;
    private long seq;
    private Intake.Judged judged;

    /** A message of a point with a period of 10 s. */
    private Reading hear(long logMillis, long eventMillis) {
        judged = intake.on(state, message(++seq, eventMillis, logMillis), (device, metric) -> 10);
        state = judged.state();
        return judged.readings().get(0);
    }

    private static TelemetryMessage message(long seq, long eventMillis, long logMillis) {
        return new TelemetryMessage(
                "t",
                "d",
                "F",
                "D",
                "boot",
                seq,
                eventMillis,
                0,
                logMillis,
                0,
                new String[] {"test_flow"},
                new double[] {20 + seq % 7},
                new byte[1],
                0);
    }

    private List<Reading> hear(int messages, long everyMillis, long offMillis) {
        long from = state.memory() == null ? START : state.memory().heardLogMillis + everyMillis;
        var readings = new ArrayList<Reading>();
        for (int i = 0; i < messages; i++) {
            readings.add(hear(from + i * everyMillis, from + i * everyMillis - offMillis));
        }
        return readings;
    }

    @ParameterizedTest
    @CsvSource({"90", "-90", "28800", "-28800", "61"})
    void aClockThatIsOffIsFoundOnceFourBunchesHaveSaidSo(long offSeconds) {
        hear(30, 10 * SECOND, 500);
        assertThat(judged.clockOffMillis()).isZero();
        var wrong = hear(8, 10 * SECOND, offSeconds * SECOND);
        assertThat(wrong)
                .extracting(reading -> reading.quality() == Quality.CLOCK)
                .containsExactly(false, false, false, false, true, true, true, true);
        assertThat(judged.clockOffMillis()).isEqualTo(offSeconds * SECOND);
        // Corrected, it is live, whatever the device believes.
        assertThat(wrong.get(7).late()).isFalse();
        assertThat(wrong.get(7).isGood()).isTrue();
        assertThat(wrong.get(7).eventTimeMillis()).isEqualTo(wrong.get(7).logTimeMillis());
    }

    @Test
    void aClockThatIsSetIsRightAgain() {
        hear(10, 10 * SECOND, 28_800_000);
        assertThat(judged.clockOffMillis()).isEqualTo(28_800_000);
        hear(4, 10 * SECOND, 500);
        assertThat(judged.clockOffMillis()).isEqualTo(28_800_000);
        hear(1, 10 * SECOND, 500);
        assertThat(judged.clockOffMillis()).isZero();
        assertThat(judged.readings().get(0).quality()).isEqualTo(Quality.GOOD);
    }

    /** Its readings are compared with each other as before, and not only when the future has come. */
    @Test
    void whatWasMeasuredInTheFutureDoesNotEndTheJudgement() {
        hear(3, 10 * SECOND, -8 * HOUR);
        hear(3, 10 * SECOND, 500);
        var point = state.memory().points.get("test_flow");
        assertThat(point.newestMillis).isEqualTo(state.memory().heardLogMillis - 500);
    }

    @Test
    void aClockBetweenRightAndWrongStaysWhatItWas() {
        hear(20, 10 * SECOND, 45 * SECOND);
        assertThat(judged.clockOffMillis()).isZero();
        hear(20, 10 * SECOND, 90 * SECOND);
        hear(20, 10 * SECOND, 45 * SECOND);
        assertThat(judged.clockOffMillis()).isNotZero();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aBatteryDeviceThatTakesHalfAMinuteToWakeIsOnTime(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            long log = START + i * 15 * 60 * SECOND;
            hear(log, log - 2 * SECOND - random.nextInt(28_000));
            assertThat(judged.clockOffMillis()).isZero();
        }
        for (int i = 2_000; i < 2_006; i++) {
            long log = START + i * 15 * 60 * SECOND;
            hear(log, log - 92 * SECOND - random.nextInt(28_000));
        }
        assertThat(judged.clockOffMillis()).isBetween(92 * SECOND, 120 * SECOND);
    }

    @ParameterizedTest
    @CsvSource({"1000,300", "10000,50", "60000,20"})
    void whatADeviceKeptWhileItWasSilentIsBackfillAndNoWrongClock(long everyMillis, long outageSeconds) {
        hear(50, everyMillis, 500);
        long silentFrom = state.memory().heardLogMillis;
        long back = silentFrom + outageSeconds * SECOND * 20;
        var qualities = new ArrayList<Quality>();
        long event = silentFrom - 500 + everyMillis;
        long log = back;
        // Twenty at a time, a second apart; meanwhile new ones queue behind.
        while (log - event > everyMillis + SECOND) {
            for (int i = 0; i < 20 && event < log - 500; i++, event += everyMillis) {
                var reading = hear(log, event);
                if (reading.late()) {
                    qualities.add(reading.quality());
                }
                assertThat(judged.clockOffMillis()).isZero();
            }
            log += SECOND;
        }
        assertThat(qualities)
                .isNotEmpty()
                .filteredOn(quality -> quality == Quality.BACKFILL)
                .hasSizeGreaterThan((int) (0.9 * qualities.size()));
        assertThat(hear(log + everyMillis, log + everyMillis - 500).quality()).isEqualTo(Quality.GOOD);
    }

    @Test
    void whatIsLateWithoutAnOutageIsLate() {
        hear(50, 10 * SECOND, 500);
        long log = state.memory().heardLogMillis + 10 * SECOND;
        var late = hear(log, log - 120 * SECOND);
        assertThat(late.quality()).isEqualTo(Quality.LATE);
        assertThat(late.late()).isTrue();
        assertThat(late.isGood()).isTrue();
        assertThat(late.number()).isNotNaN();
        assertThat(hear(log + 10 * SECOND, log + 9 * SECOND).quality()).isEqualTo(Quality.GOOD);
    }

    @Test
    void aRepeatedMessageSaysNothingAgain() {
        hear(10, 10 * SECOND, 500);
        for (int i = 0; i < 20; i++) {
            long log = state.memory().heardLogMillis + 10 * SECOND;
            var again = intake.on(state, message(seq, log - 600 * SECOND, log), (device, metric) -> 10);
            assertThat(again.identity()).isEqualTo(Identity.DUPLICATE);
            assertThat(again.state()).isSameAs(state);
            assertThat(again.of(message(seq, log, log)).qualities()).containsExactly(0);
        }
        assertThat(judged.clockOffMillis()).isZero();
    }

    /** The newest message comes so many times more, a while after it has come. */
    private void repeat(int times, long afterMillis) {
        long log = state.memory().heardLogMillis + afterMillis;
        for (int i = 0; i < times; i++) {
            var again = intake.on(state, message(seq, log - afterMillis, log), (device, metric) -> 10);
            assertThat(again.identity()).isEqualTo(Identity.DUPLICATE);
        }
    }

    @ParameterizedTest(name = "{0} times, after {1} ms")
    @CsvSource({"1, 0", "1, 6000", "3, 200"})
    void aDeviceThatSendsEverythingAgainIsFoundInTheSixthMessage(int times, long afterMillis) {
        hear(30, 10 * SECOND, 500);
        for (int i = 0; i < 5; i++) {
            assertThat(judged.repeats()).isZero();
            repeat(times, afterMillis);
            hear(1, 10 * SECOND, 500);
        }
        assertThat(judged.repeats()).isEqualTo(5 * times);
        hear(9, 10 * SECOND, 500);
        assertThat(judged.repeats()).as("it has not yet been right for long").isPositive();
        hear(1, 10 * SECOND, 500);
        assertThat(judged.repeats()).isZero();
    }

    /** Of messages that come one by one, and of ten that come together. */
    @ParameterizedTest(name = "{0} of 100, {1} together")
    @CsvSource({"50, 1, true", "80, 10, true", "5, 1, false", "5, 10, false", "20, 10, false"})
    void howOftenItRepeatsDecides(int percent, int together, boolean found) {
        var random = new Random(1);
        hear(30, 10 * SECOND, 500);
        boolean told = false;
        for (int i = 0; i < 6000; i++) {
            hear(1, i % together == 0 ? 10 * SECOND : 0, 500);
            told |= judged.repeats() > 0;
            if (random.nextInt(100) < percent) {
                repeat(1, 0);
            }
        }
        assertThat(told).isEqualTo(found);
    }

    /** Without answers, a device keeps what it has sent and sends it again once it is connected again. */
    @ParameterizedTest(name = "after {0} s")
    @ValueSource(longs = {61, 120, 3600})
    void whatComesAgainAfterAnOutageIsAsItShouldBe(long outageSeconds) {
        hear(30, 10 * SECOND, 500);
        for (int outage = 0; outage < 10; outage++) {
            repeat(20, outageSeconds * SECOND);
            hear(1, outageSeconds * SECOND, 500);
            repeat(20, 0);
            for (int i = 0; i < 20; i++) {
                hear(1, 10 * SECOND, 500);
                assertThat(judged.repeats()).isZero();
            }
        }
    }

    /** The door was closed for a moment: once everything under way comes again, however much it is. */
    @Test
    void oneReconnectWithoutSilenceIsNothing() {
        hear(30, 10 * SECOND, 500);
        for (int i = 0; i < 10; i++) {
            repeat(50, SECOND);
            hear(1, 10 * SECOND, 500);
            assertThat(judged.repeats()).isZero();
            hear(6, 10 * SECOND, 500);
        }
    }

    /** As a savepoint from before there was a memory has it. */
    @Test
    void aStateWithoutMemoryBeginsOne() {
        hear(10, 10 * SECOND, 500);
        state = new Intake.State(
                state.boots(), state.fingerprints(), state.fingerprintMillis(), state.forgottenMillis(), null);
        assertThat(intake.on(state, message(seq, START, START), (device, metric) -> 10)
                        .identity())
                .isEqualTo(Identity.DUPLICATE);
        state = new Intake.State(
                state.boots(), state.fingerprints(), state.fingerprintMillis(), state.forgottenMillis(), null);
        assertThat(hear(START + 200 * SECOND, START + 200 * SECOND).quality()).isEqualTo(Quality.GOOD);
        assertThat(state.memory().points).containsOnlyKeys("test_flow");
    }

    /** A second in the city's sixtyfold time is a minute, and ten seconds on the way are no wrong clock. */
    @Test
    void inAFastCityOnlyWhatNoWayExplainsIsWrong() {
        var fast = new Intake(TestingPacks.PACKS, 59 * SECOND);
        for (long off : new long[] {600, 3_600}) {
            var now = Intake.State.EMPTY;
            Intake.Judged last = null;
            for (int i = 0; i < 20; i++) {
                long log = START + i * 600 * SECOND;
                last = fast.on(now, message(i + 1, log - off * SECOND, log), (device, metric) -> 10);
                now = last.state();
            }
            assertThat(last.clockOffMillis() != 0).isEqualTo(off == 3_600);
        }
    }
}
