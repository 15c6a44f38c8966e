package io.yiwang.sim;

import io.yiwang.model.domain.DomainPacks;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The domain packs of {@code --domains}. */
final class Packs {
    private Packs() {}

    /**
     * The bundled packs and those of a folder; null = only the bundled ones.
     *
     * @throws IllegalArgumentException saying which file, which line and why, or that there is no such folder
     */
    static DomainPacks in(@Nullable Path folder) {
        if (folder == null) {
            return DomainPacks.bundled();
        }
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("--domains: " + folder + " is not a folder with domain packs (*.yaml)");
        }
        return DomainPacks.withFolder(folder);
    }
}
