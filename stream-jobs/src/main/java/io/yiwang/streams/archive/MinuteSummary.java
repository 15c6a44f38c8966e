package io.yiwang.streams.archive;

/**
 * The good readings of one device in one minute.
 *
 * @param minuteMillis start of the minute, epoch ms
 * @param metrics ascending; the other arrays have their order and the metrics' units
 * @param counts how many readings of each metric
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
        double[] counts) {}
