package io.yiwang.sim.audit;

/**
 * One value found in the history.
 *
 * @param nanos its time there, ns since the epoch, see {@link io.yiwang.model.id.Ids#influxNanos}
 */
record StoredValue(long nanos, String metric) {}
