package io.yiwang.dashboard.rates;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.wire.Rate;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RateBoardTest {
    private static final Instant T = Instant.parse("2026-03-10T12:00:00Z");

    private final RateBoard board = new RateBoard();

    @Test
    void theNewestWindowOfEachRateIsTheCurrentOne() {
        board.put(rate("city", "minute", T, 0, 90));
        board.put(rate("city", "minute", T.plusSeconds(60), 0, 80));
        board.put(rate("city", "minute", T.minusSeconds(60), 2, 70));
        board.put(rate("city:gas", "minute", T, 0, 60));
        board.put(rate("district:d1", "minute", T, 0, 50));
        assertThat(board.current("minute", "city")).extracting(RateView::value).containsExactly(80.0, 60.0);
        assertThat(board.current("minute", "")).hasSize(3);
        assertThat(board.current("hour", "city")).isEmpty();
    }

    @Test
    void aLaterRevisionReplacesAnEarlierOneAndNeverTheOtherWayRound() {
        assertThat(board.put(rate("city", "hour", T, 1, 90))).isTrue();
        assertThat(board.put(rate("city", "hour", T, 0, 10))).isFalse();
        assertThat(board.put(rate("city", "hour", T, 2, 95))).isTrue();
        assertThat(board.current("hour", "city")).singleElement().satisfies(r -> {
            assertThat(r.value()).isEqualTo(95.0);
            assertThat(r.revision()).isEqualTo(2);
        });
    }

    @Test
    void oldWindowsAreForgottenThoseOfFacilitiesSooner() {
        for (int minute = 0; minute < 300; minute++) {
            board.put(rate("city", "minute", T.plus(Duration.ofMinutes(minute)), 1, 90));
            board.put(rate("facility:f1", "minute", T.plus(Duration.ofMinutes(minute)), 1, 90));
        }
        var end = T.plus(Duration.ofDays(1));
        assertThat(board.between(r -> r.scope().equals("city"), "minute", T, end))
                .hasSize(121);
        assertThat(board.between(r -> r.scope().equals("facility:f1"), "minute", T, end))
                .hasSize(11);
    }

    @Test
    void nothingExpectedIsNoValueRatherThanZero() {
        var rate =
                RateView.of(Rate.newBuilder().setScope("city").setPeriod("hour").build());
        assertThat(rate.value()).isNull();
        assertThat(rate.coverage()).isNull();
    }

    private static RateView rate(String scope, String period, Instant start, int revision, long percent) {
        return RateView.of(Rate.newBuilder()
                .setScope(scope)
                .setCode("facility_operating_rate")
                .setPeriod(period)
                .setWindowStartMillis(start.toEpochMilli())
                .setWindowEndMillis(start.plusSeconds(60).toEpochMilli())
                .setNumerator(percent)
                .setDenominator(100)
                .setKnown(1)
                .setExpected(2)
                .setRevision(revision)
                .setClosed(revision > 0)
                .build());
    }
}
