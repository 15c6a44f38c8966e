package io.yiwang.model.domain;

/**
 * How a metric of a facility type behaves while nothing is wrong, for the simulator.
 *
 * @param metric the metric, of the same pack
 * @param value expression over the facility's parameters, the metrics listed before it, and what the simulator offers (time of
 *     day, weather, profiles, cycles); in the metric's unit
 * @param noise standard deviation of the measuring noise, in the metric's unit
 */
public record Behaviour(String metric, String value, double noise) {
    public Behaviour {
        if (metric == null || value == null) {
            throw new IllegalArgumentException("behaviour needs metric and value");
        }
        if (!(noise >= 0)) {
            throw new IllegalArgumentException("behaviour of " + metric + " has noise " + noise);
        }
    }
}
