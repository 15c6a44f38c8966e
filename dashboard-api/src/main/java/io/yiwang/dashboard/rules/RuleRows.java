package io.yiwang.dashboard.rules;

import io.yiwang.dashboard.assets.Assets;
import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.Expressions;
import io.yiwang.model.domain.Limit;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Name;
import io.yiwang.model.domain.Pattern;
import io.yiwang.model.domain.Rule;
import io.yiwang.model.rule.RuleBook;
import io.yiwang.model.rule.RuleChecks;
import io.yiwang.model.rule.Scopes;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.LearnedChange;
import io.yiwang.model.wire.LimitChange;
import io.yiwang.model.wire.RuleRecord;
import io.yiwang.model.wire.RuleScope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one domain as a list: of each rule what holds for the place that is asked for, then what narrower places within it have of
 * their own. Functions of packs, ledger and book.
 */
final class RuleRows {
    /** Later than every version that was ever made. */
    private static final long LATEST = Long.MAX_VALUE;

    /**
     * A limit as somebody states it.
     *
     * @param value number or expression; empty for states
     * @param deadband null = as usual
     */
    record Stated(
            String value,
            List<Double> states,
            int grade,
            int onDelaySeconds,
            int offDelaySeconds,
            @Nullable Double deadband,
            String statistic,
            String source) {}

    /**
     * One statement.
     *
     * @param id rule and scope
     * @param kind {@code limit}, {@code learned} or {@code pattern}
     * @param scope where it is stated
     * @param metric code; empty of a pattern and of what is learned of a device's points together
     * @param name of the pattern; null of all else
     * @param side null of all but limits
     * @param stated null of all but limits
     * @param pack what the pack states of the same; null when it states nothing
     * @param effective the limit as a number for the place that is asked for, in the metric's unit; null when it moves, is a state or
     *     cannot be told for so wide a place
     * @param moving whether it depends on other readings or on the hour
     * @param grade of all but limits: 1 to 4, 0 = the usual one
     * @param changed whether people made it so
     * @param version newest of its id and scope; 0 = nobody ever touched it
     * @param confidence V, P or K; null of what is learned
     * @param evaluated whether detection judges it
     * @param problem why it cannot be evaluated for the place that is asked for; null when it can
     */
    record RuleView(
            String id,
            String rule,
            String kind,
            ScopeView scope,
            String domain,
            String metric,
            @Nullable Name name,
            @Nullable String side,
            @Nullable Stated stated,
            @Nullable Stated pack,
            @Nullable Double effective,
            boolean moving,
            boolean disabled,
            int grade,
            boolean changed,
            int version,
            @Nullable String changedBy,
            @Nullable Instant changedAt,
            @Nullable Instant validFrom,
            String note,
            @Nullable String confidence,
            boolean evaluated,
            @Nullable String problem) {}

    private final Domain domain;
    private final Assets assets;
    private final RuleBook book;
    private final @Nullable String type;
    private final @Nullable Facility facility;
    /** What holds for the place, the narrowest first. */
    private final List<RuleScope> chain = new ArrayList<>();

    private final Map<String, List<RuleRecord>> statements;
    private final List<RuleView> rows = new ArrayList<>();

    private RuleRows(Domain domain, Assets assets, RuleBook book, @Nullable String type, @Nullable Facility facility) {
        this.domain = domain;
        this.assets = assets;
        this.book = book;
        this.type = facility == null ? type : facility.getType();
        this.facility = facility;
        if (facility != null) {
            chain.add(Scopes.facility(domain.id(), facility.getId()));
        }
        if (this.type != null) {
            chain.add(Scopes.type(domain.id(), this.type));
        }
        chain.add(Scopes.domain(domain.id()));
        statements = book.inForce(LATEST).stream()
                .filter(record -> record.getScope().getDomain().equals(domain.id()))
                .filter(record -> record.hasLimit() || record.hasLearned())
                .collect(Collectors.groupingBy(RuleRecord::getId, TreeMap::new, Collectors.toList()));
    }

