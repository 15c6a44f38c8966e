package io.yiwang.streams.archive;

/**
 * The readings of one device in one minute: amounts of the good ones, NaN where there is none.
 *
 * @param minuteMillis start of the minute, epoch ms
 * @param metrics ascending; the other arrays have their order and the metrics' units
 * @param counts how many readings of each metric
 * @param qualities greatest code among the qualities of its readings, 0 = all are good; empty in a savepoint from before there were any
 */
public record MinuteSummary(
        String domain,
        String district,
        String facility,
        String device,
        long minuteMillis,
        String[] metrics,
        double[] means,
        double[] minima,
        double[] maxima,
        double[] counts,
        byte[] qualities) {
    public MinuteSummary {
        qualities = qualities == null ? new byte[0] : qualities;
    }

    /** Code of the metric's quality. */
    int quality(int metric) {
        return metric < qualities.length ? qualities[metric] : 0;
    }
}
