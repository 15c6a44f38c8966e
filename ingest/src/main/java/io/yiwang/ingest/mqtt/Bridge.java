package io.yiwang.ingest.mqtt;

import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.Forwarder;
import io.yiwang.ingest.Inbound;
import io.yiwang.ingest.IngestMeter;
import io.yiwang.ingest.IngestMeter.Refusal;
import io.yiwang.ingest.decode.Reply;
import io.yiwang.model.RejectReason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
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
    private static final Duration LEDGER_POLL = Duration.ofMillis(100);
    private static final Duration STEADY = Duration.ofMinutes(1);
    /** Larger than what is accepted, so that a too large message is rejected with its reason instead of vanishing in the broker. */
    private static final long MAX_PACKET_BYTES = 2L << 20;

    private final BridgeSettings settings;
    private final BooleanSupplier ledgerIsKnown;
    private final Forwarder forwarder;
    private final IngestMeter meter;
    private final InstantSource clock;
    private final Consumer<Throwable> onFatal;
    private final BridgeSession session;
    private final AtomicLong connects = new AtomicLong();
    private final AtomicLong sessionsLost = new AtomicLong();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Connection current;

    /**
     * @param folder where is kept what the broker should know of us
     * @param ledgerIsKnown before it is, every device would be unknown and its messages rejected, so they are left with the broker
     * @param onFatal called when another client took over our session: two of us would throw each other out for ever
     */
    public Bridge(
            BridgeSettings settings,
            Path folder,
            BooleanSupplier ledgerIsKnown,
            Forwarder forwarder,
            IngestMeter meter,
            InstantSource clock,
            Consumer<Throwable> onFatal) {
        this.settings = settings;
        this.ledgerIsKnown = ledgerIsKnown;
        this.forwarder = forwarder;
        this.meter = meter;
        this.clock = clock;
        this.onFatal = onFatal;
        session = new BridgeSession(folder, settings.url(), settings.clientId());
        thread = new Thread(new Threads(), this::run, "bridge");
        thread.setDaemon(true);
        thread.start();
        meter.gauge("bridge.connects", connects::get);
        meter.gauge("bridge.sessions.lost", sessionsLost::get);
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
        var rivalry = BridgeRivalry.NONE;
        try {
            while (!ledgerIsKnown.getAsBoolean()) {
                if (closing.await(LEDGER_POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
            while (closing.getCount() > 0) {
                long sinceNanos = System.nanoTime();
                Connection connection = null;
                try {
                    connection = new Connection();
                    current = connection;
                    connection.open();
                    connection.awaitEnd();
                } catch (MqttException e) {
                    LOG.warn("Bridge to {}: {}", settings.url(), describe(e));
                } finally {
                    current = null;
                    if (connection != null) {
                        connection.abandon();
                    }
                }
                var stood = Duration.ofNanos(System.nanoTime() - sinceNanos);
                rivalry =
                        rivalry.after(connection == null ? BridgeRivalry.End.REFUSED : connection.howItEnded(), stood);
                if (rivalry.isLikely() && closing.getCount() > 0) {
                    onFatal.accept(new IllegalStateException(settings.url() + " has closed " + rivalry.lost()
                            + " connections in a row: most likely " + rival()));
                    return;
                }
                if (stood.compareTo(STEADY) > 0) {
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
        } catch (IOException | RuntimeException e) {
            onFatal.accept(e);
        }
    }

    /**
     * The bridge's thread and those that its clients start. A client that is closed while it reads may stumble on its own thread; its
     * connection is over then, and nothing else. Only what would break the process anyway ends it.
     */
    private final class Threads extends ThreadGroup {
        Threads() {
            super("bridge");
        }

        @Override
        public void uncaughtException(Thread source, Throwable fault) {
            if (fault instanceof Error) {
                onFatal.accept(fault);
                return;
            }
            var connection = current;
            LOG.warn("Bridge: the client stumbled; its connection is over: {}", fault.toString());
            if (connection != null) {
                connection.end();
            }
        }
    }

    private String rival() {
        return "another client has connected to " + settings.url() + " as " + settings.clientId()
                + ": stop one of the two, or give each a --bridge-client-id of its own";
    }

    private static String describe(MqttException e) {
        return e.getCause() == null ? e.toString() : e + ": " + e.getCause().getMessage();
    }

    private static MqttSubscription subscription(String filter) {
        var subscription = new MqttSubscription(filter, 1);
        // Retained messages are old news that the broker would repeat at every subscription.
        subscription.setRetainHandling(2);
        return subscription;
    }

    private void requireGranted(List<String> filters, int[] granted) throws MqttException {
        for (int i = 0; i < filters.size(); i++) {
            int code = i < granted.length ? granted[i] : MqttReturnCode.RETURN_CODE_UNSPECIFIED_ERROR;
            if (code != MqttReturnCode.RETURN_CODE_MAX_QOS_1) {
                LOG.error(
                        "Bridge: {} answers 0x{} to the subscription of {}, not QoS 1. Allow {} to read it, or name the"
                                + " topics to take with --bridge-filter",
                        settings.url(),
                        Integer.toHexString(code),
                        filters.get(i),
                        settings.user() == null ? settings.clientId() : settings.user());
                throw new MqttException(code);
            }
        }
    }

    /** One connection from its CONNECT to its end. */
    private final class Connection implements MqttCallback {
        private final MqttAsyncClient client;
        private final AckQueue acks = new AckQueue(this::acknowledge);
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile boolean subscribed;
        private volatile boolean lost;
        private boolean overrunTold;

        Connection() throws MqttException {
            client = new MqttAsyncClient(settings.url(), settings.clientId(), new MemoryPersistence());
            // Both before connect: a kept session delivers at once, and with automatic acknowledgement a fault would
            // lose messages.
            client.setManualAcks(true);
            client.setCallback(this);
        }

        void open() throws MqttException, IOException {
            var before = session.subscriptions();
            var token = client.connect(options());
            token.waitForCompletion(CONNECT_PATIENCE.toMillis());
            if (connects.incrementAndGet() > 1) {
                meter.reconnected();
            }
            boolean kept = token.getSessionPresent();
            if (!kept && !before.isEmpty()) {
                sessionsLost.incrementAndGet();
                LOG.warn(
                        "Bridge: {} has lost the session of {}: a gap is possible, of what it held for us and of what came"
                                + " meanwhile. Keep sessions on the broker's disk (docs/no-loss.md)",
                        settings.url(),
                        settings.clientId());
            }
            var wanted = settings.subscriptions();
            var subscription =
                    client.subscribe(wanted.stream().map(Bridge::subscription).toArray(MqttSubscription[]::new));
            subscription.waitForCompletion(CONNECT_PATIENCE.toMillis());
            requireGranted(wanted, subscription.getReasonCodes());
            var unwanted = new ArrayList<>(before);
            unwanted.removeAll(wanted);
            if (kept && !unwanted.isEmpty()) {
                client.unsubscribe(unwanted.toArray(String[]::new)).waitForCompletion(CONNECT_PATIENCE.toMillis());
                LOG.info("Bridge: no longer subscribed to {}", unwanted);
            }
            session.keep(wanted);
            subscribed = true;
            LOG.info("Bridge: connected to {}, session {}", settings, kept ? "kept" : "new");
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
            if (settings.tls() != null) {
                options.setSocketFactory(settings.tls().sockets());
            } else if (settings.url().startsWith("tcp:")) {
                options.setSocketFactory(new GatheringSockets());
            }
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

        BridgeRivalry.End howItEnded() {
            return !subscribed
                    ? BridgeRivalry.End.REFUSED
                    : lost ? BridgeRivalry.End.LOST : BridgeRivalry.End.EXPLAINED;
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
            if (ended.getCount() == 0) {
                // It could not be acknowledged any more and comes again.
                return;
            }
            var arrival = new Arrival(
                    topic,
                    message.getProperties() == null
                            ? null
                            : message.getProperties().getContentType(),
                    settings.clientId(),
                    message.getPayload(),
                    clock.millis());
            try {
                var slot = message.getQos() == 0 ? null : acks.add(message.getId());
                if (slot != null && slot.waiting() > settings.receiveMaximum() && !overrunTold) {
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
            // An end that we made ourselves needs no word; and it may be our next connection that took the session
            // over.
            if (closing.getCount() > 0 && ended.getCount() > 0) {
                lost = response.getReturnCode() == 0;
                LOG.warn("Bridge: disconnected from {}: {}", settings.url(), response);
                if (response.getReturnCode() == MqttReturnCode.RETURN_CODE_SESSION_TAKEN_OVER) {
                    onFatal.accept(new IllegalStateException(rival()));
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

            @Override
            public void reply(Reply reply) {
                try {
                    client.publish(reply.topic(), reply.payload(), 0, false);
                } catch (MqttException e) {
                    LOG.debug("Bridge: a reply on {} could not be sent: {}", reply.topic(), e.toString());
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
