package io.yiwang.sim.replay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** What the labels say was wrong, one JSON object a line in {@code DIR/truth/RUN.jsonl}. */
final class ReplayTruth {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path file;
    private int windows;

    ReplayTruth(Path data, String run) {
        file = data.resolve("truth").resolve(run + ".jsonl");
    }

    /**
     * A time in which something was wrong by the label.
     *
     * @param fault {@code label:COLUMN}
     * @param facilities that the label speaks of, sorted
     * @param points that it speaks of, {@code device.metric}, sorted
     * @param from first and {@code to} last labelled row, in the city's time
     */
    record Record(
            String id,
            String fault,
            List<String> facilities,
            List<String> points,
            Instant from,
            Instant to,
            String cause) {}

    void append(Record record) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(
                    file,
                    JSON.writeValueAsString(record) + "\n",
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            windows++;
        } catch (IOException e) {
            throw new CannotReplay("the truth cannot be written to " + file + ": " + e.getMessage());
        }
    }

    int windows() {
        return windows;
    }

    Path file() {
        return file;
    }
}
