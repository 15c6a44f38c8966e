package io.yiwang.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code --data DIR}: everything that one running city keeps, readable by its owner only. */
record DataFolder(Path path) {
    /** Less free space than this and nothing is started: a database that fills the disk loses more than a refused start. */
    private static final long NEEDED_BYTES = 1L << 30;

    static DataFolder of(Path path) {
        return new DataFolder(path.toAbsolutePath().normalize());
    }

    Path of(String name) {
        return path.resolve(name);
    }

    Path run() {
        return path.resolve("run");
    }

    Path logs() {
        return path.resolve("log");
    }

    Path adminPassword() {
        return path.resolve("admin-password");
    }

    private Path stateFile() {
        return run().resolve("state.json");
    }

    /** Where the parts' states are published, in the shape of {@code status --json}. */
    Path partsFile() {
        return stateFile();
    }

    /** Makes the folders and checks that they can be used. */
    void prepare() {
        try {
            Files.createDirectories(path);
            if (!Files.isWritable(path)) {
                throw new Refusal("The data folder " + path + " cannot be written; choose another with --data DIR.");
            }
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            Files.createDirectories(run());
            Files.createDirectories(logs());
            long free = Files.getFileStore(path).getUsableSpace();
            if (free < NEEDED_BYTES) {
                throw new Refusal("The disk of the data folder " + path + " has only " + (free >> 20)
                        + " MiB free and Yiwang wants at least " + (NEEDED_BYTES >> 20)
                        + " MiB; free some space or choose another folder with --data DIR.");
            }
        } catch (FileAlreadyExistsException e) {
            throw new Refusal("The data folder " + path + " is a file; choose another with --data DIR.");
        } catch (IOException e) {
            throw new Refusal("The data folder " + path + " cannot be used (" + e.getMessage()
                    + "); choose another with --data DIR.");
        }
    }

    /** Held while a city runs on this folder; the system releases it when the process ends, however it ends. */
    FileLock lock() {
        try {
            var channel = FileChannel.open(run().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            var lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                var running = state();
                throw new Refusal("Yiwang is already running on " + path
                        + running.map(s -> " since " + s.since() + ", dashboard at " + s.dashboard())
                                .orElse("")
                        + "; see './yiwang status', or stop it with './yiwang down'.");
            }
            return lock;
        } catch (IOException e) {
            throw new Refusal("The data folder " + path + " cannot be locked (" + e.getMessage() + ").");
        }
    }

    /** Whether a launcher holds this folder now. */
    boolean isRunning() {
        if (!Files.exists(run().resolve("lock"))) {
            return false;
        }
        try (var channel = FileChannel.open(run().resolve("lock"), StandardOpenOption.WRITE);
                var lock = channel.tryLock()) {
            return lock == null;
        } catch (IOException e) {
            throw new Refusal("The data folder " + path + " cannot be read (" + e.getMessage() + ").");
        }
    }

    /** What the launcher published last, also after its end. */
    Optional<RunState> state() {
        return RunState.read(stateFile());
    }

    /** The state of a running city. */
    RunState runningState() {
        if (!isRunning()) {
            throw new Refusal("Yiwang is not running on " + path + "; start it with './yiwang up'.");
        }
        return state().orElseThrow(() -> new Refusal("Yiwang is just starting; try again in a moment."));
    }

    void publish(RunState state) {
        try {
            writeSecret("run/state.json.new", state.toJson());
            Files.move(run().resolve("state.json.new"), stateFile(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new Refusal("The state cannot be written to " + stateFile() + " (" + e.getMessage() + ").");
        }
    }

    /** Writes a file that only its owner can read and returns its path. */
    Path writeSecret(String name, String content) {
        var file = path.resolve(name);
        try {
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return Files.writeString(file, content);
        } catch (IOException e) {
            throw new Refusal("The file " + file + " cannot be written (" + e.getMessage() + ").");
        }
    }

    @Nullable
    String readAdminPassword() {
        try {
            return Files.readString(adminPassword()).strip();
        } catch (IOException e) {
            return null;
        }
    }
}
