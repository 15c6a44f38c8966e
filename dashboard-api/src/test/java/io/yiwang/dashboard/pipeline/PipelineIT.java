package io.yiwang.dashboard.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.yiwang.dashboard.DashboardIT;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.Test;

class PipelineIT extends DashboardIT {

    @Test
    void healthIsOpenAndNamesThePartThatIsMissing() {
        var answer = send(HttpRequest.newBuilder(address("/api/health")));
        assertThat(answer.statusCode()).isEqualTo(200);
        var health = json(answer);
        assertThat(health.get("status").asString()).isEqualTo("DEGRADED");
        assertThat(health.at("/parts/postgres/status").asString()).isEqualTo("UP");
        assertThat(health.at("/parts/kafka/status").asString()).isEqualTo("UP");
        assertThat(health.at("/parts/influx/status").asString()).isEqualTo("DOWN");
    }

    @Test
    void thePipelineSaysWhatItDoesNotKnow() {
        var pipeline = json(get("/api/pipeline"));
        assertThat(pipeline.get("ingest").isNull()).isTrue();
        assertThat(pipeline.at("/lag/detect").isNull()).isTrue();
        assertThat(pipeline.at("/parts/kafka/status").asString()).isEqualTo("UP");
    }

    @Test
    void theInterfaceDescribesItself() {
        var api = json(get("/api/openapi.json"));
        assertThat(api.get("paths").propertyNames())
                .contains("/api/facilities/{id}", "/api/history", "/api/rates", "/api/assets", "/api/health");
    }
}
