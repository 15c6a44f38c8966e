package io.yiwang.ingest.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void aBurstPassesAndWhatFollowsWaitsUntilItsDebtIsPaid() {
        var bucket = new TokenBucket(10, 20, 0);
        for (int i = 0; i < 20; i++) {
            assertThat(bucket.take(1, 0)).isZero();
        }
        assertThat(bucket.take(1, 0)).isEqualTo(SECOND / 10);
        assertThat(bucket.take(1, 0)).isEqualTo(2 * SECOND / 10);
        assertThat(bucket.take(1, SECOND)).isZero();
    }

    @Test
    void aPauseFillsItNoFurtherThanItsBurst() {
        var bucket = new TokenBucket(10, 20, 0);
        assertThat(bucket.isFull(0)).isTrue();
        bucket.take(20, 0);
        assertThat(bucket.isFull(SECOND)).isFalse();
        assertThat(bucket.isFull(100 * SECOND)).isTrue();
        assertThat(bucket.take(21, 100 * SECOND)).isEqualTo(SECOND / 10);
    }

    @Test
    void tryingTakesOnlyWhatIsThere() {
        var bucket = new TokenBucket(1, 2, 0);
        assertThat(bucket.tryTake(0)).isTrue();
        assertThat(bucket.tryTake(0)).isTrue();
        assertThat(bucket.tryTake(SECOND / 2)).isFalse();
        assertThat(bucket.tryTake(SECOND)).isTrue();
    }

    @Test
    void inTheLongRunNobodyGetsMoreThanTheRate() {
        var bucket = new TokenBucket(100, 50, 0);
        long now = 0;
        int taken = 0;
        while (now < 60 * SECOND) {
            now += bucket.take(1, now);
            taken++;
        }
        assertThat(taken).isBetween(6000, 6051);
    }
}
