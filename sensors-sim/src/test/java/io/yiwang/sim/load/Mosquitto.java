package io.yiwang.sim.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A real mosquitto on a port of its own. */
public final class Mosquitto implements AutoCloseable {
    private final Path configuration;
    private final int port;
    private Process process;

    private Mosquitto(Path configuration, int port) {
        this.configuration = configuration;
        this.port = port;
    }

    /** @param more further lines of its configuration */
    public static Mosquitto start(Path folder, String... more) throws IOException {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        var configuration = folder.resolve("mosquitto-" + port + ".conf");
        Files.writeString(
                configuration,
                "listener " + port + " 127.0.0.1\nset_tcp_nodelay true\n" + String.join("\n", List.of(more)) + "\n");
        var broker = new Mosquitto(configuration, port);
        broker.startAgain();
        return broker;
    }

    public void startAgain() {
        try {
            process = new ProcessBuilder("/usr/sbin/mosquitto", "-c", configuration.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            configuration.resolveSibling("mosquitto.log").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("mosquitto does not start; install it: apt-get install mosquitto", e);
        }
        Awaitility.await().ignoreException(IOException.class).until(() -> {
            try (var socket = new Socket("127.0.0.1", port)) {
                return socket.isConnected();
            }
        });
    }

    InetSocketAddress address() {
        return new InetSocketAddress("127.0.0.1", port);
    }

    public int port() {
        return port;
    }

    /** kill -9, as the machine would do it. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
