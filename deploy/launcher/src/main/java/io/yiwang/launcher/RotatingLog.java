package io.yiwang.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A part's output on disk: {@code <part>.log}, and {@code <part>.log.1} before it; together at most 2 × the limit. */
final class RotatingLog {
    private static final long LIMIT_BYTES = 16L << 20;

    private final Path file;

    RotatingLog(Path file) {
        this.file = file;
    }

    Path file() {
        return file;
    }

    /** Copies {@code output} until it ends, on a thread of its own. */
    void follow(InputStream output, String name) {
        var thread = new Thread(() -> copy(output), "log-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void copy(InputStream output) {
        var buffer = new byte[8192];
        try (output) {
            long size = Files.exists(file) ? Files.size(file) : 0;
            var log = open();
            try {
                for (int n = output.read(buffer); n >= 0; n = output.read(buffer)) {
                    if (size > LIMIT_BYTES) {
                        log.close();
                        Files.move(
                                file,
                                file.resolveSibling(file.getFileName() + ".1"),
                                StandardCopyOption.REPLACE_EXISTING);
                        log = open();
                        size = 0;
                    }
                    log.write(buffer, 0, n);
                    size += n;
                }
            } finally {
                log.close();
            }
        } catch (IOException e) {
            // The part's pipe must be drained whatever happens to the log, or the part would stall.
            drain(output, buffer);
        }
    }

    private OutputStream open() throws IOException {
        return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static void drain(InputStream output, byte[] buffer) {
        try {
            while (output.read(buffer) >= 0) {}
        } catch (IOException closed) {
            return;
        }
    }

    /** The last lines, for showing why a part did not start. */
    String tail(int lines) {
        try {
            var all = Files.readAllLines(file, java.nio.charset.StandardCharsets.ISO_8859_1);
            return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }
}
