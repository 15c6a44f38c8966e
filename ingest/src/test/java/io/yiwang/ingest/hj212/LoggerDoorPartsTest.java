package io.yiwang.ingest.hj212;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.yiwang.ingest.decode.hj212.Passwords;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoggerDoorPartsTest {
    private final List<String> sent = new ArrayList<>();
    private final AnswerQueue queue = new AnswerQueue(frame -> sent.add(new String(frame, StandardCharsets.UTF_8)));

    private static List<byte[]> frames(String... texts) {
        var frames = new ArrayList<byte[]>();
        for (var text : texts) {
            frames.add(text.getBytes(StandardCharsets.UTF_8));
        }
        return frames;
    }

    @Test
    void answersGoOutInTheOrderOfTheFrames() {
        var first = queue.add();
        var second = queue.add();
        var third = queue.add();
        third.done(frames("3"));
        second.done(frames("2a", "2b"));
        assertThat(sent).isEmpty();
        assertThat(queue.waiting()).isEqualTo(3);
        first.done(List.of());
        assertThat(sent).containsExactly("2a", "2b", "3");
        first.done(frames("again"));
        assertThat(sent).hasSize(3);
        assertThat(queue.waiting()).isZero();
    }

    @Test
    void afterTheEndOfTheConnectionNothingIsAnswered() {
        var slot = queue.add();
        queue.close();
        slot.done(frames("1"));
        assertThat(sent).isEmpty();
    }

    @Test
    void readingPausesForAsLongAsTheExcessTakes() {
        var budget = new ReadBudget(100, 0);
        // Ten seconds' worth at once.
        assertThat(budget.pauseMillis(1000, 0)).isZero();
        assertThat(budget.pauseMillis(50, 0)).isBetween(500L, 501L);
        assertThat(budget.pauseMillis(50, TimeUnit.SECONDS.toNanos(1))).isZero();
        // A long silence saves up no more than the burst.
        assertThat(budget.pauseMillis(1100, TimeUnit.HOURS.toNanos(1))).isBetween(1000L, 1001L);
    }

    @Test
    void anAddressOfManyWrongPasswordsIsBarredForAWhile() {
        var barred = new BarredAddresses();
        for (int i = 1; i < BarredAddresses.MOST_WRONG; i++) {
            assertThat(barred.wrong("a", i)).isFalse();
        }
        assertThat(barred.isBarred("a", 50)).isFalse();
        assertThat(barred.wrong("a", 100)).isTrue();
        assertThat(barred.isBarred("a", 101)).isTrue();
        assertThat(barred.isBarred("b", 101)).isFalse();
        long over = 100 + BarredAddresses.BARRED_MILLIS;
        assertThat(barred.isBarred("a", over - 1)).isTrue();
        assertThat(barred.isBarred("a", over)).isFalse();
        // Those of a logger that is set wrongly, one a minute, bar nobody.
        for (int i = 0; i < 100; i++) {
            assertThat(barred.wrong("c", i * (BarredAddresses.WITHIN_MILLIS + 1)))
                    .isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "##0101QN=1;PW=123456;MN=A | ##0101QN=1;PW=******;MN=A",
                "##0101PW=123456;MN=A | ##0101PW=******;MN=A",
                "pw = 12,MN=A;PW=3 | pw =***,MN=A;PW=*",
                "NewPW=1;NEWPW=x | NewPW=1;NEWPW=x",
                "CP=&&PW=1&&PW= | CP=&&PW=*&&PW=",
                "PW | PW",
            })
    void passwordsAreCovered(String frame, String shown) {
        assertThat(new String(Passwords.masked(frame.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8))
                .isEqualTo(shown);
    }

    @Test
    void settingsThatCannotBeAreRefused() {
        for (var wrong : List.<Runnable>of(
                () -> LoggerDoorSettings.of("127.0.0.1", 70_000),
                () -> settings(0, Duration.ofSeconds(60), 4096, 4096),
                () -> settings(10, Duration.ZERO, 4096, 4096),
                () -> settings(10, Duration.ofSeconds(60), 1, 4096),
                () -> settings(10, Duration.ofSeconds(60), 4096, 100),
                () -> settings(10, Duration.ofSeconds(60), 4096, 10_000))) {
            assertThatThrownBy(wrong::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("HJ 212")
                    .satisfies(e -> assertThat(e.getMessage()).isNotBlank());
        }
    }

    private static LoggerDoorSettings settings(int connections, Duration idle, int bytesPerSecond, int maxSegment) {
        return new LoggerDoorSettings(
                "127.0.0.1", 0, connections, Duration.ofSeconds(1), idle, bytesPerSecond, maxSegment);
    }
}
