package io.yiwang.dashboard.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.dashboard.DashboardIT;
import io.yiwang.dashboard.assets.TestingCity;
import io.yiwang.dashboard.kafka.TopicReader;
import io.yiwang.model.Topics;
import io.yiwang.model.rule.Scopes;
import io.yiwang.model.wire.LimitChange;
import io.yiwang.model.wire.RuleRecord;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

class RulesIT extends DashboardIT {
    private static final String HH = "gas_station_leak_lel.hh";
    private static final String LEAK = "gas_station_leak_lel";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Autowired
    private RuleStore store;

    @Autowired
    private RulePublisher publisher;

    @Autowired
    private JdbcTemplate database;

    private final List<String> keys = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, RuleRecord> topic = Collections.synchronizedMap(new HashMap<>());
    private final TopicReader reader =
            new TopicReader(KAFKA.bootstrap(), Topics.RULES, TopicReader.Start.beginning(), record -> {
                try {
                    topic.put(record.key(), RuleRecord.parseFrom(record.value()));
                    keys.add(record.key());
                } catch (InvalidProtocolBufferException e) {
                    throw new IllegalStateException(e);
                }
            });

    @AfterEach
    void stop() {
        reader.close();
    }

    @Test
    void aLimitIsChangedForOneFacilityRefusedWhereItCannotHoldAndTakenBack() {
        facility("rule-a");
        var scope = scope("rule-a", null);
        assertThat(rows("facility=rule-a&metric=" + LEAK)).hasSize(2).allSatisfy(row -> {
            assertThat(row.get("changed").asBoolean()).isFalse();
            assertThat(row.get("version").asInt()).isZero();
        });

        var refused = put(HH, wish(scope, 0, "120"));
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
        assertThat(json(refused).at("/errors/0/column").asString()).isEqualTo("limit.value");
        assertThat(json(refused).at("/errors/0/sentence/en").asString())
                .isEqualTo("120 lies outside the range of Combustible gas in station, 0 to 100 %LEL");
        assertThat(json(put(HH, wish(scope("nowhere", null), 0, "30")))
                        .at("/errors/0/column")
                        .asString())
                .isEqualTo("scope.facility");

        var before = Instant.now();
        var made = put(HH, wish(scope, 0, "30"));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        assertThat(json(made).get("version").asInt()).isEqualTo(1);
        var key = HH + "#gas//rule-a/#1";
        await().atMost(PATIENCE).until(() -> topic.containsKey(key));
        var record = topic.get(key);
        assertThat(record.getChangedBy()).isEqualTo("admin");
        assertThat(record.getLimit().getValue()).isEqualTo("30");
        // Long enough ahead for it to be known everywhere, soon enough to hold within two seconds.
        assertThat(record.getValidFromMillis() - record.getChangedMillis()).isBetween(900L, 1100L);
        assertThat(Instant.ofEpochMilli(record.getValidFromMillis())).isAfter(before);

        // Who knows an older version changes nothing.
        assertThat(put(HH, wish(scope, 0, "40")).statusCode()).isEqualTo(412);
        assertThat(put(HH, wish(scope("rule-a", "rule-a-leak2"), 0, "35")).statusCode())
                .isEqualTo(200);

        assertThat(rows("facility=rule-a&metric=" + LEAK + "&changed=true"))
                .extracting(row -> row.get("effective").asDouble() + " "
                        + row.at("/scope/device").asString())
                .containsExactly("30.0 ", "35.0 rule-a-leak2");
        assertThat(rows("domain=gas&metric=" + LEAK).stream()
                        .filter(row -> row.get("rule").asString().equals(HH))
                        .map(row -> row.get("id").asString())
                        .filter(id -> id.endsWith("#gas///") || id.contains("/rule-a/")))
                .containsExactly(HH + "#gas///", HH + "#gas//rule-a/", HH + "#gas//rule-a/rule-a-leak2");
        // The limits that people see beside the readings are those that hold.
        assertThat(json(get("/api/points/rule-a-leak1." + LEAK)).get("limits").toString())
                .contains("\"rule\":\"" + HH + "\",\"side\":\"hh\",\"value\":30.0");

        assertThat(restore(HH, scope, 1, 0).statusCode()).isEqualTo(200);
        assertThat(rows("facility=rule-a&metric=" + LEAK + "&changed=true")).hasSize(1);
        assertThat(restore(HH, scope, 2, 1).statusCode()).isEqualTo(200);

        var versions = json(get("/api/rules/" + HH + "/versions?scope=gas//rule-a/"));
        assertThat(versions.valueStream()
                        .map(version -> version.get("version").asInt() + " "
                                + version.get("kind").asString() + " "
                                + version.get("changedBy").asString() + " "
                                + version.get("note").asString()))
                .containsExactly("3 limit admin back", "2 withdrawal admin back", "1 limit admin too near the duct");
        await().atMost(PATIENCE).until(() -> topic.containsKey(HH + "#gas//rule-a/#3"));
        assertThat(topic.get(key)).isEqualTo(record);
        assertThat(keys.stream().filter(k -> k.startsWith(HH + "#gas//rule-a/#")))
                .containsExactly(key, HH + "#gas//rule-a/#2", HH + "#gas//rule-a/#3");
        assertThat(get("/api/audit?limit=5").body())
                .contains("rules.change", "rules.restore", "version 1 in gas//rule-a/: 30, grade 1");
    }

