package io.yiwang.launcher;

import io.yiwang.model.id.DeviceTopic;
import io.yiwang.model.id.Ids;
import io.yiwang.model.wire.Facility;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The city's own certificate authority for MQTT: made on first use and kept in the data folder, its key readable by the owner only. It
 * signs the door's certificate and those of devices. An organization that has an authority uses that instead.
 */
final class MqttAuthority {
    private static final String AUTHORITY = "authority";
    private static final String ENTRY = "it";
    private static final int AUTHORITY_DAYS = 3650;
    private static final int CERTIFICATE_DAYS = 365;
    /** Earlier than this before its end the door's certificate is not made anew. */
    private static final Duration RENEWED_BEFORE_END = Duration.ofDays(30);

    private final DataFolder data;

    private MqttAuthority(DataFolder data) {
        this.data = data;
    }

    /** What a device needs to connect, as files that only their owner can read. */
    record Issued(Path store, Path passwordFile, Path certificate, Path key, Instant until) {}

    /** Makes what is not there yet, and a new certificate for the door when the old one ends soon or the machine has other addresses. */
    static MqttAuthority prepare(DataFolder data) {
        var authority = new MqttAuthority(data);
        try {
            authority.makeAuthority();
            authority.makeDoor();
            return authority;
        } catch (IOException | GeneralSecurityException e) {
            throw new Refusal(
                    "The certificates of the MQTT door cannot be made in " + data.path() + ": " + e.getMessage());
        }
    }

    /** The authority of a city that has been started before. */
    static MqttAuthority of(DataFolder data) {
        var authority = new MqttAuthority(data);
        if (!Files.exists(authority.authorityStore())) {
            throw new Refusal("There is no certificate authority in " + data.path()
                    + " yet; './yiwang up' makes it on the first start.");
        }
        return authority;
    }

    /** What clients need to believe the door, PEM. */
    static Path certificate(DataFolder data) {
        return data.of("mqtt-ca.crt");
    }

    /** Options of ingest. */
    List<String> options() {
        return List.of(
                "--mqtts-key-store",
                doorStore().toString(),
                "--mqtts-key-store-password-file",
                passwordFile().toString(),
                "--mqtts-trust-store",
                trustStore().toString(),
                "--mqtts-trust-store-password-file",
                passwordFile().toString());
    }

    private Path authorityStore() {
        return data.of("mqtt-ca.p12");
    }

    private Path doorStore() {
        return data.of("mqtt-door.p12");
    }

    private Path trustStore() {
        return data.of("mqtt-trust.p12");
    }

    /** Of all three stores. */
    private Path passwordFile() {
        return data.of("mqtt-ca.password");
    }

    private void makeAuthority() throws IOException, GeneralSecurityException {
        if (!Files.exists(authorityStore())) {
            data.writeSecret(passwordFile().getFileName().toString(), randomPassword());
            var next = data.of("mqtt-ca.p12.next");
            Files.deleteIfExists(next);
            keytool(
                    next,
                    "-genkeypair",
                    "-alias",
                    AUTHORITY,
                    "-dname",
                    "CN=Yiwang MQTT authority " + HexFormat.of().formatHex(random(4)) + ", O=Yiwang",
                    "-ext",
                    "bc:c=ca:true,pathlen:0",
                    "-ext",
                    "ku:c=keyCertSign,cRLSign",
                    "-startdate",
                    "-1d",
                    "-validity",
                    String.valueOf(AUTHORITY_DAYS));
            ownersOnly(next);
            Files.move(next, authorityStore(), StandardCopyOption.ATOMIC_MOVE);
        }
        if (!Files.exists(trustStore()) || !Files.exists(certificate(data))) {
            var own = load(authorityStore()).getCertificate(AUTHORITY);
            var trust = empty();
            trust.setCertificateEntry(AUTHORITY, own);
            write(trust, trustStore(), password());
            Files.writeString(certificate(data), pem("CERTIFICATE", own.getEncoded()));
        }
    }

    private void makeDoor() throws IOException, GeneralSecurityException {
        var names = Certificate.names();
        if (Files.exists(doorStore()) && load(doorStore()).getCertificate(ENTRY) instanceof X509Certificate present) {
            boolean lasts =
                    present.getNotAfter().toInstant().isAfter(Instant.now().plus(RENEWED_BEFORE_END));
            if (lasts
                    && namesOf(present)
                            .containsAll(
                                    Set.of(names.replaceAll("(DNS|IP):", "").split(",")))) {
                return;
            }
        }
        // A day back: devices whose clock is a little late believe it all the same.
        write(
                sign(
                        "CN=" + InetAddress.getLocalHost().getHostName() + ", O=Yiwang",
                        "serverAuth",
                        "-startdate",
                        "-1d",
                        "-ext",
                        "SAN=" + names),
                doorStore(),
                password());
    }

    /** Names and addresses that a certificate is for; an address of version 6 in the form in which Java writes it. */
    private static Set<String> namesOf(X509Certificate certificate) throws GeneralSecurityException {
        var names = new TreeSet<String>();
        var found = certificate.getSubjectAlternativeNames();
        if (found != null) {
            for (var name : found) {
                names.add(String.valueOf(name.get(1)));
            }
        }
        return names;
    }

