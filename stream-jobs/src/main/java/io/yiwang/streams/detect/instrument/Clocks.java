package io.yiwang.streams.detect.instrument;

import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmKind;
import io.yiwang.model.wire.Evidence;
import io.yiwang.streams.detect.alarm.Alarms;
import io.yiwang.streams.detect.alarm.Alarms.Seen;
import io.yiwang.streams.detect.alarm.Subject;
import io.yiwang.streams.kafka.FacilityAsset;
import java.util.List;
import java.util.function.Consumer;

/**
 * The clocks of one facility's devices: one alarm {@value #RULE}, however many points they measure, held by each device whose clock is
 * wrong. It is about the common metric {@value #METRIC}, whose name, unit (s) and procedure fit; the values are not its readings but what
 * the first stage concludes.
 */
public final class Clocks {
    /** Of the common pack. */
    public static final String METRIC = "dev_clock_offset";

    public static final String RULE = METRIC + ".clock";

    /** The common pack's limits of that metric and their grades. */
    private static final long SERIOUS_MILLIS = 300_000;

    private static final int SERIOUS_GRADE = 3;
    private static final int GRADE = 4;
    private static final double MILLIS_PER_SECOND = 1000;

    private final Subject slight;
    private final Subject serious;

    public Clocks(FacilityAsset facility) {
        slight = subject(facility, GRADE);
        serious = subject(facility, SERIOUS_GRADE);
    }

    private static Subject subject(FacilityAsset facility, int grade) {
        return new Subject(
                facility.id(),
                facility.domain(),
                facility.district(),
                RULE,
                METRIC,
                grade,
                AlarmKind.INSTRUMENT,
                Evidence.newBuilder()
                        .setSide("clock")
                        .setSource("its live messages bear another time than the log, by more than their way takes")
                        .setConfidence("V")
                        .build(),
                false,
                Double.POSITIVE_INFINITY,
                false);
    }

    /**
     * A message of a device that is no duplicate.
     *
     * @param offMillis by how much its clock is behind; negative when it is ahead, 0 when it is right
     * @param eventTimeMillis when it was measured, corrected by that
     */
    public Alarms.State on(
            Alarms.State state,
            String device,
            long offMillis,
            long eventTimeMillis,
            long logMillis,
            Consumer<Alarm> out) {
        if (offMillis == 0) {
            return Alarms.end(state, device, eventTimeMillis, logMillis, out);
        }
        if (state.holding().contains(device)) {
            return state;
        }
        var seen = new Seen(Math.abs(offMillis) / MILLIS_PER_SECOND, eventTimeMillis);
        return Alarms.begin(
                state,
                Math.abs(offMillis) >= SERIOUS_MILLIS ? serious : slight,
                device,
                eventTimeMillis,
                eventTimeMillis,
                logMillis,
                seen,
                seen,
                List.of(),
                out);
    }
}
