package io.yiwang.ingest.loss;

import static io.yiwang.ingest.loss.Patience.patiently;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Kafka as a process of its own, so that it can be frozen and killed. */
final class KafkaProcess implements AutoCloseable {
    private final TestingProcess process;
    private final int port;
    private final int healthPort;

    private KafkaProcess(Path folder, int port, List<String> more) {
        this.port = port;
        healthPort = TestingProcess.freePort();
        var arguments = new ArrayList<>(List.of(
                "--data",
                folder.resolve("data").toString(),
                "--port",
                Integer.toString(port),
                "--health-port",
                Integer.toString(healthPort)));
        arguments.addAll(more);
        process = TestingProcess.java(
                folder.resolve("kafka.log"), "384m", "io.yiwang.servers.KafkaServer", List.copyOf(arguments));
    }

    static KafkaProcess start(Path folder) throws IOException {
        var kafka = new KafkaProcess(folder, TestingProcess.freePort(), List.of());
        kafka.start();
        return kafka;
    }

    /** A Kafka that tells its clients to come to {@code advertisedPort}. */
    static KafkaProcess startBehind(int advertisedPort, int port, Path folder) throws IOException {
        var kafka = new KafkaProcess(folder, port, List.of("--advertised-port", Integer.toString(advertisedPort)));
        kafka.start();
        return kafka;
    }

    /** Returns when it serves. */
    void start() throws IOException {
        process.start();
        var client = HttpClient.newHttpClient();
        var health = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + healthPort + "/health"))
                .timeout(Duration.ofSeconds(5))
                .build();
        patiently("Kafka")
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .until(() -> client.send(health, HttpResponse.BodyHandlers.discarding())
                                .statusCode()
                        == 200);
    }

    TestingProcess process() {
        return process;
    }

    int port() {
        return port;
    }

    String bootstrap() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() throws InterruptedException {
        process.close();
    }
}