    /**
     * @param type null = all types
     * @param facility null = all facilities
     */
    static List<RuleView> of(
            Domain domain, Assets assets, RuleBook book, @Nullable String type, @Nullable Facility facility) {
        return new RuleRows(domain, assets, book, type, facility).rows();
    }

    private List<RuleView> rows() {
        var shown = metrics();
        for (var metric : shown) {
            for (var limit : metric.limits()) {
                limit(Expressions.id(metric, limit), metric, limit);
            }
            statements.forEach((id, records) -> {
                if (id.startsWith(RuleChecks.OWN)
                        && records.get(0).getLimit().getMetric().equals(metric.code())) {
                    limit(id, metric, null);
                }
            });
            learned(metric.code() + RuleChecks.BASELINE, metric.code());
        }
        learned(RuleChecks.JOINT, "");
        domain.patternsAlone().stream()
                .filter(pattern -> type == null || pattern.facilityTypes().contains(type))
                .forEach(this::pattern);
        return rows;
    }

    /** What the place measures, in the pack's order, then what all domains share. */
    private List<Metric> metrics() {
        var measured = measured();
        var all = new LinkedHashSet<>(domain.metrics());
        domain.metricsByCode().values().stream()
                .sorted(Comparator.comparing(Metric::code))
                .forEach(all::add);
        return all.stream()
                .filter(metric -> measured == null || measured.contains(metric.code()))
                .toList();
    }

    /** Null = whatever the domain has. */
    private @Nullable Set<String> measured() {
        if (facility != null) {
            return domain.measuredBy(facility).stream().map(Metric::code).collect(Collectors.toSet());
        }
        var usual = type == null ? null : domain.typesById().get(type);
        return usual == null
                ? null
                : usual.devices().stream()
                        .flatMap(device -> device.metrics().stream())
                        .collect(Collectors.toSet());
    }

    private void limit(String id, Metric metric, @Nullable Limit limit) {
        var winner = winner(id);
        if (winner != null) {
            rows.add(limit(id, metric, limit, winner));
        } else if (limit != null) {
            rows.add(limit(id, metric, limit, null));
        }
        for (var record : narrower(id)) {
            rows.add(limit(id, metric, limit, record));
        }
    }

    private void learned(String id, String metric) {
        var winner = winner(id);
        if (winner != null) {
            rows.add(setting(id, "learned", metric, null, 0, winner));
        }
        narrower(id).forEach(record -> rows.add(setting(id, "learned", metric, null, 0, record)));
    }

    /** The pack states it as it does a limit, so it is listed also where nobody touched it. */
    private void pattern(Pattern pattern) {
        var id = RuleChecks.PATTERN + pattern.id();
        rows.add(setting(id, "pattern", "", pattern.name(), pattern.grade(), winner(id)));
        narrower(id).forEach(record -> rows.add(setting(id, "pattern", "", pattern.name(), pattern.grade(), record)));
    }

    private @Nullable RuleRecord winner(String id) {
        var records = statements.getOrDefault(id, List.of());
        for (var scope : chain) {
            for (var record : records) {
                if (record.getScope().equals(scope)) {
                    return record;
                }
            }
        }
        return null;
    }

    /** Within the place, and not the place itself. */
    private List<RuleRecord> narrower(String id) {
        return statements.getOrDefault(id, List.of()).stream()
                .filter(record -> Scopes.narrowness(record.getScope()) > Scopes.narrowness(chain.get(0)))
                .filter(record -> within(record.getScope()))
                .toList();
    }

    private boolean within(RuleScope scope) {
        if (facility != null) {
            return scope.getFacility().equals(facility.getId());
        }
        return type == null
                || assets.facility(scope.getFacility())
                        .filter(of -> of.getType().equals(type))
                        .isPresent();
    }

