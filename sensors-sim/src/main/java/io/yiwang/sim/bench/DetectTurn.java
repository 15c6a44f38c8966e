package io.yiwang.sim.bench;

/**
 * One candidate, measured once.
 *
 * @param round from 1
 * @param messages within the measured time
 * @param values in them
 * @param seconds measured
 * @param cpuSeconds of the process, its JIT compilers left out
 * @param compilerSeconds of those
 * @param othersCores that were used by what is not of the benchmark
 * @param checkpointBytes of the checkpoint behind the last message
 * @param alarms written to the topic
 */
record DetectTurn(
        String candidate,
        int round,
        long messages,
        long values,
        double seconds,
        double cpuSeconds,
        double compilerSeconds,
        double othersCores,
        long checkpointBytes,
        long alarms) {

    double valuesPerSecond() {
        return values / seconds;
    }

    double cpuMicros() {
        return 1e6 * cpuSeconds / values;
    }
}
