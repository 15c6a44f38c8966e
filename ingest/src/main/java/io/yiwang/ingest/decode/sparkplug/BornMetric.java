package io.yiwang.ingest.decode.sparkplug;

/**
 * A metric as a birth declared it.
 *
 * @param datatype of Sparkplug; 0 when the birth did not say
 * @param unit UCUM; empty when the birth did not say one that is known
 */
record BornMetric(String name, int datatype, String unit) {
    /** Whether it can hold a number or a truth: what else an edge node declares is about itself. */
    boolean isReading() {
        return datatype <= Datatypes.BOOLEAN;
    }
}
