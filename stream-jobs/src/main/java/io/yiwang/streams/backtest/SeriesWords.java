package io.yiwang.streams.backtest;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Limit;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Rule;
import io.yiwang.model.domain.Side;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What people say of the series of a file: the pack's metric that one is, and limits and ranges that count instead of the metric's.
 *
 * @param remarks what of it does not hold here, for people
 */
record SeriesWords(SeriesRules rules, Map<String, Mapped> mapped, List<String> remarks) {
    private static final char TYPE_MARK = '@';

    /** A pack metric with its limits as they are for one type of facility. */
    record Mapped(Metric metric, List<Limit> limits) {}

    /**
     * @param metrics by series, {@code metric} or {@code metric@type}: whose parameters count; without a type the first of the domain
     *     that has all it needs
     * @throws CannotBacktest when there is no such series, metric or type
     */
    static SeriesWords of(List<String> series, SeriesRules rules, Map<String, String> metrics, DomainPacks packs) {
        var mapped = new HashMap<String, Mapped>();
        var remarks = new ArrayList<String>();
        metrics.forEach((name, word) -> {
            if (!series.contains(name)) {
                throw new CannotBacktest("--metric " + name + ": the file has no such series; it has " + series);
            }
            mapped.put(name, mapped(name, word, packs, remarks));
        });
        return new SeriesWords(rules, mapped, List.copyOf(remarks));
    }

    private static Mapped mapped(String name, String word, DomainPacks packs, List<String> remarks) {
        int mark = word.indexOf(TYPE_MARK);
        var code = mark < 0 ? word : word.substring(0, mark);
        var type = mark < 0 ? null : word.substring(mark + 1);
        var metric = packs.metric(code)
                .orElseThrow(() -> new CannotBacktest("--metric " + name + ": no pack has a metric '" + code + "'"));
        var domain = packs.all().stream()
                .filter(one -> one.metrics().contains(metric))
                .findFirst();
        if (domain.isEmpty()) {
            return new Mapped(metric, List.of());
        }
        var limits = new ArrayList<Limit>();
        var chosen = new String[1];
        for (var rule : rules(name, metric, domain.get(), type, chosen)) {
            if (!rule.evaluated()) {
                remarks.add(name + ": limit " + rule.id() + " is of the statistic " + rule.statistic()
                        + " or moves with its district and is not judged here");
            } else if (rule.formula() != null) {
                remarks.add(name + ": limit " + rule.id() + " moves with other metrics and is not judged here");
            } else {
                limits.add(limit(rule));
            }
        }
        remarks.add(name + ": judged as " + code + " (" + metric.unit() + ") of a "
                + domain.get().id() + " " + (chosen[0] == null ? "facility" : chosen[0]));
        return new Mapped(metric, limits);
    }

    private static List<Rule> rules(String name, Metric metric, Domain domain, @Nullable String type, String[] chosen) {
        var types = domain.facilityTypes().stream()
                .map(one -> one.id())
                .filter(id -> type == null || id.equals(type))
                .toList();
        if (types.isEmpty() && type != null) {
            throw new CannotBacktest("--metric " + name + ": domain " + domain.id() + " has no facility type '" + type
                    + "'; it has "
                    + domain.facilityTypes().stream().map(one -> one.id()).toList());
        }
        var failure = "the domain has no facility types";
        for (var id : types) {
            try {
                var rules = domain.rulesOf(Facility.newBuilder()
                        .setDomain(domain.id())
                        .setType(id)
                        .addDevices(
                                Device.newBuilder().addPoints(Point.newBuilder().setMetric(metric.code())))
                        .build());
                chosen[0] = id;
                return rules;
            } catch (IllegalArgumentException e) {
                failure = String.valueOf(e.getMessage());
            }
        }
        throw new CannotBacktest(
                "--metric " + name + ": the limits of " + metric.code() + " cannot be told: " + failure);
    }

    private static Limit limit(Rule rule) {
        return new Limit(
                rule.side(),
                rule.side() == Side.STATE ? null : Double.toString(rule.limit()),
                rule.states(),
                rule.grade(),
                rule.onDelaySeconds(),
                rule.offDelaySeconds(),
                rule.deadband(),
                rule.statistic(),
                rule.source(),
                rule.confidence());
    }

    /** The series as they are judged; limits that people state for a side replace those of the pack. */
    List<SeriesSet.Series> of(List<String> names, List<Long> periodMillis) {
        var series = new ArrayList<SeriesSet.Series>();
        for (int i = 0; i < names.size(); i++) {
            var own = rules.of(names.get(i));
            var pack = mapped.get(names.get(i));
            var limits = new ArrayList<>(own.limits());
            if (pack != null) {
                pack.limits.stream()
                        .filter(limit -> own.limits().stream().noneMatch(mine -> mine.side() == limit.side()))
                        .forEach(limits::add);
            }
            series.add(new SeriesSet.Series(
                    names.get(i),
                    (int) Math.min(Integer.MAX_VALUE, Math.max(1, Math.round(periodMillis.get(i) / 1000.0))),
                    own.range() != null || pack == null ? own.range() : pack.metric.range(),
                    limits,
                    pack == null ? null : pack.metric.kind()));
        }
        return series;
    }
}
