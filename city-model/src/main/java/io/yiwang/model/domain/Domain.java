package io.yiwang.model.domain;

import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Facility;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
        Map<String, Metric> metricsByCode,
        List<Fault> faults,
        Map<String, List<Double>> profiles) {

    private static final int HOURS = 24;

    /** A domain without simulator behaviour. */
    public static Domain of(
            String id, Name name, String version, Name scope, List<FacilityType> facilityTypes, List<Metric> metrics) {
        return of(id, name, version, scope, facilityTypes, metrics, List.of(), Map.of());
    }

    /**
     * @param profiles daily courses: 24 factors each, from 00:00, mean about 1
     * @throws IllegalArgumentException when the parts do not fit together
     */
    public static Domain of(
            String id,
            Name name,
            String version,
            Name scope,
            List<FacilityType> facilityTypes,
            List<Metric> metrics,
            List<Fault> faults,
            Map<String, List<Double>> profiles) {
        if (!Ids.isValid(id)) {
            throw new IllegalArgumentException("pack id '" + id + "' must match " + Ids.ID);
        }
        var types = new LinkedHashMap<String, FacilityType>();
        for (var type : facilityTypes) {
            if (types.put(type.id(), type) != null) {
                throw InvalidPack.twice(type.id(), "facility type " + type.id() + " is there twice");
            }
        }
        var byCode = new LinkedHashMap<String, Metric>();
        for (var metric : metrics) {
            if (byCode.put(metric.code(), metric) != null) {
                throw InvalidPack.twice(metric.code(), "metric " + metric.code() + " is there twice");
            }
            checkSides(metric);
        }
        for (var type : facilityTypes) {
            checkType(type, byCode);
        }
        for (var fault : faults) {
            checkFault(fault, types, byCode);
        }
        profiles.forEach((profile, factors) -> {
            if (factors.size() != HOURS) {
                throw InvalidPack.at(
                        profile, "profile " + profile + " has " + factors.size() + " factors, not " + HOURS);
            }
        });
        return new Domain(
                id,
                name,
                version,
                scope,
                List.copyOf(facilityTypes),
                List.copyOf(metrics),
                Map.copyOf(types),
                Map.copyOf(byCode),
                List.copyOf(faults),
                Map.copyOf(profiles));
    }

    private static void checkSides(Metric metric) {
        var sides = EnumSet.noneOf(Side.class);
        for (var limit : metric.limits()) {
            if (!sides.add(limit.side())) {
                throw InvalidPack.at(
                        metric.code(),
                        "metric " + metric.code() + " has two limits "
                                + limit.side().code());
            }
        }
    }

    private static void checkType(FacilityType type, Map<String, Metric> metrics) {
        var devices = new HashSet<String>();
        var measured = new LinkedHashSet<Metric>();
        for (var device : type.devices()) {
            if (!devices.add(device.id())) {
                throw InvalidPack.at(type.id(), "facility type " + type.id() + " has two devices " + device.id());
            }
            for (var metric : device.metrics()) {
                measured.add(known(metric, metrics, "facility type " + type.id() + ", device " + device.id()));
            }
        }
        var stateMetric = type.operating().metric();
        if (stateMetric != null) {
            known(stateMetric, metrics, "facility type " + type.id() + ", operating state");
        }
        type.behaviour().forEach(b -> known(b.metric(), metrics, "facility type " + type.id() + ", behaviour"));
        for (var metric : measured) {
            for (var limit : metric.limits()) {
                try {
                    Expressions.resolve(metric, limit, type.parameters());
                } catch (IllegalArgumentException e) {
                    throw InvalidPack.at(type.id(), "facility type " + type.id() + ": " + e.getMessage());
                }
            }
        }
    }

    private static void checkFault(Fault fault, Map<String, FacilityType> types, Map<String, Metric> metrics) {
        fault.effects().forEach(effect -> known(effect.metric(), metrics, "fault " + fault.id()));
        for (var type : fault.facilityTypes()) {
            if (!types.containsKey(type)) {
                throw InvalidPack.at(type, "fault " + fault.id() + ": unknown facility type " + type);
            }
        }
    }

    private static Metric known(String code, Map<String, Metric> metrics, String where) {
        var metric = metrics.get(code);
        if (metric == null) {
            throw InvalidPack.at(code, where + ": unknown metric " + code);
        }
        return metric;
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
