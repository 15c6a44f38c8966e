package io.yiwang.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.yiwang.model.Topics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServersIT {
    @TempDir
    Path dir;

    @Test
    void kafkaKeepsItsTopicsOverARestart() throws Exception {
        for (int start = 0; start < 2; start++) {
            try (var kafka = KafkaServer.start(dir, 0);
                    var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
                assertThat(admin.listTopics().names().get())
                        .containsAll(Topics.ALL.stream().map(Topics.Topic::name).toList());
                assertThat(admin.describeTopics(java.util.List.of(Topics.TELEMETRY))
                                .allTopicNames()
                                .get()
                                .get(Topics.TELEMETRY)
                                .partitions())
                        .hasSize(6);
            }
        }
    }

    @Test
    void postgresKeepsItsDataAndAsksForThePassword() throws Exception {
        try (var postgres = PostgresServer.start(dir, 0);
                var connection = DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE kept (id int)");
            try (var fsync = statement.executeQuery("SHOW fsync")) {
                assertThat(fsync.next()).isTrue();
                assertThat(fsync.getString(1)).isEqualTo("on");
            }
        }
        try (var postgres = PostgresServer.start(dir, 0)) {
            try (var connection =
                            DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                    var statement = connection.createStatement()) {
                statement.execute("INSERT INTO kept VALUES (1)");
            }
            assertThatThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), "wrong"))
                    .isInstanceOf(SQLException.class);
        }
    }

    @Test
    void influxAnswersQueries() throws Exception {
        try (var influx = InfluxServer.start(dir, 0)) {
            var answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(influx.url() + "/query?q=SHOW%20DATABASES"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
        }
    }
}
