package io.yiwang.model.id;

import java.util.Optional;

/** The MQTT topics of a device: {@code city/v1/<domain>/<facility>/<device>/<channel>}. */
public record DeviceTopic(String domain, String facility, String device, String channel) {
    public static final String ROOT = "city/v1";
    public static final String TELEMETRY = "telemetry";
    /** Telemetry as SenML JSON. */
    public static final String SENML = "senml";
    /** Telemetry as HJ 212 frames. */
    public static final String HJ212 = "hj212";
    /** Birth, last will and heartbeat. */
    public static final String STATUS = "status";

    /** The topic's parts, or empty when it is not a device topic of this version. */
    public static Optional<DeviceTopic> parse(String topic) {
        var levels = topic.split("/", -1);
        if (levels.length != 6 || !levels[0].equals("city") || !levels[1].equals("v1")) {
            return Optional.empty();
        }
        for (int i = 2; i < 6; i++) {
            if (!Ids.isValid(levels[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(new DeviceTopic(levels[2], levels[3], levels[4], levels[5]));
    }

    @Override
    public String toString() {
        return ROOT + "/" + domain + "/" + facility + "/" + device + "/" + channel;
    }
}
