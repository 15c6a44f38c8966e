package io.yiwang.streams.intake;

import io.yiwang.model.domain.DomainPacks;
import java.io.Serializable;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where an operator gets the domain packs when it opens: packs themselves do not travel. */
@FunctionalInterface
public interface PackSource extends Serializable {
    DomainPacks packs();

    /** The product's packs, and those of {@code folder} when there is one; read on the machine that runs the operator. */
    static PackSource bundledAnd(@Nullable Path folder) {
        var name = folder == null ? null : folder.toAbsolutePath().toString();
        return () -> name == null ? DomainPacks.bundled() : DomainPacks.withFolder(Path.of(name));
    }
}
