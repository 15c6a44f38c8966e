package io.yiwang.ingest.mqtt;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority that issues certificates as a test wants them, wrong ones too. */
final class TestingAuthority {
    static final String PASSWORD = "pass<&\"${word}";

    private final KeyPair keys = newKeys();
    final X509Certificate certificate;
    private final X500Principal name;

    /** A certificate with its key, and the chain above it. */
    record Issued(KeyPair keys, X509Certificate... chain) {
        X509Certificate certificate() {
            return chain[0];
        }

        Path store(Path file) {
            try {
                var store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                store.setKeyEntry("it", keys.getPrivate(), PASSWORD.toCharArray(), chain);
                return write(store, file);
            } catch (GeneralSecurityException | IOException e) {
                throw new AssertionError(e);
            }
        }

        Path certificatePem(Path file) {
            return pem(file, "CERTIFICATE", encoded(chain[0]));
        }

        Path keyPem(Path file) {
            return pem(file, "PRIVATE KEY", keys.getPrivate().getEncoded());
        }
    }

    TestingAuthority(String commonName) {
        name = new X500Principal("CN=" + commonName);
        certificate = issue(name, keys, name, keys, yesterday(), nextYear(), true, null);
    }

    static Instant yesterday() {
        return Instant.now().minus(Duration.ofDays(1));
    }

    private static Instant nextYear() {
        return Instant.now().plus(Duration.ofDays(300));
    }

    Issued server(String... names) {
        var own = newKeys();
        return new Issued(
                own,
                issue(
                        name,
                        keys,
                        new X500Principal("CN=" + names[0]),
                        own,
                        yesterday(),
                        nextYear(),
                        false,
                        KeyPurposeId.id_kp_serverAuth,
                        names),
                certificate);
    }

    Issued client(String commonName) {
        return client("CN=" + commonName, yesterday(), nextYear());
    }

    Issued client(String subject, Instant from, Instant until) {
        var own = newKeys();
        return new Issued(
                own,
                issue(name, keys, new X500Principal(subject), own, from, until, false, KeyPurposeId.id_kp_clientAuth),
                certificate);
    }

    static Issued selfSigned(String commonName) {
        var own = newKeys();
        var self = new X500Principal("CN=" + commonName);
        return new Issued(
                own, issue(self, own, self, own, yesterday(), nextYear(), false, KeyPurposeId.id_kp_clientAuth));
    }

    Path trustStore(Path file) {
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("authority", certificate);
            return write(store, file);
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    Path pem(Path file) {
        return pem(file, "CERTIFICATE", encoded(certificate));
    }

    /** For a client that believes this authority and shows {@code own}; null = nothing. */
    SSLContext context(Issued own) {
        try {
            var trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("authority", certificate);
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            KeyManager[] managers = null;
            if (own != null) {
                var store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                store.setKeyEntry("it", own.keys.getPrivate(), new char[0], own.chain);
                var factory = KeyManagerFactory.getInstance("NewSunX509");
                factory.init(store, new char[0]);
                managers = new KeyManager[] {new Insistent(own)};
            }
            var context = SSLContext.getInstance("TLS");
            context.init(managers, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Shows its certificate although the server has said that it does not believe its issuer. */
    private static final class Insistent extends javax.net.ssl.X509ExtendedKeyManager {
        private final Issued own;

        Insistent(Issued own) {
            this.own = own;
        }

        @Override
        public String chooseClientAlias(String[] types, java.security.Principal[] issuers, java.net.Socket socket) {
            return Stream.of(types).anyMatch("EC"::equals) ? "it" : null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return own.chain;
        }

        @Override
        public java.security.PrivateKey getPrivateKey(String alias) {
            return own.keys.getPrivate();
        }

        @Override
        public String[] getClientAliases(String type, java.security.Principal[] issuers) {
            return new String[] {"it"};
        }

        @Override
        public String[] getServerAliases(String type, java.security.Principal[] issuers) {
            return new String[0];
        }

        @Override
        public String chooseServerAlias(String type, java.security.Principal[] issuers, java.net.Socket socket) {
            return null;
        }
    }

    private static KeyPair newKeys() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static X509Certificate issue(
            X500Principal issuer,
            KeyPair issuerKeys,
            X500Principal subject,
            KeyPair subjectKeys,
            Instant from,
            Instant until,
            boolean authority,
            KeyPurposeId purpose,
            String... names) {
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    new BigInteger(64, new SecureRandom()),
                    Date.from(from),
                    Date.from(until),
                    subject,
                    subjectKeys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (purpose != null) {
                builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
            }
            if (names.length > 0) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(Stream.of(names)
                                .map(each -> new GeneralName(
                                        each.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName, each))
                                .toArray(GeneralName[]::new)));
            }
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate());
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] encoded(Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Path write(KeyStore store, Path file) throws GeneralSecurityException, IOException {
        var next = file.resolveSibling(file.getFileName() + ".next");
        Files.deleteIfExists(next);
        Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (OutputStream out = Files.newOutputStream(next)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return Files.move(
                next,
                file,
                java.nio.file.StandardCopyOption.ATOMIC_MOVE,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private static Path pem(Path file, String kind, byte[] bytes) {
        var encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
        try {
            return Files.writeString(
                    file,
                    "-----BEGIN " + kind + "-----\n" + encoder.encodeToString(bytes) + "\n-----END " + kind
                            + "-----\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
