package io.yiwang.dashboard.assets;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.dashboard.assets.AssetImport.Plan;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.model.domain.Name;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
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
    private static final Assets EMPTY = new Assets(new Name("空", "Empty"), List.of(), List.of(), PACKS);

    private final AssetImport imports = new AssetImport(PACKS);

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

    private static Map<String, Object> gate(String id) {
        return TestingCity.facility(id, "gas", "gate_station");
    }

    private Plan plan(Assets before, Map<String, Object> document) {
        return imports.plan(before, JSON.convertValue(document, AssetDocument.class));
    }

    private static Assets after(Assets before, Plan plan) {
        var facilities = new LinkedHashMap<>(before.facilities());
        plan.created().forEach(f -> facilities.put(f.getId(), f));
        plan.updated().forEach(f -> facilities.put(f.getId(), f));
        var districts = new ArrayList<>(before.districts());
        districts.addAll(plan.districts());
        return new Assets(plan.city() == null ? before.city() : plan.city(), districts, facilities.values(), PACKS);
    }
}
