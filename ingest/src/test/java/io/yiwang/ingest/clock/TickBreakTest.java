package io.yiwang.ingest.clock;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
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
}
