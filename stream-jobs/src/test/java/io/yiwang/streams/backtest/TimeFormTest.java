package io.yiwang.streams.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeFormTest {
    private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");

    @ParameterizedTest
    @CsvSource({
        "2024-01-05T08:30:15Z, 2024-01-05T08:30:15Z",
        "2024-01-05T08:30:15.25+08:00, 2024-01-05T00:30:15.25Z",
        "2024-01-05 08:30:15 -0330, 2024-01-05T12:00:15Z",
        "2024-01-05 08:30:15 UTC, 2024-01-05T08:30:15Z",
        "2024-01-05T08:30+08, 2024-01-05T00:30:00Z",
        "2024/1/5 8:30, 2024-01-05T08:30:00Z",
        "2024.01.05, 2024-01-05T00:00:00Z",
        "2024-02-29 23:59:59.9999, 2024-02-29T23:59:59.999Z",
        "2024年1月5日 8时30分15秒, 2024-01-05T08:30:15Z",
        "05/01/24 08, 2024-01-05T08:00:00Z",
        "5.1.2024 08:30, 2024-01-05T08:30:00Z",
        "05/01/2024 11:30:15 PM, 2024-01-05T23:30:15Z",
        "05/01/2024 12:05 am, 2024-01-05T00:05:00Z",
        "20240105083015, 2024-01-05T08:30:15Z",
        "20240105083015250, 2024-01-05T08:30:15.25Z",
        "1704443415, 2024-01-05T08:30:15Z",
        "1704443415.5, 2024-01-05T08:30:15.5Z",
        "1704443415250, 2024-01-05T08:30:15.25Z",
        "1704443415250999, 2024-01-05T08:30:15.25Z",
        "1704443415250999999, 2024-01-05T08:30:15.25Z",
    })
    void timesAreReadInTheFormsThatFilesHave(String cell, String expected) {
        var form = TimeForm.recognise(List.of(cell), ZoneOffset.UTC, "file");
        assertThat(Instant.ofEpochMilli(form.reader(ZoneOffset.UTC).millis(cell)))
                .isEqualTo(Instant.parse(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "soon",
                "2024-13-01",
                "2023-02-29",
                "2024-01-05 24:00",
                "2024-01-05T",
                "2024-01-05 08:3",
                "2024-01-05X08:30",
                "2024-01-05 08:30 CET",
                "1900-02-29",
                "2024-01-05 08:30:60",
                "5/1/024 08:00",
                "20241305083015",
                "05/01/2024 13:00 PM",
                "2024-01-05T08:30+99:00",
                "-5",
                "1.",
                "NaN"
            })
    void whatIsNoTimeIsNone(String cell) {
        for (var form : TimeForm.values()) {
            assertThat(form.reader(ZoneOffset.UTC).millis(cell)).as(form.name()).isEqualTo(TimeForm.NONE);
        }
    }

    @Test
    void dayAndMonthAreToldApartByWhatIsPossibleAndByTheOrderOfTime() {
        assertThat(TimeForm.recognise(List.of("05/01/2024", "13/01/2024"), ZoneOffset.UTC, "f"))
                .isEqualTo(TimeForm.DAY_FIRST);
        assertThat(TimeForm.recognise(List.of("01/05/2024", "01/13/2024"), ZoneOffset.UTC, "f"))
                .isEqualTo(TimeForm.MONTH_FIRST);
        assertThat(TimeForm.recognise(List.of("01/05/2024", "01/06/2024", "02/01/2024"), ZoneOffset.UTC, "f"))
                .isEqualTo(TimeForm.MONTH_FIRST);
        assertThat(TimeForm.recognise(List.of("01/05/2024", "02/05/2024"), ZoneOffset.UTC, "f"))
                .isEqualTo(TimeForm.DAY_FIRST);
    }

    @Test
    void aFewBadTimesDoNotHideTheForm() {
        assertThat(TimeForm.recognise(List.of("2024-01-05", "?", "2024-01-06"), ZoneOffset.UTC, "f"))
                .isEqualTo(TimeForm.YEAR_FIRST);
        assertThatThrownBy(() -> TimeForm.recognise(List.of("2024-01-05", "?", "?"), ZoneOffset.UTC, "f"))
                .isInstanceOf(CannotBacktest.class)
                .hasMessageContaining("no form that is known");
    }

    @Test
    void aTimeWithoutZoneIsOfTheZoneThatIsSaid() {
        var reader = TimeForm.YEAR_FIRST.reader(SHANGHAI);
        assertThat(Instant.ofEpochMilli(reader.millis("2024-01-05 08:30"))).isEqualTo("2024-01-05T00:30:00Z");
        assertThat(Instant.ofEpochMilli(reader.millis("2024-01-05 08:30Z"))).isEqualTo("2024-01-05T08:30:00Z");
        var berlin = TimeForm.YEAR_FIRST.reader(ZoneId.of("Europe/Berlin"));
        assertThat(Instant.ofEpochMilli(berlin.millis("2024-03-31 01:59"))).isEqualTo("2024-03-31T00:59:00Z");
        assertThat(Instant.ofEpochMilli(berlin.millis("2024-03-31 03:00"))).isEqualTo("2024-03-31T01:00:00Z");
    }

    /** The calendar is our own arithmetic: it agrees with the platform's over six centuries. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anyDayIsWhereThePlatformHasIt(long seed) {
        var random = new Random(seed);
        var form = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);
        var reader = TimeForm.YEAR_FIRST.reader(ZoneOffset.UTC);
        for (int i = 0; i < 2000; i++) {
            var time = LocalDateTime.ofEpochSecond(
                    random.nextLong(-11_000_000_000L, 11_000_000_000L),
                    1_000_000 * random.nextInt(1000),
                    ZoneOffset.UTC);
            assertThat(reader.millis(time.format(form)))
                    .as(time.format(form))
                    .isEqualTo(time.toInstant(ZoneOffset.UTC).toEpochMilli());
        }
    }

    @Test
    void aColumnOfSmallNumbersIsNoTime() {
        assertThat(TimeForm.areTimes(List.of("1", "2"))).isFalse();
        assertThat(TimeForm.areTimes(List.of("1704443415", "1704443416"))).isTrue();
        assertThat(TimeForm.areTimes(List.of("5.1", "5.2"))).isFalse();
        assertThat(TimeForm.areTimes(List.of())).isFalse();
    }
}
