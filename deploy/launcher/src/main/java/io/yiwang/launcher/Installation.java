package io.yiwang.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The built tree: where the programs are. */
record Installation(Path root) {
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
     * @param name of the part or tool, e.g. {@code detect}
     * @param module folder of the module, e.g. {@code deploy/servers}
     * @param heapMegabytes maximum heap
     */
    List<String> java(String name, String module, String mainClass, int heapMegabytes, List<String> jvmOptions) {
        var target = root.resolve(module).resolve("target");
        var jar = target.resolve(Path.of(module).getFileName() + "-" + VERSION + ".jar");
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
        classArchive(name, jar).ifPresent(command::add);
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", jar + ":" + target.resolve("lib") + "/*", mainClass));
        return command;
    }

    /**
     * Parsing the same thousands of classes is most of a program's start: its first run after a build leaves an archive of
     * them behind when it ends, and later runs start from that. The JVM checks by itself that the archive fits the jars.
     */
    private Optional<String> classArchive(String name, Path jar) {
        var folder = root.resolve("target/classes-archives");
        var archive = folder.resolve(name + ".jsa");
        try {
            Files.createDirectories(folder);
            boolean fits = Files.exists(archive)
                    && Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) > 0;
            return Optional.of((fits ? "-XX:SharedArchiveFile=" : "-XX:ArchiveClassesAtExit=") + archive);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
