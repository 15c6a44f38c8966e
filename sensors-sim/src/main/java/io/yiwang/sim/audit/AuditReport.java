package io.yiwang.sim.audit;

import io.yiwang.sim.ledger.LedgerContents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The audit's result.
 *
 * @param ok nothing lost, duplicated or stored unsent
 * @param total all devices added up
 * @param bad the devices that are not good
 * @param rawMessages audited messages found in topic telemetry; {@code rawCopies} more copies of them, which is allowed
 * @param unidentifiedRejections rejected records that no sent message can be matched to, by reason
 * @param remarks sentences on what the audit could not see
 */
record AuditReport(
        boolean ok,
        List<String> runs,
        long devices,
        DeviceVerdict total,
        List<DeviceVerdict> bad,
        long rawMessages,
        long rawCopies,
        Map<String, Long> unidentifiedRejections,
        List<String> remarks,
        long tookMillis) {

    private static final int LISTED = 20;

    static AuditReport of(
            LedgerContents ledger,
            String run,
            Collection<DeviceVerdict> verdicts,
            Audit.RawCounts raw,
            Map<String, Long> unidentified,
            boolean rejectedCut,
            Duration took) {
        var total = DeviceVerdict.none("all");
        for (var verdict : verdicts) {
            total = total.plus(verdict);
        }
        var remarks = new ArrayList<String>();
        ledger.damaged()
                .forEach(
                        file -> remarks.add(
                                "The end of " + file
                                        + " is unreadable (the machine crashed?): what was sent in its last seconds shows as phantom."));
        if (ledger.horizonMillis() != Long.MIN_VALUE) {
            remarks.add(
                    "Older ledger files were dropped by age or size: only what is still in the ledger was audited.");
        }
        if (total.expired() > 0) {
            remarks.add(total.expired() + " values are older than InfluxDB's retention keeps and were not judged.");
        }
        if (rejectedCut) {
            remarks.add("Kafka's retention may have removed rejected records of this time: a loss may be a rejection.");
        }
        if (raw.cut()) {
            remarks.add("Kafka's retention may have removed telemetry of this time: copies there are counted in part.");
        }
        if (total.ackedMessages() == 0) {
            remarks.add("No message was acknowledged, so nothing had to arrive. Was the broker reachable?");
        }
        return new AuditReport(
                total.isGood() && total.ackedMessages() > 0,
                run.isEmpty() ? ledger.runs() : List.of(run),
                verdicts.size(),
                total,
                verdicts.stream().filter(verdict -> !verdict.isGood()).toList(),
                raw.messages(),
                raw.copies(),
                new TreeMap<>(unidentified),
                remarks,
                took.toMillis());
    }

    /** For people. */
    String table() {
        var out = new StringBuilder();
        line(out, "runs", String.join(", ", runs));
        line(out, "devices", devices);
        line(out, "messages attempted", total.messages());
        line(out, "messages acknowledged", total.ackedMessages());
        line(out, "values acknowledged", total.ackedValues());
        line(out, "  stored", total.stored());
        line(out, "  rejected", total.rejectedValues());
        new TreeMap<>(total.rejected()).forEach((reason, count) -> line(out, "    " + reason, count));
        line(out, "  lost", total.lost());
        if (total.expired() > 0) {
            line(out, "  older than kept", total.expired());
        }
        line(out, "duplicates", total.duplicates());
        line(out, "phantoms", total.phantoms());
        line(
                out,
                "indeterminate values",
                total.indeterminate() + " (of " + total.unackedMessages() + " unacknowledged messages; "
                        + total.indeterminateArrived() + " arrived)");
        line(out, "in topic telemetry", rawMessages + " messages, " + rawCopies + " more copies (allowed)");
        if (!unidentifiedRejections.isEmpty()) {
            line(out, "rejected, sender unknown", unidentifiedRejections);
        }
        bad.stream().limit(LISTED).forEach(device -> {
            out.append("%n%s: %d lost, %d duplicates, %d phantoms of %d values%n"
                    .formatted(
                            device.device(),
                            device.lost(),
                            device.duplicates(),
                            device.phantoms(),
                            device.ackedValues()));
            device.examples()
                    .forEach(example -> out.append("  ").append(example).append('\n'));
        });
        if (bad.size() > LISTED) {
            out.append("… and ").append(bad.size() - LISTED).append(" more devices (--json lists all)\n");
        }
        remarks.forEach(remark -> out.append('\n').append(remark).append('\n'));
        out.append(
                ok
                        ? "\nThe ledger closes: every acknowledged value is stored or rejected with a reason, none twice.\n"
                        : total.ackedMessages() == 0
                                ? "\nNothing could be proven.\n"
                                : "\nThe ledger does NOT close.\n");
        return out.toString();
    }

    private static void line(StringBuilder out, String name, Object value) {
        out.append("%-26s %s%n".formatted(name, value));
    }
}
