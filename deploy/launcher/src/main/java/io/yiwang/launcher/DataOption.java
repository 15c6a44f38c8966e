package io.yiwang.launcher;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --data DIR}, of every command. */
final class DataOption {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "folder of the city's data (default: var in the project's folder)")
    Path data;

    DataFolder folder() {
        return DataFolder.of(data != null ? data : Installation.current().root().resolve("var"));
    }
}
