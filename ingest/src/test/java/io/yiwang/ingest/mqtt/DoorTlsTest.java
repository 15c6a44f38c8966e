package io.yiwang.ingest.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoorTlsTest {
    private static final TestingAuthority AUTHORITY = new TestingAuthority("authority");

    @TempDir
    private Path folder;

    private static TlsSettings settings(
            Path store, String password, @Nullable Path trust, ClientCertificates certificates) {
        return new TlsSettings(
                "127.0.0.1", 0, store, password, trust, trust == null ? null : TestingAuthority.PASSWORD, certificates);
    }

    @Test
    void aStoreThatCannotServeIsRefusedBeforeTheBrokerStarts() throws Exception {
        var good = AUTHORITY.server("localhost").store(folder.resolve("good.p12"));
        assertThatThrownBy(() -> DoorTls.of(settings(good, "wrong", null, ClientCertificates.NONE)))
                .hasMessageContaining("its password is another");
        var noStore = Files.writeString(folder.resolve("no.p12"), "hello");
        assertThatThrownBy(
                        () -> DoorTls.of(settings(noStore, TestingAuthority.PASSWORD, null, ClientCertificates.NONE)))
                .hasMessageContaining("cannot be opened");
        var noKey = AUTHORITY.trustStore(folder.resolve("trust.p12"));
        assertThatThrownBy(() -> DoorTls.of(settings(noKey, TestingAuthority.PASSWORD, null, ClientCertificates.NONE)))
                .hasMessageContaining("no private key");
        var expired = AUTHORITY
                .client(
                        "CN=localhost",
                        Instant.now().minus(Duration.ofDays(3)),
                        Instant.now().minus(Duration.ofDays(1)))
                .store(folder.resolve("expired.p12"));
        assertThatThrownBy(
                        () -> DoorTls.of(settings(expired, TestingAuthority.PASSWORD, null, ClientCertificates.NONE)))
                .hasMessageContaining("has expired");
    }

    @Test
    void certificatesAreOnlyAskedForWhenItIsSaidWhoseAreBelieved() {
        var store = AUTHORITY.server("localhost").store(folder.resolve("door.p12"));
        assertThatThrownBy(() -> settings(store, TestingAuthority.PASSWORD, null, ClientCertificates.OPTIONAL))
                .hasMessageContaining("trust store");
    }

    @Test
    void settingsShowNoPassword() {
        var store = AUTHORITY.server("localhost").store(folder.resolve("door.p12"));
        var trust = AUTHORITY.trustStore(folder.resolve("trust.p12"));
        assertThat(settings(store, TestingAuthority.PASSWORD, trust, ClientCertificates.REQUIRED)
                        .toString())
                .contains("required")
                .doesNotContain("pass");
    }

    @Test
    void theDaysLeftFollowTheFile() throws Exception {
        var file = folder.resolve("door.p12");
        var tls = DoorTls.of(settings(
                AUTHORITY.server("localhost").store(file), TestingAuthority.PASSWORD, null, ClientCertificates.NONE));
        assertThat(tls.daysLeft()).isBetween(298L, 300L);
        AUTHORITY
                .client(
                        "CN=localhost",
                        Instant.now(),
                        Instant.now().plus(Duration.ofDays(10)).plusSeconds(3600))
                .store(file);
        assertThat(tls.daysLeft()).isEqualTo(10);
        Files.delete(file);
        assertThat(tls.daysLeft()).isZero();
    }
}
