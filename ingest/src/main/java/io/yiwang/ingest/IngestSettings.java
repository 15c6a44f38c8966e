package io.yiwang.ingest;

import io.yiwang.ingest.mqtt.BridgeSettings;
import io.yiwang.ingest.mqtt.DoorSettings;
import io.yiwang.model.clock.CityClock;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Settings of an ingest process.
 *
 * @param data folder for the local copy of the catalogue and the time of the newest tick
 * @param healthPort 0 = chosen by the system
 * @param door null: no broker of our own
 * @param bridge null: no other broker
 * @param domains folder with further domain packs, null for none
 * @param clock the city's: by it a message was received, and is ancient or of the future
 * @param maxBytesInFlight so many bytes may wait for Kafka
 */
public record IngestSettings(
        String kafka,
        Path data,
        int healthPort,
        @Nullable DoorSettings door,
        @Nullable BridgeSettings bridge,
        @Nullable Path domains,
        CityClock clock,
        long maxBytesInFlight) {

    public static final long DEFAULT_MAX_BYTES_IN_FLIGHT = 32L << 20;

    public IngestSettings {
        if (door == null && bridge == null) {
            throw new IllegalArgumentException(
                    "neither door nor bridge: without --no-door there is a door, or name a --bridge");
        }
        if (maxBytesInFlight < 1 << 20) {
            throw new IllegalArgumentException("at least 1 MiB must be allowed to wait for Kafka");
        }
        if (healthPort < 0 || healthPort > 65_535) {
            throw new IllegalArgumentException("health port " + healthPort + " is not a port");
        }
    }
}
