package io.yiwang.sim.drive;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.yiwang.model.domain.Fault;
import io.yiwang.model.domain.Name;
import io.yiwang.sim.fault.FaultOrder;
import io.yiwang.sim.fault.Faults;
import io.yiwang.sim.fault.Pace;
import io.yiwang.sim.fault.Scenario;
import io.yiwang.sim.fault.Scenarios;
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
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The simulator's HTTP address on loopback:
 *
 * <ul>
 *   <li>{@code GET /health}, {@code GET /metrics}
 *   <li>{@code GET /faults}: what can happen and where; {@code GET /truth}: what happened in this run
 *   <li>{@code POST /fault} with {@code {"name", "facility", "device"?, "metric"?, "severity"?, "forSeconds"?, "pace"?}} makes it
 *       happen; {@code POST /fault/stop} with {@code {"id"}} ends it
 *   <li>{@code POST /scenario} with a scenario's YAML begins it, {@code POST /scenario/dry-run} only says what it would do; {@code GET
 *       /scenarios}; {@code POST /scenario/cancel} with {@code {"id"}}
 * </ul>
 */
public final class ControlServer implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final double USUAL_SEVERITY = 0.8;
    private static final int USUAL_SECONDS = 300;
    private static final int LARGEST_REQUEST = 1 << 20;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(2, task -> {
        var thread = new Thread(task, "control");
        thread.setDaemon(true);
        return thread;
    });
    private final Faults faults;
    private final Scenarios scenarios;
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
            String layer,
            int grade,
            List<String> facilityTypes,
            List<String> metrics,
            List<String> facilities) {}

    private record FaultRequest(
            @Nullable String name,
            @Nullable String facility,
            @Nullable String device,
            @Nullable String metric,
            @Nullable Double severity,
            @Nullable Integer forSeconds,
            @Nullable String pace) {}

    private record Which(@Nullable String id) {}

    private record Problem(String title, String detail, String code) {}

    private record Answer(int status, String type, byte[] body) {}

    /**
     * Opens the address.
     *
     * @param port 0 = chosen by the system
     * @throws IOException when the port is in use
     */
    public ControlServer(
            int port, Faults faults, Scenarios scenarios, Truth truth, Supplier<Health> health, InstantSource clock)
            throws IOException {
        this.faults = faults;
        this.scenarios = scenarios;
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
            case "GET /scenarios" -> json(200, scenarios.list());
            case "POST /fault" -> fault(body(exchange));
            case "POST /fault/stop" -> which(body(exchange), id -> faults.stop(id, clock.millis()));
            case "POST /scenario" -> scenario(body(exchange), text -> scenarios.start(text, clock.millis()));
            case "POST /scenario/dry-run" -> scenario(body(exchange), text -> scenarios.dryRun(text, clock.millis()));
            case "POST /scenario/cancel" -> which(body(exchange), id -> scenarios.cancel(id, clock.millis()));
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
                fault.layer().name().toLowerCase(Locale.ROOT),
                fault.grade(),
                fault.facilityTypes(),
                fault.effects().stream().map(Fault.Effect::metric).distinct().toList(),
                facilities);
    }

    private static byte[] body(HttpExchange exchange) throws IOException {
        return exchange.getRequestBody().readNBytes(LARGEST_REQUEST);
    }

    private Answer fault(byte[] body) {
        FaultRequest request;
        try {
            request = JSON.readValue(body, FaultRequest.class);
        } catch (JacksonException e) {
            return malformed(e.getOriginalMessage());
        }
        if (request == null || request.name == null || request.facility == null) {
            return malformed("a fault needs \"name\" and \"facility\"");
        }
        try {
            var order = new FaultOrder(
                    request.name,
                    request.facility,
                    request.device,
                    request.metric,
                    request.severity == null ? USUAL_SEVERITY : request.severity,
                    Duration.ofSeconds(request.forSeconds == null ? USUAL_SECONDS : request.forSeconds),
                    request.pace == null ? null : Pace.parse(request.pace),
                    "command");
            return json(200, faults.start(order, clock.millis()));
        } catch (Faults.Impossible e) {
            return impossible(e);
        } catch (IllegalArgumentException e) {
            return malformed(e.getMessage());
        }
    }

    private static Answer which(byte[] body, Function<String, Object> action) {
        try {
            var which = JSON.readValue(body, Which.class);
            return which == null || which.id == null
                    ? malformed("say which: {\"id\": …}")
                    : json(200, action.apply(which.id));
        } catch (JacksonException e) {
            return malformed(e.getOriginalMessage());
        } catch (Faults.Impossible e) {
            return impossible(e);
        }
    }

    private static Answer scenario(byte[] body, Function<String, Object> action) {
        try {
            return json(200, action.apply(new String(body, StandardCharsets.UTF_8)));
        } catch (Scenario.Refused e) {
            return json(422, new Problem("Scenario refused", e.getMessage(), "refused"));
        }
    }

    private static Answer malformed(String why) {
        return json(400, new Problem("Malformed request", why, "malformed"));
    }

    private static Answer impossible(Faults.Impossible why) {
        return json(422, new Problem("Not possible", why.getMessage(), "impossible"));
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
