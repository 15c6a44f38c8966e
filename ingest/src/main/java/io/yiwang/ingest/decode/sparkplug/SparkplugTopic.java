package io.yiwang.ingest.decode.sparkplug;

import java.util.Optional;

/**
 * A Sparkplug B topic: {@code spBv1.0/<group>/<type>/<edge>[/<device>]}.
 *
 * @param device empty: the edge node itself
 */
public record SparkplugTopic(String group, Type type, String edge, String device) {
    /** The message types that an edge node sends, and the commands that it is sent. */
    public enum Type {
        NBIRTH,
        NDATA,
        NDEATH,
        DBIRTH,
        DDATA,
        DDEATH,
        NCMD,
        DCMD
    }

    /** First level of every Sparkplug B topic. */
    public static final String NAMESPACE = "spBv1.0";

    /** The topic's parts, or empty when it is not a Sparkplug topic. */
    public static Optional<SparkplugTopic> parse(String topic) {
        if (!topic.startsWith(NAMESPACE + "/")) {
            return Optional.empty();
        }
        var levels = topic.split("/", -1);
        if (levels.length < 4 || levels.length > 5) {
            return Optional.empty();
        }
        for (var type : Type.values()) {
            if (type.name().equals(levels[2])) {
                boolean ofDevice = levels[2].charAt(0) == 'D';
                return ofDevice == (levels.length == 5)
                        ? Optional.of(new SparkplugTopic(levels[1], type, levels[3], ofDevice ? levels[4] : ""))
                        : Optional.empty();
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        var ofNode = NAMESPACE + "/" + group + "/" + type + "/" + edge;
        return device.isEmpty() ? ofNode : ofNode + "/" + device;
    }
}
