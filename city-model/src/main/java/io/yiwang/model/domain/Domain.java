package io.yiwang.model.domain;

import io.yiwang.model.domain.YamlFile.Problem;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Facility;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One domain pack, whole and without contradictions.
 *
 * @param id e.g. {@code gas}; also the InfluxDB measurement and the first level of its devices' MQTT topics
 * @param parameters what nameplates say; a type's parameters are among them
 * @param metrics its own
 * @param metricsByCode its own and the common ones
 * @param rates its own operating rates
 * @param profiles daily courses of 24 factors from 00:00 and yearly courses of 12 from January, mean about 1
 */
public record Domain(
        String id,
        Name name,
        String version,
        Name scope,
        List<Parameter> parameters,
        List<FacilityType> facilityTypes,
        List<Metric> metrics,
        Map<String, FacilityType> typesById,
        Map<String, Metric> metricsByCode,
        List<Symptom> symptoms,
        List<Pattern> patterns,
        List<RateDefinition> rates,
        List<Fault> faults,
        Map<String, Procedure> procedures,
        Map<String, List<Double>> profiles) {

    /** A domain of metrics and types only. */
    public static Domain of(
            String id, Name name, String version, Name scope, List<FacilityType> facilityTypes, List<Metric> metrics) {
        var none = List.<Parameter>of();
        return of(
                new Pack(
                        id,
                        name,
                        version,
                        scope,
                        none,
                        facilityTypes,
                        metrics,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        Map.of()),
                null);
    }

    /**
     * @param common the pack of what all domains share; null = there is none, or this is it
     * @throws IllegalArgumentException when the parts do not fit together
     */
    static Domain of(Pack pack, @Nullable Domain common) {
        return of(pack, common, List.of());
    }

    /**
     * @param common the pack of what all domains share; null = there is none, or this is it
     * @param others the domains beside it
     * @throws IllegalArgumentException when the parts do not fit together or beside the others
     */
    static Domain of(Pack pack, @Nullable Domain common, Collection<Domain> others) {
        if (!Ids.isValid(pack.id())) {
            throw new InvalidPack(List.of(new Problem("/id", "pack id '" + pack.id() + "' must match " + Ids.ID)));
        }
        var problems = new PackChecks(pack, common).problems(others);
        if (!problems.isEmpty()) {
            throw new InvalidPack(problems);
        }
        return trusted(pack, common);
    }

    /** The same of a pack whose parts are known to fit together. */
    static Domain trusted(Pack pack, @Nullable Domain common) {
        var metrics = new HashMap<>(byId(pack.metrics(), Metric::code));
        if (common != null) {
            metrics.putAll(common.metricsByCode);
        }
        return new Domain(
                pack.id(),
                pack.name(),
                pack.version(),
                pack.scope(),
                pack.parameters(),
                pack.facilityTypes(),
                pack.metrics(),
                byId(pack.facilityTypes(), FacilityType::id),
                Map.copyOf(metrics),
                pack.symptoms(),
                pack.patterns(),
                pack.rates(),
                pack.faults(),
                byId(pack.procedures(), Procedure::id),
                pack.profiles());
    }

    private static <T> Map<String, T> byId(List<T> parts, Function<T, String> id) {
        return parts.stream().collect(Collectors.toUnmodifiableMap(id, part -> part));
    }

    /**
     * The facility's rules: the limits of every metric that one of its devices measures, with the facility's parameters (the
     * type's defaults where the facility has none) put in. Deterministic order: device order, then pack order.
     *
     * @throws IllegalArgumentException when a limit needs a parameter that neither the facility nor its type has
     */
    public List<Rule> rulesOf(Facility facility) {
        return rules(measuredBy(facility), parametersOf(facility));
    }

    /** What the facility's nameplates say: the type's defaults where the facility has nothing of its own. */
    public Map<String, Double> parametersOf(Facility facility) {
        var type = typesById.get(facility.getType());
        var parameters = new HashMap<String, Double>(type == null ? Map.of() : type.parameters());
        parameters.putAll(facility.getParametersMap());
        return parameters;
    }

    /** The metrics that its devices measure and the domain knows, in device order. */
    public Set<Metric> measuredBy(Facility facility) {
        var measured = new LinkedHashSet<Metric>();
        facility.getDevicesList().stream()
                .flatMap(device -> device.getPointsList().stream())
                .map(point -> metricsByCode.get(point.getMetric()))
                .filter(metric -> metric != null)
                .forEach(measured::add);
        return measured;
    }

    /**
     * The patterns that a facility can judge by itself: they need no neighbour, and share no metric with one that does, since what may
     * be the same event is decided at one place.
     */
    public Set<Pattern> patternsAlone() {
        var metrics = new HashMap<String, String>();
        symptoms.forEach(symptom -> metrics.put(symptom.id(), symptom.metric()));
        var alone = new LinkedHashSet<>(patterns);
        var elsewhere = new HashSet<String>();
        int before;
        do {
            before = alone.size();
            for (var pattern : patterns) {
                boolean looksAround = Stream.concat(pattern.parts().stream(), pattern.unless().stream())
                        .anyMatch(part -> part.at() != Neighbourhood.HERE);
                if (looksAround
                        || pattern.parts().stream().anyMatch(part -> elsewhere.contains(metrics.get(part.symptom())))) {
                    alone.remove(pattern);
                    pattern.parts().forEach(part -> elsewhere.add(metrics.get(part.symptom())));
                }
            }
        } while (alone.size() < before);
        return alone;
    }

    static List<Rule> rules(Set<Metric> measured, Map<String, Double> parameters) {
        var codes = new LinkedHashSet<String>();
        measured.forEach(metric -> codes.add(metric.code()));
        var rules = new ArrayList<Rule>();
        for (var metric : measured) {
            for (var limit : metric.limits()) {
                rules.add(Expressions.resolve(metric, limit, parameters, codes));
            }
        }
        return rules;
    }
}
