package io.yiwang.model.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every mistake is made in the manual's example, and refused at the very line where it was made. */
class RefusedPackTest {
    private static final PackSchema SCHEMA = new PackSchema();
    private static final Domain COMMON = DomainPacks.bundled().common().orElseThrow();
    private static final String BRIDGE = example();

    private static String example() {
        try {
            return Files.readString(Path.of("..", "docs", "examples", "domains", "bridge.yaml"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void read(byte[] file) throws IOException {
        DomainPacks.read(new ByteArrayInputStream(file), "b.yaml", SCHEMA, COMMON, List.of());
    }

    private static void read(String text) throws IOException {
        read(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theExampleItselfIsRight() throws IOException {
        read(BRIDGE);
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                // shape
                "normal: [0, 25]              | nromal: [0, 25]                | did you mean 'normal'?",
                "period: 10                   | period: often                  | must be of type integer",
                "kind: analog                 | kind: analogue                 | must be one of analog, enum",
                "unit: deg                    | unit: 1                        | put it in quotes",
                "code: br_pier_tilt           | code: Pier                     | does not match",
                "decimals: 3                  | decimals: -1                   | at least 0",
                "decimals: 3                  | maxRate: {perSecond: 0}        | more than 0",
                "decimals: 3                  | maxRate: {source: site}        | perSecond",
                "link: battery                | link: pigeon                   | must be one of wired",
                "version: \"1\"               | version: 1                     | put it in quotes",
                "link: cellular               | link:                          | is empty",
                "range: [-5, 5]               | range: [-5]                    | must have at least 2",
                "onset: ramp                  | onset: slow                    | must be one of step",
                "withinSeconds: 3600          | withinSeconds: 0               | at least 1",
                "change: 0.05                 | change: 0                      | more than 0",
                // what a record refuses
                "range: [-40, 90]             | range: [90, -40]               | is not an interval",
                // contradictions
                "unit: deg                    | unit: degC                     | unit degC is not one of UCUM",
                "metrics: [br_pier_tilt       | metrics: [br_pier_till         | unknown metric br_pier_till",
                "metrics: [br_deflection      | metrics: [br_deflektion        | unknown metric br_deflektion",
                "{deflection_design: 40}      | {deflection_desing: 40}        | is not described under 'parameters'",
                "1.5 * deflection_design      | 1.5 * deflection               | deflection is neither a parameter",
                "value: 0.3                   | value: 9                       | outside the physical range",
                "(0.5 + u1)                   | (0.5 + u9)                     | unknown word u9",
                "DAY(\"traffic\", 0)          | DAY(\"trafic\", 0)             | no profile trafic",
                "WANDER(1, 86400)             | WANDER(1)                      | WANDER takes 2 arguments",
                "{symptom: leaning}           | {symptom: learning}            | unknown symptom learning",
                "[br_pier_scour]              | [br_pier_scoured]              | unknown fault br_pier_scoured",
                "procedure: close_bridge      | procedure: open_bridge         | unknown procedure open_bridge",
                "metric: br_pier_tilt, op: add| metric: br_tilt, op: add       | unknown metric br_tilt",
                "quantity: traffic            | quantity: br_pier_tilt         | is a metric",
                "- id: tilt                   | - id: logger                   | two devices logger",
                "code: br_deck_temp           | code: br_deflection            | is there twice",
                "code: br_deck_temp           | code: dev_rssi                 | belongs to the pack device",
                "0.6, 0.5]                    | 0.6]                           | has 23 factors",
                "op: add, from: 30            | op: drop, from: 30             | is of the layer instrument",
                "facilityTypes: [girder_bridge] | facilityTypes: [arch_bridge] | unknown facility type arch_bridge",
                "- {side: hh                  | - {side: h                     | has two limits h",
            })
    void aMistakeIsRefusedAtItsLine(String right, String wrong, String reason) {
        int at = BRIDGE.indexOf(right);
        assertThat(at).as("the example says " + right).isNotNegative();
        var line = BRIDGE.substring(0, at).split("\n", -1).length;
        var file = BRIDGE.substring(0, at) + wrong + BRIDGE.substring(at + right.length());
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(e.getMessage().lines())
                        .anyMatch(problem ->
                                problem.startsWith("b.yaml line " + line + " column ") && problem.contains(reason)));
    }

    @Test
    void whatOnlyTheWholePartShowsIsRefusedWhereThePartBegins() {
        var file = BRIDGE.replace("normal: [-25, 60]", "normal: [-25, 95]");
        var line = BRIDGE.substring(0, BRIDGE.indexOf("- code: br_deck_temp")).split("\n", -1).length;
        assertThatThrownBy(() -> read(file))
                .hasMessageStartingWith("b.yaml line " + line + " column ")
                .hasMessageContaining("leaves range");
    }

    @Test
    void allProblemsOfTheShapeAreListedInTheirOrder() {
        var file = BRIDGE.replace("kind: analog", "kind: analogue").replace("steps:", "stpes:");
        assertThatThrownBy(() -> read(file)).satisfies(e -> {
            var lines = e.getMessage().lines().toList();
            assertThat(lines.stream().filter(line -> line.contains("analogue"))).hasSize(3);
            assertThat(lines).anyMatch(line -> line.contains("unknown word 'stpes'; did you mean 'steps'?"));
            assertThat(lines).anyMatch(line -> line.contains("'steps' is missing"));
            assertThat(lines.stream().map(line -> Integer.parseInt(line.split(" ")[2])))
                    .isSorted();
        });
    }

    @Test
    void aKeyThatIsThereTwiceIsRefusedAtTheSecond() {
        assertThatThrownBy(() -> read("id: a\nname: {zh: 甲, en: A}\nid: b\n"))
                .hasMessage("b.yaml line 3 column 1: 'id' is there twice, first in line 1");
    }

    @Test
    void aliasesAreRefusedBeforeTheyMultiply() {
        var bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 40; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
        }
        assertThatThrownBy(() -> read(bomb.toString()))
                .hasMessageStartingWith("b.yaml line 1 column ")
                .hasMessageContaining("write it out");
    }

    @Test
    void aFileTooLargeIsNotRead() {
        var large = new byte[10_000_000];
        Arrays.fill(large, (byte) '#');
        assertThatThrownBy(() -> read(large)).hasMessage("b.yaml is larger than 1024 KiB, the most that is read");
    }

    @Test
    void nestingIsBounded() {
        assertThatThrownBy(() -> read("id: " + "[".repeat(100_000))).hasMessageContaining("nested more than 24 deep");
    }

    @Test
    void aCodeOfADialectStandsOnceAmongTheMetricsOfADevice() throws IOException {
        var one = BRIDGE.replaceFirst("(code: br_deflection\n  name: .*\n)", "$1  codes: {hj212: b00001}\n");
        read(one);
        var two = one.replaceFirst("(code: br_deck_temp\n  name: .*\n)", "$1  codes: {hj212: b00001}\n");
        assertThatThrownBy(() -> read(two))
                .hasMessageContaining("br_deflection and br_deck_temp are both b00001 in hj212");
        assertThatThrownBy(() -> read(one.replace("hj212: b00001", "hj211: b00001")))
                .hasMessageContaining("unknown word 'hj211'");
        assertThatThrownBy(() -> read(one.replace("hj212: b00001", "hj212: '#1'")))
                .hasMessageContaining("does not match");
    }

    @Test
    void whatIsNoTextOrNoPackIsRefused() {
        assertThatThrownBy(() -> read(new byte[] {(byte) 0xff, 0x41})).hasMessage("b.yaml is not UTF-8");
        assertThatThrownBy(() -> read("")).hasMessageContaining("the file is empty");
        assertThatThrownBy(() -> read("- a\n")).hasMessageContaining("line 1").hasMessageContaining("a list");
        assertThatThrownBy(() -> read("id: a\n---\nid: b\n")).hasMessageContaining("second document");
        assertThatThrownBy(() -> read("id: !x a\n")).hasMessageContaining("tags");
        assertThatThrownBy(() -> read("id: .nan\n")).hasMessageContaining("not a finite decimal number");
    }
}
