package io.yiwang.ingest.catalogue;

import io.yiwang.model.wire.Facility;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The catalogue on this machine's disk, so that the door opens while Kafka is away. Holds credential hashes: readable by the owner only. */
public final class CatalogueCopy {
    private final Path file;

    public CatalogueCopy(Path folder) {
        file = folder.resolve("assets.bin");
    }

    /** Empty when there is no copy yet. */
    public Optional<List<Facility>> read() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        var facilities = new ArrayList<Facility>();
        try (var in = new BufferedInputStream(Files.newInputStream(file))) {
            for (var facility = Facility.parseDelimitedFrom(in);
                    facility != null;
                    facility = Facility.parseDelimitedFrom(in)) {
                facilities.add(facility);
            }
        }
        return Optional.of(facilities);
    }

    /** Replaces the copy; after a crash there is the old one or the new one. */
    public void write(Collection<Facility> facilities) throws IOException {
        Files.createDirectories(file.getParent());
        var next = file.resolveSibling("assets.bin.next");
        Files.deleteIfExists(next);
        try (var channel = FileChannel.open(
                next,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            var out = new BufferedOutputStream(Channels.newOutputStream(channel));
            for (var facility : facilities) {
                facility.writeDelimitedTo(out);
            }
            out.flush();
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
