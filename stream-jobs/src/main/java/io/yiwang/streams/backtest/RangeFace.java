package io.yiwang.streams.backtest;

import de.siegmar.fastcsv.writer.CsvWriter;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.rule.RuleBook;
import io.yiwang.model.rule.RuleChecks;
import io.yiwang.streams.backtest.Comparison.Found;
import io.yiwang.streams.influx.InfluxSettings;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.RuleSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Back-test of a time of the running city: what the rules would raise now beside what was raised then.
 *
 * @param from of the city's time
 * @param to excluded
 * @param warmUp what is judged before {@code from}, so that delays, silences and what is learned are as they would have been
 * @param facilities empty = all of the catalogue
 * @param influx where older readings are; null = the log has them
 * @param rules changes of the city's rules that are tried; null = they are as they are now
 * @param out where the comparison goes as CSV; null = it is only printed
 */
record RangeFace(
        DomainPacks packs,
        ZoneId zone,
        CityClock clock,
        String kafka,
        Instant from,
        Instant to,
        Duration warmUp,
        Set<String> facilities,
        @Nullable InfluxSettings influx,
        @Nullable Path rules,
        @Nullable Path out) {
    private static final int MOST_PRINTED = 50;

    /** @param progress for people; {@code table} gets the result */
    Comparison run(PrintWriter table, PrintWriter progress) throws IOException, InterruptedException {
        if (!from.isBefore(to)) {
            throw new CannotBacktest("--from " + from + " does not lie before --to " + to);
        }
        try (var log = new CityLog(kafka, clock)) {
            var assets = assets(log);
            var whatIf = new WhatIf(packs, book(), zone, clock, assets);
            long start = from.minus(warmUp).toEpochMilli();
            if (influx == null) {
                log.telemetry(start, to.toEpochMilli(), whatIf);
            } else {
                var history = new InfluxHistory(influx);
                int partition = 0;
                for (var asset : assets) {
                    history.telemetry(asset, start, to.toEpochMilli(), partition++, whatIf);
                }
            }
            whatIf.end(to.toEpochMilli());
            progress.printf(
                    Locale.ROOT,
                    "%,d messages of %,d facilities judged, from %s on%n",
                    whatIf.messages(),
                    assets.size(),
                    Instant.ofEpochMilli(start));
            progress.flush();
            if (whatIf.messages() == 0) {
                throw new CannotBacktest("there is no telemetry of this time in "
                        + (influx == null
                                ? "Kafka at " + kafka + "; older readings may be in InfluxDB: --influx URL"
                                : influx.url()));
            }
            // What was raised in the time may have been changed and cleared until now.
            var then = log.alarms(from.toEpochMilli(), Long.MAX_VALUE).stream()
                    .filter(alarm -> isAsked(alarm.getFacility()))
                    .toList();
            var comparison = whatIf.compare(then, from.toEpochMilli(), to.toEpochMilli());
            print(comparison, table);
            if (out != null) {
                write(comparison, out);
            }
            return comparison;
        }
    }

    /** Those of the city in all their versions: what held when is part of them. */
    private RuleBook book() throws IOException {
        var book =
                RuleBook.EMPTY.takeAll(RuleSource.Loader.of(kafka).load(), new RuleChecks(packs), (rule, refusal) -> {
                    // The job does not take it either, and says so.
                });
        return rules == null ? book : RuleChanges.tried(book, rules, packs);
    }

    private boolean isAsked(String facility) {
        return facilities.isEmpty() || facilities.contains(facility);
    }

    private List<FacilityAsset> assets(CityLog log) {
        var assets = log.assets().stream().filter(asset -> isAsked(asset.id())).toList();
        var missing = new TreeSet<>(facilities);
        assets.forEach(asset -> missing.remove(asset.id()));
        if (!missing.isEmpty()) {
            throw new CannotBacktest("--facility: not in the catalogue: " + String.join(", ", missing));
        }
        if (assets.isEmpty()) {
            throw new CannotBacktest("the catalogue in Kafka at " + kafka + " is empty");
        }
        return assets;
    }

    private void print(Comparison comparison, PrintWriter table) {
        table.printf("%-9s  %-20s  %-24s  %-40s  %-5s  %s%n", "found", "raised", "facility", "rule", "grade", "lasted");
        comparison.lines().stream().limit(MOST_PRINTED).forEach(line -> {
            var span = line.shown();
            var alarm = span.alarm();
            table.printf(
                    Locale.ROOT,
                    "%-9s  %-20s  %-24s  %-40s  G%-4d  %s%n",
                    word(line.found()),
                    Instant.ofEpochMilli(span.raisedMillis()).truncatedTo(ChronoUnit.SECONDS),
                    alarm.getFacility(),
                    alarm.getRule(),
                    alarm.getGrade(),
                    lasted(span));
        });
        if (comparison.lines().size() > MOST_PRINTED) {
            table.printf(
                    Locale.ROOT,
                    "… and %,d more%s%n",
                    comparison.lines().size() - MOST_PRINTED,
                    out == null ? "; --out FILE writes all of them" : "");
        }
        table.printf(
                Locale.ROOT,
                "%,d the same, %,d only then, %,d only now%n",
                comparison.count(Found.SAME),
                comparison.count(Found.ONLY_THEN),
                comparison.count(Found.ONLY_NOW));
        table.flush();
    }

    private static String word(Found found) {
        return found.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private String lasted(AlarmSpan span) {
        return span.endMillis() == Episode.OPEN
                ? "open"
                : Duration.ofMillis(span.endMillis() - span.raisedMillis())
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString()
                        .substring("PT".length())
                        .toLowerCase(Locale.ROOT);
    }

    /** Columns {@code found,facility,rule,grade,then_start,then_end,then_peak,now_start,now_end,now_peak}. */
    private static void write(Comparison comparison, Path file) throws IOException {
        try (var csv = CsvWriter.builder().build(file, StandardCharsets.UTF_8)) {
            csv.writeRecord(
                    "found",
                    "facility",
                    "rule",
                    "grade",
                    "then_start",
                    "then_end",
                    "then_peak",
                    "now_start",
                    "now_end",
                    "now_peak");
            for (var line : comparison.lines()) {
                var alarm = line.shown().alarm();
                csv.writeRecord(
                        word(line.found()),
                        alarm.getFacility(),
                        alarm.getRule(),
                        String.valueOf(alarm.getGrade()),
                        start(line.then()),
                        end(line.then()),
                        peak(line.then()),
                        start(line.now()),
                        end(line.now()),
                        peak(line.now()));
            }
        }
    }

    private static String start(@Nullable AlarmSpan span) {
        return span == null ? "" : Instant.ofEpochMilli(span.raisedMillis()).toString();
    }

    private static String end(@Nullable AlarmSpan span) {
        return span == null || span.endMillis() == Episode.OPEN
                ? ""
                : Instant.ofEpochMilli(span.endMillis()).toString();
    }

    private static String peak(@Nullable AlarmSpan span) {
        return span == null ? "" : String.valueOf(span.alarm().getPeak());
    }
}
