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
final class TestingMosquitto implements AutoCloseable {
    private final Path folder;
    private final int port;
    private Process process;

    private TestingMosquitto(Path folder, int port) throws IOException {
        this.folder = folder;
        this.port = port;
        restart();
    }

    static TestingMosquitto start(Path folder) throws IOException {
        Files.createDirectories(folder);
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Files.writeString(folder.resolve("mosquitto.conf"), """
                listener %d 127.0.0.1
                allow_anonymous true
                persistence true
                persistence_location %s/
                autosave_on_changes true
                autosave_interval 1
                max_inflight_messages 1000
                max_queued_messages 100000
                user root
                """.formatted(port, folder));
        return new TestingMosquitto(folder, port);
    }

    int port() {
        return port;
    }

    void restart() throws IOException {
        process = new ProcessBuilder(
                        program(), "-c", folder.resolve("mosquitto.conf").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("mosquitto.log").toFile())
                .start();
        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
            try (var socket = new Socket("127.0.0.1", port)) {
                return socket.isConnected();
            }
        });
    }

    private static String program() {
        return new File("/usr/sbin/mosquitto").canExecute() ? "/usr/sbin/mosquitto" : "mosquitto";
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
