package io.yiwang.streams;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one job on a local disk: {@code <folder>/<run>/chk-<n>/_metadata}, a run for each start of the job. A
 * checkpoint counts once its metadata can be read, which Flink writes last.
 */
final class CheckpointFolder {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointFolder.class);
    private static final String METADATA = "_metadata";

    private final Path folder;

    CheckpointFolder(Path folder) {
        this.folder = folder;
    }

    /** A completed checkpoint. */
    record Completed(Path path, long number, FileTime written) {
        static final Comparator<Completed> OLDEST_FIRST =
                Comparator.comparing(Completed::written).thenComparingLong(Completed::number);
    }

    /** The newest completed checkpoint over all runs. */
    Optional<Completed> newest() {
        var found = new ArrayList<Completed>();
        for (var run : children(folder)) {
            for (var checkpoint : children(run)) {
                var name = checkpoint.getFileName().toString();
                if (name.matches("chk-\\d{1,18}")) {
                    completed(checkpoint, Long.parseLong(name.substring(4))).ifPresent(found::add);
                }
            }
        }
        return found.stream().max(Completed.OLDEST_FIRST);
    }

    /** Removes everything but {@code kept}, so that runs which died do not fill the disk. To be called while the job is down. */
    void prune(Completed kept) {
        for (var run : children(folder)) {
            if (!kept.path.startsWith(run)) {
                delete(run);
                continue;
            }
            for (var checkpoint : children(run)) {
                if (checkpoint.getFileName().toString().startsWith("chk-") && !checkpoint.equals(kept.path)) {
                    delete(checkpoint);
                }
            }
        }
    }

    private static Optional<Completed> completed(Path checkpoint, long number) {
        var metadata = checkpoint.resolve(METADATA);
        if (!Files.isRegularFile(metadata)) {
            return Optional.empty();
        }
        try (var in = new DataInputStream(Files.newInputStream(metadata))) {
            Checkpoints.loadCheckpointMetadata(in, CheckpointFolder.class.getClassLoader(), checkpoint.toString());
            return Optional.of(new Completed(checkpoint, number, Files.getLastModifiedTime(metadata)));
        } catch (IOException | RuntimeException e) {
            LOG.warn("checkpoint {} is passed over, its metadata cannot be read: {}", checkpoint, e.toString());
            return Optional.empty();
        }
    }

    private static List<Path> children(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var children = Files.list(folder)) {
            return children.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("old checkpoint folder {} cannot be removed: {}", folder, e.toString());
        }
    }
}
