package io.yiwang.ingest.mqtt;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Settings of the door.
 *
 * @param port 0 = chosen by the system
 * @param data folder for the broker's own files; it keeps nothing there that matters
 * @param maxConnections connections at one time
 * @param maxPacketBytes a longer packet closes its connection before it is read
 * @param patience when no record could be stored for so long, the door closes its connections and opens again when Kafka answers
 */
public record DoorSettings(
        String bind, int port, Path data, int maxConnections, int maxPacketBytes, Duration patience) {

    public static final int DEFAULT_MAX_CONNECTIONS = 20_000;
    public static final int MAX_PACKET_BYTES = 64 << 10;

    public DoorSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("MQTT port " + port + " is not a port");
        }
        if (maxConnections < 1 || maxPacketBytes < 128) {
            throw new IllegalArgumentException("limits of the door must be positive");
        }
    }

    public static DoorSettings of(String bind, int port, Path data) {
        return new DoorSettings(bind, port, data, DEFAULT_MAX_CONNECTIONS, MAX_PACKET_BYTES, Duration.ofSeconds(30));
    }
}
