package io.yiwang.ingest.mqtt;

import com.codahale.metrics.Gauge;
import com.hivemq.configuration.service.InternalConfigurations;
import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import io.yiwang.ingest.Forwarder;
import io.yiwang.ingest.IngestMeter;
import io.yiwang.ingest.TelemetryLog;
import io.yiwang.ingest.catalogue.Catalogue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our own broker, the way in for devices.
 *
 * <p>It keeps nothing: no publish is queued or delivered, nobody hears but a Sparkplug edge node its own commands, so its persistence is
 * in memory and a restart loses only sessions without content. What was not acknowledged is with the devices, which send it again.
 */
public final class Door implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Door.class);

    /** Connections beyond the allowed ones that get an answer before they are closed. */
    private static final int SPARE_CONNECTIONS = 100;

    private final Hall hall;
    private final EmbeddedHiveMQ broker;
    private final int port;
    private final int tlsPort;

    private Door(Hall hall, EmbeddedHiveMQ broker, int port, int tlsPort) {
        this.hall = hall;
        this.broker = broker;
        this.port = port;
        this.tlsPort = tlsPort;
    }

    /** Opens the door; returns when devices can connect. */
    public static Door open(
            DoorSettings settings,
            Catalogue catalogue,
            Forwarder forwarder,
            TelemetryLog log,
            IngestMeter meter,
            InstantSource clock) {
        var tls = settings.tls();
        int port = portToUse(settings.bind(), settings.port());
        int tlsPort = tls == null ? DoorSettings.NO_PORT : portToUse(tls.bind(), tls.port());
        var doorTls = tls == null ? null : DoorTls.of(tls);
        var extension = new DoorExtension(catalogue, meter);
        try {
            var conf = Files.createDirectories(settings.data().resolve("conf"));
            writeSecret(conf.resolve("config.xml"), configuration(settings, port, tlsPort));
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
            var internals = BrokerInternals.of(broker);
            var hall = new Hall(
                    forwarder,
                    log,
                    meter,
                    clock,
                    settings.clientRate(),
                    internals,
                    Objects.requireNonNull(extension.publisher()));
            requireListening(internals, port, tlsPort);
            var door = new Door(hall, broker, port, tlsPort);
            var threshold = new Threshold(limits(settings), meter);
            var entrance = new Entrance(meter);
            for (var listener : internals.listeners()) {
                // A handler that is added from another thread is passed over until the event loop has heard of it.
                listener.eventLoop()
                        .submit(() -> listener.pipeline().addFirst(threshold, entrance))
                        .get(60, TimeUnit.SECONDS);
            }
            if (doorTls != null) {
                meter.gauge("door.certificate.days.left", doorTls::daysLeft);
            }
            meter.gauge("door.unanswered", hall::unanswered);
            meter.gauge("door.paused", hall::pausedConnections);
            meter.gauge("connections", door::connections);
            extension.open(hall);
            if (port != DoorSettings.NO_PORT) {
                LOG.info("The door is open: MQTT at {}:{}", settings.bind(), port);
            }
            if (tls != null) {
                LOG.info(
                        "The door is open: MQTT by TLS at {}:{}, client certificates {}",
                        tls.bind(),
                        tlsPort,
                        tls.clientCertificates().name().toLowerCase(Locale.ROOT));
            }
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

    private static ConnectionLimits limits(DoorSettings settings) {
        return new ConnectionLimits(
                // Above the broker's own limit, so that a device is told why it is not let in.
                settings.maxConnections() + SPARE_CONNECTIONS,
                settings.maxConnectionsPerAddress(),
                settings.maxConnectsPerAddress(),
                (double) settings.maxConnectsPerAddress() * DoorSettings.CONNECT_BURST_SECONDS);
    }

    private static int portToUse(String bind, int port) {
        if (port == DoorSettings.NO_PORT) {
            return port;
        }
        int chosen = port == 0 ? freePort(bind) : port;
        requireFree(bind, chosen);
        return chosen;
    }

    /** The broker goes on with defaults of its own, open to everybody, when it cannot read its configuration. */
    private static void requireListening(BrokerInternals broker, int... ports) {
        var expected = IntStream.of(ports)
                .filter(port -> port != DoorSettings.NO_PORT)
                .boxed()
                .collect(Collectors.toSet());
        var found = broker.listeners().stream()
                .map(channel -> ((InetSocketAddress) channel.localAddress()).getPort())
                .collect(Collectors.toSet());
        if (!found.equals(expected)) {
            throw new IllegalStateException("the MQTT broker listens on " + found + " instead of " + expected);
        }
    }

    /** The stores' passwords are in it. */
    private static void writeSecret(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }

    private static String configuration(DoorSettings settings, int port, int tlsPort) {
        var listeners = new StringBuilder();
        if (port != DoorSettings.NO_PORT) {
            listeners.append("""
                        <tcp-listener>
                          <port>%d</port>
                          <bind-address>%s</bind-address>
                        </tcp-listener>
                    """.formatted(port, DoorTls.escaped(settings.bind())));
        }
        if (settings.tls() != null) {
            listeners.append(DoorTls.listener(settings.tls(), tlsPort));
        }
        return """
                <?xml version="1.0"?>
                <hivemq>
                  <listeners>
                    %s
                  </listeners>
                  <mqtt>
                    <queued-messages><max-queue-size>10</max-queue-size><strategy>discard</strategy></queued-messages>
                    <retained-messages><enabled>false</enabled></retained-messages>
                    <wildcard-subscriptions><enabled>true</enabled></wildcard-subscriptions>
                    <shared-subscriptions><enabled>false</enabled></shared-subscriptions>
                    <quality-of-service><max-qos>1</max-qos></quality-of-service>
                    <session-expiry><max-interval>3600</max-interval></session-expiry>
                    <keep-alive><allow-unlimited>false</allow-unlimited><max-keep-alive>120</max-keep-alive></keep-alive>
                    <packets><max-packet-size>%d</max-packet-size></packets>
                    <receive-maximum><server-receive-maximum>%d</server-receive-maximum></receive-maximum>
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
                """.formatted(listeners, settings.maxPacketBytes(), Intake.RECEIVE_MAXIMUM, settings.maxConnections());
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

    private long connections() {
        return gauge("com.hivemq.networking.connections.current");
    }

    private long gauge(String name) {
        return broker.getMetricRegistry().getMetrics().get(name) instanceof Gauge<?> gauge
                        && gauge.getValue() instanceof Number number
                ? number.longValue()
                : 0;
    }

    /** {@link DoorSettings#NO_PORT} when the door takes nobody without TLS. */
    public int port() {
        return port;
    }

    /** {@link DoorSettings#NO_PORT} without TLS. */
    public int tlsPort() {
        return tlsPort;
    }

    /** Where it listens, in words. */
    public String ports() {
        return Stream.of(
                        port == DoorSettings.NO_PORT ? "" : "port " + port,
                        tlsPort == DoorSettings.NO_PORT ? "" : "TLS port " + tlsPort)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(", "));
    }

    /** Publishes with QoS 1 that were taken and are not answered yet. */
    public long unanswered() {
        return hall.unanswered();
    }

    /** Connections that are not read at the moment: they send more than may be under way, or faster than they may. */
    public long paused() {
        return hall.pausedConnections();
    }

    /** The connections and listening sockets of the broker, for tests. */
    BrokerInternals internals() {
        return hall.broker();
    }

    /** Whether devices may connect and publish now. */
    public boolean isOpen() {
        return !hall.isShut();
    }

    /** Takes nothing any more, and waits at most {@code patience} for what is on its way. */
    public void shut(Duration patience) {
        hall.shut();
        long until = System.nanoTime() + patience.toNanos();
        try {
            while (hall.unanswered() > 0 && System.nanoTime() < until) {
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
