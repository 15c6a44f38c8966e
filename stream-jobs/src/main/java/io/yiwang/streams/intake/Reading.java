package io.yiwang.streams.intake;

/**
 * One judged value of one point.
 *
 * @param eventTimeMillis time by the device's clock, epoch ms
 * @param logTimeMillis log clock of its message, epoch ms
 * @param number value in the metric's unit; NaN when there is none
 * @param quality GOOD only with a finite number
 * @param late too old to be live: recorded and counted, never announced as live
 */
public record Reading(
        String device,
        String metric,
        long eventTimeMillis,
        long logTimeMillis,
        double number,
        Quality quality,
        boolean late) {

    public boolean isGood() {
        return quality == Quality.GOOD;
    }
}
