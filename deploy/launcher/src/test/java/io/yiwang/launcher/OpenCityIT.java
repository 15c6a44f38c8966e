package io.yiwang.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A city that other machines may look at. */
class OpenCityIT {
    @TempDir
    Path dir;

    @Test
    void anEmptyCityIsReachedByHttpsOnTheMachinesOwnAddress() throws Exception {
        try (var city = TestingCity.up(dir.resolve("var"), "--no-demo", "--bind", "0.0.0.0", "--tls")) {
            assertThat(city.output())
                    .contains("https://")
                    .contains("MQTT without TLS stays on 127.0.0.1")
                    .doesNotContain("is not encrypted")
                    .contains("docs/first-device.md");

            var login =
                    Base64.getEncoder().encodeToString(("admin:" + city.password()).getBytes(StandardCharsets.UTF_8));
            int port = URI.create(city.dashboard()).getPort();
            var answer = HttpClient.newBuilder()
                    .sslContext(trusting(dir.resolve("var/dashboard-trust.p12")))
                    .build()
                    .send(
                            HttpRequest.newBuilder(
                                            URI.create("https://" + ownAddress() + ":" + port + "/api/facilities"))
                                    .header("Authorization", "Basic " + login)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("[]");
        }
        assertThat(TestingCity.processesOn(dir)).isEmpty();
    }

    private static SSLContext trusting(Path store) throws Exception {
        var keys = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(keys);
        var context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }

    /** By which a second machine would call this one; loopback where the machine has no other. */
    private static String ownAddress() throws Exception {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(a -> a instanceof Inet4Address && !a.isLoopbackAddress())
                .map(a -> a.getHostAddress())
                .findFirst()
                .orElse("127.0.0.1");
    }
}
