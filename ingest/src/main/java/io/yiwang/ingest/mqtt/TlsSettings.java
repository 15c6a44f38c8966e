package io.yiwang.ingest.mqtt;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * TLS at the door.
 *
 * @param port 0 = chosen by the system
 * @param keyStore PKCS12 or JKS with the door's private key and its certificates; the key has the store's password
 * @param trustStore PKCS12 or JKS with the authorities whose client certificates are believed; null when none are asked for
 */
public record TlsSettings(
        String bind,
        int port,
        Path keyStore,
        String keyStorePassword,
        @Nullable Path trustStore,
        @Nullable String trustStorePassword,
        ClientCertificates clientCertificates) {

    public TlsSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("MQTT port " + port + " for TLS is not a port");
        }
        if (clientCertificates != ClientCertificates.NONE && (trustStore == null || trustStorePassword == null)) {
            // Without a store of its own the door would believe every authority that the JDK knows.
            throw new IllegalArgumentException("client certificates need a trust store that says whose are believed");
        }
    }

    @Override
    public String toString() {
        return bind + ":" + port + " with " + keyStore + ", client certificates "
                + clientCertificates.name().toLowerCase(java.util.Locale.ROOT)
                + (trustStore == null ? "" : " by " + trustStore);
    }
}
