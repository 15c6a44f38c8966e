package io.yiwang.model.domain;

import io.yiwang.model.wire.Facility;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One domain pack.
 *
 * @param id e.g. {@code gas}; also the InfluxDB measurement and the first level of its devices' MQTT topics
 */
public record Domain(
        String id,
        Name name,
        String version,
        Name scope,
        List<FacilityType> facilityTypes,
        List<Metric> metrics,
        Map<String, FacilityType> typesById,
        Map<String, Metric> metricsByCode) {

    public static Domain of(
            String id, Name name, String version, Name scope, List<FacilityType> facilityTypes, List<Metric> metrics) {
        var types = new LinkedHashMap<String, FacilityType>();
        for (var type : facilityTypes) {
            if (types.put(type.id(), type) != null) {
                throw new IllegalArgumentException("facility type " + type.id() + " is there twice");
            }
        }
        var byCode = new LinkedHashMap<String, Metric>();
        for (var metric : metrics) {
            if (byCode.put(metric.code(), metric) != null) {
                throw new IllegalArgumentException("metric " + metric.code() + " is there twice");
            }
        }
        for (var type : facilityTypes) {
            for (var device : type.devices()) {
                for (var metric : device.metrics()) {
                    if (!byCode.containsKey(metric)) {
                        throw new IllegalArgumentException("facility type " + type.id() + ", device " + device.id()
                                + ": unknown metric " + metric);
                    }
                }
            }
            var stateMetric = type.operating().metric();
            if (stateMetric != null && !byCode.containsKey(stateMetric)) {
                throw new IllegalArgumentException(
                        "facility type " + type.id() + ": unknown operating metric " + stateMetric);
            }
        }
        return new Domain(
                id,
                name,
                version,
                scope,
                List.copyOf(facilityTypes),
                List.copyOf(metrics),
                Map.copyOf(types),
                Map.copyOf(byCode));
    }

    /**
     * The facility's rules: the limits of every metric that one of its devices measures, with the facility's parameters (the
     * type's defaults where the facility has none) put in. Deterministic order: device order, then pack order.
     *
     * @throws IllegalArgumentException when a limit needs a parameter that neither the facility nor its type has
     */
    public List<Rule> rulesOf(Facility facility) {
        var type = typesById.get(facility.getType());
        var parameters = new HashMap<String, Double>(type == null ? Map.of() : type.parameters());
        parameters.putAll(facility.getParametersMap());
        var rules = new ArrayList<Rule>();
        facility.getDevicesList().stream()
                .flatMap(device -> device.getPointsList().stream())
                .map(point -> metricsByCode.get(point.getMetric()))
                .filter(metric -> metric != null)
                .distinct()
                .forEach(metric ->
                        metric.limits().forEach(limit -> rules.add(Expressions.resolve(metric, limit, parameters))));
        return rules;
    }
}
