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
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/**
 * On the loopback interface only:
 *
 * <ul>
 *   <li>{@code GET /health}: {@code {"status", "parts": {name: {"status", "detail"}}, "received", "accepted", "rejected", "perSecond", …}} for
 *       people and the dashboard, 200 unless DOWN, which is 503.
 *   <li>{@code GET /livez}: 200 while this process can answer. It asks no neighbour: a Kafka that is away must not get ingest killed, which
 *       would not mend Kafka and would throw away what is on its way.
 *   <li>{@code GET /readyz}: 200 while a message sent now would be taken, otherwise 503: what a balancer asks.
 *   <li>{@code GET /metrics}: Prometheus text, see {@code docs/metrics.md}.
 * </ul>
 */
public final class HealthServer implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String PLAIN = "text/plain; charset=utf-8";
    private static final int SECONDS_A_MINUTE = 60;

    private final HttpServer server;
    private final ExecutorService handlers;
    private final ScheduledExecutorService sampler;
    private final Supplier<Map<String, Part>> parts;
    private final IngestMeter meter;
    private final Throughput received = new Throughput();
    private final Throughput accepted = new Throughput();
    private final Throughput rejected = new Throughput();
    private final Throughput lagMillis = new Throughput();
    private final Throughput lagged = new Throughput();
    private final Throughput reconnects = new Throughput();

    /**
     * @param port 0 = chosen by the system
     * @param ready whether a message sent now would be taken
     */
    public HealthServer(
            int port,
            Supplier<Map<String, Part>> parts,
            BooleanSupplier ready,
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
        server.createContext("/livez", exchange -> answer(exchange, 200, PLAIN, "alive\n"));
        server.createContext("/readyz", exchange -> {
            boolean takes = ready.getAsBoolean();
            answer(exchange, takes ? 200 : 503, PLAIN, takes ? "ready\n" : "takes no messages at the moment\n");
        });
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
                    lagMillis.sample(now, meter.lagTotalMillis());
                    lagged.sample(now, meter.lagCount());
                    reconnects.sample(now, meter.reconnects());
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
        // Mean over the last ten seconds, from a reading's time to Kafka; null while nothing comes.
        body.put("lagMillis", lagged.perSecond() > 0 ? lagMillis.perSecond() / lagged.perSecond() : null);
        body.put("reconnects", meter.reconnects());
        body.put("reconnectsPerMinute", reconnects.perSecond() * SECONDS_A_MINUTE);
        body.put("inFlight", meter.messagesInFlight());
        body.put("gauges", meter.gauges());
        body.put(
                "sequence",
                Map.of(
                        "gap", meter.sequenceGaps(),
                        "repeat", meter.sequenceRepeats(),
                        "backwards", meter.sequenceBackwards()));
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
