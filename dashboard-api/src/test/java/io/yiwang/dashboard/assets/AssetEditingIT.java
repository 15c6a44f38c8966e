package io.yiwang.dashboard.assets;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.dashboard.DashboardIT;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

class AssetEditingIT extends DashboardIT {
    @Autowired
    private AssetStore store;

    @Autowired
    private AssetCatalogue catalogue;

    @Test
    void aChangeIsWrittenDownFieldByFieldAndCanBeTakenBack() {
        post("/api/assets", TestingCity.document(List.of(TestingCity.facility("edit", "gas", "gate_station"))));
        var street = call(
                "PUT", "/api/assets/streets/edit-s", Map.of("district", "d1", "name", TestingCity.name("街", "St")));
        assertThat(street.statusCode()).isEqualTo(200);
        var first = get("/api/assets/edit");
        var tag = first.headers().firstValue("ETag").orElseThrow();

        var changed = patch("edit", Map.of("owner", "燃气公司", "street", "edit-s", "builtYear", 2001), tag);
        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
        assertThat(patch("edit", Map.of("owner", "other"), tag).statusCode()).isEqualTo(412);
        assertThat(store.load().facilities()).isEqualTo(catalogue.current().facilities());

        var changes = json(get("/api/assets/edit/changes"));
        assertThat(changes.get(0).get("actor").asString()).isEqualTo("admin");
        assertThat(changes.get(0).get("fields").toString())
                .contains("{\"field\":\"owner\",\"before\":\"\",\"after\":\"燃气公司\"}");
        assertThat(get("/api/audit?limit=1").body()).contains("assets.edit", "builtYear 0 → 2001");
        assertThat(json(get("/api/facilities/edit")).at("/streetName/zh").asString())
                .isEqualTo("街");
        assertThat(call("DELETE", "/api/assets/streets/edit-s", null).statusCode())
                .isEqualTo(409);

        patch("edit", Map.of("households", 7, "parameters", Map.of("q_design", 12345.0)), null);
        assertThat(json(call("POST", "/api/assets/edit/undo", null))
                        .get("households")
                        .asInt())
                .isZero();
        var undone = call("POST", "/api/assets/edit/undo", null);
        assertThat(json(undone).get("owner").asString()).isEmpty();
        assertThat(undone.headers().firstValue("ETag")).contains(tag);
        assertThat(call("DELETE", "/api/assets/edit", null).statusCode()).isEqualTo(204);
        assertThat(json(call("POST", "/api/assets/edit/undo", null))
                        .get("devices")
                        .size())
                .isPositive();
        assertThat(call("POST", "/api/assets/edit/undo", null).statusCode()).isEqualTo(204);
        assertThat(json(call("POST", "/api/assets/edit/undo", null)).get("code").asString())
                .isEqualTo("NOTHING_TO_UNDO");
    }

