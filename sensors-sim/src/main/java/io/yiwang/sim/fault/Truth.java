package io.yiwang.sim.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * The ground truth about faults: {@code DIR/truth/faults.jsonl}, one JSON object a line, appended before the fault begins. A
 * fault that the simulator's end cuts short gets a second line with its id and {@code endedAt}.
 */
public final class Truth {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path file;
    private final List<TruthRecord> ofThisRun = new ArrayList<>();

    private record Ended(String id, Instant endedAt) {}

    /** @param data the data folder; created when missing */
    public Truth(Path data) {
        file = data.resolve("truth").resolve("faults.jsonl");
    }

    synchronized void append(TruthRecord record) {
        write(JSON.writeValueAsString(record));
        ofThisRun.add(record);
    }

    /** The simulator stops: faults that still act end now. */
    public synchronized void end(Instant now) {
        for (var record : ofThisRun) {
            if (record.to().isAfter(now)) {
                write(JSON.writeValueAsString(new Ended(record.id(), now)));
            }
        }
    }

    /** The truth of this run of the simulator, oldest first. */
    public synchronized List<TruthRecord> records() {
        return List.copyOf(ofThisRun);
    }

    private void write(String line) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(
                    file, line + "\n", StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the truth " + file + ": " + e.getMessage(), e);
        }
    }
}
