package io.yiwang.ingest.clock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** When the newest tick was stored, kept on this machine. */
final class LastTick {
    private final Path file;

    LastTick(Path folder) {
        file = folder.resolve("last-tick");
    }

    /** Epoch ms; 0 when unknown. */
    long read() {
        try {
            return Files.exists(file) ? Long.parseLong(Files.readString(file).trim()) : 0;
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    void write(long millis) throws IOException {
        Files.createDirectories(file.getParent());
        var next = Files.writeString(file.resolveSibling("last-tick.next"), Long.toString(millis));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
