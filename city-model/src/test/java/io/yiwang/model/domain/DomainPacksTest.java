package io.yiwang.model.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DomainPacksTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();

    static List<Domain> domains() {
        // What was only recorded has neither behaviour nor faults.
        return PACKS.all().stream()
                .filter(domain -> !domain.id().equals("recorded"))
                .toList();
    }

    static Stream<Metric> metrics() {
        return PACKS.all().stream().flatMap(domain -> domain.metrics().stream());
    }

    private static Facility ofType(Domain domain, FacilityType type) {
        var facility = Facility.newBuilder().setId("f").setDomain(domain.id()).setType(type.id());
        for (var template : type.devices()) {
            var device = Device.newBuilder().setId("f-" + template.id());
            template.metrics()
                    .forEach(metric -> device.addPoints(Point.newBuilder().setMetric(metric)));
            facility.addDevices(device);
        }
        return facility.build();
    }

    @Test
    void theBundledPacksHaveTheShapeOfTheSchemaAndDoNotContradictThemselves() {
        assertThat(DomainPacks.bundledAndChecked().all()).isEqualTo(PACKS.all());
    }

    @Test
    void theTenDomainsComeInDisplayOrder() {
        assertThat(PACKS.all())
                .extracting(Domain::id)
                .containsExactly(
                        "gas", //
                        "water_supply",
                        "sewage",
                        "heating",
                        "waste",
                        "property",
                        "black_odorous_water",
                        "construction_dust",
                        "rural_waste",
                        "rural_sewage",
                        "recorded");
        assertThat(PACKS.rates())
                .extracting(RateDefinition::code)
                .containsExactly("facility_operating_rate", "data_completeness");
    }

    @ParameterizedTest
    @MethodSource("domains")
    void everyLimitOfEveryTypeIsANumberWithinThePhysicalRange(Domain domain) {
        for (var type : domain.facilityTypes()) {
            for (var rule : domain.rulesOf(ofType(domain, type))) {
                var range = domain.metricsByCode().get(rule.metric()).range();
                if (rule.side() == Side.STATE) {
                    assertThat(rule.states()).as(rule.id()).allMatch(range::contains);
                } else if (rule.formula() == null) {
                    assertThat(range.contains(rule.limit()))
                            .as(type.id() + " " + rule)
                            .isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("domains")
    void theOrdinaryRangeViolatesNoFixedLimitAndLeavesRoomBetweenTheOthers(Domain domain) {
        for (var type : domain.facilityTypes()) {
            for (var rule : domain.rulesOf(ofType(domain, type))) {
                var metric = domain.metricsByCode().get(rule.metric());
                var normal = metric.normal();
                if (rule.statistic().equals(Limit.RAW) && rule.side() != Side.STATE && rule.formula() == null) {
                    var low = rule.side() == Side.L || rule.side() == Side.LL;
                    // A limit that depends on the facility only has to leave part of the metric's ordinary range.
                    var fixed = metric.limits().stream()
                            .filter(limit -> limit.side() == rule.side())
                            .allMatch(limit ->
                                    limit.value() != null && limit.value().matches("-?[0-9.]+"));
                    var value = low == fixed ? normal.low() : normal.high();
                    assertThat(rule.violatedBy(value))
                            .as(type.id() + " " + rule + " at " + value)
                            .isFalse();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("domains")
    void worseSidesLieFurtherOut(Domain domain) {
        for (var type : domain.facilityTypes()) {
            var rules = domain.rulesOf(ofType(domain, type));
            for (var mild : rules) {
                for (var worse : rules) {
                    var sameMetric =
                            mild.metric().equals(worse.metric()) && mild.formula() == null && worse.formula() == null;
                    if (sameMetric && mild.side() == Side.L && worse.side() == Side.LL) {
                        assertThat(worse.limit()).as(worse.id()).isLessThan(mild.limit());
                    }
                    if (sameMetric
                            && mild.side() == Side.H
                            && worse.side().compareTo(Side.H) > 0
                            && worse.side() != Side.STATE) {
                        assertThat(worse.limit()).as(worse.id()).isGreaterThan(mild.limit());
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("domains")
    void everyFaultTouchesADeviceOfEachOfItsTypes(Domain domain) {
        assertThat(domain.faults()).isNotEmpty();
        for (var fault : domain.faults()) {
            for (var id : fault.facilityTypes()) {
                var measured = new HashSet<String>();
                var type = domain.typesById().get(id);
                type.devices().forEach(device -> measured.addAll(device.metrics()));
                // What nobody measures shows in what depends on it.
                type.behaviour().forEach(behaviour -> measured.add(behaviour.name()));
                assertThat(fault.effects())
                        .as(fault.id() + " at " + id)
                        .anyMatch(effect -> measured.contains(effect.metric()) || effect.at() != Neighbourhood.HERE);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("domains")
    void dailyCoursesHaveMeanOne(Domain domain) {
        domain.profiles()
                .forEach((name, factors) -> assertThat(
                                factors.stream().mapToDouble(f -> f).average().orElseThrow())
                        .as(name)
                        .isBetween(0.99, 1.01));
    }

    @Test
    void limitsCarryWhatTheStandardSays() {
        var leak = PACKS.metric("gas_station_leak_lel").orElseThrow();
        var high = leak.limits().stream()
                .filter(l -> l.side() == Side.HH)
                .findFirst()
                .orElseThrow();
        assertThat(high.value()).isEqualTo("50");
        assertThat(high.grade()).isEqualTo(1);
        assertThat(high.onDelay()).isEqualTo(5);
        assertThat(high.confidence()).isEqualTo("V");
        assertThat(high.source()).contains("GB/T 50493-2019");

        var sewage = PACKS.domain("sewage").orElseThrow();
        var rules = sewage.rulesOf(ofType(sewage, sewage.typesById().get("wwtp")));
        assertThat(rules)
                .filteredOn(rule -> rule.id().equals("sg_cod_out.hh"))
                .singleElement()
                .satisfies(rule -> {
                    assertThat(rule.statistic()).isEqualTo("daily_mean");
                    assertThat(rule.evaluated()).isTrue();
                    assertThat(rule.limit()).isEqualTo(50);
                });
    }

    @Test
    void aFacilitysOwnParametersReplaceTheDefaults() {
        var gas = PACKS.domain("gas").orElseThrow();
        var facility = ofType(gas, gas.typesById().get("regulator_station")).toBuilder()
                .putParameters("p_out_set_lp", 2.0)
                .build();
        assertThat(gas.rulesOf(facility))
                .filteredOn(rule -> rule.id().equals("gas_outlet_pressure_lp.ll"))
                .singleElement()
                .satisfies(rule -> assertThat(rule.limit()).isCloseTo(1.3, within(1e-9)));
    }

    private static final String HEAD = """
            id: lift
            name: {zh: 电梯, en: Lifts}
            version: "1"
            scope: {zh: 电梯, en: Lifts}
            """;

    private static final PackSchema SCHEMA = new PackSchema();

    private static Domain read(String text) {
        try {
            return DomainPacks.read(
                    new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                    "lift.yaml",
                    SCHEMA,
                    null,
                    List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFolderAddsADomainWithoutJava(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("lift.yaml"), HEAD + """
                metrics:
                - {code: lf_speed, name: {zh: 速度, en: Speed}, unit: m/s, range: [0, 10], kind: analog}
                """);
        var packs = DomainPacks.withFolder(folder);
        assertThat(packs.all()).hasSize(PACKS.all().size() + 1);
        assertThat(packs.metric("lf_speed")).isPresent();
        assertThat(packs.rates()).isEqualTo(PACKS.rates());
    }

    @Test
    void theExampleOfTheManualIsADomainBesideTheBundledOnes() {
        var packs = DomainPacks.withFolder(Path.of("..", "docs", "examples", "domains"));
        var bridge = packs.domain("bridge").orElseThrow();
        var rules = bridge.rulesOf(ofType(bridge, bridge.facilityTypes().get(0)));
        assertThat(rules)
                .filteredOn(rule -> rule.id().equals("br_deflection.hh"))
                .singleElement()
                .satisfies(rule -> assertThat(rule.limit()).isEqualTo(60));
        assertThat(rules)
                .filteredOn(rule -> rule.id().equals("br_deflection.h"))
                .singleElement()
                .satisfies(rule -> {
                    assertThat(rule.evaluated()).isTrue();
                    assertThat(rule.formula()).isNotNull();
                });
        // Own and common metrics alike have a behaviour and are known.
        assertThat(bridge.metricsByCode()).containsKeys("br_pier_tilt", "dev_battery_pct");
    }

    @Test
    void whatNobodyComputesIsDefinedButNotARate() {
        assertThat(PACKS.rateDefinitions())
                .extracting(RateDefinition::code)
                .contains("facility_operating_rate", "timeliness_rate", "water_loss_rate")
                .doesNotHaveDuplicates();
        assertThat(PACKS.rates()).allMatch(RateDefinition::computed);
    }

    @ParameterizedTest
    @MethodSource("domains")
    void everyMetricThatASimulatedFacilityMeasuresHasABehaviour(Domain domain) {
        var common = new HashSet<String>();
        PACKS.common()
                .orElseThrow()
                .facilityTypes()
                .forEach(type -> type.behaviour().forEach(behaviour -> common.add(behaviour.name())));
        for (var type : domain.facilityTypes()) {
            if (type.placement() != null) {
                var behaving = new HashSet<>(common);
                type.behaviour().forEach(behaviour -> behaving.add(behaviour.name()));
                type.devices()
                        .forEach(device -> assertThat(behaving)
                                .as(type.id() + ", device " + device.id())
                                .containsAll(device.metrics()));
            }
        }
    }

    @Test
    void theCommonPackSaysHowEachOfItsMetricsBehaves() {
        var common = PACKS.common().orElseThrow();
        assertThat(common.facilityTypes().get(0).behaviour())
                .extracting(Behaviour::name)
                .containsExactlyInAnyOrderElementsOf(
                        common.metrics().stream().map(Metric::code).toList());
        assertThat(common.faults()).allMatch(fault -> fault.layer() == Fault.Layer.INSTRUMENT);
    }

    @Test
    void aPackWithAWrongWordIsRefusedWithItsLine() {
        assertThatThrownBy(() -> read(HEAD + """
                metrics:
                - code: lf_speed
                  name: {zh: 速度, en: Speed}
                  unit: m/s
                  range: [0, 10]
                  nromal: [0, 2]
                  kind: analog
                """))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("lift.yaml line ")
                .hasMessageContaining("nromal");
    }

    @Test
    void aPackWithAWrongValueIsRefusedWithItsLine() {
        assertThatThrownBy(() -> read(HEAD + """
                metrics:
                - code: lf_speed
                  name: {zh: 速度, en: Speed}
                  unit: m/s
                  range: [0, 10]
                  kind: analog
                  limits:
                  - {side: h, value: 9, grade: 7}
                """))
                .hasMessage("lift.yaml line 12 column 25: 'grade' is 7; it must be at most 4");
    }

    @Test
    void aPackThatNamesAnUnknownMetricIsRefusedWithItsLine() {
        assertThatThrownBy(() -> read(HEAD + """
                facilityTypes:
                - id: cabin
                  name: {zh: 轿厢, en: Cabin}
                  devices:
                  - {id: plc, name: {zh: 控制器, en: Controller}, metrics: [lf_speed]}
                """))
                .hasMessageStartingWith("lift.yaml line 9")
                .hasMessageContaining("unknown metric lf_speed");
    }

    @Test
    void aLimitWithAnUnknownParameterIsRefusedWithItsLine() {
        assertThatThrownBy(() -> read(HEAD + """
                facilityTypes:
                - id: cabin
                  name: {zh: 轿厢, en: Cabin}
                  parameters: {v_rated: 2}
                  devices:
                  - {id: plc, name: {zh: 控制器, en: Controller}, metrics: [lf_speed]}
                metrics:
                - code: lf_speed
                  name: {zh: 速度, en: Speed}
                  unit: m/s
                  range: [0, 10]
                  kind: analog
                  limits:
                  - {side: h, value: 1.2 * v_rate, grade: 2}
                """))
                .hasMessageStartingWith("lift.yaml line 18 column 15: ")
                .hasMessageContaining("lf_speed.h")
                .hasMessageContaining("v_rate");
    }

    @Test
    void twoMetricsWithOneCodeAreRefusedAtTheSecond() {
        assertThatThrownBy(() -> read(HEAD + """
                metrics:
                - {code: lf_speed, name: {zh: 速度, en: Speed}, unit: m/s, range: [0, 10], kind: analog}
                - {code: lf_speed, name: {zh: 速度, en: Speed}, unit: m/s, range: [0, 10], kind: analog}
                """))
                .hasMessageStartingWith("lift.yaml line 7")
                .hasMessageContaining("twice");
    }

    @Test
    void textThatIsNoYamlIsRefusedWithItsLine() {
        assertThatThrownBy(() -> read(HEAD + "metrics: [\n")).hasMessageStartingWith("lift.yaml line ");
    }

    /** A leak jumps: what limits how fast a value may change would hide it. */
    @Test
    void nothingThatCanJumpHasAGreatestRate() {
        var rated = Stream.concat(DomainPacks.bundled().common().stream(), DomainPacks.bundled().all().stream())
                .flatMap(domain -> domain.metrics().stream())
                .filter(metric -> metric.maxRate() != null)
                .toList();
        assertThat(rated).isNotEmpty().allSatisfy(metric -> {
            assertThat(metric.unit()).doesNotContain("LEL", "vol", "mg", "ug", "MPa");
            assertThat(metric.maxRate().confidence()).isIn("V", "P", "K");
            assertThat(metric.kind()).isIn(Metric.Kind.ANALOG, Metric.Kind.COUNTER);
        });
        assertThatThrownBy(() -> new MaxRate(Double.NaN, "site", "K")).hasMessageContaining("above 0");
    }
}
