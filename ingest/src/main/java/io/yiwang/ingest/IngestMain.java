package io.yiwang.ingest;

import io.yiwang.ingest.mqtt.BridgeSettings;
import io.yiwang.ingest.mqtt.DoorSettings;
import io.yiwang.model.clock.CityClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            defaultValue = "20000",
            description = "connections that the door allows, default ${DEFAULT-VALUE}")
    private int maxConnections;

    @Option(
            names = "--kafka-patience",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description =
                    "when nothing could be stored for so long, the door shuts until Kafka answers, default ${DEFAULT-VALUE}")
    private int kafkaPatience;

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
        Thread.setDefaultUncaughtExceptionHandler((thread, fault) -> halt(fault));
        var stopped = new CountDownLatch(1);
        var ingest = Ingest.start(settings, IngestMain::halt);
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
                    standard.maxPacketBytes(),
                    Duration.ofSeconds(kafkaPatience));
            return new IngestSettings(
                    kafka,
                    folder,
                    healthPort,
                    noDoor ? null : door,
                    bridge == null ? null : BridgeSettings.of(bridge, bridgeUser, password()),
                    domains,
                    clock == null ? CityClock.wallClock() : CityClock.of(clock),
                    IngestSettings.DEFAULT_MAX_BYTES_IN_FLIGHT);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec == null ? new CommandLine(this) : spec.commandLine(), e.getMessage(), e);
        }
    }

    private byte @Nullable [] password() {
        if (bridgePasswordFile == null) {
            return null;
        }
        try {
            return Files.readString(bridgePasswordFile).strip().getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalArgumentException("--bridge-password-file " + bridgePasswordFile + " cannot be read", e);
        }
    }
}
