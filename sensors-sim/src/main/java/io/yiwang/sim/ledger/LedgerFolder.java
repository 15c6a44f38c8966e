package io.yiwang.sim.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of a ledger folder, and what of them is kept. A file's name starts with its start in epoch ms (13 digits), so the
 * order of names is the order of time. What was dropped leaves its newest message time behind in the file {@code horizon}:
 * for stored values up to there the ledger can no longer say whether they were sent.
 */
final class LedgerFolder {
    private static final Duration KEPT = Duration.ofHours(48);
    /** A timestamp further ahead than this is a device's wrong clock and no measure of what was dropped. */
    private static final Duration AHEAD = Duration.ofMinutes(10);

    private static final String HORIZON = "horizon";

    private final Path folder;
    private final long maxBytes;

    LedgerFolder(Path folder, long maxBytes) {
        this.folder = folder;
        this.maxBytes = maxBytes;
    }

    Path name(long startMillis, String run, int number) {
        return folder.resolve(
                "%013d-%s%s%s".formatted(startMillis, run, number == 0 ? "" : "." + number, LedgerFormat.SUFFIX));
    }

    /** Oldest first; none when the folder does not exist. */
    List<Path> list() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var all = Files.list(folder)) {
            return all.filter(file -> file.getFileName().toString().matches("\\d{13}-.*\\" + LedgerFormat.SUFFIX))
                    .sorted()
                    .toList();
        }
    }

    /** Drops files that are too old, then the oldest until the folder is small enough. */
    void prune(long nowMillis) throws IOException {
        var kept = new ArrayList<Path>();
        long bytes = 0;
        for (var file : list()) {
            if (startOf(file) < nowMillis - KEPT.toMillis()) {
                drop(file);
            } else {
                kept.add(file);
                bytes += sizeOf(file);
            }
        }
        for (var file : kept) {
            if (bytes <= maxBytes) {
                break;
            }
            bytes -= sizeOf(file);
            drop(file);
        }
    }

    /** Newest message time among the dropped files, epoch ms; {@link Long#MIN_VALUE} when none was dropped. */
    long horizonMillis() throws IOException {
        var file = folder.resolve(HORIZON);
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (NoSuchFileException e) {
            return Long.MIN_VALUE;
        } catch (NumberFormatException e) {
            throw new IOException(file + " does not hold a number; remove it together with the ledger", e);
        }
    }

    static long startOf(Path file) {
        return Long.parseLong(file.getFileName().toString().substring(0, 13));
    }

    private void drop(Path file) throws IOException {
        var newest = new long[] {horizonMillis()};
        long ahead;
        try {
            ahead = Files.getLastModifiedTime(file).toMillis() + AHEAD.toMillis();
            LedgerReader.readFile(file, new LedgerReader.Visitor() {
                @Override
                public void attempted(String run, String device, String boot, long seq, long ts, List<String> metrics) {
                    newest[0] = Math.max(newest[0], Math.min(ts, ahead));
                }

                @Override
                public void acked(String device, String boot, long seq) {}
            });
        } catch (NoSuchFileException e) {
            return; // another process was faster
        }
        var draft = Files.createTempFile(folder, HORIZON, ".new");
        Files.write(draft, String.valueOf(newest[0]).getBytes(StandardCharsets.US_ASCII));
        Files.move(draft, folder.resolve(HORIZON), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(file);
    }

    private static long sizeOf(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }
}
