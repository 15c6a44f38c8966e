package io.yiwang.sim.replay;

import com.google.protobuf.ByteString;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Text;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Enters the replay's facilities into the asset ledger and takes them out again, through REST as an integrator would. */
final class ReplayAssets {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final URI api;
    private final String authorization;

    ReplayAssets(URI api, String password) {
        this.api = api;
        authorization =
                "Basic " + Base64.getEncoder().encodeToString(("admin:" + password).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Puts them into the city's first district, or into one of their own.
     *
     * @return the facilities as they were entered
     * @throws CannotReplay when the dashboard refuses one
     */
    List<Facility> register(List<Facility> facilities) {
        var body = new LinkedHashMap<String, Object>();
        var districts = JSON.readTree(send("GET", "/api/catalogue", null)).path("districts");
        String district = "replay";
        double longitude = 0;
        double latitude = 0;
        if (districts.isEmpty()) {
            body.put(
                    "districts",
                    List.of(Map.of(
                            "id", district, "name", Map.of("zh", "回放区", "en", "Replay"), "boundary", List.of())));
        } else {
            district = districts.get(0).path("id").asString();
            var boundary = districts.get(0).path("boundary");
            for (JsonNode place : boundary) {
                longitude += place.get(0).asDouble() / boundary.size();
                latitude += place.get(1).asDouble() / boundary.size();
            }
        }
        var placed = new ArrayList<Facility>();
        for (var facility : facilities) {
            placed.add(facility.toBuilder()
                    .setDistrict(district)
                    .setLongitude(longitude + placed.size() * 0.002)
                    .setLatitude(latitude)
                    .build());
        }
        body.put("facilities", placed.stream().map(ReplayAssets::json).toList());
        var errors = JSON.readTree(send("POST", "/api/assets", JSON.writeValueAsString(body)))
                .path("errors");
        if (!errors.isEmpty()) {
            throw new CannotReplay("the dashboard refuses a replay facility: " + errors.get(0));
        }
        return placed;
    }

    void remove(List<Facility> facilities) {
        facilities.forEach(facility -> send("DELETE", "/api/assets/" + facility.getId(), null));
    }

    private String send(String method, String path, @Nullable String body) {
        var request = HttpRequest.newBuilder(api.resolve(path))
                .timeout(PATIENCE)
                .header("Authorization", authorization)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new CannotReplay(
                        "the dashboard answers " + answer.statusCode() + " to " + path + ": " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new CannotReplay("the dashboard at " + api + " cannot be reached: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotReplay("interrupted");
        }
    }

    private static Map<String, Object> json(Facility facility) {
        var json = new LinkedHashMap<String, Object>();
        json.put("id", facility.getId());
        json.put("domain", facility.getDomain());
        json.put("type", facility.getType());
        json.put("district", facility.getDistrict());
        json.put("name", name(facility.getName()));
        json.put("longitude", facility.getLongitude());
        json.put("latitude", facility.getLatitude());
        json.put("inService", true);
        json.put(
                "devices",
                facility.getDevicesList().stream()
                        .map(device -> Map.of(
                                "id",
                                device.getId(),
                                "name",
                                name(device.getName()),
                                "points",
                                device.getPointsList().stream()
                                        .map(point -> Map.of(
                                                "metric", point.getMetric(), "periodSeconds", point.getPeriodSeconds()))
                                        .toList(),
                                "credential",
                                Map.of(
                                        "salt",
                                        base64(device.getCredential().getSalt()),
                                        "hash",
                                        base64(device.getCredential().getHash()))))
                        .toList());
        return json;
    }

    private static Map<String, String> name(Text text) {
        return Map.of("zh", text.getZh(), "en", text.getEn());
    }

    private static String base64(ByteString bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
