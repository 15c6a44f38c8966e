package io.yiwang.ingest.mqtt;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the bridge.
 *
 * @param url {@code tcp://host:port} or {@code ssl://host:port}; {@code mqtt://} and {@code mqtts://} mean the same
 * @param clientId stable, because the broker keeps the session under it
 * @param receiveMaximum how many messages the broker may have on their way; the broker's own limit (mosquitto:
 *     {@code max_inflight_messages}) should be no smaller
 */
public record BridgeSettings(
        String url,
        String clientId,
        @Nullable String user,
        byte @Nullable [] password,
        int receiveMaximum,
        Duration sessionExpiry,
        Duration keepAlive,
        Duration firstRetry,
        Duration longestRetry) {

    public static final String DEFAULT_CLIENT_ID = "yiwang-ingest-bridge";

    public BridgeSettings {
        url = url.replaceFirst("^mqtt://", "tcp://").replaceFirst("^mqtts://", "ssl://");
        if (!url.matches("(tcp|ssl)://[^/]+:\\d+")) {
            throw new IllegalArgumentException("bridge url '" + url + "' is not tcp://host:port or ssl://host:port");
        }
        if (receiveMaximum < 1 || receiveMaximum > 65_535) {
            throw new IllegalArgumentException("receive maximum " + receiveMaximum + " is not within 1 to 65535");
        }
    }

    public static BridgeSettings of(String url, @Nullable String user, byte @Nullable [] password) {
        return new BridgeSettings(
                url,
                DEFAULT_CLIENT_ID,
                user,
                password,
                500,
                Duration.ofDays(7),
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                Duration.ofSeconds(30));
    }

    @Override
    public String toString() {
        return url + " as " + clientId + (user == null ? "" : ", user " + user);
    }
}
