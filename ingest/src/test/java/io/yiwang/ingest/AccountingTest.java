package io.yiwang.ingest;

import static io.yiwang.ingest.TestingCity.BAD;
import static io.yiwang.ingest.TestingCity.GOOD;
import static io.yiwang.ingest.TestingCity.METRIC;
import static io.yiwang.ingest.TestingCity.STATE;
import static io.yiwang.ingest.TestingCity.telemetryTopic;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.yiwang.ingest.IngestMeter.End;
import io.yiwang.ingest.IngestMeter.Refusal;
import io.yiwang.ingest.catalogue.Catalogue;
import io.yiwang.ingest.decode.Decoders;
import io.yiwang.ingest.decode.Dialect;
import io.yiwang.ingest.decode.Reply;
import io.yiwang.ingest.validate.Validation;
import io.yiwang.model.RejectReason;
import io.yiwang.model.domain.DomainPacks;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That the metrics alone prove what became of every message. */
class AccountingTest {
    private static final long NOW = 1_795_000_000_000L;

    private final Catalogue catalogue = new Catalogue(DomainPacks.bundled());
    private final TestingLog log = new TestingLog();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final IngestMeter meter =
            new IngestMeter(registry, () -> Instant.ofEpochMilli(NOW), device -> catalogue.device(device) != null);
    private final Forwarder forwarder = new Forwarder(
            catalogue, Decoders.standard(catalogue, registry), Validation.standard(), log, knock -> {}, meter);
    /** What the senders saw. */
    private final Map<Answer, Integer> answers = new EnumMap<>(Answer.class);

    private enum Answer {
        ACKNOWLEDGED,
        REFUSED,
        FAILED
    }

    @BeforeEach
    void aCity() {
        catalogue.put(TestingCity.FACILITY, TestingCity.facility(GOOD, BAD));
        for (var answer : Answer.values()) {
            answers.put(answer, 0);
        }
    }

    private void send(String topic, String client, String payload) {
        var arrival = new Arrival(topic, null, client, payload.getBytes(StandardCharsets.UTF_8), NOW);
        forwarder.fromDevice(new Inbound() {
            @Override
            public Arrival arrival() {
                return arrival;
            }

            @Override
            public void acknowledge() {
                answers.merge(Answer.ACKNOWLEDGED, 1, Integer::sum);
            }

            @Override
            public void refuse(RejectReason reason) {
                answers.merge(Answer.REFUSED, 1, Integer::sum);
            }

            @Override
            public void reply(Reply reply) {}

            @Override
            public void fail(Throwable cause) {
                answers.merge(Answer.FAILED, 1, Integer::sum);
            }
        });
    }

    private static String message(String boot, long seq, long ts, String values) {
        return "{\"ts\":" + ts + ",\"boot\":\"" + boot + "\",\"seq\":" + seq + ",\"values\":{" + values + "}}";
    }

    /** The sum of all series of a family whose labels contain {@code label}, as Prometheus reads them. */
    private double metric(String name, String label) {
        return metric(registry.scrape(), name, label);
    }

