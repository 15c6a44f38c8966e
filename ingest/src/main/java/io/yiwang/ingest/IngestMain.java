package io.yiwang.ingest;

import io.yiwang.ingest.hj212.LoggerDoorSettings;
import io.yiwang.ingest.mqtt.BridgeSettings;
import io.yiwang.ingest.mqtt.BridgeTls;
import io.yiwang.ingest.mqtt.ClientCertificates;
import io.yiwang.ingest.mqtt.ClientRate;
import io.yiwang.ingest.mqtt.DoorSettings;
import io.yiwang.ingest.mqtt.TlsSettings;
import io.yiwang.model.clock.CityClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The ingest program. Exit codes: 0 stopped, 2 wrong options, 1 could not start, 70 a fault after which only a new start helps. */
@Command(
        name = "ingest",
        mixinStandardHelpOptions = true,
        description = "Takes what devices say over MQTT, keeps it in Kafka, and acknowledges only then.")
public final class IngestMain implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(IngestMain.class);
    private static final int FAULT = 70;
    /** Netty's name for the number of its event loops. */
    private static final String EVENT_LOOPS = "io.netty.eventLoopThreads";

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9092",
            description = "default ${DEFAULT-VALUE}")
    private String kafka = "";

    @Option(
            names = "--mqtt-bind",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "address of the door, default ${DEFAULT-VALUE}")
    private String mqttBind = "";

    @Option(
            names = "--mqtt-port",
            paramLabel = "PORT",
            defaultValue = "1883",
            description = "port of the door, 0 = any free one, default ${DEFAULT-VALUE}")
    private int mqttPort;

    @Option(names = "--no-mqtt", description = "the door takes nobody without TLS; needs --mqtts-port")
    private boolean noMqtt;

    @Option(
            names = "--mqtts-port",
            paramLabel = "PORT",
            description = "port of the door for TLS, 0 = any free one; without this option there is none")
    private @Nullable Integer mqttsPort;

    @Option(
            names = "--mqtts-bind",
            paramLabel = "ADDRESS",
            description = "address of the door for TLS, default that of --mqtt-bind")
    private @Nullable String mqttsBind;

    @Option(
            names = "--mqtts-key-store",
            paramLabel = "FILE",
            description = "PKCS12 or JKS with the door's key and certificates; read again when it changes")
    private @Nullable Path mqttsKeyStore;

    @Option(
            names = "--mqtts-key-store-password-file",
            paramLabel = "FILE",
            description = "file with the password of the key store and of the key in it")
    private @Nullable Path mqttsKeyStorePasswordFile;

    @Option(
            names = "--mqtts-trust-store",
            paramLabel = "FILE",
            description = "PKCS12 or JKS with the authorities whose client certificates are believed")
    private @Nullable Path mqttsTrustStore;

    @Option(
            names = "--mqtts-trust-store-password-file",
            paramLabel = "FILE",
            description = "file with the password of the trust store")
    private @Nullable Path mqttsTrustStorePasswordFile;

    @Option(
            names = "--client-certificates",
            paramLabel = "MODE",
            defaultValue = "none",
            description =
                    "none: devices show user and secret; optional: or a certificate; required: no connection by TLS without one; default ${DEFAULT-VALUE}")
    private String clientCertificates = "";

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            defaultValue = "20000",
            description = "connections that the door allows, default ${DEFAULT-VALUE}")
    private int maxConnections;

    @Option(
            names = "--max-connections-per-address",
            paramLabel = "N",
            description = "of these from one address, default all of them: a balancer is one address for many devices")
    private @Nullable Integer maxConnectionsPerAddress;

    @Option(
            names = "--max-connects-per-address",
            paramLabel = "N",
            defaultValue = "2000",
            description =
                    "connections that one address may open per second, ten times as many at once, default ${DEFAULT-VALUE}")
    private int maxConnectsPerAddress;

    @Option(
            names = "--max-packet-bytes",
            paramLabel = "BYTES",
            defaultValue = "65536",
            description = "a longer MQTT packet closes its connection, default ${DEFAULT-VALUE}")
    private int maxPacketBytes;

    @Option(
            names = "--client-messages",
            paramLabel = "PER_SECOND",
            defaultValue = "1000",
            description = "a client that publishes more waits, default ${DEFAULT-VALUE}")
    private int clientMessages;

    @Option(
            names = "--client-bytes",
            paramLabel = "PER_SECOND",
            defaultValue = "1048576",
            description = "a client that publishes more waits, default ${DEFAULT-VALUE}")
    private int clientBytes;

    @Option(names = "--no-door", description = "no broker of our own, only the bridge")
    private boolean noDoor;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "folder for local state")
    private @Nullable Path data;

    @Option(
            names = "--health-port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "loopback port of /health and /metrics, 0 = any free one, default ${DEFAULT-VALUE}")
    private int healthPort;

    @Option(
            names = "--bridge",
            paramLabel = "URL",
            description = "another broker to take messages from, tcp://host:port or ssl://host:port")
    private @Nullable String bridge;

    @Option(names = "--bridge-user", paramLabel = "USER", description = "user name at that broker")
    private @Nullable String bridgeUser;

    @Option(
            names = "--bridge-password-file",
            paramLabel = "FILE",
            description = "file with the password at that broker")
    private @Nullable Path bridgePasswordFile;

    @Option(
            names = "--bridge-ca",
            paramLabel = "FILE",
            description = "PEM file with the authorities of that broker's certificate, default those of the JDK")
    private @Nullable Path bridgeCa;

    @Option(
            names = "--bridge-key-store",
            paramLabel = "FILE",
            description = "PKCS12 or JKS with the client certificate to show to that broker")
    private @Nullable Path bridgeKeyStore;

    @Option(
            names = "--bridge-key-store-password-file",
            paramLabel = "FILE",
            description = "file with the password of that key store and of the key in it")
    private @Nullable Path bridgeKeyStorePasswordFile;

    @Option(
            names = "--bridge-client-id",
            paramLabel = "ID",
            description = "client id at that broker, one for each bridge, default " + BridgeSettings.DEFAULT_CLIENT_ID)
    private @Nullable String bridgeClientId;

    @Option(
            names = "--bridge-filter",
            paramLabel = "FILTER",
            description = {
                "topics to take from that broker, e.g. 'city/v1/gas/#'; may be repeated, default all that can be read.",
                "Bridges with filters of their own share the work with any broker"
            })
    private List<String> bridgeFilters = List.of();

    @Option(
            names = "--bridge-share",
            paramLabel = "GROUP",
            description = {
                "the broker deals messages out among the bridges of this group. For brokers that give a dead bridge's",
                "messages to the others (HiveMQ, EMQX), not for mosquitto, which keeps them for it"
            })
    private @Nullable String bridgeShare;

    @Option(
            names = "--hj212-port",
            paramLabel = "PORT",
            description =
                    "port of the door for data loggers (HJ 212 over TCP), 0 = any free one; without it there is none")
    private @Nullable Integer hj212Port;

    @Option(
            names = "--hj212-bind",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "address of that door, default ${DEFAULT-VALUE}; what loggers send is not encrypted")
    private String hj212Bind = "";

    @Option(
            names = "--hj212-max-connections",
            paramLabel = "N",
            defaultValue = "" + LoggerDoorSettings.DEFAULT_MAX_CONNECTIONS,
            description = "connections that it allows, default ${DEFAULT-VALUE}")
    private int hj212MaxConnections;

    @Option(
            names = "--hj212-idle",
            paramLabel = "SECONDS",
            defaultValue = "7800",
            description = "it closes a connection that is silent for so long, default ${DEFAULT-VALUE}")
    private int hj212Idle;

    @Option(
            names = "--hj212-bytes-per-second",
            paramLabel = "N",
            defaultValue = "" + LoggerDoorSettings.DEFAULT_BYTES_PER_SECOND,
            description = "it reads so much from one connection, default ${DEFAULT-VALUE}")
    private int hj212BytesPerSecond;

    @Option(
            names = "--hj212-max-segment",
            paramLabel = "BYTES",
            defaultValue = "" + LoggerDoorSettings.DEFAULT_MAX_SEGMENT_BYTES,
            description = "longest data segment that it takes, default ${DEFAULT-VALUE} (the standard has 1024)")
    private int hj212MaxSegment;

    @Option(names = "--domains", paramLabel = "DIR", description = "folder with further domain packs (*.yaml)")
    private @Nullable Path domains;

    @Option(
            names = "--clock",
            paramLabel = "FROM,SPEED,ANCHOR",
            description = "the city's clock when it is not the wall clock, as 'up --clock' starts it")
    private @Nullable String clock;

    public static void main(String[] args) {
        int exit = new CommandLine(new IngestMain())
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    LOG.error("Ingest cannot start: {}", e.getMessage());
                    LOG.debug("The cause", e);
                    return 1;
                })
                .execute(args);
        if (exit != 0) {
            System.exit(exit);
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var settings = settings();
        LOG.info("Ingest with {}", settings);
        oneEventLoopACore();
        Thread.setDefaultUncaughtExceptionHandler((thread, fault) -> halt(fault));
        var stopped = new CountDownLatch(1);
        var ingest = Ingest.start(settings, IngestMain::halt);
        keepCrashOnly();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            ingest.close();
                            LOG.info("Ingest has stopped");
                            stopped.countDown();
                        },
                        "stop"));
        stopped.await();
        return 0;
    }

    /** Twice as many, as Netty has by itself, are woken twice as often and do half as much each time. */
    private static void oneEventLoopACore() {
        if (System.getProperty(EVENT_LOOPS) == null) {
            System.setProperty(EVENT_LOOPS, String.valueOf(Runtime.getRuntime().availableProcessors()));
        }
    }

    /**
     * The embedded broker has put a handler of its own in the place of ours, which only logs. It keeps what happens inside the broker and
     * its network library, where a client's doing must not end the process.
     */
    private static void keepCrashOnly() {
        var ofBroker = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, fault) -> {
            if (fault instanceof Exception && ofBroker != null && isOfBroker(fault)) {
                ofBroker.uncaughtException(thread, fault);
            } else {
                halt(fault);
            }
        });
    }

    private static boolean isOfBroker(Throwable fault) {
        return Arrays.stream(fault.getStackTrace())
                .map(StackTraceElement::getClassName)
                .anyMatch(name -> name.startsWith("com.hivemq.") || name.startsWith("io.netty."));
    }

    /** Crash only: after a broken assumption the supervisor starts a new process; nothing unacknowledged is lost by that. */
    private static void halt(Throwable fault) {
        LOG.error("Ingest ends because of a fault that only a new start can mend", fault);
        Runtime.getRuntime().halt(FAULT);
    }

    private IngestSettings settings() {
        try {
            if (data == null) {
                throw new IllegalArgumentException("--data is missing");
            }
            var folder = data.toAbsolutePath();
            var standard = DoorSettings.of(mqttBind, mqttPort, folder.resolve("door"));
            var door = new DoorSettings(
                            mqttBind,
                            mqttPort,
                            standard.data(),
                            maxConnections,
                            maxConnectionsPerAddress == null ? maxConnections : maxConnectionsPerAddress,
                            maxConnectsPerAddress,
                            maxPacketBytes,
                            new ClientRate(clientMessages, clientBytes, ClientRate.STANDARD.burstSeconds()))
                    .with(tls(), noMqtt);
            return new IngestSettings(
                    kafka,
                    folder,
                    healthPort,
                    noDoor ? null : door,
                    bridge == null
                            ? null
                            : BridgeSettings.of(
                                            bridge, bridgeClientId, bridgeUser, password(), bridgeFilters, bridgeShare)
                                    .with(bridgeTls()),
                    domains,
                    clock == null ? CityClock.wallClock() : CityClock.of(clock),
                    IngestSettings.defaultMaxBytesInFlight(),
                    loggers());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec == null ? new CommandLine(this) : spec.commandLine(), e.getMessage(), e);
        }
    }

    private @Nullable LoggerDoorSettings loggers() {
        if (hj212Port == null) {
            return null;
        }
        return new LoggerDoorSettings(
                hj212Bind,
                hj212Port,
                hj212MaxConnections,
                LoggerDoorSettings.of(hj212Bind, hj212Port).introduction(),
                Duration.ofSeconds(hj212Idle),
                hj212BytesPerSecond,
                hj212MaxSegment);
    }

    private @Nullable TlsSettings tls() {
        if (mqttsPort == null) {
            return null;
        }
        if (mqttsKeyStore == null || mqttsKeyStorePasswordFile == null) {
            throw new IllegalArgumentException(
                    "--mqtts-port needs --mqtts-key-store and --mqtts-key-store-password-file");
        }
        SecretFile.check("--mqtts-key-store", mqttsKeyStore);
        return new TlsSettings(
                mqttsBind == null ? mqttBind : mqttsBind,
                mqttsPort,
                mqttsKeyStore,
                SecretFile.read("--mqtts-key-store-password-file", mqttsKeyStorePasswordFile),
                mqttsTrustStore,
                mqttsTrustStorePasswordFile == null
                        ? null
                        : SecretFile.read("--mqtts-trust-store-password-file", mqttsTrustStorePasswordFile),
                mode());
    }

    private ClientCertificates mode() {
        try {
            return ClientCertificates.valueOf(clientCertificates.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "--client-certificates is none, optional or required, not '" + clientCertificates + "'", e);
        }
    }

    private @Nullable BridgeTls bridgeTls() {
        if (bridgeCa == null && bridgeKeyStore == null) {
            return null;
        }
        if (bridgeKeyStore != null) {
            if (bridgeKeyStorePasswordFile == null) {
                throw new IllegalArgumentException("--bridge-key-store needs --bridge-key-store-password-file");
            }
            SecretFile.check("--bridge-key-store", bridgeKeyStore);
        }
        var tls = new BridgeTls(
                bridgeCa,
                bridgeKeyStore,
                bridgeKeyStorePasswordFile == null
                        ? null
                        : SecretFile.read("--bridge-key-store-password-file", bridgeKeyStorePasswordFile));
        tls.check();
        return tls;
    }

    private byte @Nullable [] password() {
        return bridgePasswordFile == null
                ? null
                : SecretFile.read("--bridge-password-file", bridgePasswordFile).getBytes(StandardCharsets.UTF_8);
    }
}
