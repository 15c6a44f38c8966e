package io.yiwang.sim.bench;

import io.yiwang.sim.load.LoadFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** The programs that a benchmark starts, and the folder they work in. When it is closed, nothing of them is left but their logs. */
final class Workbench implements AutoCloseable {
    private final String bench;
    private final Map<String, List<String>> programs;
    private final PrintWriter progress;
    private final Path logs;
    private final Path folder;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /**
     * @param bench name of the benchmark
     * @param programs how each program is started, by name
     * @param data results go to {@code bench} within it
     */
    Workbench(String bench, Map<String, List<String>> programs, Path data, PrintWriter progress) throws IOException {
        this.bench = bench;
        this.programs = programs;
        this.progress = progress;
        var results = Files.createDirectories(data.resolve("bench"));
        logs = Files.createDirectories(results.resolve("log"));
        folder = Files.createTempDirectory(results, "work");
    }

    /** A file or folder of that name. */
    Path at(String name) {
        return folder.resolve(name);
    }

    /** Where the program of that name logs to. */
    Path log(String name) {
        return logs.resolve(name + ".log");
    }

    /** Ends it when the benchmark ends: the newest first. */
    <T extends AutoCloseable> T keep(T opened) {
        open.push(opened);
        return opened;
    }

    BenchProcess kafka(int port) {
        int health = freePort();
        return server(
                "kafka",
                command(
                        "kafka",
                        "--data",
                        at("kafka").toString(),
                        "--port",
                        String.valueOf(port),
                        "--health-port",
                        String.valueOf(health)),
                () -> BenchProcess.isUp(URI.create("http://127.0.0.1:" + health + "/health")));
    }

    BenchProcess server(String name, List<String> command, BooleanSupplier ready) {
        return keep(BenchProcess.server(name, command, logs, ready));
    }

    BenchProcess yardstick(String name, String program, String... arguments) {
        return keep(BenchProcess.yardstick(name, command(program, arguments), logs));
    }

    List<String> command(String program, String... arguments) {
        var command = programs.get(program);
        if (command == null) {
            throw new LoadFailure("nobody said how to start " + program
                    + "; this benchmark is started by './yiwang bench " + bench + "'");
        }
        return Stream.concat(command.stream(), Stream.of(arguments)).toList();
    }

    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new LoadFailure("no free port: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                progress.println("Not ended in order: " + e.getMessage());
            }
        }
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
