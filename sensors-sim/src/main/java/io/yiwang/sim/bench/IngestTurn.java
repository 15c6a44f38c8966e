package io.yiwang.sim.bench;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One candidate, measured once.
 *
 * @param round from 1
 * @param messages within the window
 * @param cpuMicros per message of each process that counts, children included, its JIT compilers left out: they are busy for minutes, at
 *     times of their own choosing, and end; {@code compilerMicros} is what they took of all those processes
 * @param kafkaMicros of the Kafka broker per message, {@code generatorMicros} of the load generator: shown, counted for nobody
 * @param generatorLateMillis at p99; 0 where no generator sends
 * @param othersBusy share of the machine's CPUs that were used by none of the processes of this benchmark, 0 to 1
 * @param faults why the round is void; empty when it counts
 */
record IngestTurn(
        String candidate,
        int round,
        long messages,
        double seconds,
        Map<String, Double> cpuMicros,
        double compilerMicros,
        double kafkaMicros,
        double generatorMicros,
        double generatorLateMillis,
        double othersBusy,
        List<String> faults) {

    IngestTurn {
        cpuMicros = new TreeMap<>(cpuMicros);
        faults = List.copyOf(faults);
    }

    boolean isVoid() {
        return !faults.isEmpty();
    }

    /** µs of CPU per message of everything that counts, without JIT compilers. */
    double total() {
        return cpuMicros.values().stream().mapToDouble(Double::doubleValue).sum();
    }
}
