package io.yiwang.streams.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command as people call it, on small files. */
class CsvFaceTest {
    private static final String RULES = "level: {range: [0, 100], h: 50, hh: {value: 80, grade: 1}}\n";

    @TempDir
    Path dir;

    private int exit;
    private String said = "";
    private String printed = "";

    @Test
    void alarmsAndScoresOfASmallFile() throws Exception {
        file("in.csv", """
                time,level,flow
                2024-01-05T08:00:00Z,10,1
                2024-01-05T08:00:10Z,60,1
                2024-01-05T08:00:20Z,90,1
                2024-01-05T08:00:30Z,70,1
                2024-01-05T08:00:40Z,20,1
                2024-01-05T08:00:50Z,95,1
                """);
        file("rules.yaml", RULES);

        run("--csv", "in.csv", "--rules", "rules.yaml", "--out", "alarms.csv", "--scores", "scores.csv");

        assertThat(text("alarms.csv")).isEqualTo("""
                series,start,end,peak,kind,grade,score
                level,2024-01-05T08:00:10Z,2024-01-05T08:00:40Z,90.0,h,3,1.0000
                level,2024-01-05T08:00:20Z,2024-01-05T08:00:30Z,90.0,hh,1,1.0000
                level,2024-01-05T08:00:50Z,,95.0,h,3,1.0000
                level,2024-01-05T08:00:50Z,,95.0,hh,1,1.0000
                """);
        assertThat(columns("scores.csv", 0, 2))
                .containsExactly(
                        "time,flag",
                        "2024-01-05T08:00:00Z,0",
                        "2024-01-05T08:00:10Z,1",
                        "2024-01-05T08:00:20Z,1",
                        "2024-01-05T08:00:30Z,1",
                        "2024-01-05T08:00:40Z,0",
                        "2024-01-05T08:00:50Z,1");
        assertThat(lines("scores.csv").get(0)).isEqualTo("time,score,flag,level,flow");
    }

