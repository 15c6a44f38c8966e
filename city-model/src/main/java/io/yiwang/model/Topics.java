package io.yiwang.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The Kafka topics: names, partitions and settings have their one home here. */
public final class Topics {
    public static final String TELEMETRY = "telemetry";
    public static final String REJECTED = "telemetry.rejected";
    public static final String ALARMS = "alarms";
    public static final String QUALITY = "quality";
    public static final String RATES = "rates";
    public static final String ASSETS = "assets";
    public static final String RULES = "rules";
    /** What officers say of alarms. */
    public static final String VERDICTS = "verdicts";
    /** Who wanted in and is not in the ledger. */
    public static final String NEWCOMERS = "newcomers";
    /** What the simulator makes happen, for whoever scores detection; nothing that watches the city reads it. */
    public static final String TRUTH = "truth";

    private static final String GIB = String.valueOf(1L << 30);

    /** A topic and the settings it is created with. */
    public record Topic(String name, int partitions, Map<String, String> settings) {}

    /**
     * Every topic. Deleted topics are bounded in time and bytes per partition so that a disk cannot fill: telemetry 3 days or
     * 1 GiB a partition, alarms 90 days. LogAppendTime makes the record's timestamp the log clock that event-time logic runs
     * on, and keeps a device with a wrong clock from being refused by the broker.
     */
    public static final List<Topic> ALL = List.of(
            new Topic(TELEMETRY, 6, kept("259200000", GIB)),
            new Topic(REJECTED, 3, kept("864000000", GIB)),
            new Topic(
                    ALARMS,
                    3,
                    Map.of(
                            "cleanup.policy",
                            "delete",
                            "message.timestamp.type",
                            "LogAppendTime",
                            "retention.ms",
                            "7776000000",
                            "retention.bytes",
                            GIB,
                            // One broker only: an alarm is on the disk, not only in its cache, before it counts as
                            // stored.
                            "flush.messages",
                            "1")),
            new Topic(QUALITY, 3, compacted()),
            new Topic(RATES, 3, compactedAndKept("2592000000")),
            new Topic(ASSETS, 3, compacted()),
            new Topic(RULES, 1, compacted()),
            new Topic(VERDICTS, 1, compacted()),
            // Strangers decide how much comes here: bounded in bytes as well.
            new Topic(NEWCOMERS, 1, with(compactedAndKept("2592000000"), "retention.bytes", "268435456")),
            new Topic(TRUTH, 1, kept("7776000000", GIB)));

    private Topics() {}

    private static Map<String, String> kept(String millis, String bytes) {
        return Map.of(
                "cleanup.policy",
                "delete",
                "message.timestamp.type",
                "LogAppendTime",
                "retention.ms",
                millis,
                "retention.bytes",
                bytes,
                "segment.bytes",
                String.valueOf(128 << 20),
                "max.message.bytes",
                "1048576");
    }

    private static Map<String, String> with(Map<String, String> settings, String name, String value) {
        var more = new HashMap<>(settings);
        more.put(name, value);
        return Map.copyOf(more);
    }

    private static Map<String, String> compacted() {
        return Map.of(
                "cleanup.policy", "compact",
                "message.timestamp.type", "LogAppendTime",
                "segment.ms", "3600000",
                "max.message.bytes", "4194304");
    }

    private static Map<String, String> compactedAndKept(String millis) {
        return Map.of(
                "cleanup.policy", "compact,delete",
                "message.timestamp.type", "LogAppendTime",
                "segment.ms", "3600000",
                "retention.ms", millis);
    }
}
