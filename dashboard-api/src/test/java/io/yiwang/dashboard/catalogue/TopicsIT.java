package io.yiwang.dashboard.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.yiwang.dashboard.DashboardIT;
import io.yiwang.model.RejectReason;
import io.yiwang.model.Topics;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Rate;
import io.yiwang.model.wire.Rejected;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** What other parts wrote to Kafka, and what the packs say, as REST shows it. */
class TopicsIT extends DashboardIT {

    @Test
    void aRateThatTheJobConcludedIsOnTheBoard() {
        var hour = Instant.now().truncatedTo(ChronoUnit.HOURS);
        var rate = Rate.newBuilder()
                .setScope("district:d7")
                .setCode("data_completeness")
                .setPeriod("hour")
                .setWindowStartMillis(hour.toEpochMilli())
                .setWindowEndMillis(hour.plus(Duration.ofHours(1)).toEpochMilli())
                .setNumerator(3)
                .setDenominator(4)
                .setKnown(1)
                .setExpected(1)
                .build();
        send(
                Topics.RATES,
                Ids.rateKey(rate.getScope(), rate.getCode(), rate.getPeriod(), rate.getWindowStartMillis()),
                rate);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(json(get("/api/rates/current?period=hour&prefix=district:d7"))
                                .size())
                        .isEqualTo(1));
        var range = json(get("/api/rates?scope=district:d7&period=hour&from=" + hour + "&to=" + hour.plusSeconds(1)));
        assertThat(range.at("/0/value").asDouble()).isEqualTo(75);
        assertThat(range.at("/0/coverage").asDouble()).isEqualTo(100);
        assertThat(range.at("/0/closed").asBoolean()).isFalse();
        assertThat(get("/api/rates?scope=city'--").statusCode()).isEqualTo(400);
        assertThat(get("/api/rates?period=week").statusCode()).isEqualTo(400);
    }

    @Test
    void withoutTheHistoryStoreOlderRatesAreRefusedWithASentence() {
        var answer = get("/api/rates?scope=city&period=day");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(json(answer).get("code").asString()).isEqualTo("HISTORY_DOWN");
    }

    @Test
    void aDeadLetterIsShownWithItsReasonAndCounted() {
        send(
                Topics.REJECTED,
                "dev-1",
                Rejected.newBuilder()
                        .setReason("MALFORMED")
                        .setDetail("not JSON at column 1")
                        .setDevice("dev-1")
                        .setClient("dev-1")
                        .setMqttTopic("city/v1/gas/f/dev-1/telemetry")
                        .setPayload(ByteString.copyFromUtf8("{\u0000<script>"))
                        .setPayloadSize(10)
                        .setReceivedMillis(Instant.now().toEpochMilli())
                        .build());
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(
                                json(get("/api/rejected?reason=MALFORMED")).size())
                        .isEqualTo(1));
        var message = json(get("/api/rejected?limit=1")).get(0);
        assertThat(message.get("payload").asString()).isEqualTo("{\u0000<script>");
        assertThat(json(get("/api/rejected/summary")).at("/counts/MALFORMED").asInt())
                .isEqualTo(1);
        assertThat(json(get("/api/rejected?reason=TOO_LARGE")).size()).isZero();
    }

    @Test
    void aBrowserThatHasTheCatalogueIsToldSo() {
        var first = get("/api/catalogue");
        var catalogue = json(first);
        assertThat(catalogue.get("domains").size()).isGreaterThanOrEqualTo(5);
        assertThat(catalogue.at("/city/zone").asString()).isEqualTo("Asia/Shanghai");
        for (var reason : RejectReason.values()) {
            for (var what : List.of("rejectReasons", "rejectRemedies")) {
                for (var language : List.of("zh", "en")) {
                    assertThat(catalogue
                                    .path(what)
                                    .path(reason.name())
                                    .path(language)
                                    .asString(""))
                            .as("%s of %s in %s", what, reason, language)
                            .isNotBlank();
                }
            }
        }
        assertThat(catalogue.at("/rates/0/code").asString()).isNotEmpty();
        assertThat(catalogue.at("/domains/0/metrics/0/range").size()).isEqualTo(2);
        var tag = first.headers().firstValue("ETag").orElseThrow();
        var second = send(HttpRequest.newBuilder(address("/api/catalogue"))
                .header("Authorization", admin())
                .header("If-None-Match", tag));
        assertThat(second.statusCode()).isEqualTo(304);
        assertThat(first.headers().firstValue("Cache-Control").orElseThrow()).contains("private");
    }

    private static void send(String topic, String key, Message message) {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", (Object) KAFKA.bootstrap()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, key, message.toByteArray()));
        }
    }
}
