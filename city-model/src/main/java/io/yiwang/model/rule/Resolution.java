package io.yiwang.model.rule;

import io.yiwang.model.domain.Domain;
import io.yiwang.model.domain.Expressions;
import io.yiwang.model.domain.Limit;
import io.yiwang.model.domain.Metric;
import io.yiwang.model.domain.Rule;
import io.yiwang.model.id.Ids;
import io.yiwang.model.rule.FacilityRules.Learned;
import io.yiwang.model.rule.FacilityRules.Window;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.RuleScope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds what holds at one facility at one log clock. */
final class Resolution {
    private final RuleBook book;
    private final Domain domain;
    private final Facility facility;
    private final long logMillis;
    private final Map<String, Double> parameters;
    private final Set<Metric> measured;
    private final Set<String> codes;
    /** Devices that measure a metric, sorted. */
    private final Map<String, Set<String>> devicesByMetric = new HashMap<>();
    /** Of the facility as a whole, the narrowest first. */
    private final List<RuleScope> scopes;
    /** Of the devices that people gave something of their own, by device. */
    private final Map<String, RuleScope> deviceScopes = new TreeMap<>();

    private final Set<String> refused = new TreeSet<>();

    Resolution(RuleBook book, Domain domain, Facility facility, long logMillis) {
        this.book = book;
        this.domain = domain;
        this.facility = facility;
        this.logMillis = logMillis;
        parameters = domain.parametersOf(facility);
        measured = domain.measuredBy(facility);
        codes = measured.stream().map(Metric::code).collect(Collectors.toSet());
        scopes = new ArrayList<>(Scopes.of(facility));
        Collections.reverse(scopes);
        for (var device : facility.getDevicesList()) {
            var scope = Scopes.device(facility.getDomain(), facility.getId(), device.getId());
            if (!book.ids(scope).isEmpty()) {
                deviceScopes.put(device.getId(), scope);
            }
            device.getPointsList()
                    .forEach(point -> devicesByMetric
                            .computeIfAbsent(point.getMetric(), metric -> new TreeSet<>())
                            .add(device.getId()));
        }
    }

    FacilityRules rules() {
        var limits = new ArrayList<PlacedRule>();
        for (var metric : measured) {
            for (var limit : metric.limits()) {
                place(Expressions.id(metric, limit), metric, limit, limits);
            }
        }
        for (var id : ids(RuleChecks.OWN)) {
            place(id, null, null, limits);
        }
        return new FacilityRules(
                limits,
                windows(),
                learned(),
                joint(),
                patterns(),
                book.nextChangeMillis(facility, logMillis),
                List.copyOf(refused));
    }

    /** @param rule null = it is disabled, or there is none */
    private record Word(@Nullable Rule rule, @Nullable RuleScope scope) {}

    private void place(String id, @Nullable Metric packMetric, @Nullable Limit packLimit, List<PlacedRule> to) {
        var wide = facilityWide(id, packMetric, packLimit);
        var ofDevices = new TreeMap<String, Word>();
        deviceScopes.forEach((device, scope) -> {
            var word = word(id, scope);
            if (word != null) {
                ofDevices.put(device, word);
            }
        });
        add(wide, device -> !ofDevices.containsKey(device), to);
        ofDevices.forEach((device, word) -> add(word, device::equals, to));
    }

    private void add(Word word, Predicate<String> where, List<PlacedRule> to) {
        var rule = word.rule;
        if (rule == null) {
            return;
        }
        var devices = devicesByMetric.getOrDefault(rule.metric(), Set.of()).stream()
                .filter(where)
                .toList();
        if (!devices.isEmpty()) {
            to.add(new PlacedRule(rule, devices, word.scope));
        }
    }

    private Word facilityWide(String id, @Nullable Metric packMetric, @Nullable Limit packLimit) {
        for (var scope : scopes) {
            var word = word(id, scope);
            if (word != null) {
                return word;
            }
        }
        if (packMetric == null || packLimit == null) {
            return new Word(null, null);
        }
        try {
            return new Word(Expressions.resolve(id, 0, packMetric, packLimit, parameters, codes), null);
        } catch (IllegalArgumentException e) {
            refused.add(e.getMessage());
            return new Word(null, null);
        }
    }

    /** Null = the scope says nothing, or nothing that can be judged here. */
    private @Nullable Word word(String id, RuleScope scope) {
        var record = book.inForce(scope, id, logMillis);
        if (record == null || !record.hasLimit()) {
            return null;
        }
        var change = record.getLimit();
        if (change.getDisabled()) {
            return new Word(null, scope);
        }
        var metric = domain.metricsByCode().get(change.getMetric());
        if (metric == null || !codes.contains(metric.code())) {
            // It is for those facilities of the scope that measure it.
            return null;
        }
        try {
            var limit = RuleChecks.limitOf(change, metric);
            return new Word(RuleChecks.resolved(record, metric, limit, parameters, codes), scope);
        } catch (IllegalArgumentException e) {
            refused.add(Scopes.key(record) + ": " + e.getMessage());
            return null;
        }
    }

    private List<Window> windows() {
        var windows = new ArrayList<Window>();
        for (var scope : allScopes()) {
            for (var id : book.ids(scope).keySet()) {
                var record = book.inForce(scope, id, logMillis);
                if (record != null && record.hasMaintenance()) {
                    var window = record.getMaintenance();
                    windows.add(new Window(id, scope.getDevice(), window.getFromMillis(), window.getToMillis()));
                }
            }
        }
        return windows;
    }

    private Map<String, Learned> learned() {
        var learned = new HashMap<String, Learned>();
        for (var metric : measured) {
            for (var device : devicesByMetric.getOrDefault(metric.code(), Set.of())) {
                var setting = setting(metric.code() + RuleChecks.BASELINE, device);
                if (setting != null) {
                    learned.put(Ids.point(device, metric.code()), setting);
                }
            }
        }
        return learned;
    }

    private Map<String, Learned> joint() {
        var joint = new HashMap<String, Learned>();
        for (var device : facility.getDevicesList()) {
            var setting = setting(RuleChecks.JOINT, device.getId());
            if (setting != null) {
                joint.put(device.getId(), setting);
            }
        }
        return joint;
    }

    private Map<String, Learned> patterns() {
        var patterns = new HashMap<String, Learned>();
        for (var pattern : domain.patterns()) {
            var setting = setting(RuleChecks.PATTERN + pattern.id(), scopes);
            if (setting != null) {
                patterns.put(pattern.id(), setting);
            }
        }
        return patterns;
    }

    private @Nullable Learned setting(String id, String device) {
        var scope = deviceScopes.get(device);
        var own = scope == null ? null : setting(id, List.of(scope));
        return own == null ? setting(id, scopes) : own;
    }

    /** @param narrowestFirst the first that says something counts */
    private @Nullable Learned setting(String id, List<RuleScope> narrowestFirst) {
        for (var scope : narrowestFirst) {
            var record = book.inForce(scope, id, logMillis);
            if (record != null && record.hasLearned()) {
                var setting = record.getLearned();
                return new Learned(setting.getDisabled(), setting.getGrade(), record.getVersion());
            }
        }
        return null;
    }

    private Set<String> ids(String prefix) {
        var ids = new TreeSet<String>();
        for (var scope : allScopes()) {
            for (var id : book.ids(scope).tailMap(prefix).keySet()) {
                if (!id.startsWith(prefix)) {
                    break;
                }
                ids.add(id);
            }
        }
        return ids;
    }

    private List<RuleScope> allScopes() {
        var all = new ArrayList<>(scopes);
        all.addAll(deviceScopes.values());
        return all;
    }
}
