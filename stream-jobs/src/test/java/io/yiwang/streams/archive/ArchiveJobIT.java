package io.yiwang.streams.archive;

import static io.yiwang.streams.archive.TestingLog.message;
import static io.yiwang.streams.archive.TestingLog.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.wire.Quality;
import io.yiwang.model.wire.Value;
import io.yiwang.servers.InfluxServer;
import io.yiwang.servers.KafkaServer;
import io.yiwang.streams.influx.InfluxSettings;
import io.yiwang.streams.influx.InfluxWriter;
import io.yiwang.streams.intake.PackSource;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class ArchiveJobIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int FACILITIES = 5;
    private static final int MESSAGES = 60;

    @TempDir
    private Path folder;

    private final long start = (System.currentTimeMillis() / 60_000 - 60) * 60_000;

    @Test
    void everyAcceptedReadingIsStoredOnceThroughReplayAndOutage() throws Exception {
        var influx = InfluxServer.start(folder.resolve("influx"), 0);
        var queries = new TestingQueries(influx.url());
        int port = URI.create(influx.url()).getPort();
        JobClient job = null;
        try (var kafka = KafkaServer.start(folder.resolve("kafka"), 0);
                var log = new TestingLog(kafka.bootstrap())) {
            send(log, 0);
            var env = TestingLog.environment();
            ArchiveJob.define(
                    env,
                    kafka.bootstrap(),
                    new InfluxSettings(influx.url(), "", "yiwang", false),
                    PackSource.bundledAnd(null),
                    CityClock.wallClock());
            job = env.executeAsync("archive");
            awaitStored(queries, FACILITIES * MESSAGES);

            // All of it again, then something new behind it: when that is stored, the replay has been written too.
            send(log, 0);
            send(log, 1);
            awaitStored(queries, 2 * FACILITIES * MESSAGES);

            var failures = writerLog();
            influx.close();
            send(log, 2);
            await().atMost(PATIENCE)
                    .until(() -> failures.list.stream()
                            .anyMatch(event -> event.getFormattedMessage().contains("trying again")));
            influx = InfluxServer.start(folder.resolve("influx"), port);
            send(log, 3);
            awaitStored(queries, 4 * FACILITIES * MESSAGES);
            assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);

            assertThat(queries.rows(
                                    "SELECT gas_flow_std, gas_temperature, gas_temperature_q, device, district, facility"
                                            + " FROM yiwang.raw.gas WHERE facility = 'f0' LIMIT 1")
                            .toString())
                    .isEqualTo("[[" + start + ",0.5,null,2,\"f0-rtu\",\"d1\",\"f0\"]]");

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(queries.rows("SELECT gas_flow_std, gas_flow_std_max,"
                                            + " gas_flow_std_min, \"interval\" FROM yiwang.rollup.gas_reported"
                                            + " WHERE facility = 'f0' LIMIT 1")
                                    .toString())
                            .isEqualTo("[[" + start + ",1000,2000,null,\"3600\"]]"));

            // Four batches of one minute each; the clock has passed the third's end.
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(queries.rows("SELECT gas_flow_std_count, gas_flow_std_mean,"
                                            + " gas_flow_std_min, gas_flow_std_max FROM yiwang.rollup.gas_1m"
                                            + " WHERE facility = 'f0' LIMIT 1")
                                    .toString())
                            .isEqualTo("[[" + start + ",60,30,0.5,59.5]]"));
        } finally {
            if (job != null) {
                job.cancel().get();
            }
            influx.close();
        }
    }

    private void awaitStored(TestingQueries queries, int messages) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(queries.number("SELECT count(gas_flow_std) FROM yiwang.raw.gas"))
                        .isEqualTo(messages));
    }

    /** What the writer says once a write has failed. */
    private static ListAppender<ILoggingEvent> writerLog() {
        var appender = new ListAppender<ILoggingEvent>();
        appender.list = new CopyOnWriteArrayList<>();
        appender.start();
        ((Logger) LoggerFactory.getLogger(InfluxWriter.class)).addAppender(appender);
        return appender;
    }

    /** One minute of every facility, a message a second, and the tick that ends it. */
    private void send(TestingLog log, int minute) {
        long from = start + minute * 60_000L;
        for (int facility = 0; facility < FACILITIES; facility++) {
            for (int i = 0; i < MESSAGES; i++) {
                var id = "f" + facility;
                long time = from + i * 1000L;
                log.telemetry(
                        message("gas", id, id + "-rtu", minute * MESSAGES + i, time)
                                .addValues(value("gas_flow_std", i + 0.5))
                                .addValues(Value.newBuilder()
                                        .setMetric("gas_temperature")
                                        .setQuality(Quality.OUT_OF_RANGE))
                                .build(),
                        time);
                // Of the same device, counter and time; neither a reading nor part of a minute's sum.
                log.telemetry(
                        message("gas", id, id + "-rtu", minute * MESSAGES + i, time)
                                .setIntervalSeconds(3600)
                                .addValues(
                                        value("gas_flow_std", 1000).toBuilder().setMax(2000))
                                .build(),
                        time);
            }
        }
        log.tick(from + 66_000, 0);
        log.flush();
    }
}
