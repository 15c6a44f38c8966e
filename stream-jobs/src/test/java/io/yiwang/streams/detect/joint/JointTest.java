package io.yiwang.streams.detect.joint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.yiwang.streams.detect.joint.Joint.Readiness;
import io.yiwang.streams.detect.joint.Joint.Settings;
import io.yiwang.streams.detect.joint.Joint.State;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JointTest {
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    private static final long MINUTE = 60_000;
    private static final long DAY = 86_400_000;
    private static final int ROWS_A_DAY = (int) (DAY / MINUTE);

    /** A pump every minute: its flow follows the demand of the day, current and pressure follow the flow, a switch, a temperature. */
    private static final class Pump {
        private static final int FLOW = 0;
        private static final int CURRENT = 1;
        private static final int PRESSURE = 2;
        private static final int SWITCH = 3;
        private static final int TEMPERATURE = 4;
        private static final int SIZE = 5;

        private final Random random;
        private final Joint joint = new Joint(Settings.DEFAULT, SIZE, ZONE);
        private State state = joint.fresh();
        private final double[] row = new double[SIZE];
        private long rows;
        private int alarms;

        Pump(long seed) {
            random = new Random(seed);
        }

        void draw() {
            var hour = 2 * Math.PI * rows / ROWS_A_DAY;
            var load = 60 + 20 * Math.sin(hour) + 5 * random.nextGaussian();
            row[FLOW] = Math.round(10 * (load + 0.3 * random.nextGaussian())) / 10.0;
            row[CURRENT] = 0.5 * load + 10 + 0.2 * random.nextGaussian();
            row[PRESSURE] = 0.6 - 0.002 * load + 0.001 * random.nextGaussian();
            row[SWITCH] = random.nextInt(50) == 0 ? 1 : 0;
            row[TEMPERATURE] = 20 + 5 * Math.sin(hour - 1) + 0.5 * random.nextGaussian();
        }

        void step() {
            var was = state.alarming();
            joint.step(state, rows++ * MINUTE, row, 1);
            alarms += state.alarming() && !was ? 1 : 0;
        }

        Pump healthy(long count) {
            for (var i = 0; i < count; i++) {
                draw();
                step();
            }
            return this;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aBrokenCorrelationOfOrdinaryValuesIsFound(long seed) {
        var pump = new Pump(seed).healthy(15 * ROWS_A_DAY);
        assertThat(pump.alarms).isZero();
        assertThat(pump.state.readiness()).isEqualTo(Readiness.READY);

        // Flow of the night at the current of the day: each is seen every day.
        pump.draw();
        pump.row[Pump.FLOW] = 45;
        pump.row[Pump.CURRENT] = 0.5 * 75 + 10;
        pump.step();

        assertThat(pump.state.alarming()).isTrue();
        assertThat(pump.state.score()).isGreaterThanOrEqualTo(0.5);
        assertThat(pump.state.onsetMillis()).isEqualTo(15L * ROWS_A_DAY * MINUTE);
        var shares = pump.state.contributions();
        assertThat(shares[Pump.FLOW] + shares[Pump.CURRENT]).isGreaterThan(0.8f);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aSmallLastingShiftOfOneMetricIsFoundAndItsEndIsSeen(long seed) {
        var pump = new Pump(seed).healthy(15 * ROWS_A_DAY);
        for (var i = 0; i < 120; i++) {
            pump.draw();
            // A third of what the pressure moves in a day.
            pump.row[Pump.PRESSURE] += 0.025;
            pump.step();
        }
        assertThat(pump.alarms).isPositive();

        pump.healthy(60);

        assertThat(pump.state.alarming()).isFalse();
        assertThat(pump.state.readiness()).isEqualTo(Readiness.READY);
    }

    /** A rhythm that nothing explains is told some times, then it is the device's habit; what goes farther is still told. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whatKeepsComingAndGoingIsToldSomeTimesOnly(long seed) {
        var pump = new Pump(seed).healthy(15 * ROWS_A_DAY);
        int days = 0;
        for (; days < 10; days++) {
            for (var i = 0; i < 60; i++) {
                pump.draw();
                pump.row[Pump.PRESSURE] += 0.016;
                pump.step();
            }
            pump.healthy(ROWS_A_DAY - 60);
        }
        assertThat(pump.alarms).isBetween(1, 8);

        int before = pump.alarms;
        pump.draw();
        pump.row[Pump.PRESSURE] += 0.2;
        pump.step();
        assertThat(pump.alarms).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15})
    void healthyDaysRaiseNothing(long seed) {
        var pump = new Pump(seed).healthy(40 * ROWS_A_DAY);
        // 0.004 alarms per metric and month are aimed at, that is one in 50 months of such a pump.
        assertThat(pump.alarms).isZero();
    }

    @Test
    void nothingIsSaidBeforeThreeDaysAreKnown() {
        var pump = new Pump(4);
        pump.healthy(100);
        assertThat(pump.state.readiness()).isEqualTo(Readiness.LEARNS);
        assertThat(pump.state.readyMillis()).isEqualTo(3 * DAY);
        for (var i = 0; i < 50; i++) {
            pump.draw();
            pump.row[Pump.FLOW] = 1000;
            pump.step();
        }
        assertThat(pump.alarms).isZero();
        assertThat(pump.state.score()).isZero();

        pump.healthy(3 * ROWS_A_DAY - 150);
        assertThat(pump.state.readiness()).isEqualTo(Readiness.LEARNS);
        pump.healthy(1);
        assertThat(pump.state.readiness()).isEqualTo(Readiness.READY);
        assertThat(pump.state.readyMillis()).isEqualTo(3 * DAY);
    }

    @Test
    void aMachineThatReportsEverySecondIsJudgedAfter400Rows() {
        var joint = new Joint(Settings.DEFAULT, 3, ZONE);
        var state = joint.fresh();
        var random = new Random(5);
        for (var i = 0; i < 399; i++) {
            var row = new double[] {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
            joint.step(state, i * 1000L, row, 1);
        }
        assertThat(state.readiness()).isEqualTo(Readiness.LEARNS);
        assertThat(state.readyMillis()).isEqualTo(399_000);
        joint.step(state, 399_000, new double[] {0, 0, 0}, 1);
        assertThat(state.readiness()).isEqualTo(Readiness.READY);
        joint.step(state, 400_000, new double[] {9, -9, 0}, 1);
        assertThat(state.alarming()).isTrue();
    }

    @Test
    void whatIsFlaggedIsNotLearnedUntilItHasLastedADay() {
        var pump = new Pump(6).healthy(15 * ROWS_A_DAY);
        var onset = pump.rows;
        while (pump.rows < onset + ROWS_A_DAY) {
            pump.draw();
            pump.row[Pump.PRESSURE] += 0.1;
            pump.step();
            assertThat(pump.state.alarming()).as("row " + pump.rows).isTrue();
        }
        for (var i = 0; i < 2 * ROWS_A_DAY; i++) {
            pump.draw();
            pump.row[Pump.PRESSURE] += 0.1;
            pump.step();
        }
        assertThat(pump.state.readiness()).isEqualTo(Readiness.READY);
        assertThat(pump.alarms).isEqualTo(1);
    }

    @Test
    void anAcceptedChangeIsOrdinaryAtOnceAndLeavingItIsNot() {
        var pump = new Pump(7).healthy(15 * ROWS_A_DAY);
        for (var i = 0; i < 60; i++) {
            pump.draw();
            pump.row[Pump.PRESSURE] += 0.1;
            pump.step();
        }
        assertThat(pump.state.alarming()).isTrue();

        pump.joint.accept(pump.state);

        assertThat(pump.state.readiness()).isEqualTo(Readiness.LEARNS);
        for (var i = 0; i < ROWS_A_DAY; i++) {
            pump.draw();
            pump.row[Pump.PRESSURE] += 0.1;
            pump.step();
        }
        assertThat(pump.alarms).isEqualTo(1);
        assertThat(pump.state.readiness()).isEqualTo(Readiness.READY);
    }

    @Test
    void acceptingWithoutAnAlarmChangesNothing() throws IOException {
        var pump = new Pump(8).healthy(15 * ROWS_A_DAY);
        var before = bytes(pump.state);
        pump.joint.accept(pump.state);
        assertThat(bytes(pump.state)).isEqualTo(before);
    }

    @Test
    void aToleranceRaisesTheLimit() {
        var pump = new Pump(9).healthy(15 * ROWS_A_DAY);
        pump.draw();
        pump.row[Pump.FLOW] += 60;
        var tolerant = pump.state.copy();
        pump.joint.step(tolerant, pump.rows * MINUTE, pump.row, 10);
        pump.step();
        assertThat(pump.state.alarming()).isTrue();
        assertThat(tolerant.alarming()).isFalse();
        assertThat(tolerant.score()).isBetween(0.0, 0.4999);
    }

    @Test
    void missingValuesAndConstantMetricsAreSurvived() {
        var joint = new Joint(Settings.DEFAULT, 4, ZONE);
        var state = joint.fresh();
        var random = new Random(10);
        var alarms = 0;
        for (var i = 0; i < 20_000; i++) {
            var load = random.nextGaussian();
            var row = new double[] {
                i % 7 == 0 ? Double.NaN : load, load + 0.1 * random.nextGaussian(), 0, i > 12_000 ? Double.NaN : 3
            };
            if (i % 1000 == 5) {
                Arrays.fill(row, Double.NaN);
            }
            var was = state.alarming();
            joint.step(state, i * MINUTE, row, 1);
            alarms += state.alarming() && !was ? 1 : 0;
            assertThat(state.score()).isBetween(0.0, 1.0);
        }
        assertThat(alarms).isZero();
        joint.step(state, 20_000 * MINUTE, new double[] {3, -3, 0, Double.NaN}, 1);
        assertThat(state.alarming()).isTrue();
        for (var share : state.contributions()) {
            assertThat(share).isBetween(0f, 1f);
        }
    }

    @Test
    void metricsThatNeverMoveAreNoReasonForAnything() {
        var joint = new Joint(Settings.DEFAULT, 3, ZONE);
        var state = joint.fresh();
        for (var i = 0; i < 10_000; i++) {
            joint.step(state, i * MINUTE, new double[] {1, 0, -5}, 1);
        }
        assertThat(state.alarming()).isFalse();
        // A battery one percent lower for the first time is no news of the device.
        joint.step(state, 10_000 * MINUTE, new double[] {1, 0, -6}, 1);
        assertThat(state.alarming()).isFalse();
        assertThat(state.contributions()).containsOnly(0f);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22})
    void copiedAndRestoredStatesGoOnAlike(long seed) throws IOException {
        var pump = new Pump(seed).healthy(seed * 137 + 4 * ROWS_A_DAY);
        var copy = pump.state.copy();
        var restored = State.read(new DataInputStream(new ByteArrayInputStream(bytes(pump.state))));
        assertThat(bytes(restored)).isEqualTo(bytes(pump.state));
        for (var i = 0; i < 3000; i++) {
            pump.draw();
            if (i % 700 > 600) {
                pump.row[Pump.CURRENT] += 20;
            }
            var time = pump.rows * MINUTE;
            pump.joint.step(copy, time, pump.row, 1);
            new Joint(Settings.DEFAULT, Pump.SIZE, ZONE).step(restored, time, pump.row, 1);
            pump.step();
            assertThat(copy.score()).isEqualTo(pump.state.score());
            assertThat(restored.score()).isEqualTo(pump.state.score());
            assertThat(restored.contributions()).isEqualTo(pump.state.contributions());
        }
        assertThat(pump.alarms).isPositive();
        assertThat(bytes(copy)).isEqualTo(bytes(pump.state));
        assertThat(bytes(restored)).isEqualTo(bytes(pump.state));
    }

    @Test
    void aCopyIsIndependent() throws IOException {
        var pump = new Pump(23).healthy(5 * ROWS_A_DAY);
        var before = bytes(pump.state);
        var copy = pump.state.copy();
        pump.joint.step(copy, pump.rows * MINUTE, new double[] {0, 0, 0, 0, 0}, 1);
        assertThat(bytes(copy)).isNotEqualTo(before);
        assertThat(bytes(pump.state)).isEqualTo(before);
    }

    @Test
    void aStateIsSmall() throws IOException {
        assertThat(bytes(new Joint(Settings.DEFAULT, 8, ZONE).fresh()).length / 8)
                .isLessThan(200);
        assertThat(bytes(new Joint(Settings.DEFAULT, 43, ZONE).fresh()).length / 43)
                .isLessThan(460);
    }

    @Test
    void aStateOfAnotherVersionOrSizeIsRefused() throws IOException {
        var bytes = bytes(new Joint(Settings.DEFAULT, 3, ZONE).fresh());
        bytes[0] = 99;
        assertThatThrownBy(() -> State.read(new DataInputStream(new ByteArrayInputStream(bytes))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("99");
        assertThatThrownBy(() -> new Joint(Settings.DEFAULT, 2, ZONE)).hasMessageContaining("3..64");
        assertThatThrownBy(() -> new Joint(Settings.DEFAULT, 65, ZONE)).hasMessageContaining("65");
        var joint = new Joint(Settings.DEFAULT, 3, ZONE);
        assertThatThrownBy(() -> joint.step(joint.fresh(), 0, new double[2], 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] bytes(State state) throws IOException {
        var out = new ByteArrayOutputStream();
        state.write(new DataOutputStream(out));
        return out.toByteArray();
    }
}
