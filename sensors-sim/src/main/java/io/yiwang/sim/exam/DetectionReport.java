package io.yiwang.sim.exam;

import io.yiwang.sim.exam.Scorer.Outcome;
import io.yiwang.sim.exam.Scorer.Score;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The result of {@code bench detection}. Recall and times are of faults that showed; those that never did are counted apart.
 *
 * @param setup how the exam was held, for people
 * @param rows by fault and severity, in the order of fault and severity
 * @param grades by grade of the fault
 * @param precision right alarms of all alarms
 * @param falseHours pairs of a facility and an hour with false alarms: what comes together counts once
 * @param falseByKind false alarms per facility and day by what concluded them
 * @param worstFalse rules with the most false alarms, worst first
 * @param members alarms that belong to incidents, {@code withdrawn} those that were taken back: not counted
 * @param missed faults that showed and were not found
 * @param remarks what a reader must know
 */
record DetectionReport(
        Map<String, Object> setup,
        List<Row> rows,
        List<Row> grades,
        Row total,
        int rightAlarms,
        int falseAlarms,
        int falseHours,
        double precision,
        double falsePerFacilityDay,
        Map<String, Double> falseByKind,
        List<Worst> worstFalse,
        int members,
        int withdrawn,
        List<Missed> missed,
        List<Goal> goals,
        List<String> remarks) {

    private static final double MILLIS_PER_SECOND = 1000;
    private static final long HOUR_MILLIS = 3_600_000;
    private static final int WORST = 15;
    private static final double G1_RECALL = 1;
    private static final double G1_P95_SECONDS = 30;
    private static final double RECALL = 0.95;
    private static final double PRECISION = 0.95;
    private static final double FALSE_PER_FACILITY_DAY = 0.02;

    /**
     * @param severity empty for totals
     * @param runs how often it happened, {@code visible} how often it showed, {@code found} how often an alarm was raised of those
     * @param rightCause how often an alarm said what it was or at which value it shows
     * @param medianSeconds from the moment when it showed to the alarm, {@code plain…} from the moment when it showed plainly, {@code
     *     sign…} from the first sign by which its pack knows it; NaN without any
     * @param withSign at how many of those that showed there ever was such a sign; the others are not in {@code sign…}
     */
    record Row(
            String name,
            int grade,
            String severity,
            int runs,
            int visible,
            int found,
            double recall,
            int rightCause,
            double medianSeconds,
            double p95Seconds,
            double plainMedianSeconds,
            double plainP95Seconds,
            int withSign,
            double signMedianSeconds,
            double signP95Seconds) {

        static Row of(String name, int grade, String severity, Collection<Outcome> outcomes) {
            var visible = outcomes.stream().filter(Outcome::isVisible).toList();
            var found = visible.stream().filter(Outcome::isFound).toList();
            var delays = seconds(found, Outcome::delayMillis);
            var plain = seconds(found, Outcome::plainDelayMillis);
            var sign = seconds(found, Outcome::signDelayMillis);
            return new Row(
                    name,
                    grade,
                    severity,
                    outcomes.size(),
                    visible.size(),
                    found.size(),
                    visible.isEmpty() ? Double.NaN : (double) found.size() / visible.size(),
                    (int) found.stream().filter(Outcome::rightCause).count(),
                    quantile(delays, 0.5),
                    quantile(delays, 0.95),
                    quantile(plain, 0.5),
                    quantile(plain, 0.95),
                    (int) visible.stream().filter(Outcome::hasSign).count(),
                    quantile(sign, 0.5),
                    quantile(sign, 0.95));
        }

        private static double[] seconds(List<Outcome> found, Function<Outcome, OptionalLong> delay) {
            return found.stream()
                    .flatMapToLong(outcome -> delay.apply(outcome).stream())
                    .mapToDouble(millis -> millis / MILLIS_PER_SECOND)
                    .sorted()
                    .toArray();
        }

        /** The smallest value that so many are no larger than. */
        private static double quantile(double[] sorted, double share) {
            return sorted.length == 0 ? Double.NaN : sorted[(int) Math.max(0, Math.ceil(share * sorted.length) - 1)];
        }
    }

    record Worst(String rule, String kind, int alarms, int facilities) {}

    record Missed(int number, String fault, double severity, String facility, String from, String to) {}

    record Goal(String name, double wanted, double got, boolean isMet) {}

    static DetectionReport of(
            Map<String, Object> setup, Score score, int facilities, double days, List<String> remarks) {
        var rows = new ArrayList<Row>();
        grouped(score.outcomes(), outcome -> outcome.planned().fault())
                .forEach((fault, ofFault) -> grouped(
                                ofFault, outcome -> text(outcome.planned().severity()))
                        .forEach((severity, some) ->
                                rows.add(Row.of(fault, some.get(0).planned().grade(), severity, some))));
        var grades = new ArrayList<Row>();
        grouped(score.outcomes(), outcome -> outcome.planned().grade())
                .forEach((grade, some) -> grades.add(Row.of("G" + grade, grade, "", some)));
        var total = Row.of("all", 0, "", score.outcomes());
        int right = score.right().size();
        int wrong = score.wrong().size();
        var precision = right + wrong == 0 ? Double.NaN : (double) right / (right + wrong);
        var perDay = wrong / (facilities * days);
        var kinds = new LinkedHashMap<String, Double>();
        for (var kind : Raise.Kind.values()) {
            kinds.put(
                    kind.name().toLowerCase(Locale.ROOT),
                    score.wrong().stream().filter(raise -> raise.kind() == kind).count() / (facilities * days));
        }
        var worst = grouped(score.wrong(), Raise::rule).entrySet().stream()
                .map(entry -> new Worst(
                        entry.getKey(),
                        entry.getValue().get(0).kind().name().toLowerCase(Locale.ROOT),
                        entry.getValue().size(),
                        (int) entry.getValue().stream()
                                .map(Raise::facility)
                                .distinct()
                                .count()))
                .sorted(Comparator.comparingInt(Worst::alarms).reversed().thenComparing(Worst::rule))
                .limit(WORST)
                .toList();
        var missed = score.outcomes().stream()
                .filter(outcome -> outcome.isVisible() && !outcome.isFound())
                .map(Outcome::planned)
                .map(planned -> new Missed(
                        planned.number(),
                        planned.fault(),
                        planned.severity(),
                        planned.facility(),
                        java.time.Instant.ofEpochMilli(planned.fromMillis()).toString(),
                        java.time.Instant.ofEpochMilli(planned.toMillis()).toString()))
                .toList();
        var goals = new ArrayList<Goal>();
        grades.stream().filter(row -> row.grade == 1).findFirst().ifPresent(g1 -> {
            goals.add(new Goal("G1 recall", G1_RECALL, g1.recall, g1.recall >= G1_RECALL));
            goals.add(p95("G1 p95 seconds since visible", g1.p95Seconds));
            goals.add(p95("G1 p95 seconds since sign", g1.signP95Seconds));
        });
        goals.add(new Goal("recall", RECALL, total.recall, total.recall >= RECALL));
        goals.add(new Goal("precision", PRECISION, precision, precision >= PRECISION));
        goals.add(new Goal(
                "false alarms per facility and day", FALSE_PER_FACILITY_DAY, perDay, perDay <= FALSE_PER_FACILITY_DAY));
        return new DetectionReport(
                setup,
                rows,
                grades,
                total,
                right,
                wrong,
                (int) score.wrong().stream()
                        .map(raise -> raise.facility() + "/" + raise.raisedMillis() / HOUR_MILLIS)
                        .distinct()
                        .count(),
                precision,
                perDay,
                kinds,
                worst,
                score.members(),
                score.withdrawn(),
                missed,
                goals,
                List.copyOf(remarks));
    }

    private static Goal p95(String name, double seconds) {
        return new Goal(name, G1_P95_SECONDS, seconds, seconds <= G1_P95_SECONDS);
    }

    private static <T, K extends Comparable<K>> Map<K, List<T>> grouped(Collection<T> all, Function<T, K> key) {
        return all.stream().collect(Collectors.groupingBy(key, TreeMap::new, Collectors.toList()));
    }

    private static String text(double severity) {
        return String.format(Locale.ROOT, "%.2f", severity);
    }

    boolean meetsGoals() {
        return goals.stream().allMatch(Goal::isMet);
    }

    /** For the terminal and for a document alike: Markdown. */
    String table() {
        var text = new StringBuilder();
        setup.forEach((what, value) -> text.append("%s: %s%n".formatted(what, value)));
        text.append(
                        "\n| fault | grade | severity | runs | visible | found | recall | right cause | since visible: median s | p95 s | since plain: median s | p95 s | with sign | since sign: median s | p95 s |\n")
                .append("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        rows.forEach(row -> text.append(line(row)));
        grades.forEach(row -> text.append(line(row)));
        text.append(line(total));
        text.append("\n| alarms | |\n|---|---|\n");
        text.append("| right | %d |%n| false | %d |%n".formatted(rightAlarms, falseAlarms));
        text.append("| … facilities and hours with them | %d |%n".formatted(falseHours));
        text.append("| precision | %s |%n".formatted(number(precision, "%.3f")));
        text.append("| false per facility and day | %s |%n".formatted(number(falsePerFacilityDay, "%.4f")));
        falseByKind.forEach((kind, rate) -> text.append("| … %s | %s |%n".formatted(kind, number(rate, "%.4f"))));
        text.append("| members of incidents, not counted | %d |%n| withdrawn, not counted | %d |%n"
                .formatted(members, withdrawn));
        if (!worstFalse.isEmpty()) {
            text.append("\n| rules with false alarms | kind | alarms | facilities |\n|---|---|---|---|\n");
            worstFalse.forEach(worst -> text.append(
                    "| %s | %s | %d | %d |%n".formatted(worst.rule, worst.kind, worst.alarms, worst.facilities)));
        }
        text.append("\n| goal | wanted | got | |\n|---|---|---|---|\n");
        goals.forEach(goal -> text.append("| %s | %s | %s | %s |%n"
                .formatted(
                        goal.name,
                        number(goal.wanted, "%.2f"),
                        number(goal.got, "%.4f"),
                        goal.isMet ? "met" : "missed")));
        remarks.forEach(remark -> text.append("\n").append(remark).append("\n"));
        return text.toString();
    }

    private static String line(Row row) {
        return "| %s | %s | %s | %d | %d | %d | %s | %d | %s | %s | %s | %s | %d | %s | %s |%n"
                .formatted(
                        row.name,
                        row.grade == 0 ? "" : "G" + row.grade,
                        row.severity,
                        row.runs,
                        row.visible,
                        row.found,
                        number(row.recall, "%.3f"),
                        row.rightCause,
                        number(row.medianSeconds, "%.0f"),
                        number(row.p95Seconds, "%.0f"),
                        number(row.plainMedianSeconds, "%.0f"),
                        number(row.plainP95Seconds, "%.0f"),
                        row.withSign,
                        number(row.signMedianSeconds, "%.0f"),
                        number(row.signP95Seconds, "%.0f"));
    }

    private static String number(double value, String format) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, format, value);
    }
}
