package io.yiwang.dashboard.rates;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The newest windows of every rate, in memory. Bounded by time: each period keeps so many of its windows, those of
 * single facilities fewer.
 */
final class RateBoard {
    /** One rate's windows. */
    private record Series(String scope, String code, String period) {}

    private static final Map<String, Duration> KEPT =
            Map.of("minute", Duration.ofHours(2), "hour", Duration.ofDays(3), "day", Duration.ofDays(90));
    private static final Map<String, Duration> KEPT_OF_FACILITY =
            Map.of("minute", Duration.ofMinutes(10), "hour", Duration.ofHours(25), "day", Duration.ofDays(8));
    private static final Duration UNKNOWN_PERIOD_KEPT = Duration.ofDays(1);

    static final Comparator<RateView> ORDER = Comparator.comparing(RateView::windowStart)
            .thenComparing(RateView::scope)
            .thenComparing(RateView::code)
            .thenComparing(RateView::period);

    private final Map<Series, TreeMap<Instant, RateView>> windows = new java.util.HashMap<>();

    /** Puts a window in or replaces it; an older revision than the known one changes nothing. @return whether it changed */
    synchronized boolean put(RateView rate) {
        var series =
                windows.computeIfAbsent(new Series(rate.scope(), rate.code(), rate.period()), key -> new TreeMap<>());
        var known = series.get(rate.windowStart());
        if (known != null && known.revision() > rate.revision()) {
            return false;
        }
        series.put(rate.windowStart(), rate);
        var kept = (rate.scope().startsWith("facility:") ? KEPT_OF_FACILITY : KEPT)
                .getOrDefault(rate.period(), UNKNOWN_PERIOD_KEPT);
        series.headMap(series.lastKey().minus(kept)).clear();
        return true;
    }

    /** Windows that begin in {@code [from, to)}, in the order of time. */
    synchronized List<RateView> between(Predicate<RateView> wanted, String period, Instant from, Instant to) {
        var result = new ArrayList<RateView>();
        windows.forEach((series, rates) -> {
            if (series.period().equals(period)) {
                rates.subMap(from, to).values().stream().filter(wanted).forEach(result::add);
            }
        });
        result.sort(ORDER);
        return result;
    }

    /** The newest window of every rate whose scope begins with {@code prefix}. */
    synchronized List<RateView> current(String period, String prefix) {
        var result = new ArrayList<RateView>();
        each(rate -> {
            if (rate.period().equals(period) && rate.scope().startsWith(prefix)) {
                result.add(rate);
            }
        });
        result.sort(Comparator.comparing(RateView::scope).thenComparing(RateView::code));
        return result;
    }

    private void each(Consumer<RateView> newest) {
        windows.values().forEach(rates -> newest.accept(rates.lastEntry().getValue()));
    }
}
