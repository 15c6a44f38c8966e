package io.yiwang.streams.detect.pattern;

import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.streams.detect.course.Episode;
import io.yiwang.streams.detect.course.Signal;
import java.util.List;

/**
 * What a symptom, or an alarm of something learned, does at a point now, told whenever it begins to show, ends, or turns out to have been otherwise. Event times are epoch ms.
 *
 * @param symptom its id in the pack, or the id of the rule
 * @param endMillis {@code Long.MAX_VALUE} while it lasts; before the onset = it did not show from the onset on
 * @param peak worst value so far, in the metric's unit; NaN when it has none
 * @param corrected whether a late reading is the reason
 * @param logMillis log clock of what concluded it, epoch ms
 */
public record Showing(
        String domain,
        String facility,
        String device,
        String symptom,
        long onsetMillis,
        long raisedMillis,
        long endMillis,
        double peak,
        boolean corrected,
        long logMillis) {

    /** The newest episode of a symptom's signal is this one. */
    public static Showing of(
            String domain,
            String facility,
            String device,
            String symptom,
            Episode episode,
            boolean corrected,
            long logMillis) {
        return new Showing(
                domain,
                facility,
                device,
                symptom,
                episode.onsetMillis(),
                episode.raisedMillis(),
                episode.endMillis(),
                episode.peak(),
                corrected,
                logMillis);
    }

    /** An alarm of what is learned came up, came up again, is over or is withdrawn: its rule shows at each of its devices. */
    public static List<Showing> of(Alarm alarm) {
        return alarm.getDevicesList().stream()
                .map(device -> alarm.getStep() == AlarmStep.WITHDRAWN
                        ? never(
                                alarm.getDomain(),
                                alarm.getFacility(),
                                device,
                                alarm.getRule(),
                                alarm.getOnsetMillis(),
                                alarm.getLogMillis())
                        : new Showing(
                                alarm.getDomain(),
                                alarm.getFacility(),
                                device,
                                alarm.getRule(),
                                alarm.getOnsetMillis(),
                                alarm.getRaisedMillis(),
                                alarm.getClearedMillis() == 0 ? Signal.OPEN : alarm.getClearedMillis(),
                                Double.NaN,
                                false,
                                alarm.getLogMillis()))
                .toList();
    }

    /** A late reading shows that the symptom did not show from some time on. */
    public static Showing never(
            String domain, String facility, String device, String symptom, long fromMillis, long logMillis) {
        return new Showing(
                domain, facility, device, symptom, fromMillis, fromMillis, Long.MIN_VALUE, Double.NaN, true, logMillis);
    }

    boolean isNever() {
        return endMillis < onsetMillis;
    }
}
