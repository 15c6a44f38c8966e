package io.yiwang.sim.drive;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.yiwang.model.domain.Fault;
import io.yiwang.model.domain.Name;
import io.yiwang.sim.fault.Faults;
import io.yiwang.sim.fault.Truth;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The simulator's HTTP address on loopback: {@code GET /health}, {@code GET /metrics}, {@code GET /faults} (what can happen and
 * where), {@code POST /fault} with {@code {"name", "facility", "severity", "forSeconds"}} (makes it happen), {@code GET /truth} (what
 * happened in this run).
 */
public final class ControlServer implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final double USUAL_SEVERITY = 0.8;
    private static final int USUAL_SECONDS = 300;
    private static final int LARGEST_REQUEST = 64 << 10;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(2, task -> {
        var thread = new Thread(task, "control");
        thread.setDaemon(true);
        return thread;
    });
    private final Faults faults;
    private final Truth truth;
    private final Supplier<Health> health;
    private final InstantSource clock;

    /** State of the simulator, as {@code /health} tells it. */
    public record Health(String status, Map<String, Part> parts, Map<String, Object> numbers) {}

    public record Part(String status, String detail) {}

    private record FaultJson(
            String id,
            Name name,
            String onset,
            int grade,
            List<String> facilityTypes,
            List<String> metrics,
            List<String> facilities) {}

    private record FaultRequest(
            @Nullable String name,
            @Nullable String facility,
            @Nullable Double severity,
            @Nullable Integer forSeconds) {}

    private record Problem(String title, String detail, String code) {}

    private record Answer(int status, String type, byte[] body) {}

    /**
     * Opens the address.
     *
     * @param port 0 = chosen by the system
     * @throws IOException when the port is in use
     */
    public ControlServer(int port, Faults faults, Truth truth, Supplier<Health> health, InstantSource clock)
            throws IOException {
        this.faults = faults;
        this.truth = truth;
        this.health = health;
        this.clock = clock;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var answer = answer(exchange);
            exchange.getResponseHeaders().set("Content-Type", answer.type);
            exchange.sendResponseHeaders(answer.status, answer.body.length);
            exchange.getResponseBody().write(answer.body);
        }
    }

    private Answer answer(HttpExchange exchange) throws IOException {
        var call = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
        return switch (call) {
            case "GET /health" -> health();
            case "GET /metrics" -> metrics();
            case "GET /faults" ->
                json(
                        200,
                        faults.possible().entrySet().stream()
                                .map(e -> describe(e.getKey(), e.getValue()))
                                .toList());
            case "GET /truth" -> json(200, truth.records());
            case "POST /fault" -> fault(exchange.getRequestBody().readNBytes(LARGEST_REQUEST));
            default -> json(404, new Problem("Not found", "there is no " + call + " here", "not_found"));
        };
    }

    private Answer health() {
        var now = health.get();
        var body = new LinkedHashMap<String, Object>();
        body.put("status", now.status());
        body.put("parts", now.parts());
        body.putAll(now.numbers());
        return json(now.status().equals("DOWN") ? 503 : 200, body);
    }

    private Answer metrics() {
        var text = new StringBuilder();
        health.get().numbers().forEach((name, value) -> {
            if (value instanceof Number number) {
                text.append("yiwang_sim_")
                        .append(snake(name))
                        .append(' ')
                        .append(number)
                        .append('\n');
            }
        });
        return new Answer(200, "text/plain; version=0.0.4", text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String snake(String camel) {
        return camel.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private static FaultJson describe(Fault fault, List<String> facilities) {
        return new FaultJson(
                fault.id(),
                fault.name(),
                fault.onset().name().toLowerCase(Locale.ROOT),
                fault.grade(),
                fault.facilityTypes(),
                fault.effects().stream().map(Fault.Effect::metric).distinct().toList(),
                facilities);
    }

    private Answer fault(byte[] body) {
        FaultRequest request;
        try {
            request = JSON.readValue(body, FaultRequest.class);
        } catch (JacksonException e) {
            return json(400, new Problem("Malformed request", e.getOriginalMessage(), "malformed"));
        }
        if (request == null || request.name == null || request.facility == null) {
            return json(400, new Problem("Malformed request", "a fault needs \"name\" and \"facility\"", "malformed"));
        }
        try {
            return json(
                    200,
                    faults.start(
                            request.name,
                            request.facility,
                            request.severity == null ? USUAL_SEVERITY : request.severity,
                            Duration.ofSeconds(request.forSeconds == null ? USUAL_SECONDS : request.forSeconds),
                            clock.millis()));
        } catch (Faults.Impossible e) {
            return json(422, new Problem("Fault is not possible", e.getMessage(), "impossible"));
        }
    }

    private static Answer json(int status, Object body) {
        return new Answer(status, "application/json", JSON.writeValueAsBytes(body));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
