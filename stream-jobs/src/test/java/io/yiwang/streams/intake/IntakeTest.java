package io.yiwang.streams.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.streams.TestingPacks;
import io.yiwang.streams.intake.Intake.Identity;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IntakeTest {
    private static final Intake.Periods EVERY_MINUTE = (device, metric) -> 60;
    private final Intake intake = new Intake(TestingPacks.PACKS, 0);

    @Test
    void stateTravelsWithoutKryo() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Intake.State.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Intake.Boot.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Reading.class);
    }

    @Test
    void aCounterOfTheSameBootIsSeenOnceAndOfAnotherBootIsNew() {
        var state = Intake.State.EMPTY;
        var identities = new ArrayList<Identity>();
        for (var step : List.of("a1", "a2", "a1", "b1", "a3", "b1", "a2")) {
            var judged = intake.on(state, counted(step.substring(0, 1), step.charAt(1) - '0'), EVERY_MINUTE);
            state = judged.state();
            identities.add(judged.identity());
            assertThat(judged.readings()).hasSize(judged.identity() == Identity.DUPLICATE ? 0 : 1);
        }
        assertThat(identities)
                .containsExactly(
                        Identity.NEW,
                        Identity.NEW,
                        Identity.DUPLICATE,
                        Identity.NEW,
                        Identity.NEW,
                        Identity.DUPLICATE,
                        Identity.DUPLICATE);
        assertThat(state.boots())
                .extracting(Intake.Boot::runs)
                .containsExactlyInAnyOrder(new long[] {1, 3}, new long[] {1, 1});
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void remembersExactlyWhatANaiveSetRemembersWhileTheMemoryLasts(long seed) {
        var random = new Random(seed);
        var seen = new HashSet<Long>();
        var state = Intake.State.EMPTY;
        for (int i = 0; i < 3000; i++) {
            // At most 31 gaps stay open: of 60 counters in play at a time every second one can be missing.
            long seq = i / 3 + random.nextInt(30);
            var judged = intake.on(state, counted("a", seq), EVERY_MINUTE);
            state = judged.state();
            assertThat(state.boots().get(0).runs().length).isLessThanOrEqualTo(2 * Intake.RANGES);
            if (judged.identity() != Identity.FORGOTTEN) {
                assertThat(judged.identity() == Identity.NEW).isEqualTo(seen.add(seq));
            } else {
                assertThat(seq).isLessThanOrEqualTo(state.boots().get(0).forgottenSeq());
            }
        }
    }

    @Test
    void whatTheMemoryNoLongerHoldsIsNeitherNewNorDropped() {
        var state = Intake.State.EMPTY;
        for (long seq = 0; seq <= 2L * Intake.RANGES; seq += 2) {
            state = intake.on(state, counted("a", seq), EVERY_MINUTE).state();
        }
        var old = intake.on(state, counted("a", 0), EVERY_MINUTE);
        assertThat(old.identity()).isEqualTo(Identity.FORGOTTEN);
        assertThat(old.readings()).hasSize(1);
        assertThat(intake.on(state, counted("a", 1), EVERY_MINUTE).identity()).isEqualTo(Identity.NEW);
    }

    @Test
    void theBootLongestUnusedIsForgottenFirst() {
        var state = Intake.State.EMPTY;
        for (int boot = 0; boot <= Intake.BOOTS; boot++) {
            state = intake.on(state, counted("boot" + boot, 1), EVERY_MINUTE).state();
        }
        assertThat(state.boots())
                .hasSize(Intake.BOOTS)
                .extracting(Intake.Boot::id)
                .doesNotContain("boot0");
    }

    @Test
    void withoutACounterTimeAndMetricsAreTheIdentity() {
        var first = intake.on(Intake.State.EMPTY, uncounted(1000, "m", "n"), EVERY_MINUTE);
        assertThat(first.identity()).isEqualTo(Identity.NEW);
        assertThat(intake.on(first.state(), uncounted(1000, "n", "m"), EVERY_MINUTE)
                        .identity())
                .isEqualTo(Identity.DUPLICATE);
        assertThat(intake.on(first.state(), uncounted(1000, "n"), EVERY_MINUTE).identity())
                .isEqualTo(Identity.NEW);
        assertThat(intake.on(first.state(), uncounted(1001, "m", "n"), EVERY_MINUTE)
                        .identity())
                .isEqualTo(Identity.NEW);

        var state = first.state();
        for (int i = 1; i <= Intake.FINGERPRINTS; i++) {
            state = intake.on(state, uncounted(1000 + i, "m", "n"), EVERY_MINUTE)
                    .state();
        }
        assertThat(state.fingerprints()).hasSize(Intake.FINGERPRINTS);
        assertThat(intake.on(state, uncounted(1000, "m", "n"), EVERY_MINUTE).identity())
                .isEqualTo(Identity.FORGOTTEN);
    }

    /** An edge node's last data and its death can bear one time. */
    @Test
    void thatItIsGoneIsNoRepeatOfAReadingOfTheSameTime() {
        var reading = intake.on(Intake.State.EMPTY, message("", 0, 1000, 1000, 1.0, 0), EVERY_MINUTE);
        var end = intake.on(reading.state(), message("", 0, 1000, 1001, Double.NaN, 3), EVERY_MINUTE);
        assertThat(end.identity()).isEqualTo(Identity.NEW);
        assertThat(end.readings()).singleElement().satisfies(gone -> {
            assertThat(gone.quality()).isEqualTo(Quality.OFFLINE);
            assertThat(gone.number()).isNaN();
        });
        assertThat(intake.on(end.state(), message("", 0, 1000, 1002, Double.NaN, 3), EVERY_MINUTE)
                        .identity())
                .isEqualTo(Identity.DUPLICATE);
    }

    @ParameterizedTest
    @CsvSource({"0,30000", "5,30000", "15,30000", "60,120000", "150,300000", "3600,300000"})
    void lateIsTwoPeriodsButAtLeastHalfAMinuteAndAtMostFive(int periodSeconds, long lateAfter) {
        Intake.Periods period = (device, metric) -> periodSeconds;
        long log = 10_000_000;
        assertThat(judge(message("a", 1, log - lateAfter, log, 1.0, 0), period).late())
                .isFalse();
        assertThat(judge(message("a", 1, log - lateAfter - 1, log, 1.0, 0), period)
                        .late())
                .isTrue();
        assertThat(judge(message("a", 1, log + 200_000, log, 1.0, 0), period).late())
                .isFalse();
    }

    @Test
    void aValueThatIsNotOneIsNeverGood() {
        assertThat(judge(message("a", 1, 0, 0, 20, 0), EVERY_MINUTE).quality()).isEqualTo(Quality.GOOD);
        assertThat(judge(message("a", 1, 0, 0, 100.1, 0), EVERY_MINUTE).quality())
                .isEqualTo(Quality.OUT_OF_RANGE);
        assertThat(judge(message("a", 1, 0, 0, Double.NaN, 2), EVERY_MINUTE).quality())
                .isEqualTo(Quality.OUT_OF_RANGE);
        assertThat(judge(message("a", 1, 0, 0, Double.NaN, 0), EVERY_MINUTE).quality())
                .isEqualTo(Quality.DEVICE_BAD);
        assertThat(judge(message("a", 1, 0, 0, 20, 1), EVERY_MINUTE).quality()).isEqualTo(Quality.DEVICE_BAD);
    }

    private Reading judge(TelemetryMessage message, Intake.Periods periods) {
        return intake.on(Intake.State.EMPTY, message, periods).readings().get(0);
    }

    private static TelemetryMessage counted(String boot, long seq) {
        return message(boot, seq, 1000, 1000, 1.0, 0);
    }

    private static TelemetryMessage uncounted(long eventTimeMillis, String... metrics) {
        return new TelemetryMessage(
                "t",
                "d",
                "F",
                "D",
                "",
                0,
                eventTimeMillis,
                0,
                2000,
                0,
                metrics,
                new double[metrics.length],
                new byte[metrics.length],
                0);
    }

    private static TelemetryMessage message(
            String boot, long seq, long eventTimeMillis, long logTimeMillis, double number, int quality) {
        return new TelemetryMessage(
                "t",
                "d",
                "F",
                "D",
                boot,
                seq,
                eventTimeMillis,
                0,
                logTimeMillis,
                0,
                new String[] {"test_level"},
                new double[] {number},
                new byte[] {(byte) quality},
                0);
    }
}