    /** A client certificate for a device, valid for a year from now. Its files replace earlier ones, which stay valid. */
    Issued issue(String device) {
        try {
            var folder = Files.createDirectories(data.of("certificates").resolve(device));
            Files.setPosixFilePermissions(folder.getParent(), PosixFilePermissions.fromString("rwx------"));
            var store = sign("CN=" + device, "clientAuth");
            var password = randomPassword();
            var name = "certificates/" + device + "/";
            var passwordFile = data.writeSecret(name + device + ".password", password);
            write(store, folder.resolve(device + ".p12"), password);
            var own = (X509Certificate) store.getCertificate(ENTRY);
            var key = store.getKey(ENTRY, password().toCharArray());
            return new Issued(
                    folder.resolve(device + ".p12"),
                    passwordFile,
                    data.writeSecret(name + device + ".crt", pem("CERTIFICATE", own.getEncoded())),
                    data.writeSecret(name + device + ".key", pem("PRIVATE KEY", key.getEncoded())),
                    own.getNotAfter().toInstant());
        } catch (IOException | GeneralSecurityException e) {
            throw new Refusal("The certificate of " + device + " cannot be made: " + e.getMessage());
        }
    }

    /** A new key and its certificate, by a copy of the authority's store, which itself is never written again. */
    private KeyStore sign(String subject, String purpose, String... more) throws IOException, GeneralSecurityException {
        var copy = Files.createTempFile(
                data.path(),
                "mqtt-signing",
                ".p12",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.copy(authorityStore(), copy, StandardCopyOption.REPLACE_EXISTING);
            var arguments = new ArrayList<>(List.of(
                    "-genkeypair",
                    "-alias",
                    ENTRY,
                    "-signer",
                    AUTHORITY,
                    "-dname",
                    subject,
                    "-ext",
                    "ku:c=digitalSignature",
                    "-ext",
                    "eku=" + purpose,
                    "-validity",
                    String.valueOf(CERTIFICATE_DAYS)));
            arguments.addAll(List.of(more));
            keytool(copy, arguments.toArray(String[]::new));
            var signed = load(copy);
            var store = empty();
            var key = signed.getKey(ENTRY, password().toCharArray());
            var chain = signed.getCertificateChain(ENTRY);
            store.setKeyEntry(ENTRY, key, password().toCharArray(), chain);
            return store;
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    private void keytool(Path store, String... arguments) throws IOException {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass:file",
                passwordFile().toString()));
        Certificate.keytool(all.toArray(String[]::new));
    }

    private String password() throws IOException {
        return Files.readString(passwordFile()).strip();
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private KeyStore load(Path file) throws GeneralSecurityException, IOException {
        return KeyStore.getInstance(file.toFile(), password().toCharArray());
    }

    /** Under another name first: the door reads the file again whenever it changes. */
    private void write(KeyStore store, Path file, String password) throws GeneralSecurityException, IOException {
        var next = file.resolveSibling(file.getFileName() + ".next");
        Files.deleteIfExists(next);
        Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        var written = store;
        if (store.isKeyEntry(ENTRY)) {
            written = empty();
            written.setKeyEntry(
                    ENTRY,
                    store.getKey(ENTRY, password().toCharArray()),
                    password.toCharArray(),
                    store.getCertificateChain(ENTRY));
        }
        try (var out = Files.newOutputStream(next)) {
            written.store(out, password.toCharArray());
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void ownersOnly(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private static String randomPassword() {
        return HexFormat.of().formatHex(random(24));
    }

    private static byte[] random(int count) {
        var bytes = new byte[count];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private static String pem(String kind, byte[] encoded) {
        var encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
        return "-----BEGIN " + kind + "-----\n" + encoder.encodeToString(encoded) + "\n-----END " + kind + "-----\n";
    }

    /** What the door's copy of the ledger says of a device. */
    record LedgerDevice(String telemetryTopic, boolean hasCredential) {}

    /** From the copy that ingest keeps on this machine; it is at most some seconds old while the city runs. */
    LedgerDevice inLedger(String device) {
        var copy = data.of("ingest").resolve("assets.bin");
        if (!Ids.isValid(device)) {
            throw new Refusal("'" + device + "' is no device id; ids are letters, digits, '-' and '_', at most 64.");
        }
        if (!Files.exists(copy)) {
            throw new Refusal("There is no copy of the asset ledger in " + data.of("ingest")
                    + " yet; start the city with './yiwang up'.");
        }
        try (var in = new BufferedInputStream(Files.newInputStream(copy))) {
            for (var facility = Facility.parseDelimitedFrom(in);
                    facility != null;
                    facility = Facility.parseDelimitedFrom(in)) {
                for (var each : facility.getDevicesList()) {
                    if (each.getId().equals(device)) {
                        return new LedgerDevice(
                                new DeviceTopic(facility.getDomain(), facility.getId(), device, DeviceTopic.TELEMETRY)
                                        .toString(),
                                each.hasCredential());
                    }
                }
            }
        } catch (IOException e) {
            throw new Refusal("The copy of the asset ledger " + copy + " cannot be read: " + e.getMessage());
        }
        throw new Refusal(
                "There is no device '" + device
                        + "' in the asset ledger; put it in first (docs/first-device.md). One that was just put in is known here after some seconds.");
    }
}
