package io.yiwang.dashboard.assets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.dashboard.DashboardIT;
import io.yiwang.dashboard.DashboardSettings;
import io.yiwang.dashboard.audit.Audit;
import io.yiwang.dashboard.kafka.TopicReader;
import io.yiwang.model.Topics;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Facility;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

class AssetsIT extends DashboardIT {
    private final Map<String, Optional<Facility>> topic = new ConcurrentHashMap<>();
    private final TopicReader reader =
            new TopicReader(KAFKA.bootstrap(), Topics.ASSETS, TopicReader.Start.beginning(), record -> {
                try {
                    topic.put(
                            record.key(),
                            record.value() == null
                                    ? Optional.empty()
                                    : Optional.of(Facility.parseFrom(record.value())));
                } catch (InvalidProtocolBufferException e) {
                    throw new IllegalStateException(e);
                }
            });

    @Autowired
    private AssetCatalogue catalogue;

    @Autowired
    private AssetLedger ledger;

    @Autowired
    private AssetStore store;

    @Autowired
    private DomainPacks packs;

    @Autowired
    private Audit audit;

    @Autowired
    private AssetChanges changes;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private DashboardSettings settings;

    @AfterEach
    void close() {
        reader.close();
    }

    @Test
    void whatIsImportedIsStoredPublishedAndExportedAlike() {
        var document = TestingCity.document(TestingCity.facilities("round", 20));
        var first = json(post("/api/assets", document));
        assertThat(first.get("created").asInt()).isEqualTo(20);
        assertThat(first.get("errors").size()).isZero();
        assertThat(json(post("/api/assets", document)).get("unchanged").asInt()).isEqualTo(20);

        assertThat(store.load().facilities()).isEqualTo(catalogue.current().facilities());
        assertThat(store.load().districts()).isEqualTo(catalogue.current().districts());
        assertThat(json(post("/api/assets", get("/api/assets").body()))
                        .get("updated")
                        .asInt())
                .isZero();
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(topic.get("round-0"))
                        .isEqualTo(catalogue.current().facility("round-0")));
    }

    @Test
    void aDeletedFacilityIsGoneEverywhere() {
        post("/api/assets", TestingCity.document(TestingCity.facilities("gone", 2)));
        await().atMost(Duration.ofSeconds(20)).until(() -> topic.containsKey("gone-1"));
        assertThat(delete("/api/assets/gone-1")).isEqualTo(204);
        assertThat(delete("/api/assets/gone-1")).isEqualTo(404);
        assertThat(get("/api/facilities/gone-1").statusCode()).isEqualTo(404);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(topic.get("gone-1")).isEmpty());
        assertThat(store.load().facility("gone-1")).isEmpty();
    }

    @Test
    void aCredentialIsShownOnceAndOnlyItsHashIsKept() {
        post("/api/assets", TestingCity.document(List.of(TestingCity.facility("cred", "gas", "gate_station"))));
        var made = json(post("/api/devices/cred-meter/credential", ""));
        assertThat(made.get("username").asString()).isEqualTo("cred-meter");
        assertThat(made.get("topic").asString()).isEqualTo("city/v1/gas/cred/cred-meter/telemetry");
        var secret = made.get("password").asString();
        assertThat(secret).hasSizeGreaterThanOrEqualTo(43);

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(hashIn("cred", secret)).isTrue());
        assertThat(get("/api/assets").body()).doesNotContain(secret).doesNotContain("credential");
        assertThat(json(get("/api/facilities/cred")).at("/devices/0/credential").asBoolean())
                .isTrue();
        assertThat(delete("/api/devices/cred-meter/credential")).isEqualTo(204);
        assertThat(json(get("/api/facilities/cred")).at("/devices/0/credential").asBoolean())
                .isFalse();
        var audit = get("/api/audit").body();
        assertThat(audit).contains("credential.create", "credential.revoke").doesNotContain(secret);
    }

    @Test
    void facilitiesAndPointsCarryTheirLimits() {
        post("/api/assets", TestingCity.document(List.of(TestingCity.facility("limits", "gas", "gate_station"))));
        var page = json(get("/api/facilities?domain=gas&limit=1&after=limit"));
        assertThat(page.values()).extracting(f -> f.get("id").asString()).containsExactly("limits");
        assertThat(page.get(0).get("state").asString()).isEqualTo("unknown");

        var point = json(get("/api/points/limits-leak1.gas_station_leak_lel"));
        assertThat(point.get("facility").asString()).isEqualTo("limits");
        assertThat(point.get("limits").values())
                .extracting(JsonNode::toString)
                .anySatisfy(limit -> assertThat(limit).contains("gas_station_leak_lel.h"));
        assertThat(json(get("/api/facilities/limits"))
                        .at("/parameters/q_design")
                        .asDouble())
                .isEqualTo(TestingCity.parameters("gas", "gate_station").get("q_design"));
        assertThat(get("/api/points/limits-leak1.nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void aThousandFacilitiesAreOneImport() {
        var answer = json(post("/api/assets", TestingCity.document(TestingCity.facilities("many", 1000))));
        assertThat(answer.get("errors").size()).isZero();
        assertThat(answer.get("created").asInt()).isEqualTo(1000);
        await().atMost(Duration.ofSeconds(30)).until(() -> topic.containsKey("many-999"));
    }

    @Test
    void whatACrashLeftUnpublishedIsMadeGoodAtTheNextStart() {
        post("/api/assets", TestingCity.document(TestingCity.facilities("before", 2)));
        await().atMost(Duration.ofSeconds(20)).until(() -> topic.containsKey("before-1"));
        // Committed, and then the process died: the tables have it, the topic does not, and the other way round.
        var unpublished = catalogue.current().facility("before-0").orElseThrow().toBuilder()
                .setId("unpublished")
                .clearDevices()
                .build();
        store.putFacilities(List.of(unpublished));
        store.removeFacility("before-1");

        var nextLife = new AssetLedger(store, packs, audit, changes, transaction, InstantSource.system());
        var publisher = new AssetPublisher(settings, nextLife);
        publisher.start();
        try {
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(topic.get("unpublished")).contains(unpublished);
                assertThat(topic.get("before-1")).isEmpty();
            });
            nextLife.removeFacility("unpublished", "test", assets -> null);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(topic.get("unpublished")).isEmpty());
            ledger.removeFacility("before-1", "test", assets -> null);
        } finally {
            publisher.stop();
        }
    }

    @Test
    void aCredentialKeepsTheTimeAtWhichItWasMadeUntilItIsRenewed() {
        var facility = new HashMap<>(TestingCity.facility("aged", "gas", "gate_station"));
        post("/api/assets", TestingCity.document(List.of(facility)));
        long before = System.currentTimeMillis();
        post("/api/devices/aged-meter/credential", "");
        long made = issuedMillis("aged");
        assertThat(made).isBetween(before, System.currentTimeMillis());
        // An edit writes the facility's devices anew.
        facility.put("longitude", 116.25);
        assertThat(json(post("/api/assets", TestingCity.document(List.of(facility))))
                        .get("updated")
                        .asInt())
                .isEqualTo(1);
        assertThat(issuedMillis("aged")).isEqualTo(made);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(topic.get("aged"))
                        .contains(store.load().facility("aged").orElseThrow()));
        post("/api/devices/aged-meter/credential", "");
        assertThat(issuedMillis("aged")).isGreaterThan(made);
    }

    private long issuedMillis(String facility) {
        return store.load().facility(facility).orElseThrow().getDevicesList().stream()
                .mapToLong(device -> device.getCredential().getIssuedMillis())
                .max()
                .orElseThrow();
    }

    private boolean hashIn(String facility, String secret) {
        return topic.get(facility).orElseThrow().getDevicesList().stream()
                .filter(device -> device.hasCredential())
                .map(device -> device.getCredential())
                .anyMatch(credential -> java.util.Arrays.equals(
                        Ids.secretHash(credential.getSalt().toByteArray(), secret.getBytes(StandardCharsets.UTF_8)),
                        credential.getHash().toByteArray()));
    }

    private int delete(String path) {
        return send(HttpRequest.newBuilder(address(path))
                        .header("Authorization", admin())
                        .DELETE())
                .statusCode();
    }
}
