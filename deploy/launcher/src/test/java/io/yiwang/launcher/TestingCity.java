package io.yiwang.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A city started as people start it: {@code ./yiwang up}, on free ports and a folder of its own. */
final class TestingCity implements AutoCloseable {
    static final Path HOME = Path.of(System.getProperty("yiwang.home"));
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration START = Duration.ofMinutes(5);

    private final Path folder;
    private final Path output;
    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();

    private TestingCity(Path folder, Path output, Process process) {
        this.folder = folder;
        this.output = output;
        this.process = process;
    }

    /** Starts and waits until everything is up. */
    static TestingCity up(Path folder, String... more) throws IOException {
        var city = starting(folder, more);
        await().atMost(START).pollInterval(Duration.ofMillis(200)).until(() -> {
            assertThat(city.process.isAlive()).as(() -> city.output()).isTrue();
            return city.output().contains("Ctrl-C stops everything.");
        });
        return city;
    }

    /** Starts without waiting. */
    static TestingCity starting(Path folder, String... more) throws IOException {
        var arguments = new ArrayList<>(List.of("up", "--data", folder.toString()));
        for (var part : UpOptions.DEFAULT_PORTS.keySet()) {
            arguments.addAll(List.of("--port", part + "=0"));
        }
        arguments.addAll(List.of(more));
        var output = Files.createTempFile("yiwang-up", ".txt");
        return new TestingCity(
                folder,
                output,
                command(arguments)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start());
    }

    /** {@code ./yiwang …} on the tree that the build has just made. */
    static ProcessBuilder command(List<String> arguments) {
        var command = new ArrayList<>(List.of(HOME.resolve("yiwang").toString()));
        command.addAll(arguments);
        var builder = new ProcessBuilder(command);
        builder.environment().put("YIWANG_BUILT", "1");
        return builder;
    }

    record Answer(int code, String output) {}

    /** Runs {@code ./yiwang COMMAND --data FOLDER …} to its end. */
    Answer yiwang(String command, String... more) throws IOException, InterruptedException {
        var arguments = new ArrayList<>(List.of(command, "--data", folder.toString()));
        arguments.addAll(List.of(more));
        return run(command(arguments));
    }

    static Answer run(ProcessBuilder builder) throws IOException, InterruptedException {
        var process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(process.waitFor(), output);
    }

    /** What {@code up} has said so far. */
    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return e.toString();
        }
    }

    Process process() {
        return process;
    }

    RunState state() {
        return DataFolder.of(folder).state().orElseThrow();
    }

    RunState.PartState part(String name) {
        return state().parts().stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    String dashboard() {
        return state().dashboard();
    }

    String password() throws IOException {
        return Files.readString(folder.resolve("admin-password")).strip();
    }

    int mqttPort() {
        return URI.create(state().address("mqtt")).getPort();
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return send(request(path).GET().build());
    }

    JsonNode post(String path, Object body) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build());
    }

    private HttpRequest.Builder request(String path) throws IOException {
        var login = Base64.getEncoder().encodeToString(("admin:" + password()).getBytes(StandardCharsets.UTF_8));
        return HttpRequest.newBuilder(URI.create(dashboard() + path))
                .timeout(Duration.ofSeconds(20))
                .header("Authorization", "Basic " + login);
    }

    private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
        var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode())
                .as(() -> request.uri() + ": " + answer.body())
                .isBetween(200, 299);
        return JSON.readTree(answer.body());
    }

    /** Registers facilities through the same door as everybody and returns the device's new secret. */
    String register(Map<String, Object> facility, String device) throws IOException, InterruptedException {
        var result = post("/api/assets", Map.of("facilities", List.of(facility)));
        assertThat(result.path("errors")).as(result::toString).isEmpty();
        return post("/api/devices/" + device + "/credential", Map.of())
                .path("password")
                .asString();
    }

    /** The first of the type by id. */
    String firstFacility(String domain, String type) throws IOException, InterruptedException {
        for (var facility : get("/api/facilities?domain=" + domain + "&limit=500")) {
            if (facility.path("type").asString().equals(type)) {
                return facility.path("id").asString();
            }
        }
        throw new AssertionError("the city has no " + type);
    }

    /** The id of the facility's open alarm by the rule, once there is one. */
    String awaitAlarm(String facility, String rule) {
        var found = new String[1];
        await().atMost(Duration.ofSeconds(120))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    for (var alarm : get("/api/alarms?state=open&facility=" + facility)) {
                        if (alarm.path("rule").asString().equals(rule)) {
                            found[0] = alarm.path("id").asString();
                        }
                    }
                    return found[0] != null;
                });
        return found[0];
    }

    /** Everything at once, as a power cut. */
    void killAll() {
        var pids = state().parts().stream()
                .map(RunState.PartState::pid)
                .filter(pid -> pid != 0)
                .toList();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        pids.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        await().until(() -> pids.stream().allMatch(pid -> ProcessHandle.of(pid).isEmpty()));
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        System.out.println(output());
    }

    /** Ids of living processes that work on {@code folder}. */
    static List<Long> processesOn(Path folder) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> pid != ProcessHandle.current().pid())
                .filter(pid -> reads("cmdline", pid, folder) || reads("environ", pid, folder))
                .toList();
    }

    private static boolean reads(String file, long pid, Path folder) {
        try {
            return Files.readString(Path.of("/proc", String.valueOf(pid), file), StandardCharsets.ISO_8859_1)
                    .contains(folder.toString());
        } catch (IOException e) {
            return false;
        }
    }
}
