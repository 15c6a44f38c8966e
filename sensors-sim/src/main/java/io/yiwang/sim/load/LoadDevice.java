package io.yiwang.sim.load;

import io.yiwang.model.id.DeviceTopic;

/**
 * A device that the generator plays.
 *
 * @param secret its MQTT password; its id is user name and client id
 */
public record LoadDevice(String domain, String facility, String id, String secret) {
    String topic() {
        return new DeviceTopic(domain, facility, id, DeviceTopic.TELEMETRY).toString();
    }

    @Override
    public String toString() {
        return id;
    }
}
