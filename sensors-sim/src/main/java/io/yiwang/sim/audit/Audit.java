package io.yiwang.sim.audit;

import io.yiwang.model.Topics;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.TelemetryRecord;
import io.yiwang.sim.ledger.DeviceEntries;
import io.yiwang.sim.ledger.LedgerContents;
import io.yiwang.sim.ledger.LedgerReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.KafkaException;

/**
 * Audits a running or finished city: reads the ledger, then what is stored and rejected, and looks again at what is not yet
 * accounted for until the pipeline has drained or the patience is over.
 */
final class Audit {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** Clocks of the sender and of Kafka's server may differ by this much. */
    private static final long CLOCK_TOLERANCE_MILLIS = 60_000;

    /** A shard whose end is this close may just be going. */
    private static final Duration EXPIRY_MARGIN = Duration.ofHours(1);

    private static final Duration LONGEST_KEPT = Duration.ofDays(8);
    private static final Duration FURTHEST_AHEAD = Duration.ofMinutes(10);

    private final Settings settings;
    private final CityClock clock;

    /**
     * Where to look.
     *
     * @param run only this run; empty = all
     * @param patience longest wait for the pipeline to drain
     */
    record Settings(
            Path ledger,
            String kafka,
            String influxUrl,
            String influxToken,
            String influxDatabase,
            String run,
            Duration patience) {}

