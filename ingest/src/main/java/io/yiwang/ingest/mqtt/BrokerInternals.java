package io.yiwang.ingest.mqtt;

import com.hivemq.bootstrap.ClientConnection;
import com.hivemq.bootstrap.netty.ChannelHandlerNames;
import com.hivemq.embedded.EmbeddedHiveMQ;
import com.hivemq.mqtt.handler.KeepAliveDisconnectHandler;
import com.hivemq.mqtt.handler.KeepAliveDisconnectService;
import com.hivemq.mqtt.handler.disconnect.MqttServerDisconnector;
import com.hivemq.mqtt.message.reason.Mqtt5DisconnectReasonCode;
import com.hivemq.persistence.connection.ConnectionPersistence;
import io.netty.channel.Channel;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What the door needs of the embedded broker and its public interface does not show: connections, listening sockets, and how a connection
 * is closed with a reason. Another version of the broker may not have these; the door does not open then, because without its intake the
 * broker would acknowledge by itself. Tests hold the version that we use to it.
 */
final class BrokerInternals {
    private final ConnectionPersistence connections;
    private final MqttServerDisconnector disconnector;
    private final KeepAliveDisconnectService keepAlive;
    private final Collection<Channel> listeners;

    private BrokerInternals(
            ConnectionPersistence connections,
            MqttServerDisconnector disconnector,
            KeepAliveDisconnectService keepAlive,
            Collection<Channel> listeners) {
        this.connections = connections;
        this.disconnector = disconnector;
        this.keepAlive = keepAlive;
        this.listeners = listeners;
    }

    /**
     * The insides of a broker that has started.
     *
     * @throws IllegalStateException another version of the broker
     */
    static BrokerInternals of(EmbeddedHiveMQ broker) {
        try {
            var getInjector = broker.getClass().getDeclaredMethod("getInjector");
            getInjector.setAccessible(true);
            var injector = getInjector.invoke(broker);
            var getInstance = getInjector.getReturnType().getMethod("getInstance", Class.class);
            var connections = (ConnectionPersistence) getInstance.invoke(injector, ConnectionPersistence.class);
            var listeners = connections.getClass().getDeclaredField("serverChannelMap");
            listeners.setAccessible(true);
            var sockets = ((Map<?, ?>) listeners.get(connections))
                    .values().stream().map(Channel.class::cast).toList();
            if (sockets.isEmpty()) {
                throw new IllegalStateException("the MQTT broker listens nowhere");
            }
            return new BrokerInternals(
                    connections,
                    (MqttServerDisconnector) getInstance.invoke(injector, MqttServerDisconnector.class),
                    (KeepAliveDisconnectService) getInstance.invoke(injector, KeepAliveDisconnectService.class),
                    List.copyOf(sockets));
        } catch (ReflectiveOperationException | ClassCastException e) {
            throw new IllegalStateException(
                    "this version of the MQTT broker is not the one that the door was built for: " + e, e);
        }
    }

    /** The connection of a client; of a client that is just taking over its older connection, the newer one. */
    Optional<ClientConnection> of(String clientId) {
        return Optional.ofNullable(connections.get(clientId));
    }

    /** The listening sockets. */
    Collection<Channel> listeners() {
        return listeners;
    }

    /** Closes a connection, and tells an MQTT 5 client why. On its event loop. */
    void disconnect(Channel channel, Mqtt5DisconnectReasonCode reason, String why) {
        disconnector.disconnect(channel, null, why, reason, why);
    }

    /** Stops expecting that something comes in, and returns how long the silence could have lasted, ns; 0 = nothing was expected. */
    long stopWatching(Channel channel) {
        var handler = channel.pipeline().get(KeepAliveDisconnectHandler.class);
        if (handler == null) {
            return 0;
        }
        channel.pipeline().remove(handler);
        return handler.getReaderIdleTimeNanos();
    }

    /** Closes the connection when nothing comes in for {@code nanos}. */
    void watch(Channel channel, long nanos) {
        if (channel.pipeline().get(KeepAliveDisconnectHandler.class) == null) {
            channel.pipeline()
                    .addFirst(
                            ChannelHandlerNames.MQTT_KEEPALIVE_IDLE_HANDLER,
                            new KeepAliveDisconnectHandler(nanos, TimeUnit.NANOSECONDS, keepAlive));
        }
    }
}
