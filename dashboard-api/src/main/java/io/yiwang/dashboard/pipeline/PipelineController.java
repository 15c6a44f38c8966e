package io.yiwang.dashboard.pipeline;

import io.yiwang.dashboard.DashboardMain;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class PipelineController {
    record HealthView(PartStatus.State status, String version, Instant time, Map<String, PartStatus> parts) {}

    private final PipelineMonitor monitor;
    private final InstantSource clock;

    PipelineController(PipelineMonitor monitor, InstantSource clock) {
        this.monitor = monitor;
        this.clock = clock;
    }

    /** Open to everybody. DEGRADED = some part is not well (200); DOWN = nothing works without it (503). */
    @GetMapping("/api/health")
    ResponseEntity<HealthView> health() {
        var health = monitor.health();
        return ResponseEntity.status(health.status() == PartStatus.State.DOWN ? 503 : 200)
                .body(new HealthView(health.status(), DashboardMain.version(), clock.instant(), health.parts()));
    }

    @GetMapping("/api/pipeline")
    PipelineMonitor.Pipeline pipeline() {
        return monitor.pipeline();
    }
}
