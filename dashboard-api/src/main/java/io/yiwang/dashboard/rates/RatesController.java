package io.yiwang.dashboard.rates;

import static io.yiwang.dashboard.history.InfluxReader.literal;

import io.yiwang.dashboard.DashboardSettings;
import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.history.InfluxReader;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.id.Ids;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class RatesController {
    private static final int MOST = 10_000;
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_:-]{1,160}");
    private static final Pattern CODE = Pattern.compile("[a-z][a-z0-9_]{0,63}");
    private static final Map<String, Duration> USUAL_SPAN =
            Map.of("minute", Duration.ofHours(1), "hour", Duration.ofDays(1), "day", Duration.ofDays(30));

    private final Rates rates;
    private final InfluxReader influx;
    private final CityClock clock;
    private final ZoneId zone;

    RatesController(Rates rates, InfluxReader influx, CityClock clock, DashboardSettings settings) {
        this.rates = rates;
        this.influx = influx;
        this.clock = clock;
        this.zone = settings.zone();
    }

    /**
     * Windows that begin in {@code [from, to)}, in the order of time, at most 10 000.
     *
     * @param scope e.g. {@code city}, {@code city:gas}, {@code district:d1}, {@code facility:f1}; absent = {@code city}
     * @param period minute, hour or day
     */
    @GetMapping("/api/rates")
    List<RateView> rates(
            @RequestParam(defaultValue = "city") String scope,
            @RequestParam @Nullable String code,
            @RequestParam(defaultValue = "hour") String period,
            @RequestParam @Nullable Instant from,
            @RequestParam @Nullable Instant to) {
        check("scope", scope, WORD);
        checkPeriod(period);
        if (code != null) {
            check("code", code, CODE);
        }
        var end = to == null ? clock.instant() : to;
        var begin = from == null ? end.minus(USUAL_SPAN.get(period)) : from;
        if (!begin.isBefore(end) || Duration.between(begin, end).compareTo(Duration.ofDays(401)) > 0) {
            throw Problem.badRequest("BAD_SPAN", "from must be before to, and at most 401 days before it");
        }
        var windows = new TreeMap<String, RateView>();
        if (begin.isBefore(rates.completeSince())) {
            stored(scope, code, period, begin, end).forEach(rate -> windows.put(rate.id(), rate));
        }
        rates.between(
                        rate -> rate.scope().equals(scope)
                                && (code == null || rate.code().equals(code)),
                        period,
                        begin,
                        end)
                .forEach(rate -> windows.merge(
                        rate.id(), rate, (stored, live) -> stored.revision() > live.revision() ? stored : live));
        return windows.values().stream().sorted(RateBoard.ORDER).limit(MOST).toList();
    }

    /** The newest window of each scope and code. @param prefix of the scope; empty = all */
    @GetMapping("/api/rates/current")
    List<RateView> current(
            @RequestParam(defaultValue = "hour") String period, @RequestParam(defaultValue = "") String prefix) {
        checkPeriod(period);
        return rates.current(period, prefix);
    }

    private List<RateView> stored(String scope, @Nullable String code, String period, Instant from, Instant to) {
        var question = "SELECT \"numerator\", \"denominator\", \"known\", \"expected\", \"revision\" FROM "
                + influx.from("rollup", "rates") + " WHERE \"scope\" = " + literal(scope) + " AND \"period\" = "
                + literal(period) + (code == null ? "" : " AND \"code\" = " + literal(code)) + " AND time >= "
                + from.toEpochMilli() + "ms AND time < " + to.toEpochMilli() + "ms GROUP BY \"code\" LIMIT " + MOST;
        return influx.rows(question).stream()
                .map(row -> view(row, scope, period))
                .toList();
    }

    private RateView view(InfluxReader.Row row, String scope, String period) {
        var code = row.tags().getOrDefault("code", "");
        var start = Instant.ofEpochMilli(row.timeMillis());
        long numerator = whole(row, 0);
        long denominator = whole(row, 1);
        int revision = (int) whole(row, 4);
        return new RateView(
                Ids.rateKey(scope, code, period, row.timeMillis()),
                scope,
                code,
                period,
                start,
                end(start, period),
                RateView.percent(numerator, denominator),
                numerator,
                denominator,
                RateView.percent(whole(row, 2), whole(row, 3)),
                revision,
                revision > 0);
    }

    private Instant end(Instant start, String period) {
        return switch (period) {
            case "minute" -> start.plus(Duration.ofMinutes(1));
            case "hour" -> start.plus(Duration.ofHours(1));
            default -> start.atZone(zone).plusDays(1).toInstant();
        };
    }

    private static long whole(InfluxReader.Row row, int index) {
        var number = row.number(index);
        return number == null ? 0 : number.longValue();
    }

    private static void checkPeriod(String period) {
        if (!USUAL_SPAN.containsKey(period)) {
            throw Problem.badRequest("BAD_PERIOD", "period must be minute, hour or day, not '" + period + "'");
        }
    }

    private static void check(String what, String text, Pattern pattern) {
        if (!pattern.matcher(text).matches()) {
            throw Problem.badRequest("BAD_PARAMETER", what + " must match " + pattern);
        }
    }
}
