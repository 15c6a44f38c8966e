package io.yiwang.streams.detect.joint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TailTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theLimitOfAnExponentialStatisticIsItsQuantile(long seed) {
        var random = new Random(seed);
        var tail = new Tail();
        for (var i = 0; i < 5000 * Tail.BLOCK; i++) {
            tail.learn(-Math.log(1 - random.nextDouble()), Double.MAX_VALUE);
        }
        // Exceeded once in 1000 blocks of 20: P = 1 / 20000.
        assertThat(tail.limit(1000)).isCloseTo(Math.log(20_000), within(0.4));
        assertThat(tail.ordinary()).isCloseTo(Math.log(20) + 0.5772, within(0.1));
    }

    @Test
    void noLongerTimeIsAskedThanAHundredfoldOfWhatWasSeen() {
        var random = new Random(4);
        var tail = new Tail();
        for (var i = 0; i < 10 * Tail.BLOCK; i++) {
            assertThat(tail.known()).isEqualTo(i >= 5 * Tail.BLOCK);
            tail.learn(random.nextDouble(), 500);
        }
        assertThat(tail.limit(1e12)).isEqualTo(tail.limit(1000));
        assertThat(tail.limit(100)).isLessThan(tail.limit(1000));
    }

    @Test
    void whatIsExceededByLittleGrowsAndWhatIsExceededByFarDoesNot() {
        var random = new Random(5);
        var tail = new Tail();
        for (var i = 0; i < 100 * Tail.BLOCK; i++) {
            tail.learn(-Math.log(1 - random.nextDouble()), 500);
        }
        var limit = tail.limit(1000);
        tail.see(limit * 5);
        tail.settle(limit, 500);
        assertThat(tail.limit(1000)).isEqualTo(limit);
        tail.see(limit * 1.2);
        tail.settle(limit, 500);
        assertThat(tail.limit(1000)).isGreaterThan(limit * 1.005);
    }
}
