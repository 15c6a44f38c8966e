package io.yiwang.ingest.mqtt;

import com.hivemq.bootstrap.netty.ChannelHandlerNames;
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.async.Async;
import com.hivemq.extension.sdk.api.async.TimeoutFallback;
import com.hivemq.extension.sdk.api.auth.PublishAuthorizer;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.auth.SubscriptionAuthorizer;
import com.hivemq.extension.sdk.api.auth.parameter.PublishAuthorizerInput;
import com.hivemq.extension.sdk.api.auth.parameter.PublishAuthorizerOutput;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthInput;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthOutput;
import com.hivemq.extension.sdk.api.auth.parameter.SubscriptionAuthorizerInput;
import com.hivemq.extension.sdk.api.auth.parameter.SubscriptionAuthorizerOutput;
import com.hivemq.extension.sdk.api.events.client.ClientLifecycleEventListener;
import com.hivemq.extension.sdk.api.events.client.parameters.AuthenticationSuccessfulInput;
import com.hivemq.extension.sdk.api.events.client.parameters.ConnectionStartInput;
import com.hivemq.extension.sdk.api.events.client.parameters.DisconnectEventInput;
import com.hivemq.extension.sdk.api.events.client.parameters.ServerInitiatedDisconnectInput;
import com.hivemq.extension.sdk.api.interceptor.publish.PublishInboundInterceptor;
import com.hivemq.extension.sdk.api.interceptor.publish.parameter.PublishInboundInput;
import com.hivemq.extension.sdk.api.interceptor.publish.parameter.PublishInboundOutput;
import com.hivemq.extension.sdk.api.packets.connect.ConnackReasonCode;
import com.hivemq.extension.sdk.api.packets.disconnect.DisconnectReasonCode;
import com.hivemq.extension.sdk.api.packets.general.DisconnectedReasonCode;
import com.hivemq.extension.sdk.api.packets.general.Qos;
import com.hivemq.extension.sdk.api.packets.publish.AckReasonCode;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.Forwarder;
import io.yiwang.ingest.Inbound;
import io.yiwang.ingest.IngestMeter;
import io.yiwang.ingest.IngestMeter.Refusal;
import io.yiwang.ingest.RecurringEvent;
import io.yiwang.ingest.catalogue.Catalogue;
import io.yiwang.model.RejectReason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What our broker asks us: who may connect, who may publish where, and what to do with each publish.
 *
 * <p>A publish is never delivered to anyone: the interceptor takes it, and the broker answers the device when the interceptor lets
 * go of it. The broker gives a client's publishes to the interceptor one after another, so a device has one message on its way to
 * Kafka at any time.
 */
final class DoorExtension implements ExtensionMain {
    private static final Logger LOG = LoggerFactory.getLogger(DoorExtension.class);

    /**
     * Longer than any outage that a device could wait for: the door disconnects long before. Should it ever pass, the broker answers
     * with a failure, never with success.
     */
    private static final Duration NEVER = Duration.ofHours(24);

    private final Catalogue catalogue;
    private final DeviceAccess access;
    private final Forwarder forwarder;
    private final IngestMeter meter;
    private final InstantSource clock;
    private final RecurringEvent refusals = new RecurringEvent(Duration.ofSeconds(10));
    private final Set<DoorInbound> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicLong unanswered = new AtomicLong();
    private volatile @Nullable Connections connections;
    /** Set while the door takes nothing: it closes, or nothing can be stored. */
    private volatile boolean shut;

    DoorExtension(Catalogue catalogue, Forwarder forwarder, IngestMeter meter, InstantSource clock) {
        this.catalogue = catalogue;
        this.access = new DeviceAccess(catalogue);
        this.forwarder = forwarder;
        this.meter = meter;
        this.clock = clock;
    }

