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
 * The devices of one facility that send their messages again and again, which the first stage drops: one alarm {@value #RULE}, held by
 * each of them. It is about the common metric {@value #METRIC}, whose name, unit and procedure fit; the values are not its readings but
 * what the first stage counts.
 */
public final class Repeats {
    /** Of the common pack. */
    public static final String METRIC = "dev_repeats";

    public static final String RULE = METRIC + ".repeats";

    private static final int GRADE = 4;

    private final Subject subject;

    public Repeats(FacilityAsset facility) {
        subject = new Subject(
                facility.id(),
                facility.domain(),
                facility.district(),
                RULE,
                METRIC,
                GRADE,
                AlarmKind.INSTRUMENT,
                Evidence.newBuilder()
                        .setSide("repeats")
                        .setSource("it sends again what has arrived, time after time, without having been away")
                        .setConfidence("V")
                        .build(),
                false,
                Double.POSITIVE_INFINITY,
                false);
    }

    /**
     * A message of a device that is no duplicate.
     *
     * @param repeats messages that it has sent again of late; 0 when it does not do so again and again
     * @param logMillis log clock, by which this is judged: a message that comes again bears the time of the first
     */
    public Alarms.State on(Alarms.State state, String device, int repeats, long logMillis, Consumer<Alarm> out) {
        if (repeats == 0) {
            return Alarms.end(state, device, logMillis, logMillis, out);
        }
        if (state.holding().contains(device)) {
            return state;
        }
        var seen = new Seen(repeats, logMillis);
        return Alarms.begin(state, subject, device, logMillis, logMillis, logMillis, seen, seen, List.of(), out);
    }
}
