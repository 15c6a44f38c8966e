package io.yiwang.ingest.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.IngestMeter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class HealthServerTest {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final IngestMeter meter = new IngestMeter(registry);
    private final HttpClient client = HttpClient.newHttpClient();
    private volatile Map<String, Part> parts = Map.of("kafka", Part.up("well"));
    private volatile boolean ready = true;
    private HealthServer server;

    @BeforeEach
    void open() throws IOException {
        server = new HealthServer(0, () -> parts, () -> ready, meter, registry, InstantSource.system());
    }

    @AfterEach
    void close() {
        server.close();
    }

    private HttpResponse<String> get(String path) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    @Test
    void aNeighbourThatIsAwayMakesItUnreadyAndNeverDead() throws Exception {
        parts = Map.of("kafka", Part.down("nothing stored for 40 s"), "door", Part.degraded("shut"));
        ready = false;
        assertThat(get("/livez").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        var health = get("/health");
        assertThat(health.statusCode()).isEqualTo(503);
        assertThat(JsonMapper.shared()
                        .readTree(health.body())
                        .at("/parts/kafka/detail")
                        .asString())
                .isEqualTo("nothing stored for 40 s");
    }

    @Test
    void degradedStillServes() throws Exception {
        parts = Map.of("kafka", Part.up(""), "bridge", Part.degraded("not connected"));
        var health = get("/health");
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(JsonMapper.shared().readTree(health.body()).path("status").asString())
                .isEqualTo("DEGRADED");
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void theFiguresOfTheMeterAreThere() throws Exception {
        meter.received(new Arrival("t", null, "c", new byte[0], 0));
        meter.gauge("door.unanswered", () -> 7);
        meter.reconnected();
        var body = JsonMapper.shared().readTree(get("/health").body());
        assertThat(body.path("received").asInt()).isEqualTo(1);
        assertThat(body.path("inFlight").asInt()).isEqualTo(1);
        assertThat(body.path("reconnects").asInt()).isEqualTo(1);
        assertThat(body.at("/gauges").path("door.unanswered").asInt()).isEqualTo(7);
        assertThat(body.at("/sequence/gap").asInt(-1)).isZero();
        assertThat(body.path("lagMillis").isNull()).isTrue();
        assertThat(get("/metrics").body()).contains("yiwang_ingest_messages_received_total{dialect=\"json\"} 1.0");
    }
}
