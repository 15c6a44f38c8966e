package io.yiwang.ingest.mqtt;

import com.hivemq.embedded.EmbeddedHiveMQ;
import com.hivemq.persistence.connection.ConnectionPersistence;
import io.netty.channel.Channel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The network connections of the embedded broker, which its public interface does not show. Reaches into the broker; should another
 * version not have this, the door works on without and says so. A test holds the version that we use to it.
 */
final class Connections {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    private final @Nullable ConnectionPersistence connections;

    private Connections(@Nullable ConnectionPersistence connections) {
        this.connections = connections;
    }

    /** @param broker that has started */
    static Connections of(EmbeddedHiveMQ broker) {
        try {
            var getInjector = broker.getClass().getDeclaredMethod("getInjector");
            getInjector.setAccessible(true);
            var injector = getInjector.invoke(broker);
            var found = getInjector
                    .getReturnType()
                    .getMethod("getInstance", Class.class)
                    .invoke(injector, ConnectionPersistence.class);
            return new Connections((ConnectionPersistence) found);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.warn(
                    "Connections of MQTT 3.1.1 clients cannot be held back by this version of the broker: {}",
                    e.toString());
            return new Connections(null);
        }
    }

    Optional<Channel> of(String clientId) {
        var connection = connections == null ? null : connections.get(clientId);
        return connection == null ? Optional.empty() : Optional.of(connection.getChannel());
    }
}
