package io.yiwang.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Tells {@code bench ingest} how the programs are started that it measures: ingest and Kafka as {@code up} does, the yardsticks alike. */
record Yardsticks(DataFolder data) {
    private static final String MODULE = "deploy/yardsticks";
    private static final String PACKAGE = "io.yiwang.yardsticks.";
    /** As much as ingest has. */
    private static final int HEAP_MEGABYTES = 512;

    private static final List<String> LOGGING = List.of("-Dlogback.configurationFile=logback-yardsticks.xml");

    /** Writes command lines by name as JSON. */
    Path write() throws IOException {
        data.prepare();
        var file = Files.createDirectories(data.of("bench")).resolve("programs.json");
        Files.writeString(file, JsonMapper.shared().writeValueAsString(programs(Installation.current())));
        return file;
    }

    private static Map<String, List<String>> programs(Installation installation) {
        var programs = new LinkedHashMap<String, List<String>>();
        programs.put(
                "kafka",
                installation.java(
                        "deploy/servers",
                        "io.yiwang.servers.KafkaServer",
                        HEAP_MEGABYTES,
                        List.of("-Dlogback.configurationFile=logback-kafka.xml")));
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
