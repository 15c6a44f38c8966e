package io.yiwang.sim.bench;

import io.yiwang.sim.load.LoadFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** {@link AcknowledgingSink} as a child process; it ends with this one, however that ends. */
final class SinkProcess implements AutoCloseable {
    private final Process process;
    private final int port;

    SinkProcess() {
        try {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx512m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            AcknowledgingSink.class.getName())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
            var line = out.readLine();
            if (line == null) {
                throw new LoadFailure("the acknowledging sink did not start; its message is above");
            }
            port = Integer.parseInt(line);
        } catch (IOException e) {
            throw new LoadFailure("the acknowledging sink could not be started", e);
        }
    }

    InetSocketAddress address() {
        return new InetSocketAddress("127.0.0.1", port);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
