package io.yiwang.ingest.clock;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TickBreakTest {
    @ParameterizedTest
    @CsvSource({
        "0, 1000000, 0", // the first tick ever ends no break
        "1000, 2000, 0",
        "1000, 4000, 0", // one or two late ticks are no break
        "1000, 4001, 3001",
        "1000, 61000, 60000",
        "5000, 1000, 0" // a clock that was set back
    })
    void aBreakIsAPauseThatIsMoreThanLateTicks(long last, long now, long expected) {
        assertThat(new TickBreak(last).before(now)).isEqualTo(expected);
    }

    @Test
    void theLastTickIsRemembered(@TempDir Path folder) throws Exception {
        var lastTick = new LastTick(folder.resolve("new"));
        assertThat(lastTick.read()).isZero();
        lastTick.write(42);
        lastTick.write(43);
        assertThat(lastTick.read()).isEqualTo(43);
        Files.writeString(folder.resolve("new/last-tick"), "torn");
        assertThat(lastTick.read()).isZero();
    }

    private static TickBreak.Seen tick(long logMillis) {
        return new TickBreak.Seen(logMillis, 0);
    }

    @Test
    void whatOthersTickedIsNoBreakOfTheCity() {
        var mine = new TickBreak(10_000);
        assertThat(mine.before(20_000)).isEqualTo(10_000);
        assertThat(mine.before(20_000, List.of(tick(9_500), tick(12_000), tick(14_500), tick(17_500), tick(19_500))))
                .isZero();
    }

    @Test
    void whenTheOthersStoppedAsWellTheirLastTickBeginsTheBreak() {
        assertThat(new TickBreak(10_000).before(20_000, List.of(tick(12_000), tick(13_000))))
                .isEqualTo(7_000);
    }

    @Test
    void aBreakThatAnotherOneHasToldOfIsNotToldAgain() {
        var told = List.of(new TickBreak.Seen(69_000, 59_000));
        assertThat(new TickBreak(10_000).before(70_000, told)).isZero();
    }

    @Test
    void ticksThatAFrozenKafkaStoresWhenItWakesUpDoNotHideTheBreak() {
        var late = List.of(tick(69_990), tick(69_991), tick(69_992));
        assertThat(new TickBreak(10_000).before(70_500, late)).isEqualTo(59_990);
    }

    @Test
    void aNewProcessWithoutATickOfItsOwnGoesByTheNewestInTheLog() {
        assertThat(new TickBreak(0).before(70_000, List.of(tick(60_000)))).isEqualTo(10_000);
        assertThat(new TickBreak(0).before(70_000, List.of())).isZero();
    }
}
