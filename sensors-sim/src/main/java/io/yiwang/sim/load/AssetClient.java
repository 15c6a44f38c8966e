package io.yiwang.sim.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Registers load facilities with the dashboard and takes them out again. */
final class AssetClient {
    private static final int FACILITIES_PER_REQUEST = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final JsonMapper json = JsonMapper.shared();
    private final URI api;
    private final String authorization;

    /** @param api the dashboard's address, e.g. {@code http://127.0.0.1:8080} */
    AssetClient(URI api, String user, String password) {
        this.api = api;
        this.authorization =
                "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    /** The city's districts, each with the middle of its boundary. */
    List<LoadCity.District> districts() {
        var found = new ArrayList<LoadCity.District>();
        for (var district : json("GET", "/api/catalogue", null).path("districts")) {
            double longitude = 0;
            double latitude = 0;
            var boundary = district.path("boundary");
            for (var point : boundary) {
                longitude += point.get(0).asDouble() / boundary.size();
                latitude += point.get(1).asDouble() / boundary.size();
            }
            if (!boundary.isEmpty()) {
                found.add(new LoadCity.District(district.path("id").asString(), longitude, latitude));
            }
        }
        return found;
    }

    /** @throws LoadFailure when the dashboard refuses a facility */
    void register(LoadCity city) {
        int count = city.facilities().size();
        for (int from = 0; from < count; from += FACILITIES_PER_REQUEST) {
            var answer = json("POST", "/api/assets", city.assets(from, Math.min(count, from + FACILITIES_PER_REQUEST)));
            if (!answer.path("errors").isEmpty()) {
                throw new LoadFailure("the dashboard refuses load facilities: "
                        + answer.path("errors").get(0));
            }
        }
    }

    void remove(LoadCity city) {
        city.facilities().forEach(facility -> send("DELETE", "/api/assets/" + facility, null));
    }

    /** Whether the dashboard took the acknowledgement of an alarm. */
    boolean acknowledge(String alarm) {
        try {
            send("POST", "/api/alarms/" + alarm + "/ack", Map.of("note", "load test"));
            return true;
        } catch (LoadFailure e) {
            return false; // closed or acknowledged by someone else meanwhile
        }
    }

    /**
     * One request with a JSON answer.
     *
     * @param body an object to send as JSON, or null for none
     */
    JsonNode json(String method, String path, @Nullable Object body) {
        var text = send(method, path, body);
        try {
            return json.readTree(text);
        } catch (JacksonException e) {
            throw new LoadFailure(api + path + " does not answer with JSON: " + e.getOriginalMessage(), e);
        }
    }

    private String send(String method, String path, @Nullable Object body) {
        var publisher = body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body));
        var request = HttpRequest.newBuilder(api.resolve(path))
                .timeout(PATIENCE)
                .header("Authorization", authorization)
                .header("Content-Type", "application/json")
                .method(method, publisher)
                .build();
        try {
            var response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new LoadFailure(method + " " + api + path + " answers " + response.statusCode() + ": "
                        + response.body().lines().findFirst().orElse(""));
            }
            return response.body();
        } catch (IOException e) {
            throw new LoadFailure("the dashboard at " + api + " does not answer (" + e + "). Is the city up?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoadFailure("interrupted while asking the dashboard", e);
        }
    }
}
