package io.yiwang.sim.bench;

import io.yiwang.sim.load.LoadFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Which processes are the system's parts, from the launcher's status file. */
final class Parts {
    /** Plays the city and is no part of what is measured. */
    static final String SIMULATOR = "sim";

    static final String LAUNCHER = "launcher";

    private Parts() {}

    /**
     * Process ids by part.
     *
     * @param file {@code {"launcher": pid, "parts": [{"name", "pid"}]}} or simply {@code {name: pid}}
     */
    static Map<String, Long> read(Path file) {
        try {
            return parse(JsonMapper.shared().readTree(Files.readString(file)));
        } catch (IOException | JacksonException e) {
            throw new LoadFailure("cannot read the parts of the city from " + file + ": " + e.getMessage(), e);
        }
    }

    static Map<String, Long> parse(JsonNode status) {
        var pids = new LinkedHashMap<String, Long>();
        if (status.path("parts").isArray()) {
            for (var part : status.path("parts")) {
                put(pids, part.path("name").asString(), part.path("pid"));
            }
            put(pids, LAUNCHER, status.path(LAUNCHER));
        } else {
            status.properties().forEach(entry -> put(pids, entry.getKey(), entry.getValue()));
        }
        return pids;
    }

    private static void put(Map<String, Long> pids, String name, JsonNode pid) {
        if (pid.isIntegralNumber() && pid.asLong() > 0) {
            pids.put(name, pid.asLong());
        }
    }
}
