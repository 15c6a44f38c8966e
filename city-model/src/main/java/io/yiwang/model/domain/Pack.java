package io.yiwang.model.domain;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A domain pack as its file states it; parts that are left out are empty. {@link Domain#of(Pack, Domain)} makes it a domain. */
record Pack(
        String id,
        Name name,
        String version,
        Name scope,
        List<Parameter> parameters,
        List<FacilityType> facilityTypes,
        List<Metric> metrics,
        List<Symptom> symptoms,
        List<Pattern> patterns,
        List<RateDefinition> rates,
        List<Fault> faults,
        List<Procedure> procedures,
        Map<String, List<Double>> profiles) {
    Pack {
        parameters = orEmpty(parameters);
        facilityTypes = orEmpty(facilityTypes);
        metrics = orEmpty(metrics);
        symptoms = orEmpty(symptoms);
        patterns = orEmpty(patterns);
        rates = orEmpty(rates);
        faults = orEmpty(faults);
        procedures = orEmpty(procedures);
        profiles = profiles == null ? Map.of() : Map.copyOf(profiles);
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }
}
