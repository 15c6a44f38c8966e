package io.yiwang.sim.drive;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.model.domain.DomainPacks;
import io.yiwang.sim.city.CityGenerator;
import io.yiwang.sim.city.DeviceKeys;
import io.yiwang.sim.drive.ControlServer.Health;
import io.yiwang.sim.drive.ControlServer.Part;
import io.yiwang.sim.fault.Faults;
import io.yiwang.sim.fault.Pace;
import io.yiwang.sim.fault.Scenarios;
import io.yiwang.sim.fault.Truth;
import io.yiwang.sim.signal.Signals;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ControlServerTest {
    private static final DomainPacks PACKS = DomainPacks.bundled();

    @TempDir
    private Path data;

    private final AtomicReference<String> state = new AtomicReference<>("UP");
    private final HttpClient http = HttpClient.newHttpClient();
    private Scenarios scenarios;
    private ControlServer server;

    @BeforeEach
    void open() throws Exception {
        var city = new CityGenerator(PACKS, 1, DeviceKeys.of(new byte[] {1})).generate(60);
        var truth = new Truth(data);
        var faults = new Faults(
                PACKS,
                new Signals(PACKS, city.facilities(), 1, ZoneId.of("Asia/Shanghai")),
                city.facilities(),
                truth,
                Pace.DEMO,
                1);
        scenarios = new Scenarios(faults, city.facilities(), 1);
        server = new ControlServer(
                0,
                faults,
                scenarios,
                truth,
                () -> new Health(state.get(), Map.of("mqtt", new Part(state.get(), "…")), Map.of("acked", 7L)),
                InstantSource.fixed(Instant.parse("2026-11-21T02:00:00Z")));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    private HttpResponse<String> send(HttpRequest request) throws Exception {
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String body) throws Exception {
        return post("/fault", body);
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send(to(path).POST(HttpRequest.BodyPublishers.ofString(body)).build());
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    @Test
    void aFaultHappensAndIsInTheTruth() throws Exception {
        var answer =
                post("{\"name\":\"gas_station_leak\",\"facility\":\"gas-rs-001\",\"severity\":1,\"forSeconds\":60}");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json(answer).at("/to").asString()).isEqualTo("2026-11-21T02:01:00Z");
        assertThat(json(answer).at("/effects/0/size").asDouble()).isEqualTo(80);
        assertThat(json(send(to("/truth").build())).at("/0")).isEqualTo(json(answer));
    }

    @Test
    void whatCannotHappenSaysWhy() throws Exception {
        assertThat(post("{\"name\":\"gas_station_leak\",\"facility\":\"waste-ts-001\"}"))
                .satisfies(r -> assertThat(r.statusCode()).isEqualTo(422))
                .satisfies(
                        r -> assertThat(json(r).at("/detail").asString()).contains("transfer_station", "gas-rs-001"));
        assertThat(post("{\"facility\":\"waste-ts-001\"}").statusCode()).isEqualTo(400);
        assertThat(post("{").statusCode()).isEqualTo(400);
        assertThat(post("").statusCode()).isEqualTo(400);
        assertThat(post("{\"name\":\"x\",\"facility\":\"y\",\"colour\":1}").statusCode())
                .isEqualTo(400);
        assertThat(send(to("/nowhere").build()).statusCode()).isEqualTo(404);
    }

    @Test
    void aFaultCanBeEnded() throws Exception {
        var id = json(post("{\"name\":\"gas_station_leak\",\"facility\":\"gas-rs-001\"}"))
                .at("/id")
                .asString();
        assertThat(json(post("/fault/stop", "{\"id\":\"" + id + "\"}"))
                        .at("/endedEarly")
                        .asBoolean())
                .isTrue();
        assertThat(post("/fault/stop", "{\"id\":\"" + id + "\"}").statusCode()).isEqualTo(422);
        assertThat(post("/fault/stop", "{}").statusCode()).isEqualTo(400);
    }

    @Test
    void aScenarioIsTriedThenPlayedThenCancelled() throws Exception {
        var text =
                "name: s\nsteps:\n- {at: 0s, fault: gas_station_leak, for: 10m}\n- {at: 5m, fault: gas_station_leak}\n";
        assertThat(json(post("/scenario/dry-run", text)).at("/steps/0/facility").asString())
                .startsWith("gas-rs-");
        assertThat(json(send(to("/scenarios").build())).size()).isZero();
        var id = json(post("/scenario", text)).at("/id").asString();
        scenarios.advance(Instant.parse("2026-11-21T02:00:00Z").toEpochMilli());
        assertThat(json(send(to("/scenarios").build())).at("/0/state").asString())
                .isEqualTo("running");
        assertThat(json(send(to("/truth").build())).at("/0/cause").asString()).isEqualTo("scenario " + id);
        var cancelled = json(post("/scenario/cancel", "{\"id\":\"" + id + "\"}"));
        assertThat(cancelled.at("/steps/1/state").asString()).isEqualTo("cancelled");
        assertThat(json(send(to("/truth").build())).at("/0/endedEarly").asBoolean())
                .isTrue();
        var refused = post("/scenario", "name: s\nsteps:\n- {fault: no_such}\n");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(json(refused).at("/detail").asString()).startsWith("line 3: ");
    }

    @Test
    void listsEveryFaultWithThePlacesItCanHappenTo() throws Exception {
        var list = json(send(to("/faults").build()));
        var ids = list.findValuesAsString("id");
        for (var domain : PACKS.all()) {
            domain.faults().forEach(fault -> assertThat(ids).contains(fault.id()));
        }
    }

    @Test
    void healthAndMetricsTellTheState() throws Exception {
        assertThat(send(to("/health").build()).statusCode()).isEqualTo(200);
        assertThat(send(to("/metrics").build()).body()).isEqualTo("yiwang_sim_acked 7\n");
        state.set("DOWN");
        var down = send(to("/health").build());
        assertThat(down.statusCode()).isEqualTo(503);
        assertThat(json(down).at("/parts/mqtt/status").asString()).isEqualTo("DOWN");
    }
}
