package io.yiwang.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A city on a clock of its own, a minute a second, with a recording replayed into it: everything happens at the city's time. */
class ClockIT {
    private static final Instant FROM = Instant.parse("2026-01-09T22:00:00Z");
    private static final Instant RECORDED = FROM.plus(Duration.ofMinutes(45));

    @TempDir
    static Path dir;

    @Test
    void readingsRatesAndSilenceAreToldInTheCitysTime() throws Exception {
        var csv = new StringBuilder("time,level,label\n");
        for (int i = 0; i < 60; i++) {
            csv.append(RECORDED.plusSeconds(60L * i))
                    .append(',')
                    .append(i % 7)
                    .append(',')
                    .append(i / 10 == 3 ? 1 : 0)
                    .append('\n');
        }
        var file = Files.writeString(dir.resolve("tank.csv"), csv);
        try (var city = TestingCity.up(dir.resolve("var"), "--no-demo", "--clock", "2026-01-10T06:00+08:00,60")) {
            assertThat(city.get("/api/session").path("clock").path("speed").asDouble())
                    .isEqualTo(60);

            var replay = city.yiwang("replay", "--csv", file.toString(), "--keep");
            assertThat(replay.code()).as(replay::output).isZero();
            assertThat(replay.output()).contains("60 acknowledged, 0 refused").contains("Truth: 1 windows");

            await().atMost(Duration.ofMinutes(2))
                    .pollInterval(1, TimeUnit.SECONDS)
                    .untilAsserted(() -> {
                        var silent = city.get("/api/alarms?state=all&limit=10");
                        assertThat(silent).hasSize(1);
                        var alarm = silent.get(0);
                        assertThat(alarm.path("rule").asString()).isEqualTo("recorded_value.silent");
                        var onset = Instant.parse(alarm.path("onset").asString());
                        assertThat(onset)
                                .isBetween(RECORDED.plusSeconds(60 * 59 - 60), RECORDED.plus(Duration.ofHours(12)));
                        // Three periods, and what a second on the way is in this city.
                        assertThat(Duration.between(
                                        onset,
                                        Instant.parse(alarm.path("raised").asString())))
                                .isEqualTo(Duration.ofSeconds(3 * 60 + 59));
                        var closed = new ArrayList<Instant>();
                        for (var rate : city.get("/api/rates?period=minute&code=data_completeness")) {
                            if (rate.path("closed").asBoolean()) {
                                closed.add(
                                        Instant.parse(rate.path("windowStart").asString()));
                            }
                        }
                        assertThat(closed)
                                .isNotEmpty()
                                .allMatch(at -> at.isAfter(FROM) && at.isBefore(FROM.plus(Duration.ofDays(1))));
                        assertThat(city.get("/api/history?point=replay-tank-level.recorded_value&every=raw&from="
                                                + RECORDED + "&to=" + RECORDED.plus(Duration.ofHours(1)))
                                        .path("rows"))
                                .hasSize(60);
                    });
            var audit = city.yiwang("audit", "--wait", "60s");
            assertThat(audit.code()).as(audit::output).isZero();
        }
        assertThat(TestingCity.processesOn(dir)).isEmpty();
    }
}
