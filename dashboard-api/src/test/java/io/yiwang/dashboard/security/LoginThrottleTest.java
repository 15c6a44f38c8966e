package io.yiwang.dashboard.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {
    private Instant now = Instant.parse("2026-03-10T12:00:00Z");
    private final LoginThrottle throttle = new LoginThrottle(() -> now);

    @Test
    void theFirstFiveMistakesCostNothing() {
        fail(4);
        assertThat(throttle.wait("a", "home")).isZero();
    }

    @Test
    void thenEachMistakeDoublesTheWaitUpToAMinute() {
        fail(5);
        assertThat(throttle.wait("a", "home")).isEqualTo(Duration.ofSeconds(1));
        fail(1);
        assertThat(throttle.wait("a", "home")).isEqualTo(Duration.ofSeconds(2));
        fail(100);
        assertThat(throttle.wait("a", "home")).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void theWaitEndsByItself() {
        fail(6);
        now = now.plusSeconds(2);
        assertThat(throttle.wait("a", "home")).isZero();
    }

    @Test
    void othersDoNotWait() {
        fail(50);
        assertThat(throttle.wait("a", "office")).isZero();
        assertThat(throttle.wait("b", "home")).isZero();
    }

    @Test
    void theRightPasswordAndALongPauseForgetMistakes() {
        fail(6);
        throttle.succeeded("a", "home");
        assertThat(throttle.wait("a", "home")).isZero();
        fail(6);
        now = now.plus(Duration.ofMinutes(16));
        fail(1);
        assertThat(throttle.wait("a", "home")).isZero();
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            throttle.failed("a", "home");
        }
    }
}
