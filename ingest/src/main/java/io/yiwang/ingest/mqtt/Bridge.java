package io.yiwang.ingest.mqtt;

import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.Forwarder;
import io.yiwang.ingest.Inbound;
import io.yiwang.ingest.IngestMeter;
import io.yiwang.ingest.IngestMeter.Refusal;
import io.yiwang.model.RejectReason;
import io.yiwang.model.id.DeviceTopic;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way in from a broker that the city already has. It has authenticated the devices; the topic says which one speaks.
 *
 * <p>Each connection has a client object and an {@link AckQueue} of its own. The client's automatic reconnect is not used: it shares
 * its delay between all clients of a process and gives up for good in some states. Messages are acknowledged by hand after Kafka
 * has them; flow is bounded by the receive maximum and by nothing else, so the callback never blocks.
 */
public final class Bridge implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Bridge.class);
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(10);
    private static final Duration STEADY = Duration.ofMinutes(1);
    /** Larger than what is accepted, so that a too large message is rejected with its reason instead of vanishing in the broker. */
    private static final long MAX_PACKET_BYTES = 2L << 20;

    private static final String[] FILTERS = {
        DeviceTopic.ROOT + "/+/+/+/" + DeviceTopic.TELEMETRY, DeviceTopic.ROOT + "/+/+/+/" + DeviceTopic.STATUS
    };

    private final BridgeSettings settings;
    private final Forwarder forwarder;
    private final IngestMeter meter;
    private final InstantSource clock;
    private final Consumer<Throwable> onFatal;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Connection current;

    /** @param onFatal called when another client took over our session: two of us would throw each other out for ever */
    public Bridge(
            BridgeSettings settings,
            Forwarder forwarder,
            IngestMeter meter,
            InstantSource clock,
            Consumer<Throwable> onFatal) {
        this.settings = settings;
        this.forwarder = forwarder;
        this.meter = meter;
        this.clock = clock;
        this.onFatal = onFatal;
        thread = new Thread(this::run, "bridge");
        thread.setDaemon(true);
        thread.start();
        meter.gauge("bridge.connected", () -> isConnected() ? 1 : 0);
        meter.gauge("bridge.waiting", () -> {
            var connection = current;
            return connection == null ? 0 : connection.acks.waiting();
        });
    }

    public boolean isConnected() {
        var connection = current;
        return connection != null && connection.subscribed && connection.client.isConnected();
    }

    private void run() {
        long retryMillis = settings.firstRetry().toMillis();
        boolean before = false;
        try {
            while (closing.getCount() > 0) {
                long sinceNanos = System.nanoTime();
                Connection connection = null;
                try {
                    connection = new Connection();
                    current = connection;
                    connection.open(before);
                    before = true;
                    connection.awaitEnd();
                } catch (MqttException e) {
                    LOG.warn("Bridge to {}: {}", settings.url(), describe(e));
                } finally {
                    current = null;
                    if (connection != null) {
                        connection.abandon();
                    }
                }
                if (System.nanoTime() - sinceNanos > STEADY.toNanos()) {
                    retryMillis = settings.firstRetry().toMillis();
                }
                // Half fixed, half random: doors that lost the same broker do not come back in step.
                long jittered = retryMillis / 2 + ThreadLocalRandom.current().nextLong(retryMillis / 2 + 1);
                if (closing.await(jittered, TimeUnit.MILLISECONDS)) {
                    return;
                }
                retryMillis = Math.min(2 * retryMillis, settings.longestRetry().toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            onFatal.accept(e);
        }
    }

    private static String describe(MqttException e) {
        return e.getCause() == null ? e.toString() : e + ": " + e.getCause().getMessage();
    }

    /** One connection from its CONNECT to its end. */
    private final class Connection implements MqttCallback {
        private final MqttAsyncClient client;
        private final AckQueue acks = new AckQueue(this::acknowledge);
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile boolean subscribed;
        private boolean overrunTold;

        Connection() throws MqttException {
            client = new MqttAsyncClient(settings.url(), settings.clientId(), new MemoryPersistence());
            // Both before connect: a kept session delivers at once, and with automatic acknowledgement a fault would
            // lose messages.
            client.setManualAcks(true);
            client.setCallback(this);
        }

        void open(boolean hadSession) throws MqttException {
            var token = client.connect(options());
            token.waitForCompletion(CONNECT_PATIENCE.toMillis());
            boolean sessionPresent = token.getSessionPresent();
            if (!sessionPresent && hadSession) {
                LOG.warn("Bridge: the broker has lost our session; messages of the meantime may be missing");
            }
            var subscriptions = new MqttSubscription[FILTERS.length];
            for (int i = 0; i < FILTERS.length; i++) {
                subscriptions[i] = new MqttSubscription(FILTERS[i], 1);
                subscriptions[i].setRetainHandling(2);
            }
            var subscription = client.subscribe(subscriptions);
            subscription.waitForCompletion(CONNECT_PATIENCE.toMillis());
            for (int i = 0; i < FILTERS.length; i++) {
                int granted = subscription.getReasonCodes()[i];
                if (granted != MqttReturnCode.RETURN_CODE_MAX_QOS_1) {
                    LOG.error(
                            "Bridge: the broker answers {} to the subscription of {}, not QoS 1", granted, FILTERS[i]);
                    throw new MqttException(granted);
                }
            }
            subscribed = true;
            LOG.info("Bridge: connected to {}, session {}", settings, sessionPresent ? "kept" : "new");
        }

        private MqttConnectionOptions options() {
            var options = new MqttConnectionOptions();
            options.setCleanStart(false);
            options.setSessionExpiryInterval(settings.sessionExpiry().toSeconds());
            options.setReceiveMaximum(settings.receiveMaximum());
            options.setKeepAliveInterval((int) settings.keepAlive().toSeconds());
            options.setMaximumPacketSize(MAX_PACKET_BYTES);
            options.setAutomaticReconnect(false);
            options.setUseSubscriptionIdentifiers(false);
            options.setConnectionTimeout((int) CONNECT_PATIENCE.toSeconds());
            options.setHttpsHostnameVerificationEnabled(true);
            options.setRequestProblemInfo(true);
            if (settings.user() != null) {
                options.setUserName(settings.user());
            }
            if (settings.password() != null) {
                options.setPassword(settings.password());
            }
            return options;
        }

        /** The client does not always tell of its end, so it is also asked. */
        void awaitEnd() throws InterruptedException {
            while (!ended.await(1, TimeUnit.SECONDS)) {
                if (!client.isConnected()) {
                    return;
                }
            }
        }

        void end() {
            ended.countDown();
        }

        /** Gives the client up without waiting: its close is known to hang. What is unacknowledged comes again. */
        void abandon() {
            acks.close();
            end();
            var reaper = new Thread(
                    () -> {
                        try {
                            client.disconnectForcibly(100, 1000, false);
                        } catch (MqttException e) {
                            LOG.debug("Bridge: the old connection ended with {}", e.toString());
                        }
                        try {
                            client.close(true);
                        } catch (MqttException e) {
                            LOG.debug("Bridge: the old client ended with {}", e.toString());
                        }
                    },
                    "bridge-reaper");
            reaper.setDaemon(true);
            reaper.start();
        }

        private void acknowledge(int packetId) {
            try {
                client.messageArrivedComplete(packetId, 1);
            } catch (MqttException e) {
                LOG.debug("Bridge: an acknowledgement could not be sent, the message comes again: {}", e.toString());
                end();
            }
        }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            var arrival = new Arrival(topic, settings.clientId(), message.getPayload(), clock.millis());
            try {
                var slot = message.getQos() == 0 ? null : acks.add(message.getId());
                if (acks.waiting() > settings.receiveMaximum() && !overrunTold) {
                    // mosquitto does so after a reconnect, when its max_inflight_messages is larger than our receive
                    // maximum.
                    overrunTold = true;
                    LOG.warn(
                            "Bridge: the broker has more than {} messages on their way, more than it was told to",
                            settings.receiveMaximum());
                }
                forwarder.fromBroker(new BridgeInbound(arrival, slot));
            } catch (RuntimeException e) {
                LOG.error("Bridge: a message on {} met a fault and is not acknowledged", topic, e);
                end();
            }
        }

        @Override
        public void disconnected(MqttDisconnectResponse response) {
            if (closing.getCount() > 0) {
                LOG.warn("Bridge: disconnected from {}: {}", settings.url(), response);
                if (response.getReturnCode() == MqttReturnCode.RETURN_CODE_SESSION_TAKEN_OVER) {
                    onFatal.accept(new IllegalStateException(
                            "another client connected to " + settings.url() + " as " + settings.clientId()));
                }
            }
            end();
        }

        @Override
        public void mqttErrorOccurred(MqttException exception) {
            LOG.warn("Bridge: {}", describe(exception));
        }

        @Override
        public void deliveryComplete(IMqttToken token) {}

        @Override
        public void connectComplete(boolean reconnect, String serverUri) {}

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {}

        private final class BridgeInbound implements Inbound {
            private final Arrival arrival;
            private final AckQueue.@Nullable Slot slot;

            BridgeInbound(Arrival arrival, AckQueue.@Nullable Slot slot) {
                this.arrival = arrival;
                this.slot = slot;
            }

            @Override
            public Arrival arrival() {
                return arrival;
            }

            @Override
            public void acknowledge() {
                if (slot != null) {
                    slot.done();
                }
            }

            /** The sender is a broker, which is not to blame: it gets its acknowledgement. */
            @Override
            public void refuse(RejectReason reason) {
                acknowledge();
            }

            /** An unacknowledged message is sent again only to a new connection. */
            @Override
            public void fail(Throwable cause) {
                meter.refused(Refusal.BUSY);
                end();
            }
        }
    }

    @Override
    public void close() {
        closing.countDown();
        var connection = current;
        if (connection != null) {
            connection.end();
        }
        try {
            thread.join(3000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
