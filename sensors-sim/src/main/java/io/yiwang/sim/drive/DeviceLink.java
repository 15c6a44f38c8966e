package io.yiwang.sim.drive;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import io.yiwang.model.id.DeviceTopic;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One simulated device's connection: MQTT 5, QoS 1, reconnecting with growing and spread-out pauses. Unacknowledged messages
 * go again, unchanged, on the next connection.
 *
 * <p>HiveMQ's client, because all its connections share two event loop threads: with 200 connections and 30 messages a second
 * 27 threads and 150 MB, where Paho needs 817 threads and 260 MB.
 */
final class DeviceLink {
    private static final int KEPT_MESSAGES = 2_000;
    /** More than that waiting on a living connection: the broker cannot keep up. */
    private static final int CONGESTED = 200;

    private static final int WINDOW = 20;
    private static final int KEEP_ALIVE_SECONDS = 30;
    private static final long SHORTEST_PAUSE_MILLIS = 1_000;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;
    private static final int IO_THREADS = 2;

    private final String device;
    private final String boot;
    private final byte[] secret;
    private final DeviceTopic topic;
    private final SendLog log;
    private final DriveMeter meter;
    private final ScheduledExecutorService timer;
    private final InstantSource clock;
    private final Mqtt5AsyncClient client;
    private final Outbox outbox = new Outbox(KEPT_MESSAGES, WINDOW);
    private final Set<Long> attempted = new HashSet<>();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile boolean connected;
    private volatile boolean closing;
    private volatile int connection;

    /** Nothing happens before {@link #connect}. */
    DeviceLink(
            DeviceTopic topic,
            String boot,
            String secret,
            BrokerAddress broker,
            SendLog log,
            DriveMeter meter,
            ScheduledExecutorService timer,
            InstantSource clock) {
        this.clock = clock;
        this.device = topic.device();
        this.boot = boot;
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
        this.topic = topic;
        this.log = log;
        this.meter = meter;
        this.timer = timer;
        var builder = MqttClient.builder()
                .useMqttVersion5()
                .identifier(device)
                .serverHost(broker.host())
                .serverPort(broker.port())
                .executorConfig()
                .nettyThreads(IO_THREADS)
                .applyExecutorConfig()
                .addConnectedListener(context -> onConnected())
                .addDisconnectedListener(this::onDisconnected);
        this.client = (broker.tls()
                        ? builder.sslConfig(MqttClientSslConfig.builder()
                                .trustManagerFactory(broker.trust())
                                .build())
                        : builder)
                .buildAsync();
    }

    String boot() {
        return boot;
    }

    boolean isConnected() {
        return connected;
    }

    /** Whether it would be better to give it nothing more for a while. */
    boolean isCongested() {
        return connected && outbox.size() > CONGESTED;
    }

    int unsent() {
        return outbox.size();
    }

    long dropped() {
        return outbox.dropped();
    }

    /** Starts connecting and keeps at it until {@link #close}. */
    void connect() {
        if (closing) {
            return;
        }
        // The outcome arrives at the listeners.
        client.connectWith()
                .cleanStart(true)
                .keepAlive(KEEP_ALIVE_SECONDS)
                .simpleAuth()
                .username(device)
                .password(secret)
                .applySimpleAuth()
                .restrictions()
                .sendMaximum(WINDOW)
                .applyRestrictions()
                .willPublish()
                .topic(statusTopic())
                .qos(MqttQos.AT_LEAST_ONCE)
                .payload(status("offline"))
                .applyWillPublish()
                .send();
    }

    /** Sends, or keeps until it can be sent. */
    void publish(Outgoing message) {
        outbox.add(message);
        pump();
    }

    /**
     * Says good-bye and disconnects; the device does not come back.
     *
     * @return completes when the connection is gone
     */
    CompletableFuture<Void> close() {
        closing = true;
        if (!connected) {
            return CompletableFuture.completedFuture(null);
        }
        return client.publishWith()
                .topic(statusTopic())
                .qos(MqttQos.AT_LEAST_ONCE)
                .payload(status("offline"))
                .send()
                .handle((result, failure) -> null)
                .thenCompose(ignored -> client.disconnect())
                .handle((result, failure) -> null);
    }

    private void onConnected() {
        failures.set(0);
        connection++;
        // A message may have been taken for sending just when the old connection ended.
        outbox.connectionLost();
        connected = true;
        client.publishWith()
                .topic(statusTopic())
                .qos(MqttQos.AT_LEAST_ONCE)
                .payload(status("online"))
                .send();
        pump();
    }

    private void onDisconnected(MqttClientDisconnectedContext context) {
        connected = false;
        outbox.connectionLost();
        if (closing) {
            return;
        }
        meter.disconnected(context.getCause());
        var pause = Math.min(LONGEST_PAUSE_MILLIS, SHORTEST_PAUSE_MILLIS << Math.min(5, failures.getAndIncrement()));
        later(this::connect, pause / 2 + ThreadLocalRandom.current().nextLong(pause));
    }

    private void pump() {
        while (connected) {
            var packet = outbox.next();
            if (packet == null) {
                return;
            }
            send(packet);
        }
    }

    private void send(Packet packet) {
        var over = connection;
        for (var message : packet.messages()) {
            note(message);
        }
        client.publishWith()
                .topic(topic.toString())
                .qos(MqttQos.AT_LEAST_ONCE)
                .payload(packet.payload())
                .send()
                .whenComplete((result, failure) -> {
                    if (failure == null && result.getError().isEmpty()) {
                        acked(packet);
                    } else if (over == connection && connected) {
                        // Refused on a living connection: a later attempt on a new one may fare better.
                        meter.refused(failure == null ? result.getError().get() : failure);
                        later(this::reconnect, SHORTEST_PAUSE_MILLIS);
                    }
                });
    }

    private void note(Outgoing message) {
        if (message.copy()) {
            meter.copied();
        } else if (firstAttempt(message)) {
            log.attempted(device, boot, message.seq(), message.tsMillis(), message.metrics());
        } else {
            meter.resent();
        }
        meter.sent();
    }

    private void acked(Packet packet) {
        if (outbox.acked(packet)) {
            for (var message : packet.messages()) {
                if (!message.copy()) {
                    synchronized (attempted) {
                        attempted.remove(message.seq());
                    }
                    log.acked(device, boot, message.seq());
                    meter.acked();
                }
            }
        }
        pump();
    }

    private boolean firstAttempt(Outgoing message) {
        synchronized (attempted) {
            return attempted.add(message.seq());
        }
    }

    private void reconnect() {
        if (connected && !closing) {
            client.disconnect();
        }
    }

    private void later(Runnable step, long millis) {
        try {
            timer.schedule(step, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // The simulator is stopping; nobody waits for this device any more.
            closing = true;
        }
    }

    private String statusTopic() {
        return new DeviceTopic(topic.domain(), topic.facility(), device, DeviceTopic.STATUS).toString();
    }

    private byte[] status(String state) {
        return ("{\"ts\":" + clock.millis() + ",\"boot\":\"" + boot + "\",\"state\":\"" + state + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }
}
