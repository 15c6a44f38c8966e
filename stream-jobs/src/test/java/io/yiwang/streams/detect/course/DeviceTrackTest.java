package io.yiwang.streams.detect.course;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.domain.LimitFormula;
import io.yiwang.streams.detect.baseline.Baseline;
import io.yiwang.streams.detect.course.Condition.Stand;
import io.yiwang.streams.detect.course.PointPlan.Learning;
import io.yiwang.streams.detect.pattern.Extremes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a device's past comes to, however far the base is behind what is settled. */
class DeviceTrackTest {
    private static final long START = 1_700_000_000_000L;
    private static final long PERIOD = 60_000;
    private static final long HORIZON = 2 * PERIOD;
    private static final int ROWS = 5000;

    private static final DevicePlan PLAN = new DevicePlan(
            "A",
            List.of(new PointPlan(
                    "m",
                    List.of(new Signal(
                            "m.h", moment -> moment.value > 42 ? Stand.BEYOND : Stand.WITHIN, 0, 0, false, 0)),
                    List.of(),
                    List.of(),
                    Extremes.Plan.NOTHING,
                    new Learning(
                            new Baseline(Baseline.Settings.DEFAULT, (int) (PERIOD / 1000), ZoneId.of("UTC")),
                            "m.baseline"))),
            false,
            HORIZON,
            null);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void theLiveCourseIsThatOfTheRowsInOrderWhateverWasOvertakenOrStored(long seed) throws IOException {
        var rows = rows(seed);
        var inOrder = new DeviceTrack(PLAN);
        for (var row : rows) {
            inOrder.on(PLAN, row, ALONE, row.logMillis(), new TreeSet<>());
        }

        var random = new Random(seed);
        var overtaken = new ArrayList<>(rows);
        for (int i = 0; i + 1 < ROWS - 1; i += 2) {
            // Rarely, so that the base is far behind in between.
            if (random.nextInt(40) == 0) {
                Collections.swap(overtaken, i, i + 1);
            }
        }
        var track = new DeviceTrack(PLAN);
        long clock = 0;
        for (var row : overtaken) {
            clock = Math.max(clock, row.logMillis());
            track.on(PLAN, row, ALONE, clock, new TreeSet<>());
            if (random.nextInt(200) == 0) {
                track = stored(track, clock);
            }
        }

        assertThat(bytes(track.live())).isEqualTo(bytes(inOrder.live()));
    }

    private static List<Row> rows(long seed) {
        var random = new Random(100 + seed);
        var rows = new ArrayList<Row>();
        for (int i = 0; i < ROWS; i++) {
            long event = START + PERIOD * i;
            double value = 40 + Math.sin(2 * Math.PI * i / 1440) + random.nextGaussian() * 0.4;
            rows.add(new Row(event, event + 500, new double[] {i > ROWS - 300 ? value + 3 : value}));
        }
        return rows;
    }

    private static DeviceTrack stored(DeviceTrack track, long clock) throws IOException {
        var bytes = new ByteArrayOutputStream();
        track.write(new DataOutputStream(bytes));
        var read = DeviceTrack.read(
                new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())), FacilityCourse.VERSION);
        read.recall();
        read.restore(PLAN, ALONE, clock);
        return read;
    }

    private static byte[] bytes(DeviceCourse course) throws IOException {
        var bytes = new ByteArrayOutputStream();
        course.write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static final Surroundings ALONE = new Surroundings() {
        @Override
        public LimitFormula.Readings at(long eventMillis) {
            return null; // no limit moves
        }

        @Override
        public boolean isUnderMaintenance(String device, long eventMillis) {
            return false;
        }

        @Override
        public double tolerance(String rule, String device, long eventMillis) {
            return 1;
        }

        @Override
        public Set<String> expected(String device, long afterMillis, long tillMillis) {
            return Set.of();
        }

        @Override
        public List<String> widenedBy(String rule, String device, long eventMillis) {
            return List.of();
        }
    };
}