    @Test
    void peopleAddALimitAndSwitchItOff() {
        facility("rule-b");
        var limit = limit("20");
        limit.put("metric", "gas_filter_dp");
        limit.put("side", "x");
        limit.put("statistic", "hourly_mean");
        limit.put("grade", 3);

        var made = post("/api/rules", Map.of("scope", Map.of("domain", "gas", "type", "gate_station"), "limit", limit));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        var id = json(made).get("rule").asString();
        assertThat(id).isEqualTo("own.gas_filter_dp-x");
        assertThat(rows("facility=rule-b&metric=gas_filter_dp").stream()
                        .filter(row -> row.get("rule").asString().equals(id)))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.get("effective").asDouble()).isEqualTo(20);
                    assertThat(row.at("/scope/type").asString()).isEqualTo("gate_station");
                });

        limit.put("disabled", true);
        assertThat(put(id, Map.of("scope", scope("rule-b", null), "expectedVersion", 0, "limit", limit))
                        .statusCode())
                .isEqualTo(200);
        assertThat(rows("facility=rule-b&metric=gas_filter_dp").stream()
                        .filter(row -> row.get("rule").asString().equals(id)))
                .singleElement()
                .satisfies(row -> assertThat(row.get("disabled").asBoolean()).isTrue());
    }

    @Test
    void incidentsAndWhatIsLearnedTogetherAreSwitchedOffAndTakenBack() {
        facility("rule-g");
        var scope = scope("rule-g", null);
        var pattern = rows("facility=rule-g").stream()
                .filter(row -> row.get("kind").asString().equals("pattern"))
                .findFirst()
                .orElseThrow()
                .get("rule")
                .asString();
        for (var rule : List.of(pattern, "joint")) {
            var made = put(
                    rule,
                    Map.of("scope", scope, "expectedVersion", 0, "learned", Map.of("disabled", true, "grade", 0)));
            assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
            assertThat(rows("facility=rule-g&changed=true").stream()
                            .filter(row -> row.get("rule").asString().equals(rule)))
                    .singleElement()
                    .satisfies(
                            row -> assertThat(row.get("disabled").asBoolean()).isTrue());
            await().atMost(PATIENCE).until(() -> topic.containsKey(rule + "#gas//rule-g/#1"));
            assertThat(restore(rule, scope, 1, 0).statusCode()).isEqualTo(200);
        }
        assertThat(rows("facility=rule-g&changed=true"))
                .allMatch(row -> row.get("kind").asString().equals("limit"));

        var together = put(
                "pattern.gas_main_break",
                Map.of("scope", Map.of("domain", "gas"), "expectedVersion", 0, "learned", Map.of("disabled", true)));
        assertThat(together.statusCode()).isEqualTo(422);
        assertThat(json(together).at("/errors/0/sentence/en").asString()).contains("several facilities");
    }

    @Test
    void aMaintenanceWindowIsPlannedAndEndsEarly() {
        facility("rule-c");
        var now = Instant.now();
        var scope = scope("rule-c", null);
        var wrong = post("/api/maintenance", Map.of("scope", scope, "from", now, "to", now.minusSeconds(60)));
        assertThat(json(wrong).at("/errors/0/column").asString()).isEqualTo("maintenance.to_millis");

        var made = json(post(
                "/api/maintenance",
                Map.of("scope", scope, "from", now.minusSeconds(60), "to", now.plusSeconds(3600), "note", "filter")));
        assertThat(made.get("state").asString()).isEqualTo("active");
        var window = made.get("window").asString();
        var ended = json(post("/api/maintenance/" + window + "/end", Map.of("scope", scope, "expectedVersion", 1)));
        assertThat(ended.get("state").asString()).isEqualTo("over");
        assertThat(Instant.parse(ended.get("to").asString())).isBefore(now.plusSeconds(60));
        assertThat(post("/api/maintenance/" + window + "/end", Map.of("scope", scope, "expectedVersion", 2))
                        .statusCode())
                .isEqualTo(409);

        var planned = json(post(
                "/api/maintenance", Map.of("scope", scope, "from", now.plusSeconds(600), "to", now.plusSeconds(3600))));
        post(
                "/api/maintenance/" + planned.get("window").asString() + "/end",
                Map.of("scope", scope, "expectedVersion", 1));
        assertThat(json(get("/api/maintenance?facility=rule-c")))
                .singleElement()
                .satisfies(left -> assertThat(left.get("window").asString()).isEqualTo(window));
    }

    @Test
    void onlyChiefsAndAdministratorsChangeRules() {
        facility("rule-d");
        post(
                "/api/users",
                Map.of(
                        "id",
                        "rule-duty",
                        "name",
                        "d",
                        "password",
                        "long enough 1",
                        "roles",
                        List.of("duty", "engineer")));
        var duty = basic("rule-duty", "long enough 1");
        var request = HttpRequest.newBuilder(address("/api/rules/" + HH))
                .header("Authorization", duty)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(JSON.writeValueAsString(wish(scope("rule-d", null), 0, "30"))));
        assertThat(send(request).statusCode()).isEqualTo(403);
        assertThat(post("/api/maintenance", Map.of(), duty).statusCode()).isEqualTo(403);
        assertThat(send(HttpRequest.newBuilder(address("/api/rules?domain=gas")).header("Authorization", duty))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void whatACrashLeftUnpublishedAndWhatTheTopicLostIsMadeGood() {
        facility("rule-e");
        publisher.stop();
        long before = Instant.now().minusSeconds(3600).toEpochMilli();
        var committed = record("rule-e", before);
        var lost = record("rule-f", before);
        store.insert(committed);
        store.insert(lost);
        database.update("UPDATE rule_version SET published = now() WHERE scope = ?", Scopes.text(lost.getScope()));

        publisher.start();

        await().atMost(PATIENCE)
                .until(() -> topic.containsKey(Scopes.key(lost)) && topic.containsKey(Scopes.key(committed)));
        // What was judged by before keeps its moment; what nobody could know then holds from now on.
        assertThat(topic.get(Scopes.key(lost))).isEqualTo(lost);
        var late = topic.get(Scopes.key(committed));
        assertThat(late.getValidFromMillis()).isGreaterThan(before + 3_500_000);
        assertThat(late.toBuilder().setValidFromMillis(before).build()).isEqualTo(committed);
        await().atMost(PATIENCE).until(() -> store.unpublished().isEmpty());
        assertThat(store.all()).extracting(RuleStore.Row::record).contains(late, lost);
    }

    private static RuleRecord record(String facility, long validFrom) {
        return RuleRecord.newBuilder()
                .setId(HH)
                .setScope(Scopes.facility("gas", facility))
                .setVersion(1)
                .setValidFromMillis(validFrom)
                .setChangedMillis(validFrom - 1000)
                .setChangedBy("admin")
                .setLimit(LimitChange.newBuilder()
                        .setMetric(LEAK)
                        .setSide("hh")
                        .setValue("44")
                        .setGrade(1))
                .build();
    }

    private void facility(String id) {
        var answer =
                post("/api/assets", TestingCity.document(List.of(TestingCity.facility(id, "gas", "gate_station"))));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static Map<String, Object> scope(String facility, String device) {
        var scope = new HashMap<String, Object>(Map.of("domain", "gas", "facility", facility));
        scope.put("device", device);
        return scope;
    }

    private static Map<String, Object> limit(String value) {
        return new HashMap<>(Map.of(
                "metric", LEAK, "side", "hh", "value", value, "grade", 1, "onDelaySeconds", 5, "source", "order 12"));
    }

    private static Map<String, Object> wish(Map<String, Object> scope, int expected, String value) {
        return Map.of("scope", scope, "expectedVersion", expected, "note", "too near the duct", "limit", limit(value));
    }

    private List<JsonNode> rows(String query) {
        return json(get("/api/rules?" + query)).valueStream().toList();
    }

    private HttpResponse<String> put(String rule, Object body) {
        return send(HttpRequest.newBuilder(address("/api/rules/" + rule))
                .header("Authorization", admin())
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(JSON.writeValueAsString(body))));
    }

    private HttpResponse<String> restore(String rule, Map<String, Object> scope, int expected, int version) {
        return post(
                "/api/rules/" + rule + "/restore",
                Map.of("scope", scope, "expectedVersion", expected, "version", version, "note", "back"));
    }
}
