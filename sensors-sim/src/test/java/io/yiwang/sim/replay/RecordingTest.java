package io.yiwang.sim.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.yiwang.sim.replay.Recording.Bad;
import io.yiwang.sim.replay.Recording.Hints;
import io.yiwang.sim.replay.Recording.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordingTest {
    private static final Hints NONE = new Hints(null, List.of(), List.of());

    @TempDir
    Path folder;

    private final List<Bad> bad = new ArrayList<>();

    private Recording open(String text, Hints hints) throws IOException {
        return Recording.open(Files.writeString(folder.resolve("r.csv"), text), hints);
    }

    private List<Row> rows(Recording recording) {
        var rows = new ArrayList<Row>();
        recording.read(rows::add, bad::add);
        return rows;
    }

    @Test
    void aWideFileWithLabels() throws IOException {
        var recording = open("""
                when,level,state,note,ATT_FLAG
                2020-02-08 13:30:00,1.5,1,good,0
                2020-02-08 13:31:00,,0,odd,1
                2020-02-08 13:32:00,1.7,1,fine,-999
                """, NONE);
        assertThat(recording.series()).extracting(Recording.Column::name).containsExactly("level", "state");
        assertThat(recording.labels()).hasSize(1);
        assertThat(recording.left()).containsExactly("note (not numbers)");
        assertThat(recording.period()).isEqualTo(Duration.ofMinutes(1));
        var rows = rows(recording);
        assertThat(rows).hasSize(3);
        assertThat(rows.get(0).values()).containsExactly(1.5, 1);
        assertThat(rows.get(1).values()).containsExactly(Double.NaN, 0);
        assertThat(rows).extracting(row -> row.wrong()[0]).containsExactly(false, true, false);
        assertThat(bad).isEmpty();
    }

    @Test
    void semicolonsDecimalCommasAndQuotes() throws IOException {
        var recording =
                open("\uFEFFZeit;\"Druck; innen\";Fluss\n08.02.2020 13:30;0,25;12\n09.02.2020 13:30;0,5;13\n", NONE);
        assertThat(recording.series()).extracting(Recording.Column::name).containsExactly("Druck; innen", "Fluss");
        assertThat(rows(recording).get(1).values()).containsExactly(0.5, 13);
        assertThat(recording.last()).isEqualTo("2020-02-09T13:30:00Z");
    }

    @Test
    void aLabelOfOneSeriesAndWhatDescribesIt() throws IOException {
        var recording = open("""
                timestamp\tLevel\tTur\tlabel_Level\ttype_Level
                2017-03-12 01:00:00\t0.6\t34\t0\t0
                2017-03-12 02:30:00\t0.7\t35\t1\t0
                """, NONE);
        assertThat(recording.series()).extracting(Recording.Column::name).containsExactly("Level", "Tur");
        assertThat(recording.labels().get(0).series()).isEqualTo("Level");
        assertThat(recording.left()).containsExactly("type_Level (describes a label)");
    }

    @Test
    void badRowsAreListedAndNeverSaid() throws IOException {
        var good = new StringBuilder("time,a\n");
        for (int i = 0; i < 250; i++) {
            good.append(Instant.parse("2019-12-01T00:00:00Z").plusSeconds(60L * i))
                    .append(",0\n");
        }
        var recording = open(good + """
                2020-01-01T00:00:00Z,1
                2020-01-01T00:01:00Z,2,3
                2020-01-01T00:02:00Z,x
                later,4
                2020-01-01T00:02:00Z,5
                2020-01-01T00:01:30Z,6
                2020-01-01T00:03:00Z,1e999
                2020-01-01T00:04:00Z,7
                """, NONE);
        var rows = rows(recording);
        assertThat(rows.subList(250, rows.size()))
                .extracting(row -> row.values()[0])
                .containsExactly(1.0, Double.NaN, Double.NaN, 7.0);
        assertThat(bad).extracting(Bad::line).containsExactly(253L, 254L, 255L, 256L, 257L, 258L);
        assertThat(bad.get(3).reason()).contains("twice");
        assertThat(bad.get(4).reason()).contains("after");
    }

    @ParameterizedTest
    @CsvSource({
        "2020-02-08 13:30:47, 2020-02-08T13:30:47Z",
        "2020-02-08 13:30, 2020-02-08T13:30:00Z",
        "2020/02/08 13:30:47.250, 2020-02-08T13:30:47.250Z",
        "2020-02-08T13:30:47+08:00, 2020-02-08T05:30:47Z",
        "2020-02-08T13:30:47Z, 2020-02-08T13:30:47Z",
        "2020-02-08, 2020-02-08T00:00:00Z",
        "06/01/14 00, 2014-01-06T00:00:00Z",
        "06/01/2014 07:05, 2014-01-06T07:05:00Z",
        "12/31/2014 07:05, 2014-12-31T07:05:00Z",
        "1581168647, 2020-02-08T13:30:47Z",
        "1581168647000, 2020-02-08T13:30:47Z"
    })
    void times(String written, Instant meant) {
        assertThat(RecordedTimes.recognise(List.of(written)).parse(written)).isEqualTo(meant);
    }

    @Test
    void theDayIsFirstUnlessAnotherRowSaysOtherwise() {
        assertThat(RecordedTimes.recognise(List.of("01/02/20 00", "02/02/20 00")))
                .isEqualTo(RecordedTimes.DAY_FIRST);
        assertThat(RecordedTimes.recognise(List.of("01/02/20 00", "01/13/20 00")))
                .isEqualTo(RecordedTimes.MONTH_FIRST);
    }

    @Test
    void saysWhatIsMissing() throws IOException {
        for (var wrong :
                new String[] {"", "time,a\n", "a,b\n1,2\n", "time,a\n2020-01-01,x\n", "time,a,a\n2020-01-01,1,2\n"}) {
            assertThatExceptionOfType(CannotReplay.class).as(wrong).isThrownBy(() -> open(wrong, NONE));
        }
        assertThatExceptionOfType(CannotReplay.class)
                .isThrownBy(() -> open("time,a\n2020-01-01,1\n", new Hints("zeit", List.of(), List.of())))
                .withMessageContaining("[time, a]");
    }
}
