package io.yiwang.ingest.mqtt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * How the bridge speaks TLS to a broker that has an authority of its own. The broker's certificate must be for the host of the
 * bridge's address in any case.
 *
 * @param authorities certificates (PEM) of those that the broker's certificate may come from; null = those that the JDK knows
 * @param keyStore PKCS12 or JKS with the key and certificate that the bridge shows; null = it shows none
 */
public record BridgeTls(
        @Nullable Path authorities,
        @Nullable Path keyStore,
        @Nullable String keyStorePassword) {

    public BridgeTls {
        if (keyStore != null && keyStorePassword == null) {
            throw new IllegalArgumentException("the bridge's key store " + keyStore + " needs its password");
        }
    }

    /** Refuses files that cannot be used, before the bridge would try for ever. */
    public void check() {
        sockets();
    }

    /** Reads the files, so a connection after they changed goes by what they hold then. */
    SSLSocketFactory sockets() {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(keyManagers(), trustManagers(), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("TLS of the bridge: " + e.getMessage(), e);
        }
    }

    private KeyManager @Nullable [] keyManagers() throws GeneralSecurityException {
        if (keyStore == null || keyStorePassword == null) {
            return null;
        }
        try {
            var password = keyStorePassword.toCharArray();
            var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(KeyStore.getInstance(keyStore.toFile(), password), password);
            return factory.getKeyManagers();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the bridge's key store " + keyStore + " cannot be opened: " + e.getMessage(), e);
        }
    }

    private TrustManager @Nullable [] trustManagers() throws GeneralSecurityException {
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
            return factory.getTrustManagers();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the authorities of the bridge, " + authorities + ", cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return "authorities " + (authorities == null ? "of the JDK" : authorities)
                + (keyStore == null ? "" : ", certificate of " + keyStore);
    }
}
