package io.yiwang.ingest.mqtt;

import com.hivemq.bootstrap.netty.ChannelHandlerNames;
import com.hivemq.extension.sdk.api.ExtensionMain;
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
import com.hivemq.extension.sdk.api.client.parameter.ConnectionInformation;
import com.hivemq.extension.sdk.api.client.parameter.TlsInformation;
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
import com.hivemq.extension.sdk.api.services.publish.PublishService;
import com.hivemq.extension.sdk.api.services.session.ClientService;
import com.hivemq.mqtt.message.ProtocolVersion;
import io.netty.channel.SingleThreadEventLoop;
import io.yiwang.ingest.IngestMeter;
import io.yiwang.ingest.IngestMeter.Refusal;
import io.yiwang.ingest.RecurringEvent;
import io.yiwang.ingest.catalogue.Catalogue;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What our broker asks us: who may connect, what may be subscribed to, and what to do with a publish.
 *
 * <p>Publishes are taken by each connection's {@link Intake}, which is in its place before the client is told that it is connected. The
 * interceptor here is the net below it: the broker would acknowledge a publish that it sees by itself, so whoever sends one
 * past the intake is disconnected without an answer.
 */
final class DoorExtension implements ExtensionMain {
    private static final Logger LOG = LoggerFactory.getLogger(DoorExtension.class);

    /** Longer than a disconnection takes. Should it ever pass, the broker answers with a failure, never with success. */
    private static final Duration NEVER = Duration.ofHours(24);

    /** Attribute of a connection: by which credential it was admitted. */
    private static final String CREDENTIAL = "credential";

    private final Catalogue catalogue;
    private final DeviceAccess access;
    private final IngestMeter meter;
    private final RecurringEvent refusals = new RecurringEvent(Duration.ofSeconds(10));
    private final RecurringEvent offences = new RecurringEvent(Duration.ofSeconds(10));
    private final RecurringEvent takeovers = new RecurringEvent(Duration.ofSeconds(10));
    /** Devices that have connected since the start. */
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    /** Null until the broker has started: before that nobody is let in. */
    private volatile @Nullable Hall hall;
    /** This broker's; what {@link Services} gives later is that of the broker that was started last in this process. */
    private volatile @Nullable ClientService clients;

    private volatile @Nullable PublishService publisher;

    DoorExtension(Catalogue catalogue, IngestMeter meter) {
        this.catalogue = catalogue;
        this.access = new DeviceAccess(catalogue, InstantSource.system());
        this.meter = meter;
    }

