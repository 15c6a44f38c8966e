package io.yiwang.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells a benchmark how the programs are started that it measures: ingest and Kafka as {@code up} does, the yardsticks alike, and for
 * {@code detection} the back-test.
 */
record Yardsticks(DataFolder data) {
    private static final String MODULE = "deploy/yardsticks";
    private static final String PACKAGE = "io.yiwang.yardsticks.";
    /** As much as ingest has. */
    private static final int HEAP_MEGABYTES = 512;

    private static final int DETECT_HEAP_MEGABYTES = 1024;
    private static final int BACKTEST_HEAP_MEGABYTES = 1024;

    private static final List<String> LOGGING = List.of("-Dlogback.configurationFile=logback-yardsticks.xml");

    /**
     * Writes command lines by name as JSON.
     *
     * @param bench {@code ingest}, {@code detect} or {@code detection}
     */
    Path write(String bench) throws IOException {
        data.prepare();
        var installation = Installation.current();
        var file = Files.createDirectories(data.of("bench")).resolve("programs-" + bench + ".json");
        var programs = switch (bench) {
            case "detect" -> detect(installation);
            case "detection" -> backtest(installation);
            default -> programs(installation);
        };
        Files.writeString(file, JsonMapper.shared().writeValueAsString(programs));
        return file;
    }

    private static Map<String, List<String>> detect(Installation installation) {
        return Map.of(
                "kafka",
                kafka(installation),
                "detect-yardstick",
                installation.java(
                        "stream-jobs",
                        "io.yiwang.streams.detect.DetectYardstick",
                        DETECT_HEAP_MEGABYTES,
                        Installation.FLINK_JVM));
    }

    private static List<String> kafka(Installation installation) {
        return installation.java(
                "deploy/servers",
                "io.yiwang.servers.KafkaServer",
                HEAP_MEGABYTES,
                List.of("-Dlogback.configurationFile=logback-kafka.xml"));
    }

    private static Map<String, List<String>> backtest(Installation installation) {
        return Map.of(
                "backtest",
                installation.java(
                        "stream-jobs", "io.yiwang.streams.backtest.Backtest", BACKTEST_HEAP_MEGABYTES, List.of()));
    }

    private static Map<String, List<String>> programs(Installation installation) {
        var programs = new LinkedHashMap<String, List<String>>();
        programs.put("kafka", kafka(installation));
        programs.put("ingest", installation.java("ingest", "io.yiwang.ingest.IngestMain", HEAP_MEGABYTES, List.of()));
        Map.of(
                        "floor-door", "FloorDoor",
                        "floor-producer", "FloorProducer",
                        "floor-receiver", "FloorReceiver",
                        "camel", "CamelBridge")
                .forEach((name, mainClass) ->
                        programs.put(name, installation.java(MODULE, PACKAGE + mainClass, HEAP_MEGABYTES, LOGGING)));
        return programs;
    }
}
