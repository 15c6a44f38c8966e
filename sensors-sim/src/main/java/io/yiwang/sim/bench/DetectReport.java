package io.yiwang.sim.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What {@code bench detect} found.
 *
 * @param when ISO-8601
 * @param ratios of each round
 * @param stateBytesPerPoint the whole checkpoint of the judging, by points
 * @param fixedBytes of it: what the checkpoint of the floor holds, which hardly grows with the city
 * @param faults why it is void; empty when it counts
 */
record DetectReport(
        String when,
        int cores,
        Log log,
        List<DetectTurn> turns,
        List<Ratio> ratios,
        double stateBytesPerPoint,
        double fixedBytes,
        double stateGoal,
        List<String> faults) {

    static final String JUDGING = "judging";
    static final String FLOOR = "floor";

    private static final double GOAL = 0.45;
    private static final double STATE_GOAL = 1536;
    /** Cores used by others from which on what takes time by the clock says little. */
    private static final double BUSY_CORES = 0.2;

    /** What was read. */
    record Log(int facilities, int points, int days, long messages, long values, int parallelism) {}

    /** Of the floor to the judging, so that 1 = judging costs nothing. */
    record Ratio(String name, List<Double> rounds, double median, double lowest, double highest, double goal) {
        static Ratio of(String name, List<Double> rounds) {
            var sorted = rounds.stream().sorted().toList();
            return new Ratio(
                    name,
                    rounds,
                    DetectReport.median(sorted),
                    sorted.isEmpty() ? Double.NaN : sorted.get(0),
                    sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() - 1),
                    GOAL);
        }
    }

    static DetectReport of(String when, int cores, Log log, List<DetectTurn> turns) {
        var judging = of(turns, JUDGING);
        var floor = of(turns, FLOOR);
        var rounds = IntStream.range(0, Math.min(judging.size(), floor.size()))
                .boxed()
                .toList();
        var told = judging.stream().map(DetectTurn::alarms).distinct().toList();
        return new DetectReport(
                when,
                cores,
                log,
                turns,
                List.of(
                        Ratio.of(
                                "CPU: floor / judging",
                                rounds.stream()
                                        .map(i -> floor.get(i).cpuMicros()
                                                / judging.get(i).cpuMicros())
                                        .toList()),
                        Ratio.of(
                                "throughput: judging / floor",
                                rounds.stream()
                                        .map(i -> judging.get(i).valuesPerSecond()
                                                / floor.get(i).valuesPerSecond())
                                        .toList())),
                median(judging, turn -> (double) turn.checkpointBytes() / log.points),
                median(floor, DetectTurn::checkpointBytes),
                STATE_GOAL,
                told.size() == 1
                        ? List.of()
                        : List.of("the same log gave another number of alarms in each round: " + told));
    }

    private static List<DetectTurn> of(List<DetectTurn> turns, String candidate) {
        return turns.stream().filter(turn -> turn.candidate().equals(candidate)).toList();
    }

    private static double median(List<Double> sorted) {
        int size = sorted.size();
        return size == 0 ? Double.NaN : (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
    }

    private static double median(List<DetectTurn> turns, ToDoubleFunction<DetectTurn> of) {
        return median(turns.stream().map(of::applyAsDouble).sorted().toList());
    }

    /** Whether it was measured; whether a goal is met is another question. */
    boolean isValid() {
        return faults.isEmpty() && !turns.isEmpty();
    }

    String table() {
        var out = new StringBuilder(
                "%d days of %d facilities with %d points: %d messages, %d values; %d subtasks, %d cores%n%n"
                        .formatted(
                                log.days,
                                log.facilities,
                                log.points,
                                log.messages,
                                log.values,
                                log.parallelism,
                                cores));
        out.append("%-10s %10s %16s %14s %10s %8s %14s %8s%n"
                .formatted(
                        "median of",
                        "values/s",
                        "values/s a core",
                        "µs CPU/value",
                        "its JIT s",
                        "others",
                        "checkpoint KB",
                        "alarms"));
        for (var candidate : List.of(JUDGING, FLOOR)) {
            var own = of(turns, candidate);
            out.append("%-10s %10.0f %16.0f %14.2f %10.1f %8.2f %14.0f %8.0f%n"
                    .formatted(
                            candidate,
                            median(own, DetectTurn::valuesPerSecond),
                            median(own, turn -> turn.values() / turn.cpuSeconds()),
                            median(own, DetectTurn::cpuMicros),
                            median(own, DetectTurn::compilerSeconds),
                            median(own, DetectTurn::othersCores),
                            median(own, turn -> turn.checkpointBytes() / 1024.0),
                            median(own, DetectTurn::alarms)));
        }
        out.append("%n%-30s %7s %7s %7s %6s%n".formatted("ratio", "median", "lowest", "highest", "goal"));
        for (var ratio : ratios) {
            out.append("%-30s %7.2f %7.2f %7.2f %6.2f  %s%n"
                    .formatted(
                            ratio.name,
                            ratio.median,
                            ratio.lowest,
                            ratio.highest,
                            ratio.goal,
                            ratio.median >= ratio.goal ? "met" : "missed"));
        }
        out.append(("%nCheckpointed: %.0f bytes per point (goal at most %.0f: %s); of them %.0f that each point adds,"
                        + " the rest is %.0f KB that the graph holds without any judging.%n")
                .formatted(
                        stateBytesPerPoint,
                        stateGoal,
                        stateBytesPerPoint <= stateGoal ? "met" : "missed",
                        stateBytesPerPoint - fixedBytes / log.points,
                        fixedBytes / 1024));
        double others = median(turns, DetectTurn::othersCores);
        if (others > BUSY_CORES) {
            out.append(
                    "Others used %.1f of the cores meanwhile: the ratio of CPU counts, that of throughput does not.%n"
                            .formatted(others));
        }
        faults.forEach(fault -> out.append("VOID: ").append(fault).append('\n'));
        return out.toString();
    }
}
