package io.yiwang.sim.drive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.yiwang.model.domain.DomainPacks;
import io.yiwang.sim.city.AssetsJson;
import io.yiwang.sim.city.City;
import io.yiwang.sim.city.CityGenerator;
import io.yiwang.sim.city.DeviceKeys;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class AssetsClientTest {
    private static final City CITY =
            new CityGenerator(DomainPacks.bundled(), 1, DeviceKeys.of(new byte[] {1})).generate(3);
    private static final String DONE =
            "{\"created\":2,\"updated\":0,\"unchanged\":0,\"errors\":[{\"id\":\"gas-rs-001\",\"reason\":\"no such district\"}]}";

    private record Canned(int status, String body) {}

    @TempDir
    private Path folder;

    private final Deque<Canned> answers = new ArrayDeque<>();
    private final List<String> logins = new ArrayList<>();
    private final List<byte[]> bodies = new ArrayList<>();
    private HttpServer server;
    private AssetsClient client;

    @BeforeEach
    void open() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/assets", exchange -> {
            try (exchange) {
                logins.add(exchange.getRequestHeaders().getFirst("Authorization"));
                bodies.add(exchange.getRequestBody().readAllBytes());
                var answer = answers.remove();
                var bytes = answer.body.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(answer.status, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
        server.start();
        var password = Files.writeString(folder.resolve("admin-password"), "secret\n");
        client = new AssetsClient(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()), password);
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    @Test
    void triesUntilTheDashboardTakesTheCity() throws Exception {
        answers.add(new Canned(503, "starting"));
        answers.add(new Canned(200, DONE));
        var registered = client.register(CITY);
        assertThat(registered.created()).isEqualTo(2);
        assertThat(registered.errors()).containsExactly(new AssetsClient.Refused("gas-rs-001", "no such district"));
        var basic = Base64.getEncoder().encodeToString("admin:secret".getBytes(StandardCharsets.UTF_8));
        assertThat(logins).containsExactly("Basic " + basic, "Basic " + basic);
        assertThat(bodies).allSatisfy(body -> assertThat(body).isEqualTo(AssetsJson.write(CITY)));
    }

    @Test
    void aLargeCityGoesInPartsFeedersFirstAndAFailureSendsOnlyItsPartAgain() throws Exception {
        var large = new CityGenerator(DomainPacks.bundled(), 1, DeviceKeys.of(new byte[] {1})).generate(4500);
        var part = "{\"created\":2000,\"updated\":0,\"unchanged\":0,\"errors\":[]}";
        answers.add(new Canned(200, "{\"created\":0,\"updated\":0,\"unchanged\":0,\"errors\":[]}"));
        answers.add(new Canned(200, part));
        answers.add(new Canned(503, "busy"));
        answers.add(new Canned(200, part));
        answers.add(new Canned(200, part));
        assertThat(client.register(large).created()).isEqualTo(6000);
        assertThat(bodies).hasSize(5);
        assertThat(bodies.get(2)).as("the same part again").isEqualTo(bodies.get(3));
        var known = new HashSet<String>();
        for (int i : new int[] {0, 1, 3, 4}) {
            for (var facility : JsonMapper.shared().readTree(bodies.get(i)).path("facilities")) {
                facility.path("upstream").forEach(feeder -> assertThat(known).contains(feeder.asString()));
                known.add(facility.path("id").asString());
            }
        }
        assertThat(known).hasSize(4500);
    }

    @Test
    void givesUpWhenTheCityIsNotAcceptable() {
        answers.add(new Canned(400, "{\"detail\":\"what is this\"}"));
        assertThatThrownBy(() -> client.register(CITY))
                .isInstanceOf(AssetsClient.NotAccepted.class)
                .hasMessageContaining("what is this");
    }
}
