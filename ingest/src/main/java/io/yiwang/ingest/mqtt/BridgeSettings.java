package io.yiwang.ingest.mqtt;

import io.yiwang.ingest.decode.sparkplug.SparkplugTopic;
import io.yiwang.model.id.DeviceTopic;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the bridge.
 *
 * @param url {@code tcp://host:port} or {@code ssl://host:port}; {@code mqtt://} and {@code mqtts://} mean the same
 * @param clientId stable and this bridge's own, because the broker keeps the session under it
 * @param filters the topics that this bridge takes, as MQTT topic filters; several bridges share the work when each has its own
 * @param share group of bridges among which the broker deals out the messages of {@code filters}; null: this bridge gets them all
 * @param receiveMaximum how many messages the broker may have on their way; the broker's own limit (mosquitto:
 *     {@code max_inflight_messages}) should be no smaller
 * @param tls null = as the JDK does
 */
public record BridgeSettings(
        String url,
        String clientId,
        @Nullable String user,
        byte @Nullable [] password,
        List<String> filters,
        @Nullable String share,
        int receiveMaximum,
        Duration sessionExpiry,
        Duration keepAlive,
        Duration firstRetry,
        Duration longestRetry,
        @Nullable BridgeTls tls) {

    public static final String DEFAULT_CLIENT_ID = "yiwang-ingest-bridge";

    /** Every channel of every device. */
    public static final List<String> DEVICE_FILTERS = Stream.of(
                    DeviceTopic.TELEMETRY, DeviceTopic.STATUS, DeviceTopic.SENML, DeviceTopic.HJ212)
            .map(channel -> DeviceTopic.ROOT + "/+/+/+/" + channel)
            .toList();

    /** What Sparkplug edge nodes say, without the commands that they are given. */
    public static final List<String> SPARKPLUG_FILTERS = Stream.of(
                    "NBIRTH/+", "NDATA/+", "NDEATH/+", "DBIRTH/+/+", "DDATA/+/+", "DDEATH/+/+")
            .map(type -> SparkplugTopic.NAMESPACE + "/+/" + type)
            .toList();

    public BridgeSettings {
        url = url.replaceFirst("^mqtt://", "tcp://").replaceFirst("^mqtts://", "ssl://");
        if (!url.matches("(tcp|ssl)://[^/]+:\\d+")) {
            throw new IllegalArgumentException("bridge url '" + url + "' is not tcp://host:port or ssl://host:port");
        }
        if (tls != null && !url.startsWith("ssl://")) {
            throw new IllegalArgumentException("bridge url '" + url + "' is without TLS; use ssl://host:port");
        }
        if (!clientId.matches("[A-Za-z0-9_.-]{1,64}")) {
            throw new IllegalArgumentException(
                    "bridge client id '" + clientId + "' is not 1 to 64 letters, digits, dots, dashes or underscores");
        }
        if (receiveMaximum < 1 || receiveMaximum > 65_535) {
            throw new IllegalArgumentException("receive maximum " + receiveMaximum + " is not within 1 to 65535");
        }
        if (filters.isEmpty()) {
            throw new IllegalArgumentException("a bridge without a topic filter would take nothing");
        }
        filters = filters.stream().distinct().toList();
        filters.forEach(BridgeSettings::requireFilter);
        if (share != null && !share.matches("[A-Za-z0-9_.-]{1,64}")) {
            throw new IllegalArgumentException(
                    "bridge share '" + share + "' is not 1 to 64 letters, digits, dots, dashes or underscores");
        }
        if (share != null && filters.stream().anyMatch(BridgeSettings::meetsSparkplug)) {
            throw new IllegalArgumentException("Sparkplug topics cannot be shared: data say what a birth has named, and"
                    + " both must reach one bridge. Give one bridge --bridge-filter '" + SparkplugTopic.NAMESPACE
                    + "/#' without --bridge-share");
        }
    }

    /**
     * @param clientId null: the usual one
     * @param filters empty: every topic that this program reads
     */
    public static BridgeSettings of(
            String url,
            @Nullable String clientId,
            @Nullable String user,
            byte @Nullable [] password,
            List<String> filters,
            @Nullable String share) {
        return new BridgeSettings(
                url,
                clientId == null ? DEFAULT_CLIENT_ID : clientId,
                user,
                password,
                filters.isEmpty() ? standardFilters(share) : filters,
                share,
                500,
                Duration.ofDays(7),
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                Duration.ofSeconds(30),
                null);
    }

    public BridgeSettings with(@Nullable BridgeTls tls) {
        return new BridgeSettings(
                url,
                clientId,
                user,
                password,
                filters,
                share,
                receiveMaximum,
                sessionExpiry,
                keepAlive,
                firstRetry,
                longestRetry,
                tls);
    }

    private static List<String> standardFilters(@Nullable String share) {
        return share != null
                ? DEVICE_FILTERS
                : Stream.concat(DEVICE_FILTERS.stream(), SPARKPLUG_FILTERS.stream())
                        .toList();
    }

    /** The filters as they are subscribed to. */
    public List<String> subscriptions() {
        return share == null
                ? filters
                : filters.stream()
                        .map(filter -> "$share/" + share + "/" + filter)
                        .toList();
    }

    private static boolean meetsSparkplug(String filter) {
        return filter.startsWith(SparkplugTopic.NAMESPACE) || filter.startsWith("#") || filter.startsWith("+");
    }

    private static void requireFilter(String filter) {
        var levels = filter.split("/", -1);
        for (int i = 0; i < levels.length; i++) {
            var level = levels[i];
            boolean wildcard = level.equals("+") || (level.equals("#") && i == levels.length - 1);
            if (!wildcard && (level.contains("+") || level.contains("#"))) {
                throw new IllegalArgumentException("bridge filter '" + filter
                        + "' is not a topic filter: + stands for one" + " whole level, # for all that follow");
            }
        }
        if (filter.isEmpty() || filter.startsWith("$")) {
            throw new IllegalArgumentException("bridge filter '" + filter
                    + "' is not a device's topic; a group of bridges is named by --bridge-share");
        }
    }

    @Override
    public String toString() {
        return url + " as " + clientId + (user == null ? "" : ", user " + user)
                + (share == null ? "" : ", sharing with group " + share) + ", " + filters;
    }
}
