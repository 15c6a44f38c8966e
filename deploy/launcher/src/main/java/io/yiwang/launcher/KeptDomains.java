package io.yiwang.launcher;

import io.yiwang.model.domain.DomainPacks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The folder of further domain packs that a data folder's city was last started with, in {@code DIR/domains-folder}: facilities of those
 * domains are in its ledger, so that later starts need the packs too.
 */
final class KeptDomains {
    private final Path file;

    KeptDomains(DataFolder data) {
        file = data.of("domains-folder");
    }

    /**
     * The folder to start with; null when there are only the bundled packs.
     *
     * @param asked what {@code --domains} says, null when nothing
     * @throws Refusal saying which file, which line and why when a pack is wrong, or which folder is gone
     */
    @Nullable
    Path settle(@Nullable Path asked) {
        var folder = asked == null ? kept() : asked.toAbsolutePath().normalize();
        if (folder == null) {
            return null;
        }
        if (!Files.isDirectory(folder)) {
            throw new Refusal(
                    asked == null
                            ? "This city was begun with the domain packs of " + folder
                                    + ", and that folder is gone. Put it back, or say where the packs are now: --domains FOLDER."
                            : "--domains " + asked + " is not a folder; it should hold domain packs (*.yaml).");
        }
        check(folder);
        write(folder);
        return folder;
    }

    private static void check(Path folder) {
        try (var files = Files.list(folder)) {
            if (files.noneMatch(f -> f.toString().endsWith(".yaml"))) {
                throw new Refusal("The folder " + folder + " holds no domain pack (*.yaml).");
            }
            DomainPacks.withFolder(folder);
        } catch (IllegalArgumentException e) {
            throw new Refusal("A domain pack is wrong, so nothing was started. " + e.getMessage());
        } catch (IOException e) {
            throw new Refusal("The domain packs in " + folder + " cannot be read (" + e.getMessage() + ").");
        }
    }

    /** The folder that the city was last started with; null when there are only the bundled packs. */
    @Nullable
    Path kept() {
        try {
            return Files.exists(file) ? Path.of(Files.readString(file).strip()) : null;
        } catch (IOException e) {
            throw new Refusal("The file " + file + " cannot be read (" + e.getMessage() + ").");
        }
    }

    private void write(Path folder) {
        try {
            Files.writeString(file, folder + "\n");
        } catch (IOException e) {
            throw new Refusal("The file " + file + " cannot be written (" + e.getMessage() + ").");
        }
    }
}
