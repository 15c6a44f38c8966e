package io.yiwang.streams.influx;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** An HTTP server that answers writes as a test wants it to; keeps what it answered 204 to. */
final class TestingInflux implements AutoCloseable {
    /** Status and, for refusals, the server's sentence. */
    record Answer(int status, String error) {
        static final Answer STORED = new Answer(204, "");
    }

    private final HttpServer server;
    private final List<String> requests = new ArrayList<>();
    private final List<String> stored = new ArrayList<>();
    private final Function<String, Answer> answers;

    /** @param answers called with each body, in order */
    TestingInflux(Function<String, Answer> answers) throws IOException {
        this.answers = answers;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/ping", exchange -> {
            exchange.getResponseHeaders().set("X-Influxdb-Version", "1.6.7");
            answer(exchange, 204, "");
        });
        server.createContext("/query", exchange -> answer(exchange, 200, "{\"results\":[{\"statement_id\":0}]}"));
        server.createContext("/write", this::write);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The query and the body of each write. */
    synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    /** Lines of the writes that were answered 204. */
    synchronized List<String> stored() {
        return List.copyOf(stored);
    }

    private synchronized void write(HttpExchange exchange) throws IOException {
        var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(exchange.getRequestURI().getQuery() + " " + body);
        var answer = answers.apply(body);
        if (answer.status == 204) {
            body.lines().forEach(stored::add);
        }
        answer(exchange, answer.status, answer.error.isEmpty() ? "" : "{\"error\":\"" + answer.error + "\"}");
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
