package io.yiwang.ingest.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.yiwang.ingest.IngestMeter;
import io.yiwang.model.RejectReason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code GET /health}: {@code {"status", "parts": {name: {"status", "detail"}}, "received", "accepted", "rejected", "perSecond", …}}, 200
 * unless DOWN, which is 503. {@code GET /metrics}: Prometheus text. On the loopback interface only.
 */
public final class HealthServer implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpServer server;
    private final ExecutorService handlers;
    private final ScheduledExecutorService sampler;
    private final Supplier<Map<String, Part>> parts;
    private final IngestMeter meter;
    private final Throughput received = new Throughput();
    private final Throughput accepted = new Throughput();
    private final Throughput rejected = new Throughput();

    /** @param port 0 = chosen by the system */
    public HealthServer(
            int port,
            Supplier<Map<String, Part>> parts,
            IngestMeter meter,
            PrometheusMeterRegistry registry,
            InstantSource clock)
            throws IOException {
        this.parts = parts;
        this.meter = meter;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
        handlers = Executors.newFixedThreadPool(2, task -> daemon(task, "health"));
        server.setExecutor(handlers);
        server.createContext("/health", this::health);
        server.createContext(
                "/metrics",
                exchange -> answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", registry.scrape()));
        server.start();
        sampler = Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "health-sampler"));
        sampler.scheduleAtFixedRate(
                () -> {
                    long now = clock.millis();
                    received.sample(now, meter.receivedMessages());
                    accepted.sample(now, meter.acceptedMessages());
                    rejected.sample(now, meter.rejectedMessages());
                },
                0,
                1,
                TimeUnit.SECONDS);
    }

    private static Thread daemon(Runnable task, String name) {
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private void health(HttpExchange exchange) throws IOException {
        var states = parts.get();
        var worst = states.values().stream()
                .map(Part::status)
                .max(Comparator.naturalOrder())
                .orElse(Part.Status.UP);
        var reasons = new TreeMap<String, Long>();
        for (var reason : RejectReason.values()) {
            reasons.put(reason.name(), meter.rejectedMessages(reason));
        }
        var refusals = new TreeMap<String, Long>();
        for (var refusal : IngestMeter.Refusal.values()) {
            refusals.put(refusal.name(), meter.refusals(refusal));
        }
        var body = new LinkedHashMap<String, Object>();
        body.put("status", worst.name());
        body.put("parts", states);
        // Payloads received, messages that went on, records rejected; each also per second over the last ten seconds.
        body.put("received", meter.receivedMessages());
        body.put("accepted", meter.acceptedMessages());
        body.put("rejected", meter.rejectedMessages());
        body.put("perSecond", received.perSecond());
        body.put("acceptedPerSecond", accepted.perSecond());
        body.put("rejectedPerSecond", rejected.perSecond());
        body.put("stored", meter.storedMessages());
        body.put("failed", meter.failedMessages());
        body.put("acceptedValues", meter.acceptedValues());
        body.put("rejectedValues", meter.rejectedValues());
        body.put("rejectedByReason", reasons);
        body.put("refused", refusals);
        answer(exchange, worst == Part.Status.DOWN ? 503 : 200, "application/json", JSON.writeValueAsString(body));
    }

    private static void answer(HttpExchange exchange, int status, String type, String text) throws IOException {
        try (exchange) {
            var body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        sampler.shutdownNow();
        server.stop(0);
        handlers.shutdownNow();
    }
}
