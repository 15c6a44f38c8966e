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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Ingest as an operator runs it: a process of its own. */
final class IngestProcess implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final TestingProcess process;
    private final int mqttPort;
    private final int healthPort = TestingProcess.freePort();

    private IngestProcess(Path folder, String bootstrap, int mqttPort, List<String> options) {
        this.mqttPort = mqttPort;
        var arguments = new ArrayList<>(List.of(
                "--kafka",
                bootstrap,
                "--data",
                folder.resolve("data").toString(),
                "--health-port",
                Integer.toString(healthPort)));
        arguments.addAll(options);
        process = TestingProcess.java(
                folder.resolve("ingest.log"), "160m", "io.yiwang.ingest.IngestMain", List.copyOf(arguments));
    }

    static IngestProcess door(Path folder, String bootstrap) {
        int port = TestingProcess.freePort();
        return new IngestProcess(folder, bootstrap, port, List.of("--mqtt-port", Integer.toString(port)));
    }

    static IngestProcess bridge(Path folder, String bootstrap, int brokerPort, String... options) {
        var all = new ArrayList<>(List.of("--no-door", "--bridge", "tcp://127.0.0.1:" + brokerPort));
        all.addAll(List.of(options));
        return new IngestProcess(folder, bootstrap, -1, all);
    }

    /** Returns when it takes messages and knows {@code devices} devices. */
    IngestProcess start(int devices) throws IOException {
        process.start();
        patiently("ingest takes messages")
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .until(() -> takesMessages(devices));
        return this;
    }

    private boolean takesMessages(int devices) {
        var parts = health().get("parts");
        return isUp(parts, "kafka")
                && isUp(parts, mqttPort < 0 ? "bridge" : "door")
                && isUp(parts, "catalogue")
                && Integer.parseInt(
                                parts.get("catalogue").get("detail").asString().split(" ")[0])
                        >= devices;
    }

    private static boolean isUp(JsonNode parts, String part) {
        return parts.get(part).get("status").asString().equals("UP");
    }

    JsonNode health() {
        try {
            return JsonMapper.shared().readTree(get("/health"));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A value of {@code /metrics}, 0 when it is not there. */
    double metric(String name) throws IOException, InterruptedException {
        return get("/metrics")
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElse(0);
    }

    private String get(String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + healthPort + path))
                .timeout(Duration.ofSeconds(5))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    long count(String name) {
        return health().get(name).asLong();
    }

    /** {@code received = stored + failed + on their way}, with nothing on its way. */
    void awaitBalanced() {
        patiently("received = stored + failed").ignoreExceptions().until(() -> {
            var health = health();
            return health.get("received").asLong()
                    == health.get("stored").asLong() + health.get("failed").asLong();
        });
    }

    TestingProcess process() {
        return process;
    }

    int mqttPort() {
        return mqttPort;
    }

    @Override
    public void close() throws InterruptedException {
        process.close();
    }
}
