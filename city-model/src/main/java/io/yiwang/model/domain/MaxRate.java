package io.yiwang.model.domain;

/**
 * How fast a quantity can change at most, whatever happens to the process: what changes faster is the instrument's doing. Stated only
 * where inertia makes it sure, never of what can jump, such as a gas concentration.
 *
 * @param perSecond in the metric's unit per second, above 0; of a counter how fast it can grow
 * @param source the reason behind it
 * @param confidence V verified in the source's text, P plausible from a secondary source, K to be confirmed by the site
 */
public record MaxRate(double perSecond, String source, String confidence) {
    public MaxRate {
        source = source == null ? "site" : source;
        confidence = confidence == null ? "K" : Confidence.checked(confidence);
        if (!(perSecond > 0) || perSecond == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("maxRate is " + perSecond + " per second; it must be above 0");
        }
    }
}
