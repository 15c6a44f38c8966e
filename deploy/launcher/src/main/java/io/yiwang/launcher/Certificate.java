package io.yiwang.launcher;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The dashboard's own certificate, made by the JDK's keytool on first use and kept in the data folder. */
final class Certificate {
    private static final String VALID_DAYS = "825";
    private static final String ALIAS = "dashboard";
    /** The trust store holds no secret; its format wants a password all the same. */
    private static final String PUBLIC_PASSWORD = "changeit";

    private Certificate() {}

    /** Makes it when it is not there yet. */
    static void prepare(DataFolder data) {
        var store = store(data);
        var trust = trustStore(data);
        try {
            if (Files.exists(store) && Files.exists(trust)) {
                return;
            }
            Files.deleteIfExists(store);
            Files.deleteIfExists(trust);
            var random = new byte[24];
            new SecureRandom().nextBytes(random);
            var password =
                    data.writeSecret("dashboard.p12.password", HexFormat.of().formatHex(random));
            make(store, password);
            var certificate = data.of("dashboard.crt");
            keytool(
                    "-exportcert",
                    "-rfc",
                    "-alias",
                    ALIAS,
                    "-keystore",
                    store.toString(),
                    "-storepass:file",
                    password.toString(),
                    "-file",
                    certificate.toString());
            keytool(
                    "-importcert",
                    "-noprompt",
                    "-alias",
                    ALIAS,
                    "-storetype",
                    "PKCS12",
                    "-keystore",
                    trust.toString(),
                    "-storepass",
                    PUBLIC_PASSWORD,
                    "-file",
                    certificate.toString());
        } catch (IOException e) {
            throw new Refusal("The certificate " + store + " cannot be made: " + e.getMessage());
        }
    }

    /** Spring Boot's settings for serving HTTPS with it. */
    static Map<String, String> serverSettings(DataFolder data) {
        try {
            return Map.of(
                    "server.ssl.key-store",
                    "file:" + store(data),
                    "server.ssl.key-store-type",
                    "PKCS12",
                    "server.ssl.key-store-password",
                    Files.readString(data.of("dashboard.p12.password")).strip());
        } catch (IOException e) {
            throw new Refusal("The certificate's password cannot be read: " + e.getMessage());
        }
    }

    /** System properties by which a Java program of ours trusts the dashboard: none when there is no such certificate. */
    static Map<String, String> trust(DataFolder data) {
        return Files.exists(trustStore(data))
                ? Map.of(
                        "javax.net.ssl.trustStore",
                        trustStore(data).toString(),
                        "javax.net.ssl.trustStoreType",
                        "PKCS12",
                        "javax.net.ssl.trustStorePassword",
                        PUBLIC_PASSWORD)
                : Map.of();
    }

    /** The same as options of a command line. */
    static List<String> trustOptions(DataFolder data) {
        return trust(data).entrySet().stream()
                .map(e -> "-D" + e.getKey() + "=" + e.getValue())
                .toList();
    }

    private static Path store(DataFolder data) {
        return data.of("dashboard.p12");
    }

    private static Path trustStore(DataFolder data) {
        return data.of("dashboard-trust.p12");
    }

    private static void make(Path store, Path passwordFile) throws IOException {
        keytool(
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + InetAddress.getLocalHost().getHostName() + ", O=Yiwang",
                "-ext",
                "SAN=" + names(),
                "-validity",
                VALID_DAYS,
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass:file",
                passwordFile.toString());
    }

    static void keytool(String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(output.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Every name and address by which another program may call this machine, as keytool wants them. */
    static String names() throws SocketException, IOException {
        var addresses = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .map(a -> "IP:" + a.getHostAddress().replaceAll("%.*", ""))
                .collect(Collectors.joining(","));
        return "DNS:localhost,DNS:" + InetAddress.getLocalHost().getHostName() + "," + addresses;
    }
}
