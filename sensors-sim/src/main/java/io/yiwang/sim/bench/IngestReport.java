package io.yiwang.sim.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The result of {@code bench ingest}.
 *
 * @param when ISO-8601 UTC
 * @param cores of the machine
 * @param payloadBytes of an MQTT message, {@code recordBytes} of the Kafka record that ingest makes of it; on average
 * @param remarks what a reader must know, e.g. that a part was left out
 * @param capacity null when it was not measured
 */
record IngestReport(
        String when,
        int cores,
        int rate,
        int devices,
        double windowSeconds,
        double payloadBytes,
        double recordBytes,
        List<IngestTurn> turns,
        List<Ratio> ratios,
        @Nullable Capacity capacity,
        List<String> remarks) {

    static final String DOOR = "door";
    static final String FLOOR_DOOR = "floor door";
    static final String FLOOR_PRODUCER = "floor producer";
    static final String BRIDGE = "bridge";
    static final String FLOOR_RECEIVER = "floor receiver";
    static final String CAMEL = "camel";
    static final String BROKER = "mosquitto";

    IngestReport {
        turns = List.copyOf(turns);
        ratios = List.copyOf(ratios);
        remarks = List.copyOf(remarks);
    }

    /**
     * A ratio of CPU per message, formed within each round, since what else the machine does changes from round to round.
     *
     * @param goal it should be no more than this
     * @param rounds the ratio of each round in which none of its parts was void
     */
    record Ratio(String name, double goal, List<Double> rounds, double median, double lowest, double highest) {
        Ratio {
            rounds = List.copyOf(rounds);
        }

        static Ratio of(String name, double goal, List<Double> rounds) {
            var sorted =
                    rounds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            return sorted.length == 0
                    ? new Ratio(name, goal, rounds, Double.NaN, Double.NaN, Double.NaN)
                    : new Ratio(name, goal, rounds, IngestReport.median(sorted), sorted[0], sorted[sorted.length - 1]);
        }

        boolean isMet() {
            return median <= goal;
        }
    }

    /**
     * How much one door takes while Kafka and the generator share the machine with it.
     *
     * @param steps in the order in which they were tried
     * @param highestRate that was kept up, messages per second; 0 when none was
     * @param doorMicros of CPU per message at that rate
     * @param twoCoresRate two cores divided by that: where the door alone would use them up; a bound that is computed, not a rate that was seen
     */
    record Capacity(List<Step> steps, double highestRate, double doorMicros, double twoCoresRate) {
        static final double GOAL = 20_000;

        Capacity {
            steps = List.copyOf(steps);
        }

        static Capacity of(List<Step> steps) {
            var best = steps.stream()
                    .filter(Step::isKeptUp)
                    .reduce((a, b) -> b.acknowledgedPerSecond > a.acknowledgedPerSecond ? b : a);
            double micros = best.map(step -> step.doorCores / step.acknowledgedPerSecond * 1e6)
                    .orElse(0.0);
            return new Capacity(
                    steps, best.map(Step::acknowledgedPerSecond).orElse(0.0), micros, micros == 0 ? 0 : 2e6 / micros);
        }
    }

    /**
     * One offered rate.
     *
     * @param waiting unacknowledged messages at the window's end, {@code grown} by so many since its beginning
     * @param doorCores CPU seconds per second, likewise the others
     * @param othersCores used by none of the processes of this benchmark
     */
    record Step(
            double offeredPerSecond,
            double acknowledgedPerSecond,
            double acknowledgedMillisP50,
            double acknowledgedMillisP99,
            long waiting,
            long grown,
            double doorCores,
            double kafkaCores,
            double generatorCores,
            double othersCores,
            boolean isKeptUp,
            List<String> faults) {
        Step {
            faults = List.copyOf(faults);
        }
    }

    /** The ratios that the turns allow. */
    static List<Ratio> ratios(List<IngestTurn> turns) {
        var ratios = new ArrayList<Ratio>();
        ToDoubleFunction<IngestTurn> all = IngestTurn::total;
        add(
                ratios,
                turns,
                "door / (floor door + floor producer)",
                1.3,
                DOOR,
                all,
                Map.of(FLOOR_DOOR, all, FLOOR_PRODUCER, all));
        add(
                ratios,
                turns,
                "bridge / (floor receiver + floor producer)",
                1.5,
                BRIDGE,
                IngestReport::withoutBroker,
                Map.of(FLOOR_RECEIVER, IngestReport::withoutBroker, FLOOR_PRODUCER, all));
        add(
                ratios,
                turns,
                "bridge / Camel",
                0.5,
                BRIDGE,
                IngestReport::withoutBroker,
                Map.of(CAMEL, IngestReport::withoutBroker));
        add(ratios, turns, "door / (mosquitto + Camel)", 0.4, DOOR, all, Map.of(CAMEL, all));
        return ratios;
    }

    private static double withoutBroker(IngestTurn turn) {
        return turn.total() - turn.cpuMicros().getOrDefault(BROKER, 0.0);
    }

    private static void add(
            List<Ratio> ratios,
            List<IngestTurn> turns,
            String name,
            double goal,
            String above,
            ToDoubleFunction<IngestTurn> aboveCost,
            Map<String, ToDoubleFunction<IngestTurn>> below) {
        if (turns.stream().noneMatch(turn -> turn.candidate().equals(above))
                || below.keySet().stream()
                        .anyMatch(part -> turns.stream()
                                .noneMatch(turn -> turn.candidate().equals(part)))) {
            return;
        }
        var rounds = new ArrayList<Double>();
        int last = turns.stream().mapToInt(IngestTurn::round).max().orElse(0);
        for (int round = 1; round <= last; round++) {
            int now = round;
            var top = counting(turns, above, now);
            var bottom = below.keySet().stream()
                    .map(part -> counting(turns, part, now))
                    .toList();
            if (top.isPresent() && bottom.stream().allMatch(Optional::isPresent)) {
                double sum = bottom.stream()
                        .map(Optional::get)
                        .mapToDouble(turn -> below.get(turn.candidate()).applyAsDouble(turn))
                        .sum();
                rounds.add(aboveCost.applyAsDouble(top.get()) / sum);
            }
        }
        ratios.add(Ratio.of(name, goal, rounds));
    }

    private static Optional<IngestTurn> counting(List<IngestTurn> turns, String candidate, int round) {
        return turns.stream()
                .filter(turn -> turn.round() == round && turn.candidate().equals(candidate) && !turn.isVoid())
                .findFirst();
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Whether every ratio has a round that counts; whether it meets its goal is another question. */
    boolean isValid() {
        return !ratios.isEmpty() && ratios.stream().noneMatch(ratio -> ratio.rounds.isEmpty());
    }

    String table() {
        var out = new StringBuilder(
                "%d messages/s offered from %d devices, windows of %.0f s, %d cores; a message has %.0f bytes, its record %.0f%n%n"
                        .formatted(rate, devices, windowSeconds, cores, payloadBytes, recordBytes));
        out.append("%-28s %9s %9s %9s %6s %9s %9s %9s%n"
                .formatted(
                        "µs CPU per message",
                        "median",
                        "lowest",
                        "highest",
                        "rounds",
                        "its JIT",
                        "kafka",
                        "generator"));
        for (var candidate :
                turns.stream().map(IngestTurn::candidate).distinct().toList()) {
            var own = turns.stream()
                    .filter(turn -> turn.candidate().equals(candidate) && !turn.isVoid())
                    .toList();
            row(out, candidate, own, IngestReport::withoutBroker, true);
            if (own.stream().anyMatch(turn -> turn.cpuMicros().containsKey(BROKER))) {
                row(out, "  its " + BROKER, own, turn -> turn.cpuMicros().getOrDefault(BROKER, 0.0), false);
            }
        }
        out.append("Not counted for anybody: its JIT compilers, the Kafka broker, the load generator.%n".formatted());
        out.append("%n%-46s %7s %7s %7s %6s%n".formatted("ratio", "median", "lowest", "highest", "goal"));
        for (var ratio : ratios) {
            out.append("%-46s %7.2f %7.2f %7.2f %6.2f  %s%n"
                    .formatted(
                            ratio.name,
                            ratio.median,
                            ratio.lowest,
                            ratio.highest,
                            ratio.goal,
                            ratio.rounds.isEmpty() ? "not measured" : ratio.isMet() ? "met" : "missed"));
        }
        if (capacity != null) {
            capacityTable(out, capacity);
        }
        out.append("%nUsed by others on this machine while measuring: %s of its CPUs (median, highest).%n"
                .formatted(others()));
        remarks.forEach(remark -> out.append(remark).append('\n'));
        turns.stream()
                .filter(IngestTurn::isVoid)
                .forEach(turn -> out.append("VOID: ")
                        .append(turn.candidate())
                        .append(", round ")
                        .append(turn.round())
                        .append(": ")
                        .append(String.join("; ", turn.faults()))
                        .append('\n'));
        return out.toString();
    }

    private static void row(
            StringBuilder out, String name, List<IngestTurn> turns, ToDoubleFunction<IngestTurn> cost, boolean aside) {
        var costs = turns.stream().mapToDouble(cost).sorted().toArray();
        if (costs.length == 0) {
            out.append("%-28s %9s%n".formatted(name, "void"));
            return;
        }
        out.append("%-28s %9.1f %9.1f %9.1f %6d"
                .formatted(name, median(costs), costs[0], costs[costs.length - 1], costs.length));
        out.append(
                aside
                        ? " %9.1f %9.1f %9.1f%n"
                                .formatted(
                                        median(sorted(turns, IngestTurn::compilerMicros)),
                                        median(sorted(turns, IngestTurn::kafkaMicros)),
                                        median(sorted(turns, IngestTurn::generatorMicros)))
                        : "%n".formatted());
    }

    private static double[] sorted(List<IngestTurn> turns, ToDoubleFunction<IngestTurn> of) {
        return turns.stream().mapToDouble(of).sorted().toArray();
    }

    private String others() {
        var shares = sorted(turns, IngestTurn::othersBusy);
        return shares.length == 0
                ? "unknown"
                : "%.0f %%, %.0f %%".formatted(median(shares) * 100, shares[shares.length - 1] * 100);
    }

    private static void capacityTable(StringBuilder out, Capacity capacity) {
        out.append("%n%-12s %10s %8s %8s %8s %8s | cores: %5s %6s %10s %7s%n"
                .formatted(
                        "one door",
                        "acked/s",
                        "p50 ms",
                        "p99 ms",
                        "waiting",
                        "grown",
                        "door",
                        "kafka",
                        "generator",
                        "others"));
        for (var step : capacity.steps) {
            out.append("%-12.0f %10.0f %8.1f %8.1f %8d %8d |        %5.2f %6.2f %10.2f %7.2f  %s%n"
                    .formatted(
                            step.offeredPerSecond,
                            step.acknowledgedPerSecond,
                            step.acknowledgedMillisP50,
                            step.acknowledgedMillisP99,
                            step.waiting,
                            step.grown,
                            step.doorCores,
                            step.kafkaCores,
                            step.generatorCores,
                            step.othersCores,
                            step.isKeptUp ? "kept up" : String.join("; ", step.faults)));
        }
        out.append(
                "Highest rate kept up with everything on this machine: %.0f messages/s (goal %.0f: %s). The door used %.1f µs per message there; two cores of its own would be used up at %.0f messages/s (computed).%n"
                        .formatted(
                                capacity.highestRate,
                                Capacity.GOAL,
                                capacity.highestRate >= Capacity.GOAL ? "met" : "missed here",
                                capacity.doorMicros,
                                capacity.twoCoresRate));
    }
}
