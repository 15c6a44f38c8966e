package io.yiwang.ingest.mqtt;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A mosquitto of the machine, on a port and a folder of its own. */
public final class TestingMosquitto implements AutoCloseable {
    private final Path folder;
    private final int port;
    private Process process;

    private TestingMosquitto(Path folder, int port) throws IOException {
        this.folder = folder;
        this.port = port;
        restart();
    }

    /** Keeps sessions and messages on disk, as docs/no-loss.md tells operators to set it. */
    public static TestingMosquitto start(Path folder) throws IOException {
        return start(folder, """
                persistence true
                persistence_location %s/
                autosave_on_changes true
                autosave_interval 1
                """.formatted(folder));
    }

    /** Forgets everything when it ends. */
    public static TestingMosquitto startForgetful(Path folder) throws IOException {
        return start(folder, "persistence false\n");
    }

    private static TestingMosquitto start(Path folder, String persistence) throws IOException {
        Files.createDirectories(folder);
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Files.writeString(folder.resolve("mosquitto.conf"), """
                listener %d 127.0.0.1
                allow_anonymous true
                max_inflight_messages 500
                max_queued_messages 100000
                user root
                %s
                """.formatted(port, persistence));
        return new TestingMosquitto(folder, port);
    }

    public int port() {
        return port;
    }

    public void restart() throws IOException {
        process = new ProcessBuilder(
                        program(), "-c", folder.resolve("mosquitto.conf").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("mosquitto.log").toFile())
                .start();
        await().dontCatchUncaughtExceptions()
                .atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .until(() -> {
                    try (var socket = new Socket("127.0.0.1", port)) {
                        return socket.isConnected();
                    }
                });
    }

    private static String program() {
        return new File("/usr/sbin/mosquitto").canExecute() ? "/usr/sbin/mosquitto" : "mosquitto";
    }

    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