    @Test
    void whatIsAnsweredCanBePutBackAndWhatCannotBeSaysWhy() {
        post(
                "/api/assets",
                TestingCity.document(
                        List.of(TestingCity.facility("put-a", "gas", "gate_station"), fed("put-b", "put-a"))));
        var body = get("/api/assets/put-b").body();
        assertThat(call("PUT", "/api/assets/put-b", body).statusCode()).isEqualTo(200);
        assertThat(json(get("/api/assets/put-b/changes")).size()).isEqualTo(1);
        assertThat(json(get("/api/assets/put-a")).get("downstream").get(0).asString())
                .isEqualTo("put-b");

        var circle = patch("put-a", Map.of("upstream", List.of("put-b")), null);
        assertThat(circle.statusCode()).isEqualTo(422);
        assertThat(json(circle).at("/errors/0/code").asString()).isEqualTo("UPSTREAM_CYCLE");
        assertThat(json(patch("put-a", Map.of("colour", "red"), null))
                        .get("code")
                        .asString())
                .isEqualTo("UNKNOWN_FIELD");
        assertThat(json(call("DELETE", "/api/assets/put-a", null)).get("code").asString())
                .isEqualTo("STILL_FEEDS");
        assertThat(patch("nobody", Map.of("owner", "x"), null).statusCode()).isEqualTo(404);
        post(
                "/api/users",
                Map.of("id", "ledger-viewer", "name", "V", "password", "reading-only-1", "roles", List.of("viewer")));
        var viewer = send(HttpRequest.newBuilder(address("/api/assets/put-a"))
                .header("Authorization", basic("ledger-viewer", "reading-only-1"))
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString("{\"owner\":\"x\"}")));
        assertThat(viewer.statusCode()).isEqualTo(403);
    }

    @Test
    void aDryRunWritesNothingAndAStrictImportIsAllOrNothing() {
        post("/api/assets", TestingCity.document(List.of(TestingCity.facility("dry", "gas", "gate_station"))));
        var csv = "id,owner\ndry,国企\nunheard-of,x\n";
        var dry = json(csv("/api/assets?dryRun=true", csv));
        assertThat(dry.get("updated").asInt()).isEqualTo(1);
        assertThat(dry.at("/changes/0/fields/0/after").asString()).isEqualTo("国企");
        assertThat(dry.get("errors").values())
                .allMatch(error -> error.get("row").asInt() == 3);
        assertThat(dry.get("errors").size()).isPositive();
        assertThat(store.load().facility("dry").orElseThrow().getOwner()).isEmpty();

        var strict = csv("/api/assets?strict=true", csv);
        assertThat(strict.statusCode()).isEqualTo(422);
        assertThat(json(strict).get("errors").size()).isPositive();
        assertThat(store.load().facility("dry").orElseThrow().getOwner()).isEmpty();

        assertThat(json(csv("/api/assets", csv)).get("updated").asInt()).isEqualTo(1);
        assertThat(store.load().facility("dry").orElseThrow().getOwner()).isEqualTo("国企");
        assertThat(get("/api/assets?format=csv&q=国企".replace("国企", "%E5%9B%BD%E4%BC%81"))
                        .body())
                .startsWith("\ufeffid,domain")
                .contains("dry,gas,gate_station");
        assertThat(json(get("/api/assets?format=geojson")).get("type").asString())
                .isEqualTo("FeatureCollection");
    }

    @Test
    void pagesAndChecksGoThroughAllFacilitiesOnce() {
        post(
                "/api/assets",
                TestingCity.document(List.of(
                        TestingCity.facility("page-1", "gas", "gate_station"),
                        TestingCity.facility("page-2", "gas", "gate_station"),
                        TestingCity.facility("page-3", "gas", "gate_station"))));
        var page = json(get("/api/assets?q=page-&limit=2"));
        assertThat(page.get("total").asInt()).isEqualTo(3);
        assertThat(page.get("next").asString()).isEqualTo("page-2");
        assertThat(json(get("/api/assets?q=page-&limit=2&after=page-2"))
                        .get("facilities")
                        .values())
                .extracting(f -> f.get("id").asString())
                .containsExactly("page-3");

        var all = json(get("/api/assets/checks?q=page-&limit=1000")).values().stream()
                .map(JsonNode::toString)
                .toList();
        var first = json(get("/api/assets/checks?q=page-&limit=4"));
        var rest = json(get("/api/assets/checks?q=page-&limit=1000&after="
                + first.get(3).get("id").asString().replace("|", "%7C")));
        assertThat(first.size() + rest.size()).isEqualTo(all.size());
        assertThat(String.join("", all)).contains("DUPLICATE", "\"builtYear\"", "page-2");
        assertThat(json(get("/api/assets/checks/summary?q=page-"))
                        .get("DUPLICATE")
                        .asInt())
                .isPositive();
    }

    @Test
    void aLargeImportIsWrittenInSeveralTransactionsAndIsWhole() {
        var rows = new StringBuilder("id,domain,type,district,nameZh,longitude,latitude,owner\n");
        for (int i = 0; i < 6_000; i++) {
            rows.append("bulk-").append(i).append(",gas,gate_station,d1,站,120.05,30.02,公司\n");
        }
        post("/api/assets", TestingCity.document(List.of()));
        var answer = json(csv("/api/assets", rows.toString()));
        assertThat(answer.get("created").asInt()).isEqualTo(6_000);
        assertThat(store.load().facilities()).isEqualTo(catalogue.current().facilities());
        assertThat(patch("bulk-7", Map.of("owner", "别的"), null).statusCode()).isEqualTo(200);
    }

    private static Map<String, Object> fed(String id, String by) {
        var facility = new LinkedHashMap<>(TestingCity.facility(id, "gas", "gate_station"));
        facility.put("upstream", List.of(by));
        return facility;
    }

    private HttpResponse<String> csv(String path, String text) {
        return send(HttpRequest.newBuilder(address(path))
                .header("Authorization", admin())
                .header("Content-Type", "text/csv")
                .POST(BodyPublishers.ofString(text)));
    }

    private HttpResponse<String> patch(String facility, Object body, String tag) {
        var request = HttpRequest.newBuilder(address("/api/assets/" + facility))
                .header("Authorization", admin())
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString(JSON.writeValueAsString(body)));
        return send(tag == null ? request : request.header("If-Match", tag));
    }

    private HttpResponse<String> call(String method, String path, Object body) {
        return send(HttpRequest.newBuilder(address(path))
                .header("Authorization", admin())
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofString(
                                        body instanceof String text ? text : JSON.writeValueAsString(body))));
    }
}
