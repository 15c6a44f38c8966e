package io.yiwang.sim.drive;

import java.net.URI;

/** Where the devices connect, e.g. {@code tcp://127.0.0.1:1883} or {@code ssl://broker:8883}. */
public record BrokerAddress(String host, int port, boolean tls) {
    private static final int PLAIN_PORT = 1883;
    private static final int TLS_PORT = 8883;

    /** @throws IllegalArgumentException when the text is no such address */
    public static BrokerAddress parse(String text) {
        var uri = URI.create(text);
        var scheme = uri.getScheme() == null ? "" : uri.getScheme();
        var tls = scheme.equals("ssl") || scheme.equals("mqtts");
        if (!tls && !scheme.equals("tcp") && !scheme.equals("mqtt") || uri.getHost() == null) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not an address like tcp://host:1883 or ssl://host:8883");
        }
        var port = uri.getPort() > 0 ? uri.getPort() : tls ? TLS_PORT : PLAIN_PORT;
        return new BrokerAddress(uri.getHost(), port, tls);
    }
}
