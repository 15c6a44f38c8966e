package io.yiwang.ingest.mqtt;

import com.codahale.metrics.Gauge;
import com.hivemq.configuration.service.InternalConfigurations;
import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import io.yiwang.ingest.Forwarder;
import io.yiwang.ingest.IngestMeter;
import io.yiwang.ingest.catalogue.Catalogue;
import io.yiwang.ingest.kafka.KafkaLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our own broker, the way in for devices.
 *
 * <p>It keeps nothing: no publish is queued or delivered, no subscription exists, so its persistence is in memory and a restart
 * loses only sessions without content. What was not acknowledged is with the devices, which send it again.
 */
public final class Door implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Door.class);

    private final DoorSettings settings;
    private final KafkaLog log;
    private final DoorExtension extension;
    private final EmbeddedHiveMQ broker;
    private final int port;
    private final ScheduledExecutorService watch;
    private volatile boolean closing;

    private Door(DoorSettings settings, KafkaLog log, DoorExtension extension, EmbeddedHiveMQ broker, int port) {
        this.settings = settings;
        this.log = log;
        this.extension = extension;
        this.broker = broker;
        this.port = port;
        watch = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "door-watch");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Opens the door; returns when devices can connect. */
    public static Door open(
            DoorSettings settings,
            Catalogue catalogue,
            Forwarder forwarder,
            KafkaLog log,
            IngestMeter meter,
            InstantSource clock) {
        int port = settings.port() == 0 ? freePort(settings.bind()) : settings.port();
        requireFree(settings.bind(), port);
        var extension = new DoorExtension(catalogue, forwarder, meter, clock);
        try {
            var conf = Files.createDirectories(settings.data().resolve("conf"));
            Files.writeString(conf.resolve("config.xml"), configuration(settings, port));
            var broker = EmbeddedHiveMQ.builder()
                    .withConfigurationFolder(conf)
                    .withDataFolder(Files.createDirectories(settings.data().resolve("data")))
                    .withExtensionsFolder(
                            Files.createDirectories(settings.data().resolve("extensions")))
                    .withEmbeddedExtension(EmbeddedExtension.builder()
                            .withId("yiwang-door")
                            .withName("Yiwang door")
                            .withVersion("1")
                            .withExtensionMain(extension)
                            .build())
                    .withoutLoggingBootstrap()
                    .build();
            // The embedded broker admits everybody until an extension says otherwise, also if that extension fails.
            InternalConfigurations.AUTH_DENY_UNAUTHENTICATED_CONNECTIONS.set(true);
            InternalConfigurations.JMX_REPORTER_ENABLED.set(false);
            InternalConfigurations.PERSISTENCE_SHUTDOWN_GRACE_PERIOD_MSEC.set(100);
            broker.start().get(60, TimeUnit.SECONDS);
            extension.holdBack(Connections.of(broker));
            var door = new Door(settings, log, extension, broker, port);
            meter.gauge("door.unanswered", extension::unanswered);
            meter.gauge("connections", door::connections);
            meter.gauge("door.waiting", extension::waiting);
            door.watch.scheduleWithFixedDelay(door::look, 500, 500, TimeUnit.MILLISECONDS);
            LOG.info("The door is open: MQTT at {}:{}", settings.bind(), port);
            return door;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the MQTT broker did not start: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the MQTT broker started", e);
        }
    }

    private static String configuration(DoorSettings settings, int port) {
        return """
                <?xml version="1.0"?>
                <hivemq>
                  <listeners>
                    <tcp-listener>
                      <port>%d</port>
                      <bind-address>%s</bind-address>
                    </tcp-listener>
                  </listeners>
                  <mqtt>
                    <queued-messages><max-queue-size>10</max-queue-size><strategy>discard</strategy></queued-messages>
                    <retained-messages><enabled>false</enabled></retained-messages>
                    <wildcard-subscriptions><enabled>false</enabled></wildcard-subscriptions>
                    <shared-subscriptions><enabled>false</enabled></shared-subscriptions>
                    <quality-of-service><max-qos>1</max-qos></quality-of-service>
                    <session-expiry><max-interval>3600</max-interval></session-expiry>
                    <keep-alive><allow-unlimited>false</allow-unlimited><max-keep-alive>120</max-keep-alive></keep-alive>
                    <packets><max-packet-size>%d</max-packet-size></packets>
                    <receive-maximum><server-receive-maximum>100</server-receive-maximum></receive-maximum>
                  </mqtt>
                  <restrictions>
                    <max-connections>%d</max-connections>
                    <max-client-id-length>64</max-client-id-length>
                    <max-topic-length>512</max-topic-length>
                    <no-connect-idle-timeout>10000</no-connect-idle-timeout>
                  </restrictions>
                  <security>
                    <allow-empty-client-id><enabled>false</enabled></allow-empty-client-id>
                    <utf8-validation><enabled>true</enabled></utf8-validation>
                  </security>
                  <persistence><mode>in-memory</mode></persistence>
                  <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
                </hivemq>
                """.formatted(port, settings.bind(), settings.maxPacketBytes(), settings.maxConnections());
    }

    private static int freePort(String bind) {
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName(bind))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port at " + bind, e);
        }
    }

    private static void requireFree(String bind, int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(bind, port));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "MQTT port " + port + " at " + bind + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** Shuts while nothing can be stored, and opens again. */
    private void look() {
        if (closing) {
            return;
        }
        try {
            var stalled = log.stalledFor();
            boolean lasting = stalled.compareTo(settings.patience()) > 0;
            if (lasting && !extension.isShut()) {
                LOG.warn("Nothing could be stored for {} s: the door is shut until Kafka answers", stalled.toSeconds());
                extension.sendAway("nothing could be stored for " + stalled.toSeconds() + " s");
            } else if (!lasting && extension.isShut()) {
                LOG.info("Kafka answers, the door is open again");
                extension.open();
            }
        } catch (RuntimeException e) {
            LOG.error("The door's watch met a fault", e);
        }
    }

    private long connections() {
        return gauge("com.hivemq.networking.connections.current");
    }

    private long gauge(String name) {
        return broker.getMetricRegistry().getMetrics().get(name) instanceof Gauge<?> gauge
                        && gauge.getValue() instanceof Number number
                ? number.longValue()
                : 0;
    }

    public int port() {
        return port;
    }

    /** Publishes with QoS 1 that were read and are not answered yet. */
    public long unanswered() {
        return extension.unanswered();
    }

    /** Whether devices may connect and publish now. */
    public boolean isOpen() {
        return !closing && !extension.isShut();
    }

    /** Takes nothing any more, and waits at most {@code patience} for what is on its way. */
    public void shut(Duration patience) {
        closing = true;
        watch.shutdownNow();
        extension.shut();
        long until = System.nanoTime() + patience.toNanos();
        try {
            while (extension.waiting() > 0 && System.nanoTime() < until) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the broker; connections that are still there are closed without an acknowledgement. */
    @Override
    public void close() {
        shut(Duration.ZERO);
        try {
            broker.stop().get(4, TimeUnit.SECONDS);
            broker.close();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The MQTT broker did not stop in time: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
