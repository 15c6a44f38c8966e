package io.yiwang.ingest;

import io.yiwang.ingest.hj212.LoggerDoorSettings;
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
 * @param loggers null: no door for data loggers (HJ 212 over TCP)
 */
public record IngestSettings(
        String kafka,
        Path data,
        int healthPort,
        @Nullable DoorSettings door,
        @Nullable BridgeSettings bridge,
        @Nullable Path domains,
        CityClock clock,
        long maxBytesInFlight,
        @Nullable LoggerDoorSettings loggers) {

    public static final long DEFAULT_MAX_BYTES_IN_FLIGHT = 32L << 20;

    /** A quarter of the heap, and never less than {@link #DEFAULT_MAX_BYTES_IN_FLIGHT}. */
    public static long defaultMaxBytesInFlight() {
        return Math.max(DEFAULT_MAX_BYTES_IN_FLIGHT, Runtime.getRuntime().maxMemory() / 4);
    }

    public IngestSettings {
        if (door == null && bridge == null && loggers == null) {
            throw new IllegalArgumentException(
                    "neither door nor bridge: without --no-door there is a door, or name a --bridge or an --hj212-port");
        }
        if (maxBytesInFlight < 1 << 20) {
            throw new IllegalArgumentException("at least 1 MiB must be allowed to wait for Kafka");
        }
        if (healthPort < 0 || healthPort > 65_535) {
            throw new IllegalArgumentException("health port " + healthPort + " is not a port");
        }
    }

    /** An ingest without a door for data loggers. */
    public IngestSettings(
            String kafka,
            Path data,
            int healthPort,
            @Nullable DoorSettings door,
            @Nullable BridgeSettings bridge,
            @Nullable Path domains,
            CityClock clock,
            long maxBytesInFlight) {
        this(kafka, data, healthPort, door, bridge, domains, clock, maxBytesInFlight, null);
    }
}
