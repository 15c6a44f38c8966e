package io.yiwang.sim.bench;

import io.yiwang.sim.load.LoadFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A program that a benchmark starts and ends. What it logs is in a file. Yardsticks also answer: a line of input, a line of output; their
 * first line is {@code ready PORT}.
 */
final class BenchProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final String name;
    private final Path log;
    private final Process process;
    private final BufferedReader out;
    private final Writer in;
    private int port;

    private BenchProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        // However this program ends, it leaves nothing running.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    /** Starts a program that logs to its output, and waits until it is {@code ready}. */
    static BenchProcess server(String name, List<String> command, Path logs, BooleanSupplier ready) {
        var log = logs.resolve(name + ".log");
        var started = new BenchProcess(
                name,
                log,
                start(
                        name,
                        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile())));
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!ready.getAsBoolean()) {
            if (!started.process.isAlive() || System.nanoTime() > end) {
                started.close();
                throw new LoadFailure(name + " did not start; see " + log);
            }
            pause(Duration.ofMillis(100));
        }
        return started;
    }

    /** Starts a program that answers, and waits until it says that it is ready. */
    static BenchProcess yardstick(String name, List<String> command, Path logs) {
        var log = logs.resolve(name + ".log");
        var started = new BenchProcess(name, log, start(name, new ProcessBuilder(command).redirectError(log.toFile())));
        var line = started.read();
        while (!line.startsWith("ready ")) {
            line = started.read();
        }
        started.port = Integer.parseInt(line.substring("ready ".length()));
        return started;
    }

    private static Process start(String name, ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new LoadFailure(name + " could not be started: " + e.getMessage(), e);
        }
    }

    /** Whether {@code GET url} says {@code "status":"UP"}. */
    static boolean isUp(URI url) {
        try {
            var answer = HTTP.send(
                    HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(2)).build(),
                    HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 && answer.body().contains("\"status\":\"UP\"");
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoadFailure("interrupted while a program started", e);
        }
    }

    /** One question, one answer. */
    String ask(String line) {
        try {
            in.write(line + "\n");
            in.flush();
        } catch (IOException e) {
            throw new LoadFailure(name + " has ended; see " + log, e);
        }
        var answer = read();
        if (answer.startsWith("failed")) {
            throw new LoadFailure(name + " " + answer);
        }
        return answer;
    }

    private String read() {
        try {
            var line = out.readLine();
            if (line == null) {
                throw new LoadFailure(name + " has ended; see " + log);
            }
            return line;
        } catch (IOException e) {
            throw new LoadFailure(name + " does not answer; see " + log, e);
        }
    }

    /** The port that a yardstick said it is at. */
    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    static void pause(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoadFailure("interrupted", e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
