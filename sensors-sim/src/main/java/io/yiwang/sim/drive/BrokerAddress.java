package io.yiwang.sim.drive;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Where the devices connect, e.g. {@code tcp://127.0.0.1:1883} or {@code ssl://broker:8883}.
 *
 * @param authorities certificates (PEM) of those that the broker's certificate may come from; null = those that the JDK knows
 */
public record BrokerAddress(
        String host, int port, boolean tls, @Nullable Path authorities) {
    private static final int PLAIN_PORT = 1883;
    private static final int TLS_PORT = 8883;

    /** @throws IllegalArgumentException when the text is no such address */
    public static BrokerAddress parse(String text) {
        return parse(text, null);
    }

    /**
     * The same with authorities, which are only looked at when the address asks for TLS.
     *
     * @throws IllegalArgumentException when the text is no such address
     */
    public static BrokerAddress parse(String text, @Nullable Path authorities) {
        var uri = URI.create(text);
        var scheme = uri.getScheme() == null ? "" : uri.getScheme();
        var tls = scheme.equals("ssl") || scheme.equals("mqtts");
        if (!tls && !scheme.equals("tcp") && !scheme.equals("mqtt") || uri.getHost() == null) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not an address like tcp://host:1883 or ssl://host:8883");
        }
        var port = uri.getPort() > 0 ? uri.getPort() : tls ? TLS_PORT : PLAIN_PORT;
        return new BrokerAddress(uri.getHost(), port, tls, authorities);
    }

    public InetSocketAddress socket() {
        return new InetSocketAddress(host, port);
    }

    /**
     * Whom to believe; null = whom the JDK believes.
     *
     * @throws IllegalArgumentException when the file holds no certificates
     */
    public @Nullable TrustManagerFactory trust() {
        if (authorities == null) {
            return null;
        }
        try (var in = Files.newInputStream(authorities)) {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("authority-" + count++, certificate);
            }
            if (count == 0) {
                throw new IllegalArgumentException(authorities + " holds no certificate in PEM");
            }
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("the authorities in " + authorities + " cannot be read: " + e, e);
        }
    }

    @Override
    public String toString() {
        return (tls ? "ssl://" : "tcp://") + host + ":" + port;
    }
}
