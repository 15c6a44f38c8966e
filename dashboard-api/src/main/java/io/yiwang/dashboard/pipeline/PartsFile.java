package io.yiwang.dashboard.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What the launcher writes about the processes that it watches: {@code {"parts":[{"name","state","lastError"}]}}. */
final class PartsFile {
    private PartsFile() {}

    /** Empty when there is no such file or it cannot be read just now. */
    static Map<String, PartStatus> read(@Nullable Path file, JsonMapper json) {
        var parts = new LinkedHashMap<String, PartStatus>();
        if (file == null) {
            return parts;
        }
        try {
            for (var part : json.readTree(Files.readString(file)).path("parts")) {
                var state = part.path("state").asString("");
                var error = part.path("lastError").asString("");
                parts.put(
                        part.path("name").asString(""),
                        state.equals("up")
                                ? PartStatus.up("")
                                : PartStatus.down(error.isEmpty() ? state : state + ": " + error));
            }
        } catch (IOException | JacksonException e) {
            // Written anew at this moment, or the launcher is gone; the next look will tell.
        }
        return parts;
    }
}
