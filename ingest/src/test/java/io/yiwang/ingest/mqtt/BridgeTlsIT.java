package io.yiwang.ingest.mqtt;

import static io.yiwang.ingest.TestingCity.GOOD;
import static io.yiwang.ingest.TestingCity.json;
import static io.yiwang.ingest.TestingCity.telemetryTopic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.yiwang.ingest.Ingest;
import io.yiwang.ingest.IngestSettings;
import io.yiwang.ingest.TestingCity;
import io.yiwang.ingest.mqtt.TestingAuthority.Issued;
import io.yiwang.model.clock.CityClock;
import io.yiwang.servers.KafkaServer;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The bridge at a real mosquitto that speaks TLS only and asks for certificates. */
class BridgeTlsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final TestingAuthority AUTHORITY = new TestingAuthority("broker authority");

    @TempDir
    private static Path folder;

    private static KafkaServer kafka;

    @BeforeAll
    static void start() throws Exception {
        kafka = KafkaServer.start(folder.resolve("kafka"), 0);
        TestingCity.publish(kafka.bootstrap(), TestingCity.facility(GOOD));
    }

    @AfterAll
    static void stop() {
        if (kafka != null) {
            kafka.close();
        }
    }

    private record Broker(Process process, int port) implements AutoCloseable {
        @Override
        public void close() throws InterruptedException {
            process.destroyForcibly();
            process.waitFor(10, TimeUnit.SECONDS);
        }
    }

    private static Broker broker(String name, Issued server) throws IOException {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        var conf = Files.writeString(folder.resolve(name + ".conf"), """
                listener %d 127.0.0.1
                cafile %s
                certfile %s
                keyfile %s
                require_certificate true
                use_identity_as_username true
                allow_anonymous false
                tls_version tlsv1.3
                user root
                """.formatted(
                        port,
                        AUTHORITY.pem(folder.resolve("ca.crt")),
                        server.certificatePem(folder.resolve(name + ".crt")),
                        server.keyPem(folder.resolve(name + ".key"))));
        var program = new File("/usr/sbin/mosquitto").canExecute() ? "/usr/sbin/mosquitto" : "mosquitto";
        var process = new ProcessBuilder(program, "-c", conf.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            try (var socket = new Socket("127.0.0.1", port)) {
                return socket.isConnected();
            }
        });
        return new Broker(process, port);
    }

    private static Ingest bridge(String name, int port, BridgeTls tls) throws IOException {
        return Ingest.start(
                new IngestSettings(
                        kafka.bootstrap(),
                        folder.resolve(name),
                        0,
                        null,
                        BridgeSettings.of("mqtts://127.0.0.1:" + port, null, null, null, List.of(), null)
                                .with(tls),
                        null,
                        CityClock.wallClock(),
                        IngestSettings.DEFAULT_MAX_BYTES_IN_FLIGHT),
                fault -> {
                    throw new AssertionError(fault);
                });
    }

    private static BridgeTls tls(TestingAuthority believed) {
        return new BridgeTls(
                believed.pem(folder.resolve("believed.crt")),
                AUTHORITY.client("yiwang-ingest").store(folder.resolve("bridge.p12")),
                TestingAuthority.PASSWORD);
    }

    @Test
    void messagesCrossWhenBothSidesShowTheirCertificate() throws Exception {
        try (var broker = broker("good", AUTHORITY.server("127.0.0.1"));
                var ingest = bridge("crosses", broker.port(), tls(AUTHORITY))) {
            await().atMost(PATIENCE)
                    .until(() ->
                            ingest.isBridgeConnected() && ingest.catalogue().device(GOOD) != null);
            var device = AUTHORITY.client(GOOD);
            var publishing = new ProcessBuilder(
                            "mosquitto_pub",
                            "-q",
                            "1",
                            "-h",
                            "127.0.0.1",
                            "-p",
                            String.valueOf(broker.port()),
                            "--cafile",
                            AUTHORITY.pem(folder.resolve("ca.crt")).toString(),
                            "--cert",
                            device.certificatePem(folder.resolve("device.crt")).toString(),
                            "--key",
                            device.keyPem(folder.resolve("device.key")).toString(),
                            "-i",
                            GOOD,
                            "-t",
                            telemetryTopic(GOOD),
                            "-m",
                            json(11, 2.5))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("publish.log").toFile())
                    .start();
            assertThat(publishing.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(publishing.exitValue()).isZero();
            await().atMost(PATIENCE).until(() -> ingest.meter().storedMessages() == 1);
            assertThat(TestingCity.telemetry(kafka.bootstrap()))
                    .filteredOn(message -> message.getSeq() == 11)
                    .hasSize(1);
        }
    }

    @Test
    void aBrokerOfAnAuthorityThatIsNotBelievedIsNotTalkedTo() throws Exception {
        try (var broker = broker("unbelieved", AUTHORITY.server("127.0.0.1"))) {
            assertNeverConnects("unbelieved", broker.port(), tls(new TestingAuthority("other")), "PKIX path");
        }
    }

    @Test
    void aBrokerWithACertificateForAnotherHostIsNotTalkedTo() throws Exception {
        try (var broker = broker("elsewhere", AUTHORITY.server("elsewhere.example"))) {
            assertNeverConnects("elsewhere", broker.port(), tls(AUTHORITY), "subject alternative");
        }
    }

    private static void assertNeverConnects(String name, int port, BridgeTls tls, String why) throws Exception {
        var said = new CopyOnWriteArrayList<String>();
        var appender = new AppenderBase<ILoggingEvent>() {
            @Override
            protected void append(ILoggingEvent event) {
                said.add(event.getFormattedMessage());
            }
        };
        appender.start();
        var log = (Logger) LoggerFactory.getLogger(Bridge.class);
        log.addAppender(appender);
        try (var ingest = bridge(name, port, tls)) {
            await().atMost(PATIENCE).until(() -> !said.isEmpty());
            assertThat(List.copyOf(said)).allSatisfy(line -> assertThat(line).contains(why));
            assertThat(ingest.isBridgeConnected()).isFalse();
        } finally {
            log.detachAppender(appender);
        }
    }
}
