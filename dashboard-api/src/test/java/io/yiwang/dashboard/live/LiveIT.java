package io.yiwang.dashboard.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.yiwang.dashboard.DashboardIT;
import io.yiwang.dashboard.TestingLog;
import io.yiwang.dashboard.assets.TestingCity;
import io.yiwang.model.Topics;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Learning;
import io.yiwang.model.wire.PointQuality;
import io.yiwang.model.wire.Quality;
import io.yiwang.model.wire.Rate;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The websocket as browsers and intruders meet it, fed by real topics. */
class LiveIT extends DashboardIT {
    private final String facility = "live-" + UUID.randomUUID().toString().substring(0, 8);
    private final String device = facility + "-meter";
    private final TestingLog log = new TestingLog(KAFKA.bootstrap());
    private final long time = System.currentTimeMillis();

    @BeforeEach
    void city() {
        var document = TestingCity.document(List.of(TestingCity.facility(facility, "gas", "gate_station")));
        assertThat(json(post("/api/assets", document)).get("created").asInt()).isEqualTo(1);
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void readingsArriveAndOlderOnesNeverReplaceNewer() {
        var pressure = Ids.point(device, "gas_outlet_pressure_mp");
        var flow = Ids.point(device, "gas_flow_std");
        try (var browser = new TestingBrowser(HTTP, address("/"), admin())) {
            browser.subscribe("points:" + facility);
            browser.subscribe("facilities:gas");
            await().until(() -> browser.hasSnapshot("points:" + facility) && browser.hasSnapshot("facilities:gas"));
            assertThat(browser.frames("hello").get(0).get("hb").asInt()).isEqualTo(5_000);
            assertThat(browser.rows("facilities:gas").get(facility).get(1).asString())
                    .isEqualTo("unknown");

            log.write(reading(time, 5, "gas_outlet_pressure_mp", 0.18));
            log.write(reading(time - 1_000, 9, "gas_outlet_pressure_mp", 0.99));
            log.write(reading(time, 4, "gas_outlet_pressure_mp", 0.98));
            log.write(Telemetry.newBuilder(reading(time, 6, "gas_flow_std", 0))
                    .setValues(0, Value.newBuilder().setMetric("gas_flow_std").setQuality(Quality.OUT_OF_RANGE))
                    .build());
            await().until(() -> browser.rows("points:" + facility).containsKey(flow));
            var row = browser.rows("points:" + facility).get(pressure);
            assertThat(row.get(1).asDouble()).isEqualTo(0.18);
            assertThat(row.get(2).asLong()).isEqualTo(time);
            assertThat(row.get(3).asString()).isEqualTo("good");
            assertThat(browser.rows("points:" + facility).get(flow).get(1).isNull())
                    .isTrue();
            assertThat(browser.rows("points:" + facility).get(flow).get(3).asString())
                    .isEqualTo("out_of_range");

            log.write(reading(time + 10, 7, "gas_flow_std", 500));
            await().until(() -> browser.rows("facilities:gas")
                    .get(facility)
                    .get(1)
                    .asString()
                    .equals("run"));
            log.write(reading(time + 20, 8, "gas_flow_std", 0));
            await().until(() -> browser.rows("facilities:gas")
                    .get(facility)
                    .get(1)
                    .asString()
                    .equals("stop"));
            assertThat(json(get("/api/facilities/" + facility)).get("state").asString())
                    .isEqualTo("stop");

            log.write(
                    Topics.QUALITY,
                    pressure,
                    PointQuality.newBuilder()
                            .setFacility(facility)
                            .setPoint(pressure)
                            .setQuality("silent")
                            .setSinceMillis(time)
                            .setLearning(Learning.LEARNS)
                            .setReadyMillis(time + 172_800_000)
                            .build());
            await().until(() -> browser.rows("points:" + facility)
                    .get(pressure)
                    .get(3)
                    .asString()
                    .equals("silent"));
            var judged = browser.rows("points:" + facility).get(pressure);
            assertThat(judged.get(5).asString()).isEqualTo("learns");
            assertThat(judged.get(6).asLong()).isEqualTo(time + 172_800_000);
            var latest = json(get("/api/points/" + pressure)).get("latest");
            assertThat(latest.get("learning").asString()).isEqualTo("learns");
            assertThat(latest.get("ready").asString())
                    .isEqualTo(Instant.ofEpochMilli(time + 172_800_000).toString());
        }
    }

    @Test
    void whoComesBackGetsOnlyWhatWasMissed() {
        String epoch;
        long position;
        try (var stays = new TestingBrowser(HTTP, address("/"), admin())) {
            stays.subscribe("points:" + facility);
            log.write(reading(time, 1, "gas_flow_std", 100));
            await().until(() -> !stays.rows("points:" + facility).isEmpty());
            epoch = stays.epoch();
            position = stays.position("points:" + facility);
            log.write(reading(time + 1, 2, "gas_temperature", 15));
            await().until(() -> stays.rows("points:" + facility).size() == 2);
            try (var back = new TestingBrowser(HTTP, address("/"), admin())) {
                back.resume("points:" + facility, epoch, position);
                await().until(() -> !back.frames("d").isEmpty());
                assertThat(back.frames("snap")).isEmpty();
                assertThat(back.frames("d").get(0).get("p").asLong()).isEqualTo(position);
                assertThat(back.frames("d").get(0).get("u")).hasSize(1);
                back.resume("points:" + facility, "another-epoch", position);
                await().until(() -> !back.frames("snap").isEmpty());
                assertThat(back.rows("points:" + facility)).isEqualTo(stays.rows("points:" + facility));
            }
        }
    }

    @Test
    void overviewRatesAndSystemAreThere() {
        log.write(reading(time, 1, "gas_flow_std", 100));
        var rate = Rate.newBuilder()
                .setScope("city:gas")
                .setCode("operating_" + facility)
                .setPeriod("hour")
                .setWindowStartMillis(time)
                .setNumerator(2)
                .setDenominator(3)
                .setKnown(3)
                .setExpected(4);
        log.write(Topics.RATES, "k", rate.build());
        log.write(Topics.RATES, "k", rate.setScope("facility:" + facility).build());
        log.write(
                Topics.RATES,
                "k",
                rate.setScope("city:gas")
                        .setWindowStartMillis(time - 3_600_000)
                        .setNumerator(1)
                        .build());
        try (var browser = new TestingBrowser(HTTP, address("/"), admin())) {
            List.of("overview", "rates", "system").forEach(browser::subscribe);
            var key = "city:gas|operating_" + facility + "|hour";
            await().until(() -> browser.rows("overview").containsKey("gas")
                    && browser.rows("overview").get("gas").get(2).asInt() > 0
                    && browser.rows("rates").containsKey(key)
                    && browser.rows("system").containsKey("lagMillis"));
            assertThat(browser.rows("rates").get(key).toString())
                    .isEqualTo("[\"" + key + "\",66.667,2,3,75," + time + "]");
            assertThat(browser.rows("rates").keySet()).noneMatch(name -> name.startsWith("facility:"));
            await().until(() -> !browser.frames("hb").isEmpty());
            assertThat(browser.frames("hb").get(0).get("lag").get("telemetry").isNumber())
                    .isTrue();
            assertThat(browser.frames("hb").get(0).get("q").has("overview")).isTrue();
        }
    }

    @Test
    void nonsenseIsAnsweredAndTooMuchEndsTheConnection() {
        try (var browser = new TestingBrowser(HTTP, address("/"), admin())) {
            browser.send("{\"op\":\"sub\",\"id\":7,\"ch\":\"points:nowhere\"}");
            browser.send("not json");
            browser.send("{\"op\":\"dance\",\"id\":9}");
            await().until(() -> browser.frames("err").size() == 3);
            assertThat(browser.frames("err"))
                    .extracting(frame -> frame.get("code").asString())
                    .containsExactly("UNKNOWN_CHANNEL", "MALFORMED", "UNKNOWN_OP");
            assertThat(browser.frames("err").get(0).get("id").asInt()).isEqualTo(7);
            browser.send("\"" + "x".repeat(5_000) + "\"");
            await().until(() -> browser.closeCode() == 4413);
        }
        try (var browser = new TestingBrowser(HTTP, address("/"), admin())) {
            assertThatThrownBy(() -> {
                        for (var i = 0; i < 10_000; i++) {
                            browser.send("{\"op\":\"pong\"}");
                        }
                    })
                    .isInstanceOf(Exception.class);
            await().until(() -> browser.closeCode() == 4429);
        }
    }

    @Test
    void onlyOurOwnPagesAndCallersWithAPasswordGetIn() throws IOException {
        var basic = "Authorization: " + admin() + "\r\n";
        var protocol = "Sec-WebSocket-Protocol: yiwang.live.v1\r\n";
        assertThat(handshake(basic + protocol)).startsWith("HTTP/1.1 101").containsIgnoringCase("yiwang.live.v1");
        assertThat(handshake(basic + protocol + "Origin: http://127.0.0.1:" + port + "\r\n"))
                .startsWith("HTTP/1.1 101");
        assertThat(handshake(basic + protocol + "Origin: https://evil.example\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(handshake(basic)).startsWith("HTTP/1.1 400");
        assertThat(handshake(protocol)).startsWith("HTTP/1.1 401");
        assertThat(handshake(basic + protocol + "Sec-WebSocket-Extensions: permessage-deflate\r\n"))
                .startsWith("HTTP/1.1 101")
                .doesNotContainIgnoringCase("permessage-deflate");
        var session = send(HttpRequest.newBuilder(address("/api/session"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(Map.of(
                                "user",
                                "admin",
                                "password",
                                Files.readString(ADMIN_PASSWORD).strip())))))
                .headers()
                .allValues("Set-Cookie")
                .stream()
                .filter(cookie -> cookie.startsWith("SESSION="))
                .map(cookie -> cookie.substring(0, cookie.indexOf(';')))
                .findFirst()
                .orElseThrow();
        var cookie = "Cookie: " + session + "\r\n";
        assertThat(handshake(cookie + protocol)).as("a cookie needs an origin").startsWith("HTTP/1.1 403");
        assertThat(handshake(cookie + protocol + "Origin: http://127.0.0.1:" + port + "\r\n"))
                .startsWith("HTTP/1.1 101");
    }

    /** The head of the answer to a handshake with these header lines. */
    private String handshake(String headers) throws IOException {
        try (var socket = new Socket("127.0.0.1", port)) {
            var request = "GET /ws/live HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nUpgrade: websocket\r\n"
                    + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + headers + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            var head = new ByteArrayOutputStream();
            for (var c = socket.getInputStream().read();
                    c >= 0;
                    c = socket.getInputStream().read()) {
                head.write(c);
                if (head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                    break;
                }
            }
            return head.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private Telemetry reading(long eventTime, long seq, String metric, double value) {
        return Telemetry.newBuilder()
                .setDomain("gas")
                .setDistrict(TestingCity.DISTRICT)
                .setFacility(facility)
                .setDevice(device)
                .setBoot("b")
                .setSeq(seq)
                .setEventTimeMillis(eventTime)
                .setReceivedMillis(eventTime)
                .addValues(Value.newBuilder().setMetric(metric).setNumber(value))
                .build();
    }
}