    @Override
    public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
        clients = Services.clientService();
        publisher = Services.publishService();
        Authentication authentication = new Authentication();
        Authorization authorization = new Authorization();
        Lifecycle lifecycle = new Lifecycle();
        PublishInboundInterceptor net = this::onPublishPastTheIntake;
        Services.securityRegistry().setAuthenticatorProvider(ignored -> authentication);
        Services.securityRegistry().setAuthorizerProvider(ignored -> authorization);
        Services.eventRegistry().setClientLifecycleEventListener(ignored -> lifecycle);
        Services.initializerRegistry().setClientInitializer((client, context) -> {
            context.addPublishInboundInterceptor(net);
            putIntake(client.getClientInformation().getClientId());
            recheck(client.getClientInformation().getClientId(), client.getConnectionInformation());
        });
        catalogue.onAccessChanged(
                device -> disconnect(device, DisconnectReasonCode.NOT_AUTHORIZED, "credential or topic changed"));
    }

    @Override
    public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {
        var known = hall;
        if (known != null) {
            known.shut();
        }
    }

    /** Sends to this broker's clients; null before the broker has started. */
    @Nullable
    PublishService publisher() {
        return publisher;
    }

    /** Lets devices in from now on. */
    void open(Hall into) {
        hall = into;
    }

    /**
     * A credential that was withdrawn after it was checked and before the connection could be found would otherwise leave that
     * connection open.
     */
    private void recheck(String client, ConnectionInformation connection) {
        var now = access.mark(client);
        if (now.isEmpty()
                || !now.equals(connection.getConnectionAttributeStore().get(CREDENTIAL))) {
            disconnect(client, DisconnectReasonCode.NOT_AUTHORIZED, "credential or topic changed");
        }
    }

    /**
     * Puts the intake behind the barrier that holds a client's messages until it knows that it is connected. The broker goes on only after
     * this has returned, by a task of the same event loop, so the intake is there before the first publish.
     */
    private void putIntake(String client) {
        var known = hall;
        if (known == null) {
            return;
        }
        known.broker().of(client).ifPresent(connection -> {
            var channel = connection.getChannel();
            channel.eventLoop().execute(() -> {
                var pipeline = channel.pipeline();
                if (pipeline.get(ChannelHandlerNames.MQTT_MESSAGE_BARRIER) == null) {
                    return;
                }
                // It is there already when this is about an older connection of the client that has just been replaced.
                var intake = pipeline.get(Intake.class);
                if (intake == null) {
                    boolean mqtt5 = connection.getProtocolVersion() == ProtocolVersion.MQTTv5;
                    intake = new Intake(
                            known,
                            client,
                            mqtt5,
                            known.answersOf(channel.eventLoop()),
                            known.lullOf((SingleThreadEventLoop) channel.eventLoop()));
                    pipeline.addAfter(ChannelHandlerNames.MQTT_MESSAGE_BARRIER, null, intake);
                }
                intake.will(connection.getWillPublish());
            });
        });
    }

    private void onPublishPastTheIntake(PublishInboundInput input, PublishInboundOutput output) {
        var client = input.getClientInformation().getClientId();
        LOG.error(
                "A publish of {} went past the intake; it is not acknowledged and the client is disconnected", client);
        meter.refused(Refusal.BUSY);
        if (input.getPublishPacket().getQos() == Qos.AT_MOST_ONCE) {
            output.preventPublishDelivery(AckReasonCode.UNSPECIFIED_ERROR);
            disconnect(client, DisconnectReasonCode.SERVER_BUSY, "not taken, send again");
            return;
        }
        // First the connection, then the answer: a device takes any PUBACK, even one that says failure, for the end of
        // the matter.
        var held = output.async(NEVER, TimeoutFallback.FAILURE, AckReasonCode.UNSPECIFIED_ERROR, "not taken");
        Objects.requireNonNull(clients)
                .disconnectClient(client, false, DisconnectReasonCode.SERVER_BUSY, "not taken, send again")
                .whenComplete((done, failure) -> {
                    held.getOutput().preventPublishDelivery(AckReasonCode.UNSPECIFIED_ERROR, "not taken");
                    held.resume();
                });
    }

    private void disconnect(String client, DisconnectReasonCode reason, String why) {
        if (clients != null) {
            clients.disconnectClient(client, false, reason, why);
        }
    }

    private final class Authentication implements SimpleAuthenticator {
        @Override
        public void onConnect(SimpleAuthInput input, SimpleAuthOutput output) {
            var connect = input.getConnectPacket();
            var known = hall;
            if (known == null || known.isShut()) {
                meter.refused(Refusal.BUSY);
                output.failAuthentication(ConnackReasonCode.SERVER_UNAVAILABLE, "the door is not open");
                return;
            }
            var connection = input.getConnectionInformation();
            // Read before it is decided: a credential that changes in between then fails the recheck.
            var mark = access.mark(connect.getClientId());
            var admission = access.decide(
                    connect.getClientId(),
                    connect.getUserName().orElse(null),
                    connect.getPassword().orElse(null),
                    connection
                            .getTlsInformation()
                            .map(TlsInformation::getCertificate)
                            .orElse(null));
            if (admission == Admission.ADMITTED) {
                mark.ifPresent(bytes -> connection.getConnectionAttributeStore().put(CREDENTIAL, bytes));
                output.authenticateSuccessfully();
                return;
            }
            meter.refused(admission.refusal());
            refusals.happened(count -> LOG.warn(
                    "Refused {} connections; the last, client '{}' from {}, {}",
                    count,
                    printable(connect.getClientId()),
                    connection.getInetAddress().map(Object::toString).orElse("an unknown address"),
                    admission.sentence()));
            known.turnedAway(input);
            output.failAuthentication(
                    ConnackReasonCode.BAD_USER_NAME_OR_PASSWORD, "wrong device id, secret or certificate");
        }
    }

    private static String printable(String text) {
        var kept = text.length() > 64 ? text.substring(0, 64) : text;
        return kept.replaceAll("[^\\x20-\\x7e]", "?");
    }

    /** Publishes never come so far, the intake takes them; wills and subscriptions do. */
    private final class Authorization implements PublishAuthorizer, SubscriptionAuthorizer {
        @Override
        public void authorizePublish(PublishAuthorizerInput input, PublishAuthorizerOutput output) {
            var device = catalogue.device(input.getClientInformation().getClientId());
            var packet = input.getPublishPacket();
            if (device != null && OwnTopics.mayLeave(device, packet.getTopic()) && !packet.getRetain()) {
                output.authorizeSuccessfully();
            } else {
                // Counted at the entrance, with the wills that the broker refuses by itself.
                output.failAuthorization(
                        AckReasonCode.NOT_AUTHORIZED,
                        "a last will goes to the device's own status topic or is its edge node's death");
            }
        }

        @Override
        public void authorizeSubscribe(SubscriptionAuthorizerInput input, SubscriptionAuthorizerOutput output) {
            var device = catalogue.device(input.getClientInformation().getClientId());
            if (device != null
                    && OwnTopics.mayHear(device, input.getSubscription().getTopicFilter())) {
                output.authorizeSuccessfully();
            } else {
                meter.refused(Refusal.SUBSCRIBE);
                output.failAuthorization();
            }
        }
    }

    private final class Lifecycle implements ClientLifecycleEventListener {
        @Override
        public void onMqttConnectionStart(ConnectionStartInput input) {}

        @Override
        public void onAuthenticationSuccessful(AuthenticationSuccessfulInput input) {
            if (!seen.add(input.getClientInformation().getClientId())) {
                meter.reconnected();
            }
        }

        @Override
        public void onDisconnect(DisconnectEventInput input) {}

        @Override
        public void onServerInitiatedDisconnect(ServerInitiatedDisconnectInput input) {
            var client = input.getClientInformation().getClientId();
            var reason = input.getReasonCode().orElse(null);
            if (reason != null) {
                Entrance.refusal(reason).ifPresent(refusal -> {
                    meter.refused(refusal);
                    offences.happened(count -> LOG.warn(
                            "Disconnected {} clients for what they sent; the last, '{}': {}",
                            count,
                            printable(client),
                            reason));
                });
            }
            if (reason == DisconnectedReasonCode.SESSION_TAKEN_OVER) {
                meter.takenOver();
                takeovers.happened(count -> LOG.warn(
                        "{} times a device connected while it was connected, and the older connection was closed; the last was"
                                + " {}. A device that does so all the time exists twice",
                        count,
                        client));
            }
        }
    }
}
