package io.yiwang.dashboard.newcomers;

import static io.yiwang.dashboard.newcomers.TestingNewcomers.NOW;
import static io.yiwang.dashboard.newcomers.TestingNewcomers.credential;
import static io.yiwang.dashboard.newcomers.TestingNewcomers.mqtt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.dashboard.DashboardIT;
import io.yiwang.dashboard.TestingLog;
import io.yiwang.dashboard.assets.TestingCity;
import io.yiwang.dashboard.kafka.TopicReader;
import io.yiwang.model.Topics;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Newcomer;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class NewcomersIT extends DashboardIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Map<String, Facility> topic = new ConcurrentHashMap<>();
    private final TopicReader reader =
            new TopicReader(KAFKA.bootstrap(), Topics.ASSETS, TopicReader.Start.beginning(), record -> {
                try {
                    topic.put(
                            record.key(),
                            record.value() == null
                                    ? Facility.getDefaultInstance()
                                    : Facility.parseFrom(record.value()));
                } catch (InvalidProtocolBufferException e) {
                    throw new IllegalStateException(e);
                }
            });
    private final TestingLog log = new TestingLog(KAFKA.bootstrap());

    @AfterEach
    void close() {
        reader.close();
        log.close();
    }

    @Test
    void oneDecisionAddsTheDeviceWithWhatItShowedAndPublishesIt() {
        plant("nc-a");
        knock(mqtt("nc-a-probe", "the-secret-it-was-born-with"));
        var listed = waiting("nc-a-probe");
        assertThat(listed.at("/guess/facility").asString()).isEqualTo("nc-a");
        assertThat(listed.at("/guess/type").asString()).isEqualTo("probe");
        assertThat(listed.at("/guess/because").toString()).contains("ID", "DEVICE_TYPE");
        assertThat(listed.get("warnings").size()).isZero();
        assertThat(listed.toString())
                .doesNotContain(
                        "\"hash\"",
                        "\"salt\"",
                        java.util.Base64.getEncoder()
                                .encodeToString(credential("nc-a-probe", "the-secret-it-was-born-with")
                                        .getHash()
                                        .toByteArray()));
        int before = json(get("/api/newcomers/summary")).get("waiting").asInt();

        var answer = post("/api/newcomers/nc-a-probe/accept", Map.of());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(json(answer).get("topic").asString()).isEqualTo("city/v1/rural_sewage/nc-a/nc-a-probe/telemetry");
        assertThat(json(answer).get("password").isNull()).isTrue();

        await().atMost(PATIENCE).until(() -> published("nc-a", "nc-a-probe").isPresent());
        var device = published("nc-a", "nc-a-probe").orElseThrow();
        assertThat(device.getCredential().getHash())
                .isEqualTo(
                        credential("nc-a-probe", "the-secret-it-was-born-with").getHash());
        assertThat(device.getCredential().getIssuedMillis()).isPositive();
        assertThat(device.getPointsList())
                .extracting(point -> point.getMetric())
                .containsExactly("rs_do", "rs_conductivity");
        assertThat(json(get("/api/newcomers/nc-a-probe")).get("state").asString())
                .isEqualTo("settled");
        assertThat(json(get("/api/newcomers/summary")).get("waiting").asInt()).isEqualTo(before - 1);
        assertThat(get("/api/audit?limit=2").body()).contains("newcomer.accept", "nc-a-probe", "10.0.0.7");
        assertThat(json(get("/api/assets/nc-a")).get("credentials").toString()).contains("nc-a-probe");
        assertThat(json(post("/api/newcomers/nc-a-probe/accept", Map.of()))
                        .get("code")
                        .asString())
                .isEqualTo("DEVICE_EXISTS");
        // The acceptance is a change like every other, and can be taken back.
        assertThat(post("/api/assets/nc-a/undo", Map.of()).statusCode()).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> published("nc-a", "nc-a-probe").isEmpty());
    }

    @Test
    void whatIsWrongWithTheDeviceIsSaidAndNothingIsDecided() {
        plant("nc-b");
        knock(mqtt("nc-b-probe", "the-secret-it-was-born-with"));
        waiting("nc-b-probe");
        var refused = post(
                "/api/newcomers/nc-b-probe/accept",
                Map.of("points", List.of(Map.of("metric", "water_ph")), "gateway", "nobody"));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(json(refused).get("errors").toString()).contains("UNKNOWN_METRIC");
        assertThat(json(get("/api/newcomers/nc-b-probe")).get("state").asString())
                .isEqualTo("waiting");
        assertThat(json(get("/api/assets/nc-b")).get("devices").size()).isZero();
    }

    @Test
    void dismissingPutsItOutOfSightUntilThatIsTakenBack() {
        knock(mqtt("nc-nuisance", "xyzzy"));
        waiting("nc-nuisance");
        assertThat(post("/api/newcomers/nc-nuisance/dismiss", "").statusCode()).isEqualTo(204);
        knock(mqtt("nc-nuisance", "xyzzy").setAttempts(50).setLastMillis(NOW + 1000));
        await().atMost(PATIENCE)
                .until(() ->
                        json(get("/api/newcomers/nc-nuisance")).get("attempts").asInt() == 50);
        assertThat(find("waiting", "nc-nuisance")).isEmpty();
        assertThat(find("dismissed", "nc-nuisance"))
                .hasValueSatisfying(view ->
                        assertThat(view.at("/decision/actor").asString()).isEqualTo("admin"));
        assertThat(post("/api/newcomers/nc-nuisance/undo", "").statusCode()).isEqualTo(204);
        assertThat(find("waiting", "nc-nuisance")).isPresent();
        assertThat(json(post("/api/newcomers/nc-nuisance/undo", "")).get("code").asString())
                .isEqualTo("NOTHING_TO_UNDO");
        assertThat(post("/api/newcomers/nobody-at-all/dismiss", "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void whoMayNotKeepTheLedgerMayLookAndNotDecide() {
        knock(mqtt("nc-role", "xyzzy"));
        waiting("nc-role");
        for (var role : List.of("viewer", "duty", "chief")) {
            post(
                    "/api/users",
                    Map.of("id", "nc-" + role, "name", "V", "password", "only-looks-1", "roles", List.of(role)));
            var as = basic("nc-" + role, "only-looks-1");
            assertThat(send(HttpRequest.newBuilder(address("/api/newcomers")).header("Authorization", as))
                            .statusCode())
                    .isEqualTo(200);
            for (var decision : List.of("accept", "dismiss", "undo")) {
                assertThat(post("/api/newcomers/nc-role/" + decision, Map.of(), as)
                                .statusCode())
                        .isEqualTo(403);
            }
        }
        assertThat(send(HttpRequest.newBuilder(address("/api/newcomers"))).statusCode())
                .isEqualTo(401);
        post(
                "/api/users",
                Map.of("id", "nc-eng", "name", "E", "password", "keeps-ledger-1", "roles", List.of("engineer")));
        assertThat(post("/api/newcomers/nc-role/dismiss", "", basic("nc-eng", "keeps-ledger-1"))
                        .statusCode())
                .isEqualTo(204);
    }

    @Test
    void ofSeveralSecretsOneMustBeChosen() {
        plant("nc-c");
        knock(mqtt("nc-c-probe", "of-the-thief-or-the-device-1", "of-the-thief-or-the-device-2")
                .addAddresses("10.6.6.6"));
        var listed = waiting("nc-c-probe");
        assertThat(listed.get("warnings").toString()).contains("SEVERAL_SECRETS", "SEVERAL_ADDRESSES");
        assertThat(json(post("/api/newcomers/nc-c-probe/accept", Map.of()))
                        .get("code")
                        .asString())
                .isEqualTo("SEVERAL_SECRETS");
        var second = listed.at("/showings/1/id").asString();
        assertThat(post("/api/newcomers/nc-c-probe/accept", Map.of("showing", second))
                        .statusCode())
                .isEqualTo(200);
        await().atMost(PATIENCE)
                .until(() -> published("nc-c", "nc-c-probe")
                        .filter(device -> device.getCredential()
                                .getHash()
                                .equals(credential("nc-c-probe", "of-the-thief-or-the-device-2")
                                        .getHash()))
                        .isPresent());
    }

    @Test
    void aSwappedDeviceGetsItsNewCredentialByOneDecision() {
        plant("nc-d");
        knock(mqtt("nc-d-probe", "of-the-first-device-2024"));
        waiting("nc-d-probe");
        post("/api/newcomers/nc-d-probe/accept", Map.of());
        knock(later(mqtt("nc-d-probe", "of-its-replacement-2026"), 5_000));
        var listed = waiting("nc-d-probe");
        assertThat(listed.at("/known/facility").asString()).isEqualTo("nc-d");
        assertThat(listed.get("warnings").toString()).contains("WRONG_SECRET");
        var answer = post("/api/newcomers/nc-d-probe/accept", Map.of("replaceCredential", true));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        await().atMost(PATIENCE)
                .until(() -> published("nc-d", "nc-d-probe")
                        .filter(device -> device.getCredential()
                                .getHash()
                                .equals(credential("nc-d-probe", "of-its-replacement-2026")
                                        .getHash()))
                        .isPresent());
        assertThat(find("waiting", "nc-d-probe")).isEmpty();

        // Revoked, it is listed again, with the reason.
        assertThat(send(HttpRequest.newBuilder(address("/api/devices/nc-d-probe/credential"))
                                .header("Authorization", admin())
                                .DELETE())
                        .statusCode())
                .isEqualTo(204);
        await().atMost(PATIENCE)
                .until(() -> published("nc-d", "nc-d-probe")
                        .filter(device -> !device.hasCredential())
                        .isPresent());
        knock(later(mqtt("nc-d-probe", "of-its-replacement-2026"), 9_000));
        assertThat(waiting("nc-d-probe").get("warnings").toString()).contains("NO_CREDENTIAL");
    }

    @Test
    void aNewSecretIsShownOnceAndANameThatIsNoIdStaysHarmless() {
        plant("nc-e");
        knock(mqtt("nc-e-probe"));
        waiting("nc-e-probe");
        var answer = post("/api/newcomers/nc-e-probe/accept", Map.of("newSecret", true));
        assertThat(json(answer).get("password").asString()).hasSize(43);
        assertThat(get("/api/newcomers/nc-e-probe").body())
                .doesNotContain(json(answer).get("password").asString());

        knock(mqtt("nc e/\u202e<script>", "xyzzy"));
        var coded = NewcomerId.coded("nc e/\u202e<script>");
        var listed = waiting(coded);
        assertThat(listed.get("name").asString()).isEqualTo("nc e/\\u{202e}<script>");
        assertThat(listed.get("acceptable").asBoolean()).isFalse();
        assertThat(json(post("/api/newcomers/" + coded + "/accept", Map.of("facility", "nc-e")))
                        .get("code")
                        .asString())
                .isEqualTo("INVALID_ID");
        assertThat(post("/api/newcomers/" + coded + "/dismiss", "").statusCode())
                .isEqualTo(204);
    }

    @Test
    void theListIsPagedInAnOrderThatStays() {
        for (int i = 0; i < 5; i++) {
            knock(mqtt("nc-page-" + i, "xyzzy").setFirstMillis(NOW + 1_000_000 + i));
        }
        waiting("nc-page-0");
        var first = json(get("/api/newcomers?limit=2"));
        assertThat(first.values())
                .extracting(view -> view.get("id").asString())
                .containsExactly("nc-page-4", "nc-page-3");
        assertThat(json(get("/api/newcomers?limit=2&after=nc-page-3")).values())
                .extracting(view -> view.get("id").asString())
                .containsExactly("nc-page-2", "nc-page-1");
        assertThat(get("/api/newcomers?state=nonsense").statusCode()).isEqualTo(400);
        assertThat(get("/api/openapi.json").body()).contains("/api/newcomers/{id}/accept");
    }

    private void plant(String id) {
        var plant = new LinkedHashMap<>(TestingCity.facility(id, "rural_sewage", "village_plant"));
        plant.put("devices", List.of());
        assertThat(json(post("/api/assets", TestingCity.document(List.of(plant))))
                        .get("errors")
                        .size())
                .isZero();
    }

    private static Newcomer.Builder later(Newcomer.Builder newcomer, long millis) {
        newcomer.getShowingsBuilder(0).setLastMillis(NOW + millis);
        return newcomer.setLastMillis(NOW + millis);
    }

    private void knock(Newcomer.Builder newcomer) {
        var record = newcomer.build();
        log.write(Topics.NEWCOMERS, record.getId() + "|" + record.getWriter(), record);
    }

    private Optional<Device> published(String facility, String device) {
        return topic.getOrDefault(facility, Facility.getDefaultInstance()).getDevicesList().stream()
                .filter(each -> each.getId().equals(device))
                .findFirst();
    }

    private JsonNode waiting(String id) {
        return await().atMost(PATIENCE)
                .until(() -> find("waiting", id), Optional::isPresent)
                .orElseThrow();
    }

    private Optional<JsonNode> find(String state, String id) {
        return json(get("/api/newcomers?limit=1000&state=" + state)).values().stream()
                .filter(view -> view.get("id").asString().equals(id))
                .findFirst();
    }
}