    private static double metric(String scraped, String name, String label) {
        return scraped.lines()
                .filter(line -> line.matches(name + "(\\{.*)? .*") && line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private void theBooksClose() {
        var scraped = registry.scrape();
        assertThat(metric(scraped, "yiwang_ingest_messages_received_total", ""))
                .isEqualTo(metric(scraped, "yiwang_ingest_messages_stored_total", "")
                        + metric(scraped, "yiwang_ingest_messages_failed_total", "")
                        + metric(scraped, "yiwang_ingest_messages_in_flight", ""));
        assertThat(metric(scraped, "yiwang_ingest_values_understood_total", ""))
                .isEqualTo(metric(scraped, "yiwang_ingest_values_accepted_total", "")
                        + metric(scraped, "yiwang_ingest_values_rejected_total", ""));
        assertThat(metric(scraped, "yiwang_ingest_messages_stored_total", "partly")
                        + metric(scraped, "yiwang_ingest_messages_stored_total", "rejected"))
                .isLessThanOrEqualTo(metric(scraped, "yiwang_ingest_rejected_total", ""));
        assertThat(metric(scraped, "yiwang_ingest_messages_in_flight", "")).isNotNegative();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void everyMessageEndsOnceWhateverHappens(long seed) {
        var random = new Random(seed);
        int sent = 0;
        int status = 0;
        var values = List.of(
                "\"" + METRIC + "\":1",
                "\"" + METRIC + "\":-5",
                "\"nose\":1",
                "\"" + METRIC + "\":1,\"nose\":2",
                "\"" + METRIC + "\":\"x\",\"" + STATE + "\":0",
                "\"" + STATE + "\":true");
        for (int i = 0; i < 3000; i++) {
            int what = random.nextInt(20);
            if (what == 0) {
                send(telemetryTopic(GOOD).replace("telemetry", "status"), GOOD, "{}");
                status++;
            } else {
                sent++;
                var text = message("b", i, NOW - random.nextInt(5000), values.get(random.nextInt(values.size())));
                switch (what) {
                    case 1 -> send(telemetryTopic(BAD), GOOD, text);
                    case 2 -> send("some/where", GOOD, text);
                    case 3 -> send(telemetryTopic(GOOD), "nobody", text);
                    case 4 -> send(telemetryTopic(GOOD), GOOD, "{" + text);
                    case 5 -> send(telemetryTopic(GOOD), GOOD, message("b", i, 5, "\"" + METRIC + "\":1"));
                    case 6 -> send(telemetryTopic(GOOD), GOOD, "[" + text + "," + text + ",{}]");
                    case 7 -> send(telemetryTopic(GOOD), GOOD, " ".repeat(Forwarder.MAX_PAYLOAD_BYTES + 1));
                    default -> send(telemetryTopic(GOOD), GOOD, text);
                }
            }
            while (log.waiting() > random.nextInt(40)) {
                log.answer(random.nextInt(10) == 0 ? new IllegalStateException("full") : null);
            }
            if (i % 500 == 0) {
                theBooksClose();
                assertThat(metric("yiwang_ingest_messages_received_total", "")).isEqualTo(sent);
            }
        }
        while (log.waiting() > 0) {
            log.answer(null);
        }
        theBooksClose();
        assertThat(meter.messagesInFlight()).isZero();
        assertThat(metric("yiwang_ingest_status_messages_total", "")).isEqualTo(status);
        // What the metrics say is what the senders saw.
        assertThat(answers.values().stream().mapToInt(count -> count).sum()).isEqualTo(sent + status);
        assertThat(answers.get(Answer.FAILED))
                .isEqualTo((int) meter.failedMessages())
                .isPositive();
        assertThat(answers.get(Answer.ACKNOWLEDGED) + answers.get(Answer.REFUSED) - status)
                .isEqualTo((int) meter.storedMessages());
        for (var end : List.of(End.ACCEPTED, End.PARTLY, End.REJECTED)) {
            assertThat(meter.storedMessages(end)).as("%s", end).isPositive();
        }
        assertThat(meter.storedMessages(End.EMPTY)).isZero();
    }

    @Test
    void aRecordOfEachReasonIsCountedUnderIt() {
        send(telemetryTopic(GOOD), GOOD, message("b", 1, NOW, "\"" + METRIC + "\":-5,\"nose\":1,\"ear\":2"));
        assertThat(metric("yiwang_ingest_rejected_total", ""))
                .as("not stored yet")
                .isZero();
        while (log.waiting() > 0) {
            log.answer(null);
        }
        assertThat(metric("yiwang_ingest_rejected_total", "OUT_OF_RANGE")).isEqualTo(1);
        assertThat(metric("yiwang_ingest_rejected_total", "UNKNOWN_METRIC")).isEqualTo(1);
        assertThat(meter.rejectedValues()).isEqualTo(3);
    }

    @Test
    void messagesAreCountedByDialect() {
        send(telemetryTopic(GOOD), GOOD, message("b", 1, NOW, "\"" + METRIC + "\":1"));
        send(telemetryTopic(GOOD).replace("telemetry", "senml"), GOOD, "[]");
        assertThat(metric("yiwang_ingest_messages_received_total", "json")).isEqualTo(1);
        assertThat(meter.receivedMessages(Dialect.SENML)).isEqualTo(1);
        meter.reconnected();
        assertThat(metric("yiwang_ingest_reconnects_total", "")).isEqualTo(1);
        meter.refused(Refusal.QOS);
        assertThat(metric("yiwang_ingest_refused_total", "qos")).isEqualTo(1);
    }

    @Test
    void theLagIsThatOfTheNewestReadingOfAPayload() {
        var reading = "\"" + METRIC + "\":1";
        send(
                telemetryTopic(GOOD),
                GOOD,
                "[" + message("b", 1, NOW - 3_600_000, reading) + "," + message("b", 2, NOW - 700, reading) + "]");
        send(telemetryTopic(GOOD), GOOD, message("b", 3, NOW + 2000, reading));
        while (log.waiting() > 0) {
            log.answer(null);
        }
        assertThat(meter.lagCount()).isEqualTo(2);
        assertThat(meter.lagTotalMillis())
                .as("a clock that is ahead is no negative age")
                .isEqualTo(700);
        assertThat(metric("yiwang_ingest_lag_seconds_bucket", "le=\"0.5\"")).isEqualTo(1);
        assertThat(metric("yiwang_ingest_lag_seconds_bucket", "le=\"1.0\"")).isEqualTo(2);
    }

    private void store(String payload, String device) {
        send(telemetryTopic(device), device, payload);
        while (log.waiting() > 0) {
            log.answer(null);
        }
    }

    @Test
    void countersAreWatchedForEachDevice() {
        var reading = "\"" + METRIC + "\":1";
        store(message("b", 1, NOW, reading), GOOD);
        store(message("b", 9, NOW, reading), BAD);
        // A counter that was rejected has come, however many reasons it has, and so has one of an array.
        store(message("b", 2, NOW, "\"nose\":1,\"" + METRIC + "\":\"x\""), GOOD);
        store(
                "[" + message("b", 3, NOW, reading) + "," + message("b", 4, 5, reading) + ","
                        + message("b", 5, NOW, reading + ",\"nose\":1") + "]",
                GOOD);
        store(message("b", 6, NOW, reading), GOOD);
        store(message("b", 10, NOW, reading), BAD);
        assertThat(meter.sequenceRepeats() + meter.sequenceBackwards() + meter.sequenceGaps())
                .isZero();
        assertThat(metric("yiwang_ingest_sequence_missing", "")).isZero();
        store(message("b", 9, NOW, reading), GOOD);
        store(message("b", 9, NOW, reading), GOOD);
        store(message("b", 7, NOW, reading), GOOD);
        assertThat(metric("yiwang_ingest_sequence_total", "repeat")).isEqualTo(1);
        assertThat(metric("yiwang_ingest_sequence_total", "backwards")).isEqualTo(1);
        assertThat(metric("yiwang_ingest_sequence_missing", "")).isEqualTo(1);
        assertThat(metric("yiwang_ingest_sequence_total", "gap")).isZero();
        meter.forget(GOOD);
        assertThat(metric("yiwang_ingest_sequence_total", "gap")).isEqualTo(1);
        assertThat(metric("yiwang_ingest_sequence_missing", "")).isZero();
    }

    /** Otherwise each resend after an outage would look like a device that repeats itself. */
    @Test
    void aResendOfWhatWasNotStoredIsNoRepeat() {
        send(telemetryTopic(GOOD), GOOD, message("b", 1, NOW, "\"" + METRIC + "\":1"));
        log.answer(new IllegalStateException("full"));
        store(message("b", 1, NOW, "\"" + METRIC + "\":1"), GOOD);
        assertThat(meter.sequenceRepeats()).isZero();
    }

    @Test
    void whatTheLedgerDoesNotKnowIsNotWatched() {
        catalogue.put(TestingCity.FACILITY, null);
        store(message("b", 1, NOW, "\"" + METRIC + "\":1"), GOOD);
        store(message("b", 5, NOW, "\"" + METRIC + "\":1"), GOOD);
        assertThat(metric("yiwang_ingest_sequence_missing", "")).isZero();
        assertThat(meter.sequenceGaps()).isZero();
    }
}
