package io.yiwang.streams.detect.pattern;

import io.yiwang.streams.detect.course.Episode;

/**
 * What a symptom does at a point now, told whenever it begins to show, ends, or turns out to have been otherwise. Event times are epoch ms.
 *
 * @param symptom its id in the pack
 * @param endMillis {@code Long.MAX_VALUE} while it lasts; before the onset = it did not show from the onset on
 * @param peak worst value so far, in the metric's unit
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
