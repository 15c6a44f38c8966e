package io.yiwang.dashboard.pipeline;

import io.yiwang.dashboard.DashboardSettings;
import io.yiwang.dashboard.alarms.AlarmFeed;
import io.yiwang.dashboard.assets.LiveState;
import io.yiwang.dashboard.history.InfluxReader;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Looks at all parts when somebody asks, and not more often than every two seconds. */
@Component
public class PipelineMonitor implements AutoCloseable {
    private static final Duration FRESH = Duration.ofSeconds(2);
    private static final List<String> JOBS = List.of("detect", "rates", "archive");

    /** State of every part. */
    public record Health(PartStatus.State status, Map<String, PartStatus> parts) {}

    /**
     * How far the readers are behind.
     *
     * @param telemetryMillis of the live view, ms; null while it has read nothing
     * @param detect records not yet committed by the job; null = unknown. The same for rates and archive
     */
    public record Lag(
            @Nullable Long telemetryMillis,
            @Nullable Long detect,
            @Nullable Long rates,
            @Nullable Long archive) {}

    /**
     * A job's checkpoints.
     *
     * @param ageMillis of the newest complete one; null = none yet
     */
    public record Checkpoints(
            String state,
            @Nullable Long ageMillis,
            long completed,
            long failed,
            @Nullable Long restarts) {}

    /** @param ingest null when it does not answer */
    public record Pipeline(
            Map<String, PartStatus> parts, @Nullable Ingest ingest, Lag lag, Map<String, Checkpoints> checkpoints) {}

    private record Kept<T>(Instant at, T value) {}

    private final DashboardSettings settings;
    private final DataSource database;
    private final InfluxReader influx;
    private final ObjectProvider<LiveState> live;
    private final AlarmFeed alarms;
    private final InstantSource clock;
    private final JsonMapper json;
    private final Http http;
    private final Flink flink;
    private final KafkaProbe kafka;
    private final ExecutorService probes = Executors.newFixedThreadPool(6, task -> {
        var thread = new Thread(task, "probe");
        thread.setDaemon(true);
        return thread;
    });
    private final Object healthLock = new Object();
    private final Object pipelineLock = new Object();
    private volatile @Nullable Kept<Health> health;
    private volatile @Nullable Kept<Pipeline> pipeline;

    PipelineMonitor(
            DashboardSettings settings,
            DataSource database,
            InfluxReader influx,
            ObjectProvider<LiveState> live,
            AlarmFeed alarms,
            InstantSource clock,
            JsonMapper json) {
        this.settings = settings;
        this.database = database;
        this.influx = influx;
        this.live = live;
        this.alarms = alarms;
        this.clock = clock;
        this.json = json;
        this.http = new Http(json);
        this.flink = new Flink(http);
        this.kafka = new KafkaProbe(settings.kafka());
    }

    /** At most two seconds old. */
    public Health health() {
        var kept = health;
        if (stale(kept)) {
            synchronized (healthLock) {
                kept = health;
                if (stale(kept)) {
                    kept = new Kept<>(clock.instant(), lookAtParts());
                    health = kept;
                }
            }
        }
        return kept.value();
    }

    /** At most two seconds old. */
    public Pipeline pipeline() {
        var kept = pipeline;
        if (stale(kept)) {
            synchronized (pipelineLock) {
                kept = pipeline;
                if (stale(kept)) {
                    kept = new Kept<>(clock.instant(), lookAtPipeline());
                    pipeline = kept;
                }
            }
        }
        return kept.value();
    }

    @Override
    public void close() {
        probes.shutdownNow();
        kafka.close();
    }

    private boolean stale(@Nullable Kept<?> kept) {
        return kept == null || kept.at().plus(FRESH).isBefore(clock.instant());
    }

    /** An alarm path that stands still looks like a quiet city; it must not. */
    private PartStatus alarmIntake() {
        var trouble = alarms.trouble();
        return trouble == null ? PartStatus.up("") : PartStatus.down("alarms do not come in: " + trouble);
    }

