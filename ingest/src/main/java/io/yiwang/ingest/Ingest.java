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
import io.yiwang.ingest.decode.Decoders;
import io.yiwang.ingest.health.HealthServer;
import io.yiwang.ingest.health.Part;
import io.yiwang.ingest.hj212.LoggerDoor;
import io.yiwang.ingest.kafka.KafkaLog;
import io.yiwang.ingest.kafka.RefusedRecords;
import io.yiwang.ingest.mqtt.Bridge;
import io.yiwang.ingest.mqtt.Door;
import io.yiwang.ingest.onboard.NewcomerList;
import io.yiwang.ingest.onboard.NewcomerLog;
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
    private final NewcomerLog newcomerLog;
    private final @Nullable LoggerDoor loggers;
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
        var packs = settings.domains() == null ? DomainPacks.bundled() : DomainPacks.withFolder(settings.domains());
        catalogue = new Catalogue(packs);
        meter = new IngestMeter(registry, clock, device -> catalogue.device(device) != null);
        catalogue.onAccessChanged(device -> {
            if (catalogue.device(device) == null) {
                meter.forget(device);
            }
        });
        follower = new CatalogueFollower(catalogue, new CatalogueCopy(settings.data()), settings.kafka());
        log = new KafkaLog(settings.kafka(), settings.maxBytesInFlight(), onFatal);
        meter.gauge("kafka.records.in.flight", log::recordsInFlight);
        meter.gauge("kafka.bytes.in.flight", log::bytesInFlight);
        meter.gauge("catalogue.devices", catalogue::deviceCount);
        var process = UUID.randomUUID().toString().substring(0, 8);
        var newcomers = new NewcomerList(process);
        newcomerLog = new NewcomerLog(newcomers, settings.kafka(), clock);
        meter.gauge("newcomers", newcomers::size);
        meter.gauge("newcomers.forgotten", newcomers::forgotten);
        meter.gauge("newcomers.ignored", newcomers::ignored);
        var forwarder = new Forwarder(
                catalogue,
                Decoders.standard(catalogue, registry),
                Validation.standard(),
                new RefusedRecords(log, settings.data()),
                newcomers,
                meter);
        door = settings.door() == null ? null : Door.open(settings.door(), catalogue, forwarder, log, meter, clock);
        bridge = settings.bridge() == null
                ? null
                : new Bridge(settings.bridge(), settings.data(), catalogue::isLoaded, forwarder, meter, clock, onFatal);
        loggers = settings.loggers() == null
                ? null
                : LoggerDoor.open(settings.loggers(), catalogue, forwarder, log, newcomers, meter, registry, clock);
        ticks = new Ticks(settings.kafka(), process, settings.data(), clock, this::takesMessages);
        health = new HealthServer(
                settings.healthPort(), this::parts, this::takesMessages, meter, registry, clock.wall());
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
                && ((door != null && door.isOpen())
                        || (bridge != null && bridge.isConnected())
                        || (loggers != null && loggers.isOpen()));
    }

    private Map<String, Part> parts() {
        var parts = new LinkedHashMap<String, Part>();
        var stalled = log.stalledFor();
        boolean ticking = clock.wall().millis() - ticks.storedMillis() < KAFKA_SLOW.toMillis();
        parts.put(
                "kafka",
                stalled.compareTo(KAFKA_SLOW) > 0
                        ? Part.down("nothing stored for " + stalled.toSeconds() + " s; " + log.recordsInFlight()
                                + " records wait and are not acknowledged")
                        : log.isOpen()
                                ? Part.up(log.recordsInFlight() + " records on their way")
                                : Part.down("has not answered since the start; look whether Kafka runs"));
        parts.put(
                "catalogue",
                catalogue.isLoaded()
                        ? Part.up(catalogue.deviceCount() + " devices")
                        : Part.degraded("the ledger has not been read yet: everybody is refused"));
        if (door != null) {
            parts.put(
                    "door",
                    door.isOpen()
                            ? Part.up(door.ports())
                            : Part.degraded("shut, because messages cannot be stored; it opens by itself"));
        }
        if (bridge != null) {
            parts.put(
                    "bridge",
                    bridge.isConnected()
                            ? Part.up("connected")
                            : Part.degraded("not connected; the broker keeps the messages meanwhile, it tries again"));
        }
        if (loggers != null) {
            parts.put(
                    "hj212",
                    loggers.isOpen()
                            ? Part.up("port " + loggers.port() + ", " + loggers.connections() + " connections")
                            : Part.degraded("shut"));
        }
        parts.put(
                "ticks",
                ticking
                        ? Part.up("every second")
                        : Part.degraded("none stored for 5 s: silence is not noticed downstream"));
        return parts;
    }

    /** Port of the door; -1 without a door. */
    public int mqttPort() {
        return door == null ? -1 : door.port();
    }

    /** Port of the door for TLS; -1 without. */
    public int mqttsPort() {
        return door == null ? -1 : door.tlsPort();
    }

    /** Port of the door for data loggers; -1 without one. */
    public int hj212Port() {
        return loggers == null ? -1 : loggers.port();
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
        if (loggers != null) {
            loggers.shut(IN_FLIGHT_PATIENCE);
        }
        newcomerLog.close();
        log.close(FLUSH_PATIENCE);
        if (loggers != null) {
            loggers.close();
        }
        if (door != null) {
            door.close();
        }
        follower.close();
        health.close();
    }
}
