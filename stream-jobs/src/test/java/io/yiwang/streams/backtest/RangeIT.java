package io.yiwang.streams.backtest;

import static io.yiwang.streams.archive.TestingLog.message;
import static io.yiwang.streams.archive.TestingLog.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.Topics;
import io.yiwang.model.wire.Alarm;
import io.yiwang.model.wire.AlarmStep;
import io.yiwang.model.wire.Device;
import io.yiwang.model.wire.Facility;
import io.yiwang.model.wire.Point;
import io.yiwang.servers.InfluxServer;
import io.yiwang.servers.KafkaServer;
import io.yiwang.streams.archive.TestingLog;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** An hour of a city with one regulator whose inlet pressure fell below 0.05 MPa for ten minutes. */
class RangeIT {
    @TempDir
    private Path folder;

    /** Alarms carry the stamps of the broker, which is now. */
    private final long start = (System.currentTimeMillis() / 60_000 - 60) * 60_000;

    @Test
    void theHistoryOfACityIsJudgedAgainFromItsLogAndFromItsArchive() throws Exception {
        try (var kafka = KafkaServer.start(folder.resolve("kafka"), 0);
                var influx = InfluxServer.start(folder.resolve("influx"), 0)) {
            var lines = new StringBuilder();
            try (var log = new TestingLog(kafka.bootstrap())) {
                log.asset(regulator(), start);
                for (int minute = 0; minute < 60; minute++) {
                    long time = start + minute * 60_000L;
                    double pressure = minute >= 20 && minute < 30 ? 0.04 : 0.3;
                    log.telemetry(
                            message("gas", "r1", "r1-rtu", minute + 1, time)
                                    .addValues(value("gas_inlet_pressure", pressure))
                                    .build(),
                            time);
                    log.tick(time + 500, 0);
                    lines.append("gas,device=r1-rtu,district=d1,facility=r1 gas_inlet_pressure=")
                            .append(pressure)
                            .append(' ')
                            .append(time * 1_000_000)
                            .append('\n');
                }
                log.flush();
            }
            announce(kafka.bootstrap(), "gas_inlet_pressure.ll", start + 21 * 60_000L);
            announce(kafka.bootstrap(), "gas_inlet_pressure.hh", start + 40 * 60_000L);
            archive(influx.url(), lines.toString());

            var ofLog = run(
                    "--kafka",
                    kafka.bootstrap(),
                    "--from",
                    text(start + 60_000),
                    "--to",
                    text(start + 3_600_000),
                    "--out",
                    folder.resolve("log.csv").toString());
            var ofArchive = run(
                    "--kafka",
                    kafka.bootstrap(),
                    "--from",
                    text(start + 60_000),
                    "--to",
                    text(start + 3_600_000),
                    "--influx",
                    influx.url(),
                    "--facility",
                    "r1",
                    "--out",
                    folder.resolve("archive.csv").toString());

            assertThat(ofLog)
                    .contains("only now", "gas_inlet_pressure.l ", "only then", "gas_inlet_pressure.hh")
                    .endsWith("1 the same, 1 only then, 1 only now" + System.lineSeparator());
            assertThat(ofArchive).isEqualTo(ofLog);
            assertThat(Files.readString(folder.resolve("log.csv")))
                    .isEqualTo(Files.readString(folder.resolve("archive.csv")))
                    .contains("same,r1,gas_inlet_pressure.ll,2," + text(start + 21 * 60_000L) + ",,");
        }
    }

    private static Facility regulator() {
        return Facility.newBuilder()
                .setId("r1")
                .setDomain("gas")
                .setType("regulator_station")
                .setDistrict("d1")
                .putParameters("p_class_max", 0.4)
                .setInService(true)
                .addDevices(Device.newBuilder()
                        .setId("r1-rtu")
                        .addPoints(Point.newBuilder().setMetric("gas_inlet_pressure")))
                .build();
    }

    private static void announce(String bootstrap, String rule, long raisedMillis) {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                    Topics.ALARMS,
                    "r1|" + rule,
                    Alarm.newBuilder()
                            .setId(rule)
                            .setFacility("r1")
                            .setRule(rule)
                            .setGrade(2)
                            .setStep(AlarmStep.RAISED)
                            .setRevision(1)
                            .setOnsetMillis(raisedMillis)
                            .setRaisedMillis(raisedMillis)
                            .build()
                            .toByteArray()));
        }
    }

    private static void archive(String url, String lines) throws Exception {
        var http = HttpClient.newHttpClient();
        for (var query : new String[] {
            "CREATE DATABASE yiwang", "CREATE RETENTION POLICY raw ON yiwang DURATION INF REPLICATION 1"
        }) {
            http.send(
                    HttpRequest.newBuilder(URI.create(url + "/query?q=" + query.replace(" ", "+")))
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
        }
        var stored = http.send(
                HttpRequest.newBuilder(URI.create(url + "/write?db=yiwang&rp=raw"))
                        .POST(HttpRequest.BodyPublishers.ofString(lines))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(stored.statusCode()).as(stored.body()).isEqualTo(204);
    }

    private static String text(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    private static String run(String... words) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exit = new CommandLine(new Backtest())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(words);
        assertThat(exit).as(err.toString()).isZero();
        return out.toString();
    }
}