    private RuleView limit(String id, Metric metric, @Nullable Limit limit, @Nullable RuleRecord record) {
        var scope = record == null ? chain.get(chain.size() - 1) : record.getScope();
        var pack = limit == null ? null : RuleChecks.changeOf(metric, limit);
        var change = record == null ? pack : record.getLimit();
        if (change == null) {
            throw new IllegalStateException("nobody states " + id);
        }
        // An own limit of a narrower place may be one of another metric.
        var of = domain.metricsByCode().getOrDefault(change.getMetric(), metric);
        Rule rule = null;
        String problem = null;
        String confidence = null;
        if (!change.getDisabled()) {
            try {
                var stated = record == null && limit != null ? limit : RuleChecks.limitOf(change, of);
                confidence = stated.confidence();
                rule = Expressions.resolve(
                        id, record == null ? 0 : record.getVersion(), of, stated, parameters(scope), codes(scope));
            } catch (IllegalArgumentException e) {
                // A whole domain has no parameters of its own: there the expression stands for itself.
                problem =
                        facility == null && type == null && scope.getFacility().isEmpty() ? null : e.getMessage();
            }
        }
        return new RuleView(
                ScopeView.id(id, scope),
                id,
                "limit",
                ScopeView.of(scope),
                domain.id(),
                of.code(),
                null,
                change.getSide(),
                stated(change),
                pack == null ? null : stated(pack),
                rule == null || Double.isNaN(rule.limit()) ? null : rule.limit(),
                rule != null && rule.formula() != null,
                change.getDisabled(),
                change.getGrade(),
                record != null,
                newest(id, scope),
                record == null ? null : record.getChangedBy(),
                record == null ? null : Instant.ofEpochMilli(record.getChangedMillis()),
                record == null ? null : Instant.ofEpochMilli(record.getValidFromMillis()),
                record == null ? "" : record.getNote(),
                confidence,
                rule == null ? problem == null && !change.getDisabled() : rule.evaluated(),
                problem);
    }

    /**
     * @param usualGrade 0 = it has none of its own
     * @param record null = nobody touched it
     */
    private RuleView setting(
            String id, String kind, String metric, @Nullable Name name, int usualGrade, @Nullable RuleRecord record) {
        var scope = record == null ? chain.get(chain.size() - 1) : record.getScope();
        var change = record == null ? LearnedChange.getDefaultInstance() : record.getLearned();
        return new RuleView(
                ScopeView.id(id, scope),
                id,
                kind,
                ScopeView.of(scope),
                domain.id(),
                metric,
                name,
                null,
                null,
                null,
                null,
                false,
                change.getDisabled(),
                change.getGrade() == 0 ? usualGrade : change.getGrade(),
                record != null,
                newest(id, scope),
                record == null ? null : record.getChangedBy(),
                record == null ? null : Instant.ofEpochMilli(record.getChangedMillis()),
                record == null ? null : Instant.ofEpochMilli(record.getValidFromMillis()),
                record == null ? "" : record.getNote(),
                null,
                !change.getDisabled(),
                null);
    }

    private int newest(String id, RuleScope scope) {
        var versions = book.versions(id, scope);
        return versions.isEmpty() ? 0 : versions.get(versions.size() - 1).getVersion();
    }

    /** Of the place that is asked for, or of the narrower one where the statement stands. */
    private Map<String, Double> parameters(RuleScope scope) {
        var at = place(scope);
        if (at != null) {
            return domain.parametersOf(at);
        }
        var usual = domain.typesById().get(type == null ? scope.getFacilityType() : type);
        return usual == null ? Map.of() : usual.parameters();
    }

    private Set<String> codes(RuleScope scope) {
        var at = place(scope);
        return at == null
                ? domain.metricsByCode().keySet()
                : domain.measuredBy(at).stream().map(Metric::code).collect(Collectors.toSet());
    }

    private @Nullable Facility place(RuleScope scope) {
        return facility != null
                ? facility
                : assets.facility(scope.getFacility()).orElse(null);
    }

    static Stated stated(LimitChange change) {
        return new Stated(
                change.getValue(),
                change.getValuesList(),
                change.getGrade(),
                change.getOnDelaySeconds(),
                change.getOffDelaySeconds(),
                change.hasDeadband() ? change.getDeadband() : null,
                change.getStatistic().isEmpty() ? Limit.RAW : change.getStatistic(),
                change.getSource());
    }
}
