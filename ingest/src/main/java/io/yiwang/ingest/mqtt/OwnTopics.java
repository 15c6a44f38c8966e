package io.yiwang.ingest.mqtt;

import io.yiwang.ingest.catalogue.CataloguedDevice;
import io.yiwang.ingest.decode.sparkplug.SparkplugTopic;
import io.yiwang.model.id.DeviceTopic;

/** Decides what a device may hear and what may be said when it is gone. What it may publish is the forwarder's to decide. */
final class OwnTopics {
    private static final String REST = "#";

    private OwnTopics() {}

    /**
     * Whether {@code filter} is about the commands to the Sparkplug edge node that the device is: {@code spBv1.0/<group>/NCMD/<edge>} and
     * {@code spBv1.0/<group>/DCMD/<edge>/<device>}, the last level or what is below it also as a wildcard. Nothing else is to be heard here.
     */
    static boolean mayHear(CataloguedDevice device, String filter) {
        var levels = filter.split("/", -1);
        if (levels.length < 4
                || levels.length > 5
                || !levels[0].equals(SparkplugTopic.NAMESPACE)
                || !isName(levels[1])
                || !isEdge(device, levels[3])) {
            return false;
        }
        return switch (levels[2]) {
            case "NCMD" -> levels.length == 4 || levels[4].equals(REST);
            case "DCMD" -> levels.length == 5 && (levels[4].equals(REST) || levels[4].equals("+") || isName(levels[4]));
            default -> false;
        };
    }

    /** Whether {@code topic} may carry the device's last will: its own status topic, or the death of the edge node that it is. */
    static boolean mayLeave(CataloguedDevice device, String topic) {
        var parts = DeviceTopic.parse(topic).orElse(null);
        if (parts != null) {
            return device.owns(parts) && parts.channel().equals(DeviceTopic.STATUS);
        }
        var sparkplug = SparkplugTopic.parse(topic).orElse(null);
        return sparkplug != null && sparkplug.type() == SparkplugTopic.Type.NDEATH && isEdge(device, sparkplug.edge());
    }

    private static boolean isEdge(CataloguedDevice device, String name) {
        return name.equals(device.id()) || name.equals(device.externalId());
    }

    private static boolean isName(String level) {
        return !level.isEmpty() && level.indexOf('+') < 0 && level.indexOf('#') < 0;
    }
}
