package io.yiwang.model.domain;

import java.util.List;
import java.util.Map;

/**
 * A kind of facility of a domain.
 *
 * @param parameters default value of each parameter that limits and behaviour may use; a facility may override them
 * @param devices the devices that such a facility usually has
 * @param behaviour how its metrics behave while nothing is wrong, each after those it depends on
 */
public record FacilityType(
        String id,
        Name name,
        Map<String, Double> parameters,
        Operating operating,
        List<DeviceTemplate> devices,
        List<Behaviour> behaviour) {

    public FacilityType {
        parameters = parameters == null ? Map.of() : Map.copyOf(parameters);
        operating = operating == null ? Operating.WHILE_REPORTING : operating;
        devices = devices == null ? List.of() : List.copyOf(devices);
        behaviour = behaviour == null ? List.of() : List.copyOf(behaviour);
    }

    /** A type that nothing simulates. */
    public FacilityType(
            String id, Name name, Map<String, Double> parameters, Operating operating, List<DeviceTemplate> devices) {
        this(id, name, parameters, operating, devices, List.of());
    }

    /** A device that facilities of the type usually have; {@code id} becomes the last part of the device's id. */
    public record DeviceTemplate(String id, Name name, List<String> metrics) {
        public DeviceTemplate {
            metrics = List.copyOf(metrics);
        }
    }
}
