package io.yiwang.sim.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.yiwang.model.clock.CityClock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final Instant NOW = Instant.parse("2026-07-01T15:00:00Z");
    private static final Instant FIRST = Instant.parse("2016-02-15T11:54:00Z");
    private static final Instant LAST = Instant.parse("2016-02-18T11:54:00Z");

    @Test
    void inACityThatLivesNowTheRecordingBeginsTodayAtItsTimeOfDay() {
        var schedule = Schedule.of(CityClock.wallClock(), FIRST, LAST, 0, NOW);
        assertThat(schedule.eventTime(FIRST)).isEqualTo("2026-07-01T11:54:00Z");
        assertThat(schedule.due(FIRST)).isBefore(NOW);
        var evening = FIRST.plus(Duration.ofHours(10));
        assertThat(schedule.due(evening)).isEqualTo("2026-07-01T21:54:00Z").isEqualTo(schedule.eventTime(evening));
    }

    @Test
    void fasterThanTheCityNothingComesFromTheFuture() {
        var schedule = Schedule.of(CityClock.wallClock(), FIRST, LAST, 60, NOW);
        assertThat(schedule.eventTime(LAST)).isEqualTo("2026-07-01T11:54:00Z");
        assertThat(schedule.eventTime(FIRST)).isEqualTo("2026-06-28T11:54:00Z");
        assertThat(schedule.due(FIRST)).isEqualTo(NOW);
        assertThat(schedule.due(FIRST.plus(Duration.ofHours(1)))).isEqualTo(NOW.plusSeconds(60));
    }

    @Test
    void whatWouldBeTooOldNeedsACityOfItsOwn() {
        assertThatExceptionOfType(CannotReplay.class)
                .isThrownBy(() -> Schedule.of(CityClock.wallClock(), FIRST, FIRST.plus(Duration.ofDays(30)), 60, NOW))
                .withMessageContaining("up --clock 2016-02-15T11:54:00Z,60");
    }

    @Test
    void inACityOnItsOwnClockTimesStayAndTheClockSetsThePace() {
        var clock = CityClock.parse("2016-02-15T11:00Z,60", ZoneId.of("Z"), NOW.minusSeconds(30));
        var schedule = Schedule.of(clock, FIRST, LAST, 0, NOW);
        assertThat(schedule.eventTime(FIRST)).isEqualTo(FIRST);
        assertThat(schedule.due(FIRST)).isEqualTo(NOW.plusSeconds(24));
        assertThat(schedule.isTooOld(FIRST)).isFalse();
        assertThat(schedule.isTooOld(FIRST.minus(Duration.ofDays(8)))).isTrue();
        assertThatExceptionOfType(CannotReplay.class)
                .isThrownBy(() -> Schedule.of(clock, FIRST, LAST, 10, NOW))
                .withMessageContaining("--speed");
        assertThatExceptionOfType(CannotReplay.class)
                .isThrownBy(() ->
                        Schedule.of(clock, FIRST.minus(Duration.ofDays(90)), LAST.minus(Duration.ofDays(80)), 0, NOW))
                .withMessageContaining("up --clock");
    }
}
