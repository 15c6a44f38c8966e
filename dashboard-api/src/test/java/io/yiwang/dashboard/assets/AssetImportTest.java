package io.yiwang.dashboard.assets;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.dashboard.assets.AssetImport.Plan;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Name;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class AssetImportTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Assets EMPTY = new Assets(new Name("空", "Empty"), List.of(), List.of(), List.of(), PACKS);

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-03-01T00:00:00Z"));

    private final AssetImport imports = new AssetImport(PACKS, CLOCK);

    @Test
    void everyFacilityTypeOfEveryPackCanBeImportedAndASecondTimeChangesNothing() {
        var document = TestingCity.document(TestingCity.facilities("f", 60));
        var first = plan(EMPTY, document);
        assertThat(first.errors()).isEmpty();
        assertThat(first.created()).hasSize(60);
        assertThat(first.districts()).hasSize(1);

        var second = plan(after(EMPTY, first), document);
        assertThat(second.errors()).isEmpty();
        assertThat(second.unchanged()).isEqualTo(60);
        assertThat(second.changesNothing()).isTrue();
    }

    @Test
    void oneWrongFacilityIsRefusedAndTheOthersGoOn() {
        var wrong = TestingCity.facility("wrong", "gas", "gate_station");
        wrong.put("domain", "magic");
        var plan = plan(EMPTY, TestingCity.document(List.of(gate("a"), wrong, gate("b"))));
        assertThat(plan.created()).extracting(f -> f.getId()).containsExactly("a", "b");
        assertThat(plan.errors()).singleElement().satisfies(e -> {
            assertThat(e.id()).isEqualTo("wrong");
            assertThat(e.reason()).contains("magic");
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    id         | "a b"                     | facility id must match
                    id         | "a/b"                     | facility id must match
                    type       | "palace"                  | unknown facility type palace
                    district   | "nowhere"                 | unknown district nowhere
                    longitude  | 180.5                     | longitude
                    latitude   | -91                       | latitude
                    latitude   | null                      | latitude
                    name       | {"zh":"","en":"x"}        | name needs zh and en
                    parameters | {"unheard_of":1}          | unknown parameter unheard_of
                    parameters | {"q_design":null}         | not a finite number
                    upstream   | ["not-there"]             | upstream not-there
                    upstream   | ["f"]                     | upstream f
                    devices    | [{"id":"x.y"}]            | device id must match
                    devices    | [{"id":"d"},{"id":"d"}]   | device d is there twice
                    devices    | [{"id":"d","points":[{"metric":"water_ph"}]}] | unknown metric water_ph
                    devices    | [{"id":"d","points":[{"metric":"gas_h2s"},{"metric":"gas_h2s"}]}] | twice
                    devices    | [{"id":"d","points":[{"metric":"gas_h2s","periodSeconds":-1}]}] | periodSeconds -1
                    devices    | [{"id":"d","gateway":"nobody"}] | gateway nobody is not another device
                    devices    | [{"id":"d","externalId":" a"}] | no blanks around it
                    devices    | [{"id":"d","externalId":"x"},{"id":"e","externalId":"x"}] | device d is called x already
                    devices    | [{"id":"d","externalId":"e"},{"id":"e"}] | device e is called e already
                    devices    | [{"id":"d","points":[{"metric":"gas_h2s","unit":"furlong"}]}] | unit furlong cannot be converted
                    devices    | [{"id":"d","points":[{"metric":"gas_h2s","source":"a"},{"metric":"gas_odorant_tht","source":"a"}]}] | more than one metric
                    devices    | [{"id":"d","credential":{"salt":"###","hash":""}}] | not base64
                    devices    | [{"id":"d","credential":{"salt":"AAAAAAAAAAA=","hash":"AAAA"}}] | hash of 32 bytes
                    """)
    void aFieldThatCannotBeIsNamedInTheReason(String field, String value, String reason) {
        var facility = gate("f");
        facility.put(field, JSON.readTree(value));
        var plan = plan(EMPTY, TestingCity.document(List.of(facility)));
        assertThat(plan.created()).isEmpty();
        assertThat(plan.errors())
                .singleElement()
                .satisfies(e -> assertThat(e.reason()).contains(reason));
    }

    @Test
    void aDeviceBelongsToOneFacilityOnly() {
        var before = after(EMPTY, plan(EMPTY, TestingCity.document(List.of(gate("a")))));
        var thief = gate("b");
        thief.put("devices", List.of(Map.of("id", "a-meter")));
        var plan = plan(before, TestingCity.document(List.of(thief)));
        assertThat(plan.errors())
                .singleElement()
                .satisfies(e -> assertThat(e.reason()).isEqualTo("device a-meter belongs to facility a already"));

        var without = gate("a");
        without.put("devices", List.of());
        var moved = plan(before, TestingCity.document(List.of(without, thief)));
        assertThat(moved.errors()).isEmpty();
        assertThat(moved.updated()).extracting(f -> f.getId()).containsExactly("a");
        assertThat(moved.created()).extracting(f -> f.getId()).containsExactly("b");
    }

    @Test
    void aRefusedFacilityKeepsItsDevicesSoNobodyElseGetsThem() {
        var before = after(EMPTY, plan(EMPTY, TestingCity.document(List.of(gate("a")))));
        var refused = gate("a");
        refused.put("latitude", 100);
        refused.put("devices", List.of());
        var thief = gate("b");
        thief.put("devices", List.of(Map.of("id", "a-meter")));
        var plan = plan(before, TestingCity.document(List.of(refused, thief)));
        assertThat(plan.created()).isEmpty();
        assertThat(plan.updated()).isEmpty();
        assertThat(plan.errors()).extracting(e -> e.id()).containsExactly("a", "b");
    }

    @Test
    void aDocumentWithoutCredentialsKeepsThePresentOnes() {
        var hash = Base64.getEncoder().encodeToString(new byte[32]);
        var withCredential = gate("a");
        withCredential.put(
                "devices",
                List.of(Map.of("id", "a-meter", "credential", Map.of("salt", "AAAAAAAAAAA=", "hash", hash))));
        var before = after(EMPTY, plan(EMPTY, TestingCity.document(List.of(withCredential))));
        var without = gate("a");
        without.put("devices", List.of(Map.of("id", "a-meter")));
        assertThat(plan(before, TestingCity.document(List.of(without))).changesNothing())
                .isTrue();
    }

    @Test
    void whoSpeaksForOthersStaysUntilTheyHaveAnotherGateway() {
        var a = gate("a");
        a.put("devices", List.of(Map.of("id", "gw")));
        var b = gate("b");
        b.put("devices", List.of(Map.of("id", "m1", "gateway", "gw", "externalId", "MN-1")));
        var before = after(EMPTY, plan(EMPTY, TestingCity.document(List.of(a, b))));
        assertThat(before.spokenForBy("gw")).containsExactly("m1");
        assertThat(before.deviceCalled("MN-1"))
                .hasValueSatisfying(at -> assertThat(at.device().getId()).isEqualTo("m1"));

        var without = gate("a");
        without.put("devices", List.of());
        assertThat(plan(before, TestingCity.document(List.of(without))).errors())
                .singleElement()
                .satisfies(e -> assertThat(e.reason()).contains("gw is the gateway of device m1"));
        var freed = gate("b");
        freed.put("devices", List.of(Map.of("id", "m1", "gateway", "")));
        var both = plan(before, TestingCity.document(List.of(without, freed)));
        assertThat(both.errors()).isEmpty();
        assertThat(both.updated()).hasSize(2);
        // What is not said stays.
        assertThat(both.updated().get(1).getDevices(0).getExternalId()).isEqualTo("MN-1");
    }

    @Test
    void aNameThatADeviceOfTheLedgerHasIsTaken() {
        var before = after(EMPTY, plan(EMPTY, TestingCity.document(List.of(gate("a")))));
        var thief = gate("b");
        thief.put("devices", List.of(Map.of("id", "x", "externalId", "a-meter")));
        assertThat(plan(before, TestingCity.document(List.of(thief))).errors())
                .singleElement()
                .satisfies(e -> assertThat(e.reason()).contains("device a-meter is called a-meter already"));
    }

    @Test
    void aDevicesOwnIdIsNeitherAGatewayNorAnotherName() {
        var a = gate("a");
        a.put("devices", List.of(Map.of("id", "d", "gateway", "d", "externalId", "d")));
        var plan = plan(EMPTY, TestingCity.document(List.of(a)));
        assertThat(plan.created().get(0).getDevices(0).getGateway()).isEmpty();
        assertThat(plan.created().get(0).getDevices(0).getExternalId()).isEmpty();
    }

    @Test
    void aParameterEqualToTheTypesDefaultIsNotKept() {
        var facility = gate("a");
        var standard = TestingCity.parameters("gas", "gate_station");
        double changed = standard.get("p_out_set_mp") * 1.01;
        facility.put("parameters", Map.of("q_design", standard.get("q_design"), "p_out_set_mp", changed));
        var plan = plan(EMPTY, TestingCity.document(List.of(facility)));
        assertThat(plan.created().get(0).getParametersMap()).containsExactly(Map.entry("p_out_set_mp", changed));
    }

    @Test
    void aTopicIsBroughtToTheLedgerByWritingOnlyWhatDiffers() {
        var assets = after(EMPTY, plan(EMPTY, TestingCity.document(List.of(gate("a"), gate("b")))));
        var published = new TreeMap<>(assets.facilities());
        assertThat(AssetPublication.between(published, assets.facilities())).isEmpty();

        published.put("gone", assets.facilities().get("a"));
        published.put(
                "b", assets.facilities().get("b").toBuilder().setLongitude(1).build());
        assertThat(AssetPublication.between(published, assets.facilities()))
                .containsExactly(
                        new AssetPublication.Change("b", assets.facilities().get("b")),
                        new AssetPublication.Change("gone", null));
    }

    @Test
    void whatRunsInACircleIsRefusedAndNamed() {
        var a = gate("a");
        a.put("upstream", List.of("c"));
        var b = gate("b");
        b.put("upstream", List.of("a"));
        var c = gate("c");
        c.put("upstream", List.of("b"));
        var plan = plan(EMPTY, TestingCity.document(List.of(a, b, c, gate("d"))));
        assertThat(plan.created()).extracting(f -> f.getId()).containsExactly("d");
        assertThat(plan.errors()).extracting(e -> e.code()).containsOnly(Finding.Code.UPSTREAM_CYCLE);
        assertThat(plan.errors().get(0).reason()).contains("a → c → b → a");
    }

    @Test
    void whatLeansOnARefusedFacilityIsRefusedToo() {
        var wrong = gate("wrong");
        wrong.put("latitude", 100);
        var next = gate("next");
        next.put("upstream", List.of("wrong"));
        var last = gate("last");
        last.put("upstream", List.of("next"));
        var plan = plan(EMPTY, TestingCity.document(List.of(last, next, wrong)));
        assertThat(plan.created()).isEmpty();
        assertThat(plan.errors()).extracting(e -> e.id()).containsExactlyInAnyOrder("wrong", "next", "last");
    }

    @Test
    void whereAPipeBeginsIsUpstream() {
        var fed = gate("fed");
        fed.put("pipes", List.of(Map.of("id", "p1", "from", "feeder", "lengthM", 12.5, "material", "PE")));
        var plan = plan(EMPTY, TestingCity.document(List.of(fed, gate("feeder"))));
        assertThat(plan.created().get(0).getUpstreamList()).containsExactly("feeder");
        assertThat(plan.warnings()).extracting(w -> w.code()).contains(Finding.Code.UPSTREAM_ADDED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    street     | "nowhere"     | UNKNOWN_STREET
                    grid       | "33 01"       | BAD_GRID
                    builtYear  | 1899          | OUT_OF_RANGE
                    builtYear  | 2028          | OUT_OF_RANGE
                    households | -1            | OUT_OF_RANGE
                    owner      | "a\\u0000b"   | BAD_CHARACTER
                    pipes      | [{"id":"p","from":"gone","lengthM":1}] | BAD_PIPE_FROM
                    pipes      | [{"id":"p","from":"g","lengthM":0}]    | NOT_POSITIVE
                    pipes      | [{"id":"p","from":"g"}]                | REQUIRED
                    pipes      | [{"id":"p","from":"g","lengthM":1,"laidYear":1800}] | OUT_OF_RANGE
                    """)
    void aLedgerFieldThatCannotBeHasAReasonCode(String field, String value, Finding.Code code) {
        var facility = gate("f");
        facility.put(field, JSON.readTree(value));
        var plan = plan(EMPTY, TestingCity.document(List.of(facility, gate("g"))));
        assertThat(plan.created()).extracting(f -> f.getId()).containsExactly("g");
        assertThat(plan.errors()).extracting(e -> e.code()).containsExactly(code);
    }

    @Test
    void whatAnEntryLeavesOutStays() {
        var full = gate("a");
        full.put("owner", "燃气公司");
        full.put("builtYear", 2001);
        var before = after(EMPTY, plan(EMPTY, TestingCity.document(List.of(full))));
        var plan = plan(before, Map.of("facilities", List.of(Map.of("id", "a", "builtYear", 2002))));
        assertThat(plan.updated().get(0).getOwner()).isEqualTo("燃气公司");
        assertThat(plan.changes().get(0).fields()).containsExactly(new AssetChange.Field("builtYear", 2001, 2002));
    }

    private static Map<String, Object> gate(String id) {
        return TestingCity.facility(id, "gas", "gate_station");
    }

    private Plan plan(Assets before, Map<String, Object> document) {
        return imports.plan(before, Incoming.of(JSON.convertValue(document, AssetDocument.class)));
    }

    private static Assets after(Assets before, Plan plan) {
        var changed = new ArrayList<>(plan.created());
        changed.addAll(plan.updated());
        return before.with(
                plan.city() == null ? before.city() : plan.city(), plan.districts(), plan.streets(), changed);
    }
}
