package io.yiwang.dashboard.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.dashboard.DashboardIT;
import io.yiwang.dashboard.assets.TestingCity;
import io.yiwang.servers.InfluxServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

class HistoryIT extends DashboardIT {
    private static final String POINT = "past-meter.gas_flow_std";

    private static final InfluxServer INFLUX = InfluxServer.start(folder(), 0);

    @BeforeAll
    static void schema() {
        query("CREATE DATABASE yiwang");
        query("CREATE RETENTION POLICY raw ON yiwang DURATION 7d REPLICATION 1 DEFAULT");
        query("CREATE RETENTION POLICY rollup ON yiwang DURATION 400d REPLICATION 1");
    }

    @AfterAll
    static void stop() {
        INFLUX.close();
    }

    @DynamicPropertySource
    static void influx(DynamicPropertyRegistry properties) {
        properties.add("yiwang.INFLUX.url", INFLUX::url);
    }

    @Test
    void readingsComeAsTheyWereAndCoarserRowsWeighEveryReading() {
        post("/api/assets", TestingCity.document(List.of(TestingCity.facility("past", "gas", "gate_station"))));
        var hour = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(Duration.ofHours(5));
        var lines = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            lines.append("gas,district=d1,facility=past,device=past-meter gas_flow_std=")
                    .append(i)
                    .append(' ')
                    .append(hour.plusSeconds(i).toEpochMilli())
                    .append("000000\n");
        }
        // Another device's readings must not be mixed in.
        lines.append("gas,district=d1,facility=past,device=past-leak1 gas_flow_std=99 ")
                .append(hour.toEpochMilli())
                .append("000000\n");
        write("raw", lines.toString());
        // One reading of the past is doubted, and a whole minute has only doubted readings.
        write(
                "raw",
                "gas,district=d1,facility=past,device=past-meter gas_flow_std_q=5i "
                        + hour.plusSeconds(3).toEpochMilli() + "000000\n");
        write(
                "rollup",
                minute(hour, 4.5, 0, 9, 10)
                        + minute(hour.plusSeconds(60), 20, 20, 20, 1)
                        + "gas_1m,district=d1,facility=past,device=past-meter gas_flow_std_q=5i "
                        + hour.plusSeconds(300).toEpochMilli() + "000000\n");

        var raw = json(get(path(hour, hour.plusSeconds(60), "")));
        assertThat(raw.get("every").asString()).isEqualTo("raw");
        assertThat(raw.get("rows").size()).isEqualTo(10);
        assertThat(raw.at("/rows/3/0").asLong()).isEqualTo(hour.plusSeconds(3).toEpochMilli());
        assertThat(raw.at("/rows/3/1").asDouble()).isEqualTo(3);
        assertThat(raw.get("columns").toString()).isEqualTo("[\"time\",\"value\",\"quality\"]");
        assertThat(raw.at("/rows/3/2").asInt()).isEqualTo(5);
        assertThat(raw.at("/rows/4/2").isNull()).isTrue();

        var grouped = json(get(path(hour, hour.plusSeconds(60), "PT5S")));
        assertThat(grouped.get("rows").toString())
                .isEqualTo("[[%d,2.0,0.0,4.0,5,5],[%d,7.0,5.0,9.0,5,null]]"
                        .formatted(hour.toEpochMilli(), hour.plusSeconds(5).toEpochMilli()));

        var minutes = json(get(path(hour, hour.plus(Duration.ofHours(4)), "PT5M")));
        // (10 × 4.5 + 1 × 20) / 11
        assertThat(minutes.at("/rows/0/1").asDouble()).isCloseTo(65.0 / 11, org.assertj.core.data.Offset.offset(1e-9));
        assertThat(minutes.at("/rows/0/2").asDouble()).isZero();
        assertThat(minutes.at("/rows/0/3").asDouble()).isEqualTo(20);
        assertThat(minutes.at("/rows/0/4").asLong()).isEqualTo(11);
        assertThat(minutes.at("/rows/0/5").isNull()).isTrue();
        assertThat(minutes.at("/rows/1").toString())
                .isEqualTo("[%d,null,null,null,null,5]"
                        .formatted(hour.plusSeconds(300).toEpochMilli()));
        assertThat(minutes.get("rows").size()).isEqualTo(2);
    }

    @Test
    void whatCannotBeAskedIsRefusedWithASentence() {
        post("/api/assets", TestingCity.document(List.of(TestingCity.facility("past", "gas", "gate_station"))));
        assertThat(get("/api/history?point=nobody.x").statusCode()).isEqualTo(404);
        assertThat(get("/api/history?point=" + encoded("past-meter.gas_flow_std' OR 1=1"))
                        .statusCode())
                .isEqualTo(404);
        assertThat(json(get("/api/history?every=soon&point=" + POINT))
                        .get("code")
                        .asString())
                .isEqualTo("BAD_EVERY");
        assertThat(json(get("/api/history?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z&point=" + POINT))
                        .get("code")
                        .asString())
                .isEqualTo("BAD_SPAN");
        assertThat(get("/api/history?from=yesterday&point=" + POINT).statusCode())
                .isEqualTo(400);
    }

    private static String minute(Instant time, double mean, double min, double max, long count) {
        return "gas_1m,district=d1,facility=past,device=past-meter gas_flow_std_mean=" + mean + ",gas_flow_std_min="
                + min + ",gas_flow_std_max=" + max + ",gas_flow_std_count=" + count + "i " + time.toEpochMilli()
                + "000000\n";
    }

    private static String path(Instant from, Instant to, String every) {
        return "/api/history?point=" + POINT + "&from=" + from + "&to=" + to
                + (every.isEmpty() ? "" : "&every=" + every);
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("influx");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(String retention, String lines) {
        var answer = send(HttpRequest.newBuilder(java.net.URI.create(INFLUX.url() + "/write?db=yiwang&rp=" + retention))
                .POST(BodyPublishers.ofString(lines)));
        assertThat(answer.statusCode()).isEqualTo(204);
    }

    private static void query(String statement) {
        var answer = send(HttpRequest.newBuilder(java.net.URI.create(INFLUX.url() + "/query?q=" + encoded(statement)))
                .POST(BodyPublishers.noBody()));
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
