package io.yiwang.ingest.mqtt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The door's TLS: which protocols and cipher suites, and how the broker is told.
 *
 * <p>The broker looks every 10 s whether the files of its stores have changed and then serves new connections with what is in them.
 */
final class DoorTls {
    /** RFC 8996: older ones must not be spoken. */
    static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /** Authenticated encryption with forward secrecy only (RFC 9325, 4.2). */
    static final List<String> CIPHER_SUITES = List.of(
            "TLS_AES_256_GCM_SHA384",
            "TLS_AES_128_GCM_SHA256",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private static final Duration HANDSHAKE = Duration.ofSeconds(10);

    private final TlsSettings settings;
    private FileTime readAt = FileTime.fromMillis(0);
    private Instant validUntil = Instant.EPOCH;

    private DoorTls(TlsSettings settings) {
        this.settings = settings;
    }

    /** Refuses stores that cannot serve: the broker itself would only log it and stay without a listener. */
    static DoorTls of(TlsSettings settings) {
        var tls = new DoorTls(settings);
        var until = certificate(settings).getNotAfter().toInstant();
        if (until.isBefore(Instant.now())) {
            throw new IllegalArgumentException("the door's certificate in " + settings.keyStore() + " has expired at "
                    + until + "; put a new one into the store");
        }
        if (settings.trustStore() != null && settings.trustStorePassword() != null) {
            try {
                var store = load(settings.trustStore(), settings.trustStorePassword());
                if (Collections.list(store.aliases()).isEmpty()) {
                    throw new IllegalArgumentException("the trust store " + settings.trustStore()
                            + " holds no certificate; import the authority's with 'keytool -importcert'");
                }
            } catch (GeneralSecurityException e) {
                throw new IllegalArgumentException("the trust store " + settings.trustStore() + ": " + e, e);
            }
        }
        return tls;
    }

    /** Days for which the certificate that is in the key store now is still valid; 0 when it cannot be read. */
    synchronized long daysLeft() {
        try {
            var changed = Files.getLastModifiedTime(settings.keyStore());
            if (!changed.equals(readAt)) {
                validUntil = certificate(settings).getNotAfter().toInstant();
                readAt = changed;
            }
            return Math.max(0, Duration.between(Instant.now(), validUntil).toDays());
        } catch (IOException | IllegalArgumentException e) {
            return 0;
        }
    }

    private static X509Certificate certificate(TlsSettings settings) {
        try {
            var store = load(settings.keyStore(), settings.keyStorePassword());
            for (var alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    store.getKey(alias, settings.keyStorePassword().toCharArray());
                    return (X509Certificate) store.getCertificate(alias);
                }
            }
            throw new IllegalArgumentException("the key store " + settings.keyStore()
                    + " holds no private key; make one with 'keytool -genkeypair' or 'openssl pkcs12 -export'");
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "the key in " + settings.keyStore()
                            + " cannot be opened with the store's password: give both the same",
                    e);
        }
    }

    private static KeyStore load(Path file, String password) throws GeneralSecurityException {
        try {
            return KeyStore.getInstance(file.toFile(), password.toCharArray());
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the store " + file + " cannot be opened: it is no PKCS12 or JKS file, or its password is another ("
                            + e.getMessage() + ")",
                    e);
        }
    }

    /** The listener in the words of the broker's configuration. Holds passwords. */
    static String listener(TlsSettings settings, int port) {
        return """
                    <tls-tcp-listener>
                      <port>%1$d</port>
                      <bind-address>%2$s</bind-address>
                      <tls>
                        <keystore>
                          <path>%3$s</path>
                          <password>%4$s</password>
                          <private-key-password>%4$s</private-key-password>
                        </keystore>
                        %5$s
                        <protocols>%6$s</protocols>
                        <cipher-suites>%7$s</cipher-suites>
                        <prefer-server-cipher-suites>true</prefer-server-cipher-suites>
                        <handshake-timeout>%8$d</handshake-timeout>
                        <client-authentication-mode>%9$s</client-authentication-mode>
                      </tls>
                    </tls-tcp-listener>
                """.formatted(
                        port,
                        escaped(settings.bind()),
                        escaped(settings.keyStore().toAbsolutePath().toString()),
                        escaped(settings.keyStorePassword()),
                        trustStore(settings.trustStore(), settings.trustStorePassword()),
                        elements("protocol", PROTOCOLS),
                        elements("cipher-suite", CIPHER_SUITES),
                        HANDSHAKE.toMillis(),
                        settings.clientCertificates().name().toUpperCase(Locale.ROOT));
    }

    private static String trustStore(@Nullable Path store, @Nullable String password) {
        return store == null || password == null
                ? ""
                : "<truststore><path>%s</path><password>%s</password></truststore>"
                        .formatted(escaped(store.toAbsolutePath().toString()), escaped(password));
    }

    private static String elements(String name, List<String> values) {
        return values.stream()
                .map(value -> "<" + name + ">" + value + "</" + name + ">")
                .collect(Collectors.joining());
    }

    /** For the text of an XML element. The broker takes "${NAME}" for a variable, so a dollar is written as a reference too. */
    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("$", "&#36;");
    }
}
