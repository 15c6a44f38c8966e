package io.yiwang.streams.kafka;

import io.yiwang.model.wire.Verdict;
import io.yiwang.model.wire.VerdictWord;
import java.util.List;

/**
 * What an officer says of an alarm, without what only people read.
 *
 * @param alarm the alarm's id
 * @param facility the alarm's facility
 * @param rule the alarm's rule
 * @param devices the alarm's devices
 * @param word the last one of an alarm counts, {@link VerdictWord#NO_VERDICT} takes it back
 * @param atMillis when it was said, by the city's clock; grows with each word on the same alarm
 */
public record AlarmVerdict(
        String alarm, String facility, String rule, List<String> devices, VerdictWord word, long atMillis) {

    public static AlarmVerdict of(Verdict wire) {
        return new AlarmVerdict(
                wire.getAlarm(),
                wire.getFacility(),
                wire.getRule(),
                List.copyOf(wire.getDevicesList()),
                wire.getWord(),
                wire.getAtMillis());
    }
}
