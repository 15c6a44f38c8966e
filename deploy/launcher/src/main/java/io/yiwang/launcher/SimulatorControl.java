package io.yiwang.launcher;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Speaks to the running simulator. What it refuses becomes a {@link Refusal} with its own words. */
final class SimulatorControl {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String address;
    private final HttpClient http = HttpClient.newHttpClient();

    SimulatorControl(String address) {
        this.address = address;
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return answer(request(path).GET().build(), "");
    }

    JsonNode post(String path, Map<String, ?> body) throws IOException, InterruptedException {
        return answer(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)))
                        .build(),
                "");
    }

    /** @param what the text is, for a refusal */
    JsonNode post(String path, String yaml, String what) throws IOException, InterruptedException {
        return answer(
                request(path)
                        .header("Content-Type", "application/yaml")
                        .POST(BodyPublishers.ofString(yaml))
                        .build(),
                what);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address + path)).timeout(PATIENCE);
    }

    private JsonNode answer(HttpRequest request, String what) throws IOException, InterruptedException {
        HttpResponse<String> answer;
        try {
            answer = http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new Refusal("The simulator does not answer; see './yiwang logs sim'.");
        }
        if (answer.statusCode() / 100 != 2) {
            throw new Refusal((what.isEmpty() ? "The simulator refused: " : what + ":\n") + detail(answer.body()));
        }
        return JSON.readTree(answer.body());
    }

    private static String detail(String body) {
        try {
            return JSON.readTree(body).path("detail").asString(body);
        } catch (JacksonException e) {
            return body;
        }
    }
}