    /** The one promise of the scores, over alarms of every kind that such a file can have. */
    @Test
    void aScoreIsAtLeastOneHalfExactlyWhileAnAlarmOfItsSeriesIsOpen() throws Exception {
        var rows = new StringBuilder("time,level,flow\n");
        var random = new java.util.Random(3);
        for (int i = 0; i < 2000; i++) {
            rows.append(java.time.Instant.parse("2024-01-05T00:00:00Z").plusSeconds(10L * i))
                    .append(',')
                    .append(random.nextInt(40) == 0 ? "" : String.valueOf(random.nextInt(120)))
                    .append(',')
                    .append(i > 1000 && i < 1100 ? "" : "5")
                    .append('\n');
        }
        file("in.csv", rows.toString());
        file("rules.yaml", RULES + "flow: {l: {value: 1, onDelay: 60}}\n");

        run("--csv", "in.csv", "--rules", "rules.yaml", "--out", "alarms.csv", "--scores", "scores.csv");

        var alarms = lines("alarms.csv").stream()
                .skip(1)
                .map(line -> line.split(",", -1))
                .toList();
        assertThat(alarms).anyMatch(alarm -> alarm[4].equals("silent")).anyMatch(alarm -> alarm[4].equals("range"));
        var scores = lines("scores.csv");
        assertThat(scores).hasSize(2001);
        for (var line : scores.subList(1, scores.size())) {
            var cells = line.split(",");
            for (int i = 0; i < 2; i++) {
                var series = i == 0 ? "level" : "flow";
                boolean open = alarms.stream()
                        .anyMatch(alarm -> alarm[0].equals(series)
                                && alarm[1].compareTo(cells[0]) <= 0
                                && (alarm[2].isEmpty() || alarm[2].compareTo(cells[0]) > 0));
                assertThat(Double.parseDouble(cells[3 + i]) >= 0.5)
                        .as(line + " " + series)
                        .isEqualTo(open);
            }
            assertThat(cells[2].equals("1"))
                    .isEqualTo(Double.parseDouble(cells[3]) >= 0.5 || Double.parseDouble(cells[4]) >= 0.5);
            assertThat(Double.parseDouble(cells[1]))
                    .isEqualTo(Math.max(Double.parseDouble(cells[3]), Double.parseDouble(cells[4])));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {";", "\t", ","})
    void theSeparatorIsRecognised(String separator) throws Exception {
        file("in.csv", "time,level\n2024-01-05 08:00,60\n2024-01-05 08:01,61.5\n".replace(",", separator));
        run("--csv", "in.csv", "--rules", file("rules.yaml", RULES), "--out", "alarms.csv");
        assertThat(starts()).containsExactly("level h 2024-01-05T08:00:00Z");
    }

    @Test
    void whereCommasDoNotSeparateTheyAreDecimal() throws Exception {
        file("in.csv", "time;level\n2024-01-05 08:00;49,9\n2024-01-05 08:01;50,1\n");
        run("--csv", "in.csv", "--rules", file("rules.yaml", RULES), "--out", "alarms.csv");
        assertThat(starts()).containsExactly("level h 2024-01-05T08:01:00Z");
    }

    @Test
    void quotedCellsMayHoldSeparatorsQuotesAndLineBreaks() throws Exception {
        file("in.csv", "\"time\",\"a, \"\"b\"\"\",note\n\"2024-01-05 08:00\",\"60\",\"x\ny\"\n2024-01-05 08:01,10,z\n");
        run(
                "--csv",
                "in.csv",
                "--rules",
                file("rules.yaml", "'a, \"b\"': {h: 50}\n"),
                "--out",
                "alarms.csv",
                "--scores",
                "scores.csv");
        assertThat(lines("scores.csv").get(0)).isEqualTo("time,score,flag,\"a, \"\"b\"\"\"");
        assertThat(lines("alarms.csv").get(1))
                .startsWith("\"a, \"\"b\"\"\",2024-01-05T08:00:00Z,2024-01-05T08:01:00Z,");
        assertThat(said).contains("left out: note (not numbers)");
    }

    @Test
    void badCellsAndRowsAreCountedNamedAndKeptOut() throws Exception {
        var rows = new StringBuilder("time,level,flow\n");
        for (int i = 0; i < 60; i++) {
            rows.append("2024-01-05 08:").append(String.format("%02d", i)).append(",10,1\n");
        }
        rows.append("2024-01-05 09:00,bad,1\n")
                .append("2024-01-05 09:01,10\n")
                .append("whenever,10,1\n")
                .append("2024-01-05 09:03,60,1\n");
        for (int i = 4; i < 20; i++) {
            rows.append("2024-01-05 09:").append(String.format("%02d", i)).append(",60,oops\n");
        }
        file("in.csv", rows.toString());

        run("--csv", "in.csv", "--rules", file("rules.yaml", RULES), "--out", "alarms.csv", "--scores", "scores.csv");

        assertThat(exit).isZero();
        assertThat(said)
                .contains("17 bad cell(s), 2 row(s) not judged, 0 repeated")
                .contains("line 62: level: 'bad' is not a number")
                .contains("line 63: 2 cells, the header has 3")
                .contains("line 64: 'whenever' is not a time like the others")
                .contains("line 72: flow: 'oops'")
                .doesNotContain("line 73");
        assertThat(lines("scores.csv"))
                .hasSize(81)
                .contains("2024-01-05 09:01,,,,".replace("2024-01-05 09:01", ""), "whenever,,,,");
        assertThat(starts()).contains("level h 2024-01-05T09:03:00Z");
    }

    @Test
    void rowsOutOfOrderAreJudgedSortedAndScoredWhereTheyStand() throws Exception {
        var ordered = new ArrayList<String>();
        var random = new java.util.Random(7);
        for (int i = 0; i < 500; i++) {
            ordered.add("2024-01-05T" + java.time.LocalTime.ofSecondOfDay(10L * i) + (10 * i % 60 == 0 ? ":00" : "")
                    + "Z," + random.nextInt(110));
        }
        var shuffled = new ArrayList<>(ordered);
        java.util.Collections.shuffle(shuffled, random);
        file("ordered.csv", "time,level\n" + String.join("\n", ordered) + "\n");
        file("shuffled.csv", "time,level\n" + String.join("\n", shuffled) + "\n");
        var rules = file("rules.yaml", RULES);

        run("--csv", "ordered.csv", "--rules", rules, "--out", "ordered-alarms.csv", "--scores", "ordered-scores.csv");
        run("--csv", "shuffled.csv", "--rules", rules, "--out", "alarms.csv", "--scores", "scores.csv");

        assertThat(said).contains("not in order");
        assertThat(text("alarms.csv"))
                .isEqualTo(text("ordered-alarms.csv"))
                .hasLineCount(lines("alarms.csv").size());
        assertThat(lines("alarms.csv")).hasSizeGreaterThan(50);
        assertThat(lines("scores.csv")).containsExactlyInAnyOrderElementsOf(lines("ordered-scores.csv"));
        assertThat(columns("scores.csv", 0).subList(1, 501))
                .isEqualTo(shuffled.stream()
                        .map(row -> row.substring(0, row.indexOf(',')))
                        .toList());
    }

    @Test
    void ofTwoValuesOfOneTimeTheFirstCounts() throws Exception {
        file(
                "in.csv",
                "time,level,flow\n2024-01-05 08:00,10,\n2024-01-05 08:00,60,1\n2024-01-05 08:01,11,\n2024-01-05 08:02,12,2\n");
        run("--csv", "in.csv", "--rules", file("rules.yaml", RULES + "flow: {l: 1.5}\n"), "--out", "alarms.csv");
        assertThat(said).contains("1 repeated time(s)").contains("line 3: 2024-01-05T08:00:00Z again");
        assertThat(starts()).containsExactly("flow l 2024-01-05T08:00:00Z");
    }

    @Test
    void aLongFileIsJudgedAsTheWideOneOfTheSameValues() throws Exception {
        var wide = new StringBuilder("time,level,flow\n");
        var byTime = new StringBuilder("time,series,value\n");
        var bySeries = new String[] {"", ""};
        var random = new java.util.Random(11);
        for (int i = 0; i < 300; i++) {
            var time = java.time.Instant.parse("2024-01-05T00:00:00Z")
                    .plusSeconds(10L * i)
                    .toString();
            int level = random.nextInt(110);
            int flow = random.nextInt(10);
            wide.append(time).append(',').append(level).append(',').append(flow).append('\n');
            byTime.append(time).append(",level,").append(level).append('\n');
            byTime.append(time).append(",flow,").append(flow).append('\n');
            bySeries[0] += time + ",level," + level + "\n";
            bySeries[1] += time + ",flow," + flow + "\n";
        }
        file("wide.csv", wide.toString());
        file("time.csv", byTime.toString());
        file("series.csv", "time,series,value\n" + bySeries[0] + bySeries[1]);
        var rules = file("rules.yaml", RULES);

        run("--csv", "wide.csv", "--rules", rules, "--out", "wide-alarms.csv", "--scores", "wide-scores.csv");
        run("--csv", "time.csv", "--rules", rules, "--out", "time-alarms.csv", "--scores", "time-scores.csv");
        run("--csv", "series.csv", "--rules", rules, "--out", "alarms.csv", "--scores", "scores.csv");

        assertThat(lines("wide-alarms.csv")).hasSizeGreaterThan(30);
        assertThat(text("time-alarms.csv")).isEqualTo(text("wide-alarms.csv"));
        assertThat(text("alarms.csv")).isEqualTo(text("wide-alarms.csv"));
        assertThat(lines("scores.csv").get(0)).isEqualTo("time,score,flag,series");
        assertThat(columns("scores.csv", 0, 1).subList(1, 301))
                .isEqualTo(columns("wide-scores.csv", 0, 3).subList(1, 301));
    }

    @Test
    void severalNamesOfALongFileAreDeviceAndSeries() throws Exception {
        file(
                "in.csv",
                "time,device,point,value\n2024-01-05 08:00,A,level,60\n2024-01-05 08:00,B,level,10\n2024-01-05 08:01,A,level,10\n");
        run("--csv", "in.csv", "--rules", file("rules.yaml", "A.level: {h: 50}\n"), "--out", "alarms.csv");
        assertThat(starts()).containsExactly("A.level h 2024-01-05T08:00:00Z");
    }

    @Test
    void theFormatCanBeSaid() throws Exception {
        file("in.csv", "time,id,value\n2024-01-05 08:00,1,60\n2024-01-05 08:00,2,10\n2024-01-05 08:01,1,10\n");
        run("--csv", "in.csv", "--out", "alarms.csv", "--timing");
        assertThat(printed).contains("\"series\": 2, \"values\": 3");
        run("--csv", "in.csv", "--format", "wide", "--out", "alarms.csv", "--timing");
        assertThat(printed).contains("\"series\": 2, \"values\": 4");
    }

    @Test
    void historyIsFedFirstAndSilently() throws Exception {
        file("history.csv", "time,level\n2024-01-01 00:00,90\n2024-01-01 00:01,10\n2024-01-01 00:02,60\n");
        file("in.csv", "time,level\n2024-01-05 08:00,60\n2024-01-05 08:01,10\n");
        run(
                "--csv",
                "in.csv",
                "--learn",
                "history.csv",
                "--rules",
                file("rules.yaml", RULES),
                "--out",
                "alarms.csv",
                "--scores",
                "scores.csv");
        // What history left open goes on; the days between are no silence.
        assertThat(columns("alarms.csv", 0, 1, 2, 4))
                .containsExactly("series,start,end,kind", "level,2024-01-05T08:00:00Z,2024-01-05T08:01:00Z,h");
        assertThat(lines("scores.csv")).hasSize(3);
    }

    @Test
    void historyOfAnotherYearIsMovedByWholeWeeks() throws Exception {
        file("history.csv", "time,level\n2021-03-01 00:00,10\n2021-03-02 00:00,10\n");
        file("in.csv", "time,level\n2024-01-05 08:00,10\n2024-01-05 08:01,10\n");
        run("--csv", "in.csv", "--learn", "history.csv", "--out", "alarms.csv");
        // 2021-03-02 is a Tuesday, and so is 2024-01-02.
        assertThat(said).contains("148 week(s) later");
        file("later.csv", "time,level\n2024-02-01 00:00,10\n2024-02-02 00:00,10\n");
        run("--csv", "in.csv", "--learn", "later.csv", "--out", "alarms.csv");
        assertThat(said).contains("4 week(s) earlier");
    }

    @Test
    void historyWithoutASeriesOfTheFileIsRefused() throws Exception {
        file("history.csv", "time,other\n2024-01-01 00:00,10\n2024-01-01 00:01,10\n");
        file("in.csv", "time,level\n2024-01-05 08:00,10\n2024-01-05 08:01,10\n");
        run("--csv", "in.csv", "--learn", "history.csv", "--out", "alarms.csv");
        assertThat(exit).isEqualTo(2);
        assertThat(said).contains("none of the series").contains("other").contains("level");
    }

    @Test
    void aSeriesCanBeJudgedAsAPacksMetric() throws Exception {
        file(
                "in.csv",
                "time,p\n2024-01-05 08:00,0.2\n2024-01-05 08:01,0.04\n2024-01-05 08:03,0.04\n2024-01-05 08:04,9\n");
        run("--csv", "in.csv", "--metric", "p=gas_inlet_pressure", "--out", "alarms.csv");
        assertThat(said).contains("p: judged as gas_inlet_pressure (MPa) of a gas ");
        assertThat(starts()).contains("p ll 2024-01-05T08:02:00Z", "p l 2024-01-05T08:03:00Z");

        run("--csv", "in.csv", "--metric", "p=gas_inlet_presure", "--out", "alarms.csv");
        assertThat(exit).isEqualTo(2);
        assertThat(said).contains("no pack has a metric 'gas_inlet_presure'");
    }

    @Test
    void rulesThatCannotHoldAreRefusedWithTheirPlace() throws Exception {
        file("in.csv", "time,level\n2024-01-05 08:00,10\n2024-01-05 08:01,10\n");
        file("rules.yaml", """
                level:
                  range: [5, 5]
                  h: 80
                  hh: 50
                  ll: {value: low, grade: 7}
                  l: {grade: 2}
                  top: 3
                deep: {h: 3}
                """);
        run("--csv", "in.csv", "--rules", "rules.yaml", "--out", "alarms.csv");
        assertThat(exit).isEqualTo(2);
        assertThat(said)
                .contains("rules.yaml line 2 column 3: a range is two numbers")
                .contains("line 4 column 3: hh 50.0 lies below h 80.0")
                .contains("line 5 column 8: 'low' is not a number")
                .contains("line 5 column 20: must be a whole number from 1 to 4")
                .contains("line 6 column 3: limit l has no value")
                .contains("line 7 column 3: 'top' is not known here")
                .contains("line 8 column 1: 'deep' is no series of the file; it has [level]");
        assertThat(dir.resolve("alarms.csv")).doesNotExist();
    }

    @Test
    void rulesMayBeJson() throws Exception {
        file("in.csv", "time,level\n2024-01-05 08:00,10\n2024-01-05 08:01,60\n");
        run("--csv", "in.csv", "--rules", file("rules.json", "{\"level\": {\"h\": 50}}"), "--out", "alarms.csv");
        assertThat(starts()).containsExactly("level h 2024-01-05T08:01:00Z");
    }

    @Test
    void theSameFileTwiceGivesTheSameBytes() throws Exception {
        var rows = new StringBuilder("time,a,b,c\n");
        var random = new java.util.Random(5);
        for (int i = 0; i < 3000; i++) {
            rows.append(1_700_000_000 + 7 * i);
            for (int k = 0; k < 3; k++) {
                rows.append(',').append(random.nextGaussian());
            }
            rows.append('\n');
        }
        file("in.csv", rows.toString());
        var rules = file("rules.yaml", "a: {h: 1}\nb: {l: -1}\n");
        run("--csv", "in.csv", "--rules", rules, "--out", "alarms1.csv", "--scores", "scores1.csv");
        run("--csv", "in.csv", "--rules", rules, "--out", "alarms2.csv", "--scores", "scores2.csv");
        assertThat(text("alarms1.csv")).isEqualTo(text("alarms2.csv")).hasSizeGreaterThan(10_000);
        assertThat(text("scores1.csv")).isEqualTo(text("scores2.csv"));
    }

    @Test
    void whatSpreadsheetsInChinaWriteIsRead() throws Exception {
        Files.write(
                dir.resolve("in.csv"),
                "采集时间,水位\r\n2024年1月5日 8时00分,60\r\n2024年1月5日 8时01分,10\r\n".getBytes(Charset.forName("GB18030")));
        run("--csv", "in.csv", "--rules", file("rules.yaml", "水位: {h: 50}\n"), "--out", "alarms.csv");
        assertThat(starts()).containsExactly("水位 h 2024-01-05T08:00:00Z");
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstName() throws Exception {
        file("in.csv", "\uFEFFtime,level\n2024-01-05 08:00,60\n2024-01-05 08:01,10\n");
        run("--csv", "in.csv", "--time", "time", "--rules", file("rules.yaml", RULES), "--out", "alarms.csv");
        assertThat(starts()).containsExactly("level h 2024-01-05T08:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "''|is empty or no rows",
                "time,a|has no rows behind its header",
                "a,b\n1,2\n3,4|looks like a time",
                "2024-01-05,1\n2024-01-06,2|has no header",
                "time,a,a\n2024-01-05,1,2|have the same name",
                "time,note\n2024-01-05,x|no column of",
            })
    void aFileThatIsNoRecordingIsRefused(String example) throws Exception {
        var parts = example.split("\\|");
        file("in.csv", parts[0].equals("''") ? "" : parts[0]);
        run("--csv", "in.csv", "--out", "alarms.csv");
        assertThat(exit).isEqualTo(2);
        assertThat(said).startsWith("No back-test: ").doesNotContain("\tat ");
        if (!parts[0].equals("''")) {
            assertThat(said).contains(parts[1]);
        }
    }

    @Test
    void aFileThatIsNotThereIsNamed() throws Exception {
        run("--csv", "nothing.csv", "--out", "alarms.csv");
        assertThat(exit).isEqualTo(2);
        assertThat(said).contains("there is no file").contains("nothing.csv");
    }

    @Test
    void columnsThatAreNamedMustBeThere() throws Exception {
        file("in.csv", "time,level\n2024-01-05 08:00,60\n");
        run("--csv", "in.csv", "--ignore", "labels", "--out", "alarms.csv");
        assertThat(said).contains("--ignore labels").contains("[time, level]");
        run("--csv", "in.csv", "--time", "when", "--out", "alarms.csv");
        assertThat(said).contains("--time when").contains("[time, level]");
        assertThat(exit).isEqualTo(2);
    }

    private String file(String name, String text) throws IOException {
        Files.writeString(dir.resolve(name), text, StandardCharsets.UTF_8);
        return name;
    }

    /** Names of files are those in the test's folder. */
    private void run(String... words) {
        var files = List.of("--csv", "--learn", "--rules", "--out", "--scores");
        for (int i = 1; i < words.length; i++) {
            if (files.contains(words[i - 1])) {
                words[i] = dir.resolve(words[i]).toString();
            }
        }
        var err = new StringWriter();
        var out = new StringWriter();
        exit = new CommandLine(new Backtest())
                .setErr(new PrintWriter(err))
                .setOut(new PrintWriter(out))
                .execute(words);
        said = err.toString();
        printed = out.toString();
    }

    private String text(String name) throws IOException {
        return Files.readString(dir.resolve(name)).replace("\r\n", "\n");
    }

    private List<String> lines(String name) throws IOException {
        return text(name).lines().toList();
    }

    private List<String> columns(String name, int... columns) throws IOException {
        return lines(name).stream()
                .map(line -> line.split(",", -1))
                .map(cells -> String.join(
                        ",", Arrays.stream(columns).mapToObj(i -> cells[i]).toList()))
                .toList();
    }

    /** Each alarm as series, kind and start. */
    private List<String> starts() throws IOException {
        assertThat(exit).as(said).isZero();
        return columns("alarms.csv", 0, 4, 1).stream()
                .skip(1)
                .map(line -> line.replace(',', ' '))
                .toList();
    }
}
