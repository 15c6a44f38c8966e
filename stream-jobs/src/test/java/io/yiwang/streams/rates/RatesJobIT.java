package io.yiwang.streams.rates;

import static io.yiwang.streams.archive.TestingLog.message;
import static io.yiwang.streams.archive.TestingLog.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.yiwang.model.Topics;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import io.yiwang.model.wire.Quality;
import io.yiwang.model.wire.Rate;
import io.yiwang.model.wire.Value;
import io.yiwang.servers.InfluxServer;
import io.yiwang.servers.KafkaServer;
import io.yiwang.streams.archive.TestingLog;
import io.yiwang.streams.archive.TestingQueries;
import io.yiwang.streams.influx.InfluxSettings;
import io.yiwang.streams.intake.PackSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RatesJobIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String RUN = "facility_operating_rate";
    private static final String COMPLETE = "data_completeness";

    @TempDir
    private Path folder;

    /** Start of an hour of the recent past, by whole hours of Shanghai. */
    private final long hour = System.currentTimeMillis() / 3_600_000 * 3_600_000 - 7_200_000;

    @Test
    void ratesOfTwoStationsAddUpAndAReplayTellsTheSame() throws Exception {
        try (var kafka = KafkaServer.start(folder.resolve("kafka"), 0);
                var influx = InfluxServer.start(folder.resolve("influx"), 0);
                var log = new TestingLog(kafka.bootstrap())) {
            // Two heating stations with a pump each (30 s, 1 = running); the second one never speaks.
            log.asset(station("s1"), hour - 600_000);
            log.asset(station("s2"), hour - 600_000);
            log.tick(hour - 30_000, 0);
            for (int second = 0; second < 180; second += 30) {
                pump(log, second, second < 60 ? 1 : 0, second);
                if (second % 60 == 30) {
                    log.tick(hour + second * 1000L + 10_000, 0);
                }
            }
            pump(log, 60, 1, 181); // says the same second ran after all: late, and a correction
            log.tick(hour + 190_000, 0); // the third minute's deadline
            log.flush();

            var queries = new TestingQueries(influx.url());
            var first = run(
                    kafka,
                    influx,
                    () -> await().atMost(PATIENCE)
                            .untilAsserted(() -> assertThat(
                                            queries.rows("SELECT value, numerator, denominator, known, expected,"
                                                            + " revision FROM yiwang.rollup.rates WHERE scope = 'facility:s1' AND"
                                                            + " code = '" + RUN + "' AND period = 'minute' AND time = "
                                                            + (hour + 60_000) + "ms")
                                                    .toString())
                                    .isEqualTo("[[" + (hour + 60_000) + ",50,30,60,60,60,2]]")));
            // 60 s ran, the rest of s1 stood; s2 is unknown.
            assertThat(text(first.get(key("facility:s1", RUN, "minute", 0)))).isEqualTo("60/60 of 60/60 closed 1");
            assertThat(text(first.get(key("facility:s2", RUN, "minute", 0)))).isEqualTo("0/0 of 0/60 closed 1");
            assertThat(text(first.get(key("city:heating", RUN, "minute", 0)))).isEqualTo("60/60 of 60/120 closed 1");
            assertThat(text(first.get(key("district:d1", COMPLETE, "minute", 0))))
                    .isEqualTo("2/4 of 4/4 closed 1");
            assertThat(text(first.get(key("facility:s1", RUN, "minute", 1)))).isEqualTo("30/60 of 60/60 closed 2");
            assertThat(text(first.get(key("city", RUN, "hour", 0)))).isEqualTo("90/180 of 180/360 open 0");

            // All of it told a second time, from the oldest record on.
            assertThat(run(kafka, influx, () -> {})).isEqualTo(first);
        }
    }

    /** Runs the job over the log from its start until all that the three minutes hold is told; the newest of each key. */
    private Map<String, Rate> run(KafkaServer kafka, InfluxServer influx, Runnable beforeTheEnd) throws Exception {
        var env = TestingLog.environment();
        // Without checkpoints no offsets are committed: every run begins with the oldest record.
        env.getCheckpointConfig().disableCheckpointing();
        try (var rates = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers", kafka.bootstrap(), "group.id", "test", "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            rates.subscribe(List.of(Topics.RATES));
            RatesJob.define(
                    env,
                    kafka.bootstrap(),
                    new InfluxSettings(influx.url(), "", "yiwang", false),
                    ZoneId.of("Asia/Shanghai"),
                    PackSource.bundledAnd(null),
                    CityClock.wallClock());
            var job = env.executeAsync("rates");
            try {
                var newest = new TreeMap<String, Rate>();
                await().atMost(PATIENCE).untilAsserted(() -> {
                    for (var record : rates.poll(Duration.ofMillis(100))) {
                        newest.put(new String(record.key(), StandardCharsets.UTF_8), Rate.parseFrom(record.value()));
                    }
                    // Six scopes, two rates; three minutes, one hour, one day.
                    assertThat(newest).hasSize(6 * 2 * (3 + 2));
                    assertThat(newest.entrySet())
                            .allSatisfy(entry -> assertThat(isComplete(entry.getValue()))
                                    .as("%s: %s", entry.getKey(), text(entry.getValue()))
                                    .isTrue());
                });
                beforeTheEnd.run();
                return newest;
            } finally {
                job.cancel().get();
                rates.commitSync();
            }
        }
    }

    /** An hour or a day holds all three minutes; the correction of the second minute has reached the scopes of s1. */
    private boolean isComplete(Rate rate) {
        long facilities = rate.getScope().startsWith("facility") ? 1 : 2;
        long each = rate.getCode().equals(RUN) ? 60 : 2;
        long minutes = rate.getPeriod().equals("minute") ? 1 : 3;
        boolean corrected = rate.getPeriod().equals("minute")
                && rate.getCode().equals(RUN)
                && rate.getWindowStartMillis() == hour + 60_000
                && !rate.getScope().equals("facility:s2");
        return rate.getExpected() == facilities * each * minutes && (!corrected || rate.getRevision() == 2);
    }

    private String key(String scope, String code, String period, int minute) {
        return Ids.rateKey(scope, code, period, hour + minute * 60_000L);
    }

    private void pump(TestingLog log, int second, int state, int logSecond) {
        log.telemetry(
                message("heating", "s1", "s1-secondary", 100 * logSecond + second, hour + second * 1000L)
                        .addValues(value("ht_circ_pump_state", state))
                        .build(),
                hour + logSecond * 1000L);
        // What the device computed over an hour, and that it is gone, count for nothing.
        log.telemetry(
                message("heating", "s1", "s1-secondary", 100 * logSecond + second, hour + second * 1000L + 1000)
                        .setIntervalSeconds(3600)
                        .addValues(value("ht_circ_pump_state", 1 - state))
                        .build(),
                hour + logSecond * 1000L);
        log.telemetry(
                message("heating", "s1", "s1-secondary", 100 * logSecond + second + 50, hour + second * 1000L + 2000)
                        .addValues(Value.newBuilder()
                                .setMetric("ht_circ_pump_state")
                                .setQuality(Quality.OFFLINE))
                        .build(),
                hour + logSecond * 1000L);
    }

    private static Facility station(String id) {
        return Facility.newBuilder()
                .setId(id)
                .setDomain("heating")
                .setType("heat_exchange_station")
                .setDistrict("d1")
                .setInService(true)
                .addDevices(Device.newBuilder()
                        .setId(id + "-secondary")
                        .addPoints(Point.newBuilder().setMetric("ht_circ_pump_state")))
                .build();
    }

    private static String text(Rate rate) {
        return rate.getNumerator() + "/" + rate.getDenominator() + " of " + rate.getKnown() + "/" + rate.getExpected()
                + " " + (rate.getClosed() ? "closed" : "open") + " " + rate.getRevision();
    }
}
