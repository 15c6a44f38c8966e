package io.yiwang.ingest.mqtt;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the door.
 *
 * @param port 0 = chosen by the system; {@link #NO_PORT} = nothing without TLS
 * @param data folder for the broker's own files; it keeps nothing there that matters
 * @param maxConnections connections at one time
 * @param maxConnectionsPerAddress of these from one address; a balancer or a carrier's network is one address for many devices
 * @param maxConnectsPerAddress connections that one address may open per second in the long run; ten times as many at once, because
 *     after an outage everybody comes back together
 * @param maxPacketBytes a longer packet closes its connection before it is read
 * @param tls null = no TLS
 */
public record DoorSettings(
        String bind,
        int port,
        Path data,
        int maxConnections,
        int maxConnectionsPerAddress,
        int maxConnectsPerAddress,
        int maxPacketBytes,
        ClientRate clientRate,
        @Nullable TlsSettings tls) {

    /** In place of a port: the door does not listen for connections without TLS. */
    public static final int NO_PORT = -1;

    public static final int DEFAULT_MAX_CONNECTIONS = 20_000;
    public static final int DEFAULT_MAX_CONNECTS_PER_ADDRESS = 2_000;
    public static final int MAX_PACKET_BYTES = 64 << 10;
    /** So many seconds' worth of connections may be opened at once. */
    static final int CONNECT_BURST_SECONDS = 10;

    public DoorSettings {
        if (port < NO_PORT || port > 65_535) {
            throw new IllegalArgumentException("MQTT port " + port + " is not a port");
        }
        if (port == NO_PORT && tls == null) {
            throw new IllegalArgumentException("a door needs a port: with TLS, without, or both");
        }
        if (maxConnections < 1 || maxConnectionsPerAddress < 1 || maxConnectsPerAddress < 1 || maxPacketBytes < 128) {
            throw new IllegalArgumentException("limits of the door must be positive");
        }
    }

    /** Without TLS. */
    public DoorSettings(
            String bind,
            int port,
            Path data,
            int maxConnections,
            int maxConnectionsPerAddress,
            int maxConnectsPerAddress,
            int maxPacketBytes,
            ClientRate clientRate) {
        this(
                bind,
                port,
                data,
                maxConnections,
                maxConnectionsPerAddress,
                maxConnectsPerAddress,
                maxPacketBytes,
                clientRate,
                null);
    }

    public static DoorSettings of(String bind, int port, Path data) {
        return new DoorSettings(
                bind,
                port,
                data,
                DEFAULT_MAX_CONNECTIONS,
                DEFAULT_MAX_CONNECTIONS,
                DEFAULT_MAX_CONNECTS_PER_ADDRESS,
                MAX_PACKET_BYTES,
                ClientRate.STANDARD);
    }

    /** With TLS beside the port without, or, if {@code only}, in place of it. */
    public DoorSettings with(@Nullable TlsSettings tls, boolean only) {
        return new DoorSettings(
                bind,
                only ? NO_PORT : port,
                data,
                maxConnections,
                maxConnectionsPerAddress,
                maxConnectsPerAddress,
                maxPacketBytes,
                clientRate,
                tls);
    }
}
