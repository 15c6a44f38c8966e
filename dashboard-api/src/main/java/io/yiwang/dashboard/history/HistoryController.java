package io.yiwang.dashboard.history;

import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.assets.AssetCatalogue;
import io.yiwang.dashboard.assets.PointAt;
import io.yiwang.model.clock.CityClock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class HistoryController {
    private static final Duration LONGEST_SPAN = Duration.ofDays(401);
    private static final Duration USUAL_SPAN = Duration.ofHours(1);
    private static final List<String> READINGS = List.of("time", "value", "quality");
    private static final List<String> AGGREGATES = List.of("time", "mean", "min", "max", "count", "quality");

    /**
     * @param every {@code raw} or an ISO-8601 duration; rows in the order of time, times in epoch ms
     * @param rows of {@code columns}; {@code quality} is the code of what the value is worth ({@code docs/quality.md}), of several readings
     *     the greatest, null where all are good
     */
    record History(String point, String every, String unit, List<String> columns, List<List<@Nullable Number>> rows) {}

    private final AssetCatalogue catalogue;
    private final InfluxReader influx;
    private final CityClock clock;

    HistoryController(AssetCatalogue catalogue, InfluxReader influx, CityClock clock) {
        this.catalogue = catalogue;
        this.influx = influx;
        this.clock = clock;
    }

    /**
     * What a point measured, at most 4000 rows.
     *
     * @param from ISO-8601 UTC, inclusive; absent = an hour before {@code to}
     * @param to exclusive; absent = now
     * @param every {@code raw}, an ISO-8601 duration such as {@code PT5M}, or absent: chosen by the span
     */
    @GetMapping("/api/history")
    History history(
            @RequestParam String point,
            @RequestParam @Nullable Instant from,
            @RequestParam @Nullable Instant to,
            @RequestParam @Nullable String every) {
        var at = catalogue
                .current()
                .point(point)
                .orElseThrow(() -> Problem.notFound("UNKNOWN_POINT", "no point " + point + " in the ledger"));
        var now = clock.instant();
        var end = to == null ? now : to;
        var begin = from == null ? end.minus(USUAL_SPAN) : from;
        if (!begin.isBefore(end) || Duration.between(begin, end).compareTo(LONGEST_SPAN) > 0) {
            throw Problem.badRequest("BAD_SPAN", "from must be before to, and at most 401 days before it");
        }
        var plan = plan(at, begin, end, every, now);
        var rows = influx.rows(HistoryQuestion.of(plan, at, influx));
        if (rows.size() > HistoryPlan.MOST_ROWS && plan.every() == null) {
            if (every != null) {
                throw Problem.badRequest(
                        "TOO_MANY_ROWS",
                        "more than " + HistoryPlan.MOST_ROWS + " readings; narrow the span or leave out every=raw");
            }
            plan = plan.coarser(now);
            rows = influx.rows(HistoryQuestion.of(plan, at, influx));
        }
        return new History(
                point,
                plan.everyWord(),
                at.metric().unit(),
                plan.every() == null ? READINGS : AGGREGATES,
                joined(
                        rows,
                        influx.rows(HistoryQuestion.doubts(plan, at, influx)),
                        plan.every() == null ? READINGS.size() : AGGREGATES.size()));
    }

    /** Values and what they are worth, in the order of time; where all is doubted there is no value. */
    private static List<List<@Nullable Number>> joined(
            List<InfluxReader.Row> values, List<InfluxReader.Row> doubts, int columns) {
        var codes = new TreeMap<Long, Number>();
        for (var doubt : doubts) {
            var code = doubt.number(0);
            if (code != null) {
                codes.put(doubt.timeMillis(), code.longValue());
            }
        }
        var told = new HashSet<Long>();
        var rows = new ArrayList<List<@Nullable Number>>(values.size() + codes.size());
        for (var value : values) {
            var row = row(value);
            row.add(codes.get(value.timeMillis()));
            rows.add(row);
            told.add(value.timeMillis());
        }
        codes.forEach((time, code) -> {
            if (!told.contains(time)) {
                var row = new ArrayList<@Nullable Number>(Collections.nCopies(columns, null));
                row.set(0, time);
                row.set(columns - 1, code);
                rows.add(row);
            }
        });
        rows.sort(Comparator.comparingLong(
                row -> Objects.requireNonNull(row.get(0)).longValue()));
        return rows.subList(0, Math.min(rows.size(), HistoryPlan.MOST_ROWS));
    }

    private static HistoryPlan plan(PointAt at, Instant from, Instant to, @Nullable String every, Instant now) {
        try {
            if (every == null || every.isEmpty()) {
                return HistoryPlan.chosen(from, to, at.periodSeconds(), now);
            }
            return every.equals("raw")
                    ? HistoryPlan.raw(from, to)
                    : HistoryPlan.of(Duration.parse(every), from, to, now);
        } catch (DateTimeException e) {
            throw Problem.badRequest("BAD_EVERY", "every must be raw or a duration such as PT5M, not '" + every + "'");
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("BAD_EVERY", e.getMessage());
        }
    }

    private static ArrayList<@Nullable Number> row(InfluxReader.Row row) {
        var cells = new ArrayList<@Nullable Number>();
        cells.add(row.timeMillis());
        for (int i = 0; i < row.fields().size(); i++) {
            var number = row.number(i);
            // The last of mean, min, max, count is a whole number.
            cells.add(i == 3 && number != null ? (Number) number.longValue() : number);
        }
        return cells;
    }
}