    private Health lookAtParts() {
        var postgres = later(this::postgres);
        var broker = later(kafka::status);
        var store = later(this::influx);
        var door = settings.ingestUrl() == null ? null : later(() -> ingestStatus(settings.ingestUrl()));
        var clusters =
                settings.flinkUrls().stream().map(url -> later(() -> jobs(url))).toList();

        var parts = new LinkedHashMap<String, PartStatus>();
        parts.put("postgres", postgres.join());
        parts.put("kafka", broker.join());
        parts.put("influx", store.join());
        parts.put("alarms", alarmIntake());
        if (door != null) {
            parts.put("ingest", door.join());
        }
        clusters.forEach(cluster -> parts.putAll(cluster.join()));
        PartsFile.read(settings.partsFile(), json).forEach((name, status) -> {
            // The dashboard knows of itself; "history" is the process of the jobs rates and archive.
            if (!name.equals("dashboard") && !(name.equals("history") && parts.containsKey("rates"))) {
                parts.putIfAbsent(name, status);
            }
        });
        return new Health(PartStatus.whole(parts.get("postgres"), parts.values()), parts);
    }

    private Pipeline lookAtPipeline() {
        var door = settings.ingestUrl() == null ? null : later(() -> ingest(settings.ingestUrl()));
        var behind = later(() -> kafka.lag(JOBS));
        var checkpoints = settings.flinkUrls().stream()
                .map(url -> later(() -> checkpoints(url)))
                .toList();
        var byJob = new LinkedHashMap<String, Checkpoints>();
        checkpoints.forEach(cluster -> byJob.putAll(cluster.join()));
        var lag = behind.join();
        var telemetry = live.getIfAvailable(() -> LiveState.NOTHING).lagMillis();
        return new Pipeline(
                health().parts(),
                door == null ? null : door.join(),
                new Lag(
                        telemetry.isPresent() ? telemetry.getAsLong() : null,
                        lag.get("detect"),
                        lag.get("rates"),
                        lag.get("archive")),
                byJob);
    }

    private <T extends @Nullable Object> CompletableFuture<T> later(Supplier<T> probe) {
        return CompletableFuture.supplyAsync(probe, probes);
    }

    private PartStatus postgres() {
        try (var connection = database.getConnection()) {
            return connection.isValid(1) ? PartStatus.up("") : PartStatus.down("does not answer");
        } catch (SQLException e) {
            return PartStatus.down("does not answer");
        }
    }

    private PartStatus influx() {
        try {
            return PartStatus.up(influx.ping());
        } catch (IOException e) {
            return PartStatus.down("does not answer");
        }
    }

    private PartStatus ingestStatus(URI url) {
        try {
            var body = http.json(url.resolve("/health"));
            return switch (body.path("status").asString("")) {
                case "UP" -> PartStatus.up("");
                case "DEGRADED" -> PartStatus.degraded(unwell(body));
                default -> PartStatus.down(unwell(body));
            };
        } catch (Http.NoAnswer e) {
            return PartStatus.down(e.getMessage());
        }
    }

    private static String unwell(JsonNode body) {
        var words = new ArrayList<String>();
        body.path("parts").properties().forEach(part -> {
            if (!part.getValue().path("status").asString("").equals("UP")) {
                words.add(part.getKey() + " " + part.getValue().path("detail").asString(""));
            }
        });
        return String.join("; ", words);
    }

    private @Nullable Ingest ingest(URI url) {
        try {
            var body = http.json(url.resolve("/health"));
            return Ingest.of(body);
        } catch (Http.NoAnswer e) {
            return null;
        }
    }

    private Map<String, PartStatus> jobs(URI cluster) {
        var parts = new LinkedHashMap<String, PartStatus>();
        try {
            for (var job : flink.overview(cluster)) {
                parts.put(
                        job.name(),
                        job.state().equals("RUNNING") ? PartStatus.up("") : PartStatus.down("job is " + job.state()));
            }
            if (parts.isEmpty()) {
                parts.put("flink-" + cluster.getPort(), PartStatus.down("runs no job"));
            }
        } catch (Http.NoAnswer e) {
            parts.put("flink-" + cluster.getPort(), PartStatus.down(e.getMessage()));
        }
        return parts;
    }

    private Map<String, Checkpoints> checkpoints(URI cluster) {
        var checkpoints = new LinkedHashMap<String, Checkpoints>();
        try {
            for (var overview : flink.overview(cluster)) {
                var job = flink.details(cluster, overview);
                var last = job.lastCheckpointMillis();
                checkpoints.put(
                        job.name(),
                        new Checkpoints(
                                job.state(),
                                last == null ? null : Math.max(0, clock.millis() - last),
                                job.checkpoints(),
                                job.failedCheckpoints(),
                                job.restarts()));
            }
        } catch (Http.NoAnswer e) {
            // The parts say that the cluster does not answer.
        }
        return checkpoints;
    }
}
