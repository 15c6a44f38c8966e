package io.yiwang.dashboard.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryPlanTest {
    private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        // span, period in s, every, from one-minute values
        "PT1H,   5, raw,   false",
        "PT3H,   5, raw,   false",
        "PT3H,   1, PT15S, false",
        "PT3H,   0, raw,   false",
        "PT4H,   5, PT1M,  true",
        "P1D,    5, PT1M,  true",
        "P2D,    5, PT2M,  true",
        "P7D,    5, PT10M, true",
        "P30D,  60, PT30M, true",
        "P400D, 60, PT8H,  true",
    })
    void theWidthFollowsTheSpan(Duration span, int period, String every, boolean fromMinutes) {
        var plan = HistoryPlan.chosen(NOW.minus(span), NOW, period, NOW);
        assertThat(plan.everyWord()).isEqualTo(every);
        assertThat(plan.fromMinutes()).isEqualTo(fromMinutes);
    }

    @Test
    void anHourOfLastMonthComesFromOneMinuteValues() {
        var from = NOW.minus(Duration.ofDays(30));
        var plan = HistoryPlan.chosen(from, from.plus(Duration.ofHours(1)), 5, NOW);
        assertThat(plan.everyWord()).isEqualTo("PT1M");
        assertThat(plan.fromMinutes()).isTrue();
    }

    @Test
    void rowsBeginOnTheirOwnBoundary() {
        var plan = HistoryPlan.of(Duration.ofMinutes(5), NOW.minusSeconds(3601), NOW, NOW);
        assertThat(plan.from()).isEqualTo(Instant.parse("2026-03-10T10:55:00Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0.5S", "PT0S", "PT-1M", "PT1.5S", "PT10S"})
    void aWidthThatCannotBeIsRefused(Duration every) {
        assertThatThrownBy(() -> HistoryPlan.of(every, NOW.minus(Duration.ofDays(1)), NOW, NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("every");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void noChosenPlanWithAWidthHasTooManyRows(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 1000; i++) {
            var to = NOW.minusSeconds(random.nextInt(86_400 * 300));
            var from = to.minusSeconds(1 + random.nextInt(86_400 * 401));
            var plan = HistoryPlan.chosen(from, to, random.nextInt(10), NOW);
            if (plan.every() != null) {
                var rows = Duration.between(plan.from(), to).dividedBy(plan.every()) + 1;
                assertThat(rows).isLessThanOrEqualTo(HistoryPlan.MOST_ROWS);
            }
        }
    }
}
