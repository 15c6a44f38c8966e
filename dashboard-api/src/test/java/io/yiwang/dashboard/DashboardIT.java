package io.yiwang.dashboard;

import io.yiwang.servers.KafkaServer;
import io.yiwang.servers.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The whole dashboard on a real PostgreSQL and a real Kafka, started once for all tests of the run. InfluxDB is not there
 * unless a test names one.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "yiwang.influx.url=http://127.0.0.1:9")
public abstract class DashboardIT {
    protected static final JsonMapper JSON = JsonMapper.builder().build();
    protected static final HttpClient HTTP = HttpClient.newHttpClient();

    private static final Path FOLDER = folder();
    protected static final PostgresServer POSTGRES = PostgresServer.start(FOLDER.resolve("postgres"), 0);
    protected static final KafkaServer KAFKA = KafkaServer.start(FOLDER.resolve("kafka"), 0);
    protected static final Path ADMIN_PASSWORD = FOLDER.resolve("admin-password");

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            KAFKA.close();
            POSTGRES.close();
        }));
    }

    @LocalServerPort
    protected int port;

    @DynamicPropertySource
    static void servers(DynamicPropertyRegistry properties) {
        properties.add("spring.datasource.url", POSTGRES::jdbcUrl);
        properties.add("spring.datasource.username", POSTGRES::user);
        properties.add("spring.datasource.password", POSTGRES::password);
        properties.add("yiwang.kafka", KAFKA::bootstrap);
        properties.add("yiwang.admin-password-file", ADMIN_PASSWORD::toString);
    }

    /** Header value of the first admin, who holds every role. */
    protected static String admin() {
        try {
            return basic("admin", Files.readString(ADMIN_PASSWORD).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    protected static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    protected URI address(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** As the first admin. */
    protected HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(address(path)).header("Authorization", admin()));
    }

    /** As the first admin. */
    protected HttpResponse<String> post(String path, Object body) {
        return post(path, body, admin());
    }

    protected HttpResponse<String> post(String path, Object body, String authorization) {
        return send(HttpRequest.newBuilder(address(path))
                .header("Authorization", authorization)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body instanceof String text ? text : JSON.writeValueAsString(body))));
    }

    protected static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    protected static JsonNode json(HttpResponse<String> answer) {
        return JSON.readTree(answer.body());
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("yiwang-dashboard");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
