package io.yiwang.model.clock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class CityClockTest {
    private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
    private static final Instant ANCHOR = Instant.parse("2026-07-01T08:00:00Z");

    @Test
    void runsFromItsAnchorAtItsSpeed() {
        var clock = CityClock.parse("2026-01-10T06:00+08:00,60", SHANGHAI, ANCHOR);
        assertThat(clock.at(ANCHOR)).isEqualTo("2026-01-09T22:00:00Z");
        assertThat(clock.at(ANCHOR.plusSeconds(60))).isEqualTo("2026-01-09T23:00:00Z");
        assertThat(clock.at(ANCHOR.minusSeconds(1))).isEqualTo("2026-01-09T21:59:00Z");
        assertThat(clock.beside(InstantSource.fixed(ANCHOR.plusSeconds(1))).instant())
                .isEqualTo("2026-01-09T22:01:00Z");
    }

    @Test
    void aTimeWithoutOffsetIsTheCitysAndSpeedOneIsMeantWhenNoneIsGiven() {
        var clock = CityClock.parse("2026-01-10T06:00", SHANGHAI, ANCHOR);
        assertThat(clock.from()).isEqualTo("2026-01-09T22:00:00Z");
        assertThat(clock.speed()).isEqualTo(1);
        assertThat(clock.isWallClock()).isFalse();
        assertThat(CityClock.parse("2026-01-09T22:00:00Z", SHANGHAI, ANCHOR)).isEqualTo(clock);
        assertThat(CityClock.parse("2026-01-10T06:00:30.5", SHANGHAI, ANCHOR).from())
                .isEqualTo("2026-01-09T22:00:30.500Z");
    }

    @Test
    void goesBackToTheWallMoment() {
        for (double speed : new double[] {0.1, 1, 7.3, 60, 168, 1000}) {
            var clock = new CityClock(Instant.parse("2019-03-01T00:00:00Z"), ANCHOR, speed, InstantSource.system());
            var wall = ANCHOR.plusMillis(123_456_789);
            assertThat(Duration.between(clock.wallAt(clock.at(wall)), wall).abs())
                    .as("speed %s", speed)
                    .isLessThanOrEqualTo(Duration.ofMillis(5));
        }
        var clock = CityClock.parse("2026-01-10T06:00,60", SHANGHAI, ANCHOR);
        assertThat(clock.onTheWall(Duration.ofMinutes(5))).isEqualTo(Duration.ofSeconds(5));
        assertThat(clock.inTheCity(Duration.ofSeconds(5))).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void aFastCityGivesDeliveryTheTimeThatItTakes() {
        assertThat(CityClock.parse("2026-01-10T06:00,60", SHANGHAI, ANCHOR).deliverySlack())
                .isEqualTo(Duration.ofSeconds(59));
        assertThat(CityClock.parse("2026-01-10T06:00,0.5", SHANGHAI, ANCHOR).deliverySlack())
                .isZero();
        assertThat(CityClock.wallClock().deliverySlack()).isZero();
    }

    @Test
    void theWallClockIsTheWallClock() {
        var wall = Instant.parse("2026-07-01T08:00:00.123456Z");
        var clock = CityClock.wallClock().beside(InstantSource.fixed(wall));
        assertThat(clock.isWallClock()).isTrue();
        assertThat(clock.instant()).isEqualTo(wall);
        assertThat(clock.wallAt(wall)).isEqualTo(wall);
    }

    @Test
    void tellsAnotherProcess() {
        for (var wish : new String[] {"2026-01-10T06:00+08:00,60", "1999-12-31T23:59:59Z,0.1", "2026-01-10T06:00"}) {
            var clock = CityClock.parse(wish, SHANGHAI, ANCHOR);
            assertThat(CityClock.of(clock.toString())).isEqualTo(clock);
            assertThat(CityClock.parse(clock.wish(), SHANGHAI, Instant.EPOCH).isSameWish(clock))
                    .isTrue();
        }
        assertThat(CityClock.of(CityClock.wallClock().toString()).isWallClock()).isTrue();
        var clock = CityClock.parse("2026-01-10T06:00,60", SHANGHAI, ANCHOR);
        assertThat(clock.isSameWish(CityClock.parse("2026-01-10T06:00,61", SHANGHAI, ANCHOR)))
                .isFalse();
        assertThat(clock.isSameWish(CityClock.wallClock())).isFalse();
        assertThat(clock).hasToString("2026-01-09T22:00:00Z,60,2026-07-01T08:00:00Z");
    }

    @Test
    void saysWhatIsWrong() {
        for (var wrong : new String[] {
            "",
            "tomorrow",
            "2026-01-10",
            "2026-01-10T06:00,",
            "2026-01-10T06:00,fast",
            "2026-01-10T06:00,0",
            "2026-01-10T06:00,0.09",
            "2026-01-10T06:00,1001",
            "2026-01-10T06:00,NaN",
            "2026-01-10T06:00,-60",
            "2026-01-10T06:00,60,60",
            "1970-01-01T00:00Z",
            "2026-13-10T06:00"
        }) {
            assertThatIllegalArgumentException()
                    .as(wrong)
                    .isThrownBy(() -> CityClock.parse(wrong, SHANGHAI, ANCHOR))
                    .withMessageContaining("FROM[,SPEED]");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CityClock.of("2026-01-10T06:00Z,60"))
                .withMessageContaining("FROM,SPEED,ANCHOR");
    }
}
