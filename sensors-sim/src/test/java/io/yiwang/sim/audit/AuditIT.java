package io.yiwang.sim.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.Topics;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Rejected;
import io.yiwang.model.wire.Telemetry;
import io.yiwang.model.wire.TelemetryRecord;
import io.yiwang.servers.InfluxServer;
import io.yiwang.servers.KafkaServer;
import io.yiwang.sim.ledger.Ledger;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command against a real Kafka and a real InfluxDB: green when nothing is wrong, red for each thing that is. */
class AuditIT {
    private static final List<String> METRICS = List.of("flow", "pressure");
    private static final int MESSAGES = 50;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private static Path servers;

    private static KafkaServer kafka;
    private static InfluxServer influx;
    private static KafkaProducer<String, byte[]> producer;

    @TempDir
    private Path data;

    private String device;
    private long t0;
    private final List<String> lines = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        kafka = KafkaServer.start(servers.resolve("kafka"), 0);
        influx = InfluxServer.start(servers.resolve("influx"), 0);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrap()), new StringSerializer(), new ByteArraySerializer());
        post("/query?q=" + encode("CREATE DATABASE yiwang WITH DURATION 7d NAME raw"), "");
    }

    @AfterAll
    static void stop() {
        producer.close();
        influx.close();
        kafka.close();
    }

    /** A run of one device: all acknowledged, one rejected whole, one value out of range, one sent to Kafka twice. */
    private void city(TestInfo test) throws Exception {
        device = test.getTestMethod().orElseThrow().getName();
        try (var ledger = Ledger.open(Ledger.folderOf(data), "it")) {
            t0 = System.currentTimeMillis();
            for (int seq = 0; seq < MESSAGES; seq++) {
                ledger.attempted(device, "b", seq, t0 + seq, METRICS);
                send(seq);
                if (seq == 10) {
                    send(seq);
                }
                if (seq == 20) {
                    reject(Rejected.newBuilder().setReason("TIMESTAMP_ANCIENT").setSeq(seq));
                } else if (seq == 30) {
                    reject(Rejected.newBuilder()
                            .setReason("OUT_OF_RANGE")
                            .setSeq(seq)
                            .addMetrics("flow"));
                    lines.add(line(seq, "flow_q=2i,pressure=1", "north"));
                } else {
                    lines.add(line(seq, "flow=1,pressure=1", "north"));
                }
                ledger.acked(device, "b", seq);
            }
        }
    }

    private String line(int seq, String fields, String district) {
        return "gas,district=" + district + ",facility=f,device=" + device + " " + fields + " "
                + Ids.influxNanos(t0 + seq, seq);
    }

    private void send(int seq) throws Exception {
        var record = TelemetryRecord.newBuilder()
                .setTelemetry(
                        Telemetry.newBuilder().setDevice(device).setBoot("b").setSeq(seq))
                .build();
        producer.send(new ProducerRecord<>(Topics.TELEMETRY, "f", record.toByteArray()))
                .get();
    }

    private void reject(Rejected.Builder rejected) throws Exception {
        producer.send(new ProducerRecord<>(
                        Topics.REJECTED,
                        device,
                        rejected.setDevice(device).setBoot("b").build().toByteArray()))
                .get();
    }

    private void store() throws Exception {
        post("/write?db=yiwang&rp=raw&precision=ns", String.join("\n", lines));
    }

    private record Outcome(int exit, String out, String err) {
        JsonNode json() {
            return JsonMapper.shared().readTree(out);
        }
    }

    private Outcome audit(String... more) {
        var out = new StringWriter();
        var err = new StringWriter();
        var arguments = new ArrayList<>(List.of(
                "--data",
                data.toString(),
                "--kafka",
                kafka.bootstrap(),
                "--influx-url",
                influx.url(),
                "--json",
                "--wait",
                "0s"));
        arguments.addAll(List.of(more));
        int exit = new CommandLine(new AuditCommand())
                .setOverwrittenOptionsAllowed(true)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));
        return new Outcome(exit, out.toString(), err.toString());
    }

    @Test
    void closesWhenEverythingIsThere(TestInfo test) throws Exception {
        city(test);
        store();

        var outcome = audit();

        assertThat(outcome.exit()).as(outcome.out() + outcome.err()).isZero();
        var total = outcome.json().get("total");
        assertThat(total.get("ackedValues").asLong()).isEqualTo(MESSAGES * 2L);
        assertThat(total.get("stored").asLong()).isEqualTo(MESSAGES * 2L - 3);
        assertThat(total.get("rejected").get("TIMESTAMP_ANCIENT").asLong()).isEqualTo(2);
        assertThat(total.get("rejected").get("OUT_OF_RANGE").asLong()).isEqualTo(1);
        assertThat(outcome.json().get("rawMessages").asLong()).isEqualTo(MESSAGES);
        assertThat(outcome.json().get("rawCopies").asLong()).isEqualTo(1);
    }

    @Test
    void aReplayedWriteIsNoDuplicate(TestInfo test) throws Exception {
        city(test);
        store();
        store();

        assertThat(audit().exit()).isZero();
    }

    @Test
    void waitsForWhatIsStillOnItsWay(TestInfo test) throws Exception {
        city(test);
        var late = new Thread(() -> {
            try {
                store();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(audit().json().get("total").get("lost").asLong()).isEqualTo(MESSAGES * 2L - 3);
        late.start();
        assertThat(audit("--wait", "60s").exit()).isZero();
        late.join();
    }

    @Test
    void aDroppedPointIsLost(TestInfo test) throws Exception {
        city(test);
        lines.remove(7);
        store();

        var outcome = audit();

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.json().get("total").get("lost").asLong()).isEqualTo(2);
        assertThat(outcome.json().get("bad").get(0).get("device").asString()).isEqualTo(device);
    }

    @Test
    void aPointInTwoSeriesIsADuplicate(TestInfo test) throws Exception {
        city(test);
        lines.add(line(7, "flow=1", "south"));
        store();

        var outcome = audit();

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.json().get("total").get("duplicates").asLong()).isEqualTo(1);
        assertThat(outcome.json().get("total").get("phantoms").asLong()).isZero();
    }

    @Test
    void aPointThatNobodySentIsAPhantom(TestInfo test) throws Exception {
        city(test);
        lines.add("gas,district=north,facility=f,device=" + device + " flow=1 " + Ids.influxNanos(t0 + 3, 4));
        store();

        var outcome = audit();

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.json().get("total").get("phantoms").asLong()).isEqualTo(1);
        assertThat(outcome.json().get("total").get("lost").asLong()).isZero();
    }

    @Test
    void saysWhenThereIsNothingToAudit() {
        var outcome = audit();

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err()).contains("is empty");
    }

    @Test
    void saysWhenTheHistoryDoesNotAnswer(TestInfo test) throws Exception {
        city(test);

        var outcome = audit("--influx-url", "http://127.0.0.1:1");

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err()).contains("InfluxDB does not answer");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static void post(String path, String body) throws Exception {
        var response = HTTP.send(
                HttpRequest.newBuilder(URI.create(influx.url() + path))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isBetween(200, 204);
    }
}