    @Override
    public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
        Authentication authentication = new Authentication();
        Authorization authorization = new Authorization();
        Lifecycle lifecycle = new Lifecycle();
        PublishInboundInterceptor interceptor = this::onPublish;
        Services.securityRegistry().setAuthenticatorProvider(ignored -> authentication);
        Services.securityRegistry().setAuthorizerProvider(ignored -> authorization);
        Services.eventRegistry().setClientLifecycleEventListener(ignored -> lifecycle);
        Services.initializerRegistry().setClientInitializer((client, context) -> {
            hold(client.getClientInformation().getClientId());
            context.addPublishInboundInterceptor(interceptor);
        });
        catalogue.onAccessChanged(
                device -> disconnect(device, DisconnectReasonCode.NOT_AUTHORIZED, "credential or topic changed"));
    }

    @Override
    public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {
        shut = true;
    }

    /** Lets the door hold back connections; before it is called they are not. */
    void holdBack(Connections connections) {
        this.connections = connections;
    }

    private void hold(String client) {
        var known = connections;
        if (known != null) {
            known.of(client)
                    .ifPresent(channel -> channel.eventLoop().execute(() -> {
                        if (channel.pipeline().get(SendWindow.class) == null
                                && channel.pipeline().get(ChannelHandlerNames.MQTT_MESSAGE_BARRIER) != null) {
                            channel.pipeline()
                                    .addBefore(
                                            ChannelHandlerNames.MQTT_MESSAGE_BARRIER, null, new SendWindow(unanswered));
                        }
                    }));
        }
    }

    /** Publishes with QoS 1 that the broker has read and not answered. */
    long unanswered() {
        return unanswered.get();
    }

    /** Publishes that wait for Kafka; at most one a client. */
    int waiting() {
        return waiting.size();
    }

    boolean isShut() {
        return shut;
    }

    void open() {
        shut = false;
    }

    /** Takes nothing any more and leaves what is on its way alone. */
    void shut() {
        shut = true;
    }

    /** Takes nothing any more and sends away whoever waits, without an acknowledgement. */
    void sendAway(String why) {
        shut = true;
        waiting.forEach(inbound -> inbound.fail(new IllegalStateException(why)));
    }

    private void onPublish(PublishInboundInput input, PublishInboundOutput output) {
        var packet = input.getPublishPacket();
        var client = input.getClientInformation().getClientId();
        if (packet.getQos() == Qos.EXACTLY_ONCE) {
            // The broker would answer a repeated QoS 2 publish by itself, before Kafka has it.
            meter.refused(Refusal.QOS);
            output.preventPublishDelivery(AckReasonCode.NOT_AUTHORIZED, "QoS 2 is not supported; use QoS 1");
            disconnect(client, DisconnectReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, "QoS 2 is not supported");
            return;
        }
        var arrival = new Arrival(
                packet.getTopic(),
                client,
                packet.getPayload().map(DoorExtension::bytes).orElseGet(() -> new byte[0]),
                clock.millis());
        DoorInbound inbound;
        if (packet.getQos() == Qos.AT_MOST_ONCE) {
            // Nobody waits for an answer, so the broker need not wait either; a full log drops it, as QoS 0 allows.
            output.preventPublishDelivery(AckReasonCode.SUCCESS);
            inbound = new DoorInbound(arrival, null);
        } else {
            inbound = new DoorInbound(
                    arrival,
                    output.async(
                            NEVER, TimeoutFallback.FAILURE, AckReasonCode.UNSPECIFIED_ERROR, "could not be stored"));
            waiting.add(inbound);
        }
        if (shut) {
            inbound.fail(new IllegalStateException("the door is shut"));
            return;
        }
        try {
            forwarder.fromDevice(inbound);
        } catch (RuntimeException e) {
            LOG.error("A message of {} met a fault and is not acknowledged", client, e);
            inbound.fail(e);
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        var bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static void disconnect(String client, DisconnectReasonCode reason, String why) {
        Services.clientService().disconnectClient(client, false, reason, why);
    }

    /** A publish that the broker holds for us; without {@code async} (QoS 0) there is nobody to answer. */
    private final class DoorInbound implements Inbound {
        private final Arrival arrival;
        private final @Nullable Async<PublishInboundOutput> async;
        private final AtomicBoolean answered = new AtomicBoolean();

        DoorInbound(Arrival arrival, @Nullable Async<PublishInboundOutput> async) {
            this.arrival = arrival;
            this.async = async;
        }

        @Override
        public Arrival arrival() {
            return arrival;
        }

        @Override
        public void acknowledge() {
            answer(AckReasonCode.SUCCESS, null);
        }

        @Override
        public void refuse(RejectReason reason) {
            answer(AckReasonCode.NOT_AUTHORIZED, reason.sentence().en());
        }

        private void answer(AckReasonCode code, @Nullable String reason) {
            if (async == null || !answered.compareAndSet(false, true)) {
                return;
            }
            waiting.remove(this);
            if (reason == null) {
                async.getOutput().preventPublishDelivery(code);
            } else {
                async.getOutput().preventPublishDelivery(code, reason);
            }
            async.resume();
        }

        /** Closes the connection first: a device takes any PUBACK, even one that says failure, for the end of the matter. */
        @Override
        public void fail(Throwable cause) {
            meter.refused(Refusal.BUSY);
            if (async == null || !answered.compareAndSet(false, true)) {
                return;
            }
            waiting.remove(this);
            Services.clientService()
                    .disconnectClient(
                            arrival.client(),
                            false,
                            DisconnectReasonCode.SERVER_BUSY,
                            "could not be stored, send again")
                    .whenComplete((done, failure) -> {
                        async.getOutput()
                                .preventPublishDelivery(AckReasonCode.UNSPECIFIED_ERROR, "could not be stored");
                        async.resume();
                    });
        }
    }

    private final class Authentication implements SimpleAuthenticator {
        @Override
        public void onConnect(SimpleAuthInput input, SimpleAuthOutput output) {
            var connect = input.getConnectPacket();
            if (shut) {
                meter.refused(Refusal.BUSY);
                output.failAuthentication(
                        ConnackReasonCode.SERVER_UNAVAILABLE, "messages cannot be stored at the moment");
                return;
            }
            if (access.admits(
                    connect.getClientId(),
                    connect.getUserName().orElse(null),
                    connect.getPassword().orElse(null))) {
                output.authenticateSuccessfully();
                return;
            }
            meter.refused(Refusal.CREDENTIAL);
            refusals.happened(count -> LOG.warn(
                    "Refused {} connections with a wrong credential; the last was client '{}' from {}",
                    count,
                    printable(connect.getClientId()),
                    input.getConnectionInformation()
                            .getInetAddress()
                            .map(Object::toString)
                            .orElse("an unknown address")));
            output.failAuthentication(ConnackReasonCode.BAD_USER_NAME_OR_PASSWORD, "wrong device id or secret");
        }
    }

    private static String printable(String text) {
        var kept = text.length() > 64 ? text.substring(0, 64) : text;
        return kept.replaceAll("[^\\x20-\\x7e]", "?");
    }

    /** Publishes never come so far, the interceptor takes them; wills and subscriptions do. */
    private final class Authorization implements PublishAuthorizer, SubscriptionAuthorizer {
        @Override
        public void authorizePublish(PublishAuthorizerInput input, PublishAuthorizerOutput output) {
            var device = catalogue.device(input.getClientInformation().getClientId());
            var packet = input.getPublishPacket();
            if (device != null && packet.getTopic().equals(device.statusTopic()) && !packet.getRetain()) {
                output.authorizeSuccessfully();
            } else {
                meter.refused(Refusal.WILL);
                output.failAuthorization(
                        AckReasonCode.NOT_AUTHORIZED, "a last will goes to the device's own status topic");
            }
        }

        @Override
        public void authorizeSubscribe(SubscriptionAuthorizerInput input, SubscriptionAuthorizerOutput output) {
            meter.refused(Refusal.SUBSCRIBE);
            output.failAuthorization();
        }
    }

    private final class Lifecycle implements ClientLifecycleEventListener {
        @Override
        public void onMqttConnectionStart(ConnectionStartInput input) {}

        @Override
        public void onAuthenticationSuccessful(AuthenticationSuccessfulInput input) {}

        @Override
        public void onDisconnect(DisconnectEventInput input) {}

        @Override
        public void onServerInitiatedDisconnect(ServerInitiatedDisconnectInput input) {
            if (input.getReasonCode()
                    .filter(DisconnectedReasonCode.PACKET_TOO_LARGE::equals)
                    .isPresent()) {
                meter.refused(Refusal.TOO_LARGE);
                LOG.warn(
                        "Client {} sent a packet larger than allowed and is disconnected",
                        input.getClientInformation().getClientId());
            }
        }
    }
}
