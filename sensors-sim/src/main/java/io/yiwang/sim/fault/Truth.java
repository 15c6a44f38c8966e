package io.yiwang.sim.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The ground truth about faults: {@code DIR/truth/faults.jsonl}, one JSON object a line, appended before the fault begins. A fault
 * that ends before its time, by command or with the simulator, gets a second line of the same id with {@code endedEarly}; of several
 * lines of an id the last one counts. The file is the master; listeners get every line's record after it has been written.
 */
public final class Truth {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final @Nullable Path file;
    private final Consumer<TruthRecord> listener;
    private final Map<String, TruthRecord> ofThisRun = new LinkedHashMap<>();

    /** @param data the data folder; created when missing */
    public Truth(Path data) {
        this(data, record -> {});
    }

    /** @param listener told everything; must neither wait nor throw */
    public Truth(Path data, Consumer<TruthRecord> listener) {
        file = data.resolve("truth").resolve("faults.jsonl");
        this.listener = listener;
    }

    private Truth() {
        file = null;
        listener = record -> {};
    }

    /** The truth of a city that nobody looks at but its maker: in memory only. */
    public static Truth inMemory() {
        return new Truth();
    }

    synchronized void append(TruthRecord record) {
        if (file != null) {
            write(file, record);
        }
        ofThisRun.put(record.id(), record);
        listener.accept(record);
    }

    private static void write(Path file, TruthRecord record) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(
                    file,
                    JSON.writeValueAsString(record) + "\n",
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the truth " + file + ": " + e.getMessage(), e);
        }
    }

    synchronized TruthRecord endEarly(String id, FaultRun over) {
        var record = ofThisRun.get(id).ended(over);
        append(record);
        return record;
    }

    /** The truth of this run of the simulator, oldest first, each fault as it now stands. */
    public synchronized List<TruthRecord> records() {
        return List.copyOf(ofThisRun.values());
    }

    /** One fault of this run. */
    public synchronized Optional<TruthRecord> record(String id) {
        return Optional.ofNullable(ofThisRun.get(id));
    }
}