    /** @param clock the city's: readings are looked for in its time, patience is the people's */
    Audit(Settings settings, CityClock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** @throws AuditImpossible when nothing can be said, with the reason */
    AuditReport run() {
        var ledger = LedgerReader.read(settings.ledger);
        if (ledger.messages() == 0) {
            throw new AuditImpossible("the ledger in " + settings.ledger
                    + " is empty: nothing was sent that could be audited. Start the simulator or a load run first.");
        }
        if (!settings.run.isEmpty() && !ledger.runs().contains(settings.run)) {
            throw new AuditImpossible("the ledger in " + settings.ledger + " knows no run '" + settings.run
                    + "'; it has " + String.join(", ", ledger.runs()) + ".");
        }
        try (var history = new HistoryReader(settings.influxUrl, settings.influxToken, settings.influxDatabase);
                var rejected = new TopicReader<>(settings.kafka, Topics.REJECTED, Rejected.parser(), since(ledger))) {
            return run(ledger, history, rejected);
        } catch (KafkaException e) {
            throw new AuditImpossible("Kafka at " + settings.kafka + " cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private AuditReport run(LedgerContents ledger, HistoryReader history, TopicReader<Rejected> rejected) {
        long start = clock.wall().millis();
        var kept = history.kept();
        var scope = new LossAudit.Scope(
                settings.run,
                Math.max(
                        clock.at(Instant.ofEpochMilli(ledger.startMillis())).toEpochMilli(),
                        ledger.horizonMillis() + 1),
                kept.isZero()
                        ? Long.MIN_VALUE
                        : clock.millis() - kept.minus(EXPIRY_MARGIN).toMillis());
        var rejections = new Rejections();
        Map<String, DeviceVerdict> verdicts = new TreeMap<>();
        List<String> open = devices(ledger);
        boolean drained = false;
        while (!drained) {
            boolean last = clock.wall().millis() - start >= settings.patience.toMillis();
            rejected.readToEnd(rejections::add);
            history.refreshDevices();
            open = examine(ledger, history, rejections, scope, open, verdicts);
            drained = open.isEmpty() || last;
            if (!drained) {
                pause();
            }
        }
        var raw = readRaw(ledger);
        return AuditReport.of(
                ledger,
                settings.run,
                verdicts.values(),
                raw,
                rejections.unidentified(),
                rejected.isCut(),
                Duration.ofMillis(clock.wall().millis() - start));
    }

    private List<String> devices(LedgerContents ledger) {
        return ledger.devices().values().stream()
                .filter(device -> settings.run.isEmpty() || hasRun(device))
                .map(DeviceEntries::device)
                .toList();
    }

    private boolean hasRun(DeviceEntries device) {
        for (int i = 0; i < device.size(); i++) {
            if (device.entry(i).run().equals(settings.run)) {
                return true;
            }
        }
        return false;
    }

    /** Judges the open devices anew and returns those that are not good. */
    private List<String> examine(
            LedgerContents ledger,
            HistoryReader history,
            Rejections rejections,
            LossAudit.Scope scope,
            List<String> open,
            Map<String, DeviceVerdict> verdicts) {
        var suspects = new LinkedHashMap<String, List<StoredValue>>();
        for (var device : open) {
            var sent = ledger.devices().get(device);
            var stored = stored(history, sent, scope);
            var verdict = LossAudit.compare(sent, sent, stored, rejections, scope);
            verdicts.put(device, verdict);
            if (!verdict.isGood()) {
                suspects.put(device, stored);
            }
        }
        if (verdicts.values().stream().anyMatch(verdict -> verdict.phantoms() > 0)) {
            // What was sent after the ledger was read and stored before the history was read is no phantom.
            var later = LedgerReader.read(settings.ledger);
            suspects.forEach((device, stored) -> verdicts.put(
                    device,
                    LossAudit.compare(
                            ledger.devices().get(device),
                            later.devices()
                                    .getOrDefault(device, ledger.devices().get(device)),
                            stored,
                            rejections,
                            scope)));
        }
        return suspects.keySet().stream()
                .filter(device -> !verdicts.get(device).isGood())
                .toList();
    }

    private List<StoredValue> stored(HistoryReader history, DeviceEntries sent, LossAudit.Scope scope) {
        long earliest = scope.phantomsFromMillis();
        long latest = clock.millis();
        for (int i = 0; i < sent.size(); i++) {
            long ts = sent.entry(i).tsMillis();
            earliest = Math.min(earliest, ts);
            latest = Math.max(latest, ts);
        }
        // A device with a wrong clock does not make the audit search a century: such values are never accepted.
        long now = clock.millis();
        long oldest = clock.isWallClock() ? now : Math.min(now, clock.from().toEpochMilli());
        earliest = Math.max(earliest, oldest - LONGEST_KEPT.toMillis());
        latest = Math.min(latest, now + FURTHEST_AHEAD.toMillis());
        return history.values(sent.device(), earliest * 1_000_000, (latest + 1) * 1_000_000);
    }

    /** Counts every audited message in topic telemetry: what is there twice was sent or forwarded twice. */
    private RawCounts readRaw(LedgerContents ledger) {
        var counts = new HashMap<String, byte[]>();
        devices(ledger)
                .forEach(device ->
                        counts.put(device, new byte[ledger.devices().get(device).size()]));
        boolean cut;
        try (var telemetry =
                new TopicReader<>(settings.kafka, Topics.TELEMETRY, TelemetryRecord.parser(), since(ledger))) {
            cut = telemetry.isCut();
            telemetry.readToEnd(record -> {
                if (record.hasTelemetry()) {
                    count(ledger, counts, record.getTelemetry());
                }
            });
        }
        return RawCounts.of(ledger, counts, cut);
    }

    private void count(LedgerContents ledger, Map<String, byte[]> counts, Telemetry message) {
        var ofDevice = counts.get(message.getDevice());
        // What a device says of an interval is no copy of a reading, whatever its counter.
        if (ofDevice != null && message.getIntervalSeconds() == 0) {
            var sent = ledger.devices().get(message.getDevice());
            int index = sent.indexOf(message.getBoot(), message.getSeq());
            if (index >= 0
                    && ofDevice[index] < Byte.MAX_VALUE
                    && (settings.run.isEmpty() || sent.entry(index).run().equals(settings.run))) {
                ofDevice[index]++;
            }
        }
    }

    private static long since(LedgerContents ledger) {
        return ledger.startMillis() - CLOCK_TOLERANCE_MILLIS;
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AuditImpossible("the audit was interrupted", e);
        }
    }

    /**
     * What topic telemetry says of the audited messages. For information: more copies are allowed there.
     *
     * @param messages distinct ones found
     * @param copies further copies of them
     * @param cut retention has already removed some
     */
    record RawCounts(long messages, long copies, boolean cut) {
        static RawCounts of(LedgerContents ledger, Map<String, byte[]> counts, boolean cut) {
            long messages = 0;
            long copies = 0;
            for (var ofDevice : new ArrayList<>(counts.values())) {
                for (byte count : ofDevice) {
                    messages += count > 0 ? 1 : 0;
                    copies += Math.max(0, count - 1);
                }
            }
            return new RawCounts(messages, copies, cut);
        }
    }
}
