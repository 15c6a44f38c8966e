package io.yiwang.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The built tree: where the programs are. */
record Installation(Path root) {
    /** Flink reaches into the JDK for its buffers and serializers. */
    static final List<String> FLINK_JVM = List.of(
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.nio=ALL-UNNAMED");

    private static final String VERSION = "0.1.0";

    /** From the system property that the {@code ./yiwang} script sets. */
    static Installation current() {
        var root = System.getProperty("yiwang.home");
        if (root == null) {
            throw new Refusal("Start Yiwang with the ./yiwang script of the project's root folder.");
        }
        return new Installation(Path.of(root).toAbsolutePath().normalize());
    }

    /**
     * The command line of a Java program of this tree.
     *
     * @param module folder of the module, e.g. {@code deploy/servers}
     * @param heapMegabytes maximum heap
     */
    List<String> java(String module, String mainClass, int heapMegabytes, List<String> jvmOptions) {
        var jar = jar(module);
        if (!Files.exists(jar)) {
            throw new Refusal("The program " + jar + " is not built; run './yiwang build'.");
        }
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-Xmx" + heapMegabytes + "m",
                // Two cores and small heaps: the serial collector costs the least CPU.
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-Dfile.encoding=UTF-8",
                "-Djava.awt.headless=true"));
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", jar + ":" + jar.resolveSibling("lib") + "/*", mainClass));
        return command;
    }

    private Path jar(String module) {
        return root.resolve(module).resolve("target").resolve(Path.of(module).getFileName() + "-" + VERSION + ".jar");
    }

    /**
     * JVM options for a quicker start of the part {@code name}. Parsing the same thousands of classes is most of a start: the
     * first run after a build leaves an archive of them behind when it ends, and later runs start from that. The JVM checks by
     * itself that the archive fits the jars.
     */
    List<String> classArchive(String name, String module) {
        var archive = root.resolve("target/class-archives").resolve(name + ".jsa");
        try {
            Files.createDirectories(archive.getParent());
            boolean fits = Files.exists(archive)
                    && Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar(module))) > 0;
            return List.of(
                    "-Xlog:cds=off",
                    "-Xlog:cds+dynamic=off",
                    (fits ? "-XX:SharedArchiveFile=" : "-XX:ArchiveClassesAtExit=") + archive);
        } catch (IOException e) {
            return List.of();
        }
    }
}
