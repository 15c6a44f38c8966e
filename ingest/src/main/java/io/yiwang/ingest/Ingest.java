package io.yiwang.ingest;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.yiwang.ingest.catalogue.Catalogue;
import io.yiwang.ingest.catalogue.CatalogueCopy;
import io.yiwang.ingest.catalogue.CatalogueFollower;
import io.yiwang.ingest.clock.Ticks;
import io.yiwang.ingest.decode.JsonDecoder;
import io.yiwang.ingest.health.HealthServer;
import io.yiwang.ingest.health.Part;
import io.yiwang.ingest.kafka.KafkaLog;
import io.yiwang.ingest.mqtt.Bridge;
import io.yiwang.ingest.mqtt.Door;
import io.yiwang.ingest.validate.Validation;
import io.yiwang.model.clock.CityClock;
import io.yiwang.model.domain.DomainPacks;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running ingest: what {@link IngestMain} starts and stops. */
public final class Ingest implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ingest.class);
    private static final Duration IN_FLIGHT_PATIENCE = Duration.ofSeconds(2);
    private static final Duration FLUSH_PATIENCE = Duration.ofSeconds(2);
    private static final Duration KAFKA_SLOW = Duration.ofSeconds(5);

    private final CityClock clock;
    private final Catalogue catalogue;
    private final CatalogueFollower follower;
    private final KafkaLog log;
    private final @Nullable Door door;
    private final @Nullable Bridge bridge;
    private final Ticks ticks;
    private final HealthServer health;
    private final IngestMeter meter;
    private volatile boolean closing;

    private Ingest(IngestSettings settings, Consumer<Throwable> onFatal) throws IOException {
        this.clock = settings.clock();
        Files.createDirectories(settings.data());
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new JvmGcMetrics().bindTo(registry);
        meter = new IngestMeter(registry);
        var packs = settings.domains() == null ? DomainPacks.bundled() : DomainPacks.withFolder(settings.domains());
        catalogue = new Catalogue(packs);
        follower = new CatalogueFollower(catalogue, new CatalogueCopy(settings.data()), settings.kafka());
        log = new KafkaLog(settings.kafka(), settings.maxBytesInFlight(), onFatal);
        meter.gauge("kafka.records.in.flight", log::recordsInFlight);
        meter.gauge("kafka.bytes.in.flight", log::bytesInFlight);
        meter.gauge("catalogue.devices", catalogue::deviceCount);
        var forwarder = new Forwarder(catalogue, new JsonDecoder(), Validation.standard(), log, meter);
        door = settings.door() == null ? null : Door.open(settings.door(), catalogue, forwarder, log, meter, clock);
        bridge = settings.bridge() == null ? null : new Bridge(settings.bridge(), forwarder, meter, clock, onFatal);
        ticks = new Ticks(
                settings.kafka(),
                UUID.randomUUID().toString().substring(0, 8),
                settings.data(),
                clock,
                this::takesMessages);
        health = new HealthServer(settings.healthPort(), this::parts, meter, registry, clock.wall());
        LOG.info("Health at http://127.0.0.1:{}/health", health.port());
    }

    /** Starts everything; returns when devices can connect. */
    public static Ingest start(IngestSettings settings, Consumer<Throwable> onFatal) throws IOException {
        return new Ingest(settings, onFatal);
    }

    /** Whether a message that a device sends now would be taken. */
    private boolean takesMessages() {
        return !closing
                && catalogue.isLoaded()
                && ((door != null && door.isOpen()) || (bridge != null && bridge.isConnected()));
    }

    private Map<String, Part> parts() {
        var parts = new LinkedHashMap<String, Part>();
        var stalled = log.stalledFor();
        boolean ticking = clock.wall().millis() - ticks.storedMillis() < KAFKA_SLOW.toMillis();
        parts.put(
                "kafka",
                stalled.compareTo(KAFKA_SLOW) > 0
                        ? Part.down("nothing stored for " + stalled.toSeconds() + " s, " + log.recordsInFlight()
                                + " records wait")
                        : log.isOpen()
                                ? Part.up(log.recordsInFlight() + " records on their way")
                                : Part.down("has not answered yet"));
        parts.put(
                "catalogue",
                catalogue.isLoaded()
                        ? Part.up(catalogue.deviceCount() + " devices")
                        : Part.degraded("not read yet: every device is unknown"));
        if (door != null) {
            parts.put("door", door.isOpen() ? Part.up("port " + door.port()) : Part.degraded("shut"));
        }
        if (bridge != null) {
            parts.put("bridge", bridge.isConnected() ? Part.up("connected") : Part.degraded("not connected"));
        }
        parts.put("ticks", ticking ? Part.up("every second") : Part.degraded("none stored for 5 s"));
        return parts;
    }

    /** Port of the door; -1 without a door. */
    public int mqttPort() {
        return door == null ? -1 : door.port();
    }

    public int healthPort() {
        return health.port();
    }

    public IngestMeter meter() {
        return meter;
    }

    /** What this process knows of the city. */
    public Catalogue catalogue() {
        return catalogue;
    }

    /** Publishes at the door that were read and are not answered yet. */
    public long unanswered() {
        return door == null ? 0 : door.unanswered();
    }

    public boolean isBridgeConnected() {
        return bridge != null && bridge.isConnected();
    }

    /** Takes nothing any more, lets what is on its way arrive, and ends within 10 s. */
    @Override
    public void close() {
        closing = true;
        ticks.close();
        if (door != null) {
            door.shut(IN_FLIGHT_PATIENCE);
        }
        if (bridge != null) {
            bridge.close();
        }
        log.close(FLUSH_PATIENCE);
        if (door != null) {
            door.close();
        }
        follower.close();
        health.close();
    }
}
