package io.yiwang.sim.bench;

import io.yiwang.sim.load.Lateness;
import io.yiwang.sim.load.LoadCounts;
import io.yiwang.sim.load.Percentiles;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The result of {@code bench e2e}. All times in ms from when a message was due.
 *
 * @param isValid the generator was on time enough, nothing lost, no consumer fell behind: only then do the figures count
 * @param faults why not
 * @param messages telemetry messages in Kafka within the window, those of the demo city included
 * @param cpuSecondsPer1000 per process, children included
 * @param pipelineCpuSecondsPer1000 all parts without the generators
 * @param machineBusy share of all CPUs in use, by anyone; {@code countedBusy} of it by the processes listed
 * @param lag of each consumer group, messages
 * @param alarmsRaised within the window; {@code alarmsMissing} of them were never shown
 * @param audit counts of the loss audit of this run; null when it was not asked for
 */
record BenchReport(
        String run,
        boolean isValid,
        List<String> faults,
        List<String> remarks,
        int rate,
        int devices,
        int valuesPerMessage,
        double seconds,
        LoadCounts counts,
        long messages,
        double messagesPerSecond,
        Lateness lateness,
        Percentiles acknowledged,
        Percentiles acknowledgedFromSend,
        Percentiles kafkaAppended,
        Percentiles kafkaReceived,
        Percentiles websocket,
        Percentiles alarm,
        long alarmsRaised,
        long alarmsMissing,
        Map<String, Double> cpuSecondsPer1000,
        double pipelineCpuSecondsPer1000,
        double machineBusy,
        double countedBusy,
        Map<String, LagProbe.Growth> lag,
        @Nullable JsonNode pipelineBefore,
        @Nullable JsonNode pipelineAfter,
        @Nullable JsonNode audit) {

    BenchReport {
        faults = List.copyOf(faults);
        remarks = List.copyOf(remarks);
        lag = new TreeMap<>(lag);
    }

    String table() {
        var out = new StringBuilder();
        out.append("run %s: %d messages/s offered × %d values, %d devices, %.0f s measured after warm-up%n"
                .formatted(run, rate, valuesPerMessage, devices, seconds));
        out.append("%d messages in Kafka, %.1f per second; %d alarms raised, %d not shown%n%n"
                .formatted(messages, messagesPerSecond, alarmsRaised, alarmsMissing));
        out.append(Percentiles.head());
        out.append(acknowledged.row("publish → PUBACK"));
        out.append(acknowledgedFromSend.row("  from the real sending"));
        out.append(kafkaAppended.row("publish → Kafka log"));
        out.append(kafkaReceived.row("publish → Kafka consumer"));
        out.append(websocket.row("publish → websocket value"));
        out.append(alarm.row("publish → alarm shown"));
        out.append(lateness.millis().row("generator late"));
        out.append("%n%-26s %s%n".formatted("CPU-s per 1000 messages", ""));
        cpuSecondsPer1000.forEach((part, seconds1000) -> out.append("  %-24s %10.4f%n".formatted(part, seconds1000)));
        out.append("  %-24s %10.4f%n".formatted("pipeline, no generators", pipelineCpuSecondsPer1000));
        out.append("  %-24s %9.0f%%%n".formatted("machine busy", machineBusy * 100));
        out.append("  %-24s %9.0f%%%n".formatted("  with these processes", countedBusy * 100));
        if (!lag.isEmpty()) {
            out.append("%nlag, messages           %12s %12s %12s%n".formatted("at start", "at end", "growth"));
            lag.forEach((group, growth) -> out.append(
                    "  %-22s %12d %12d %12d%n".formatted(group, growth.atStart(), growth.atEnd(), growth.growth())));
        }
        out.append('\n').append(lateness.sentence()).append('\n');
        remarks.forEach(remark -> out.append(remark).append('\n'));
        faults.forEach(fault -> out.append("NOT VALID: ").append(fault).append('\n'));
        return out.toString();
    }
}
