package io.yiwang.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptClockTest {
    private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
    private static final Instant NOW = Instant.parse("2026-07-01T08:00:00.123456Z");
    private static final String WISH = "2026-01-10T06:00,60";

    @TempDir
    Path folder;

    private KeptClock clock() {
        return new KeptClock(DataFolder.of(folder));
    }

    @Test
    void isKeptFromTheFirstStartOn() {
        var first = clock().settle(WISH, SHANGHAI, NOW);
        assertThat(first).hasToString("2026-01-09T22:00:00Z,60,2026-07-01T08:00:00.123Z");
        assertThat(clock().settle(null, SHANGHAI, NOW.plusSeconds(3600))).isEqualTo(first);
        assertThat(clock().settle("2026-01-09T22:00Z,60", SHANGHAI, NOW.plusSeconds(3600)))
                .isEqualTo(first);
        assertThat(clock().current()).isEqualTo(first);
    }

    @Test
    void anotherClockIsRefusedOnOldData() throws IOException {
        clock().settle(WISH, SHANGHAI, NOW);
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> clock().settle("2026-01-10T06:00,30", SHANGHAI, NOW))
                .withMessageContaining("2026-01-09T22:00:00Z,60")
                .withMessageContaining("--data DIR");
        Files.writeString(folder.resolve("clock"), "nonsense");
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> clock().settle(null, SHANGHAI, NOW))
                .withMessageContaining("reset");
    }

    @Test
    void aCityThatLivesNowKeepsLivingNow() {
        assertThat(clock().settle(null, SHANGHAI, NOW).isWallClock()).isTrue();
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> clock().settle(WISH, SHANGHAI, NOW))
                .withMessageContaining("on the wall clock");
    }

    @Test
    void dataFromBeforeThereWereClocksLiveNow() throws IOException {
        Files.writeString(folder.resolve("admin-password"), "secret");
        assertThatExceptionOfType(Refusal.class).isThrownBy(() -> clock().settle(WISH, SHANGHAI, NOW));
        assertThat(clock().settle(null, SHANGHAI, NOW).isWallClock()).isTrue();
    }
}
