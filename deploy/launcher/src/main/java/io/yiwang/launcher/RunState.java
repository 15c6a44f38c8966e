package io.yiwang.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a running city tells of itself: the answer of {@code status --json}.
 *
 * @param launcher process id of the launcher
 * @param since start of the launcher, ISO-8601 UTC
 * @param addresses where the parts answer, e.g. {@code kafka} → {@code 127.0.0.1:9092}
 */
record RunState(long launcher, String since, String dashboard, Map<String, String> addresses, List<PartState> parts) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * @param state {@code starting}, {@code up}, {@code restarting} or {@code stopped}
     * @param pid 0 when no process runs
     * @param since of this state, ISO-8601 UTC
     * @param port where it serves, 0 when it serves none
     */
    record PartState(
            String name,
            String state,
            long pid,
            String since,
            int port,
            @Nullable String lastError) {}

    String toJson() {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this);
    }

    static Optional<RunState> read(Path file) {
        try {
            return Optional.of(JSON.readValue(Files.readString(file), RunState.class));
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    String address(String name) {
        var address = addresses.get(name);
        if (address == null) {
            throw new Refusal("This city runs without " + name + "; it was started without it.");
        }
        return address;
    }
}
