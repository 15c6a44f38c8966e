package io.yiwang.dashboard.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryTest {
    private final Random random = new Random(1);

    @Test
    void waitsGrowToHalfAMinuteAndAreShortenedByAtMostHalf() {
        var full = List.of(1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000);
        for (var attempt = 1; attempt <= full.size(); attempt++) {
            for (var i = 0; i < 200; i++) {
                assertThat(Retry.after(attempt, null, random).toMillis())
                        .as("attempt %s", attempt)
                        .isBetween(full.get(attempt - 1) / 2L, (long) full.get(attempt - 1));
            }
        }
        assertThat(Retry.after(1_000, null, random)).isLessThanOrEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void theReceiversWishIsHonouredWithinFiveMinutes() {
        assertThat(Retry.after(1, Duration.ofSeconds(20), random)).isEqualTo(Duration.ofSeconds(20));
        assertThat(Retry.after(1, Duration.ofDays(1), random)).isEqualTo(Duration.ofMinutes(5));
        assertThat(Retry.after(7, Duration.ofMillis(1), random)).isGreaterThanOrEqualTo(Duration.ofSeconds(15));
    }
}
