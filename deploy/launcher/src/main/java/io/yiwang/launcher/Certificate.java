package io.yiwang.launcher;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The dashboard's own certificate, made by the JDK's keytool on first use and kept in the data folder. */
final class Certificate {
    private static final String VALID_DAYS = "825";

    private Certificate() {}

    /** Spring Boot's settings for serving HTTPS with it. */
    static Map<String, String> forThisMachine(DataFolder data) {
        var store = data.of("dashboard.p12");
        var passwordFile = data.of("dashboard.p12.password");
        try {
            if (!Files.exists(store)) {
                var random = new byte[24];
                new SecureRandom().nextBytes(random);
                data.writeSecret("dashboard.p12.password", HexFormat.of().formatHex(random));
                make(store, passwordFile);
            }
            return Map.of(
                    "server.ssl.key-store",
                    "file:" + store,
                    "server.ssl.key-store-type",
                    "PKCS12",
                    "server.ssl.key-store-password",
                    Files.readString(passwordFile).strip());
        } catch (IOException e) {
            throw new Refusal("The certificate " + store + " cannot be made: " + e.getMessage());
        }
    }

    private static void make(Path store, Path passwordFile) throws IOException {
        var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var process = new ProcessBuilder(List.of(
                        keytool,
                        "-genkeypair",
                        "-alias",
                        "dashboard",
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
                        passwordFile.toString()))
                .redirectErrorStream(true)
                .start();
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

    /** Every name and address by which a browser may call this machine. */
    private static String names() throws SocketException, IOException {
        var addresses = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .map(a -> "IP:" + a.getHostAddress().replaceAll("%.*", ""))
                .collect(Collectors.joining(","));
        return "DNS:localhost,DNS:" + InetAddress.getLocalHost().getHostName() + "," + addresses;
    }
}
