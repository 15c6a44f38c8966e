package io.yiwang.model.domain;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A kind of facility of a domain.
 *
 * @param parameters default value of each parameter that limits and behaviour may use; a facility may override them
 * @param devices the devices that such a facility usually has
 * @param behaviour how its metrics behave while nothing is wrong, each after those it depends on
 * @param placement how a generated city places it; null = never
 */
public record FacilityType(
        String id,
        Name name,
        Map<String, Double> parameters,
        Operating operating,
        List<DeviceTemplate> devices,
        List<Behaviour> behaviour,
        @Nullable Placement placement) {

    public FacilityType {
        parameters = parameters == null ? Map.of() : Map.copyOf(parameters);
        operating = operating == null ? Operating.WHILE_REPORTING : operating;
        devices = devices == null ? List.of() : List.copyOf(devices);
        behaviour = behaviour == null ? List.of() : List.copyOf(behaviour);
    }

    /** A type that nothing simulates. */
    public FacilityType(
            String id, Name name, Map<String, Double> parameters, Operating operating, List<DeviceTemplate> devices) {
        this(id, name, parameters, operating, devices, List.of(), null);
    }

    /**
     * A device that facilities of the type usually have; {@code id} becomes the last part of the device's id.
     *
     * @param metrics codes of the pack or of the common one
     * @param link how it reports; null = wired
     * @param sampleSeconds how often it measures; 0 = the shortest period of its metrics
     * @param change what it reports by exception: a change of this share of a metric's normal span since the last report; 0 = every
     *     reading
     * @param heartbeatSeconds of a device that reports by exception: it reports at least this often
     */
    public record DeviceTemplate(
            String id,
            Name name,
            List<String> metrics,
            Link link,
            int sampleSeconds,
            double change,
            int heartbeatSeconds) {
        public DeviceTemplate {
            metrics = List.copyOf(metrics);
            link = link == null ? Link.WIRED : link;
            if (sampleSeconds < 0 || heartbeatSeconds < 0 || !(change >= 0)) {
                throw new IllegalArgumentException(
                        "device " + id + " has a negative sampleSeconds, heartbeatSeconds or change");
            }
            if (change > 0 != heartbeatSeconds > 0) {
                throw new IllegalArgumentException("device " + id + ": change and heartbeatSeconds go together");
            }
        }

        public boolean reportsByException() {
            return change > 0;
        }
    }

    /** How a device reports; it decides how long its messages travel. */
    public enum Link {
        @JsonProperty("wired")
        WIRED,
        @JsonProperty("cellular")
        CELLULAR,
        /** Cellular and asleep most of the time. */
        @JsonProperty("battery")
        BATTERY
    }
}
