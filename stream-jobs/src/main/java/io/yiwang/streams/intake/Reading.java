package io.yiwang.streams.intake;

/**
 * One judged value of one point.
 *
 * @param eventTimeMillis time by the device's clock, epoch ms; of quality CLOCK corrected by what the clock is off
 * @param logTimeMillis log clock of its message, epoch ms
 * @param number value in the metric's unit; NaN when there is none
 * @param quality good only with a finite number
 * @param late too old to be live: recorded and counted, never announced as live
 * @param sinceMillis event time since when the point is of this quality as far as the first stage knows: of STUCK when the value began
 *     to stand still, of RATE when it left what is believed, otherwise {@code eventTimeMillis}
 */
public record Reading(
        String device,
        String metric,
        long eventTimeMillis,
        long logTimeMillis,
        double number,
        Quality quality,
        boolean late,
        long sinceMillis) {

    /** A reading of a quality that began with it. */
    public Reading(
            String device,
            String metric,
            long eventTimeMillis,
            long logTimeMillis,
            double number,
            Quality quality,
            boolean late) {
        this(device, metric, eventTimeMillis, logTimeMillis, number, quality, late, eventTimeMillis);
    }

    /** Whether the value may be judged and counted. */
    public boolean isGood() {
        return quality.isGood();
    }
}
