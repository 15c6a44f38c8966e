package io.yiwang.servers;

import com.sun.net.httpserver.HttpServer;
import io.yiwang.model.Topics;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One Kafka broker and controller in this process (KRaft), on the loopback address, with Yiwang's topics. */
public final class KafkaServer implements AutoCloseable {
    private static final int LEADER_ATTEMPTS = 100;
    private static final int LEADER_PAUSE_MILLIS = 100;

    private static final Logger LOG = LoggerFactory.getLogger(KafkaServer.class);

    private final KafkaRaftServer server;
    private final String bootstrap;

    private KafkaServer(KafkaRaftServer server, String bootstrap) {
        this.server = server;
        this.bootstrap = bootstrap;
    }

    /**
     * Starts on the data of {@code dir} (made when missing) and creates the topics.
     *
     * @param port of the broker; 0 = chosen by the system
     */
    public static KafkaServer start(Path dir, int port) {
        return start(dir, port, 0);
    }

    /** @param advertisedPort where clients are told to come, for a broker behind a proxy; 0 = {@code port} */
    private static KafkaServer start(Path dir, int port, int advertisedPort) {
        int brokerPort = Ports.orFree(port);
        int controllerPort = Ports.orFree(0);
        var bootstrap = "127.0.0.1:" + brokerPort;
        try {
            Files.createDirectories(dir);
            format(dir);
            var server = new KafkaRaftServer(
                    new KafkaConfig(settings(
                            dir, brokerPort, controllerPort, advertisedPort == 0 ? brokerPort : advertisedPort)),
                    Time.SYSTEM);
            server.startup();
            createTopics(bootstrap);
            return new KafkaServer(server, bootstrap);
        } catch (Exception e) {
            throw new ServerFailure("Kafka did not start on port " + brokerPort + " with data in " + dir + ": " + e, e);
        }
    }

    /** {@code host:port} for clients. */
    public String bootstrap() {
        return bootstrap;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    /**
     * Creates the topics that are missing and brings the settings of the others up to date. Safe to repeat.
     *
     * @throws ServerFailure when the brokers do not answer or refuse
     */
    public static void createTopics(String bootstrap) {
        try (var admin = Admin.create(Map.of(
                "bootstrap.servers", bootstrap, "request.timeout.ms", "10000", "default.api.timeout.ms", "20000"))) {
            var existing = admin.listTopics().names().get();
            int brokers = admin.describeCluster().nodes().get().size();
            short replicas = (short) Math.min(3, brokers);
            var missing = new ArrayList<NewTopic>();
            var outdated = new HashMap<ConfigResource, Collection<AlterConfigOp>>();
            for (var topic : Topics.ALL) {
                if (existing.contains(topic.name())) {
                    outdated.put(
                            new ConfigResource(ConfigResource.Type.TOPIC, topic.name()),
                            topic.settings().entrySet().stream()
                                    .map(s -> new AlterConfigOp(
                                            new ConfigEntry(s.getKey(), s.getValue()), AlterConfigOp.OpType.SET))
                                    .toList());
                } else {
                    missing.add(new NewTopic(topic.name(), topic.partitions(), replicas).configs(topic.settings()));
                }
            }
            admin.createTopics(missing).all().get();
            awaitLeaders(admin);
            if (!outdated.isEmpty()) {
                admin.incrementalAlterConfigs(outdated).all().get();
            }
        } catch (ExecutionException e) {
            throw new ServerFailure(
                    "Kafka at " + bootstrap + " did not create the topics: "
                            + e.getCause().getMessage(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerFailure("interrupted while creating topics", e);
        }
    }

    /**
     * Created is not yet led: an idempotent producer whose first batches meet a partition without leader can be left with
     * sequence numbers that the partition never accepts. Whoever leads a partition can tell its offsets.
     */
    private static void awaitLeaders(Admin admin) throws ExecutionException, InterruptedException {
        var offsets = new java.util.HashMap<TopicPartition, OffsetSpec>();
        for (var topic : Topics.ALL) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                offsets.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
            }
        }
        for (int attempt = 1; ; attempt++) {
            try {
                admin.listOffsets(offsets).all().get();
                return;
            } catch (ExecutionException e) {
                // The controller has the topic, the broker that was asked has not heard of it yet.
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || attempt == LEADER_ATTEMPTS) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(LEADER_PAUSE_MILLIS);
            }
        }
    }

    private static void format(Path dir) throws Exception {
        new Formatter()
                .setClusterId(clusterId(dir))
                .setNodeId(1)
                .setControllerListenerName("CONTROLLER")
                .setDirectories(List.of(dir.toString()))
                .setMetadataLogDirectory(dir.toString())
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setIgnoreFormatted(true)
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .run();
    }

    private static String clusterId(Path dir) throws IOException {
        var properties = dir.resolve("meta.properties");
        if (Files.exists(properties)) {
            var known = new Properties();
            try (var in = Files.newInputStream(properties)) {
                known.load(in);
            }
            return known.getProperty("cluster.id");
        }
        return Uuid.randomUuid().toString();
    }

    private static Map<String, String> settings(Path dir, int brokerPort, int controllerPort, int advertisedPort) {
        return Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", "1"),
                Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controllerPort),
                Map.entry(
                        "listeners", "BROKER://127.0.0.1:" + brokerPort + ",CONTROLLER://127.0.0.1:" + controllerPort),
                Map.entry("advertised.listeners", "BROKER://127.0.0.1:" + advertisedPort),
                Map.entry("listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("inter.broker.listener.name", "BROKER"),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("log.dirs", dir.toString()),
                Map.entry("auto.create.topics.enable", "false"),
                Map.entry("default.replication.factor", "1"),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("offsets.topic.num.partitions", "3"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("transaction.state.log.num.partitions", "1"),
                Map.entry("share.coordinator.state.topic.replication.factor", "1"),
                Map.entry("share.coordinator.state.topic.min.isr", "1"),
                Map.entry("offsets.retention.minutes", "43200"),
                Map.entry("message.max.bytes", "4194304"),
                // One machine: no second member to wait for before a group starts.
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                Map.entry("metadata.log.max.record.bytes.between.snapshots", "20971520"),
                Map.entry("metadata.max.retention.bytes", "104857600"),
                Map.entry("num.network.threads", "2"),
                Map.entry("num.io.threads", "4"),
                Map.entry("num.recovery.threads.per.data.dir", "2"),
                Map.entry("log.cleaner.dedupe.buffer.size", "16777216"),
                Map.entry("log.retention.check.interval.ms", "60000"));
    }

    /** The broker as a program; ends cleanly on SIGTERM. */
    @Command(
            name = "kafka",
            description = "One Kafka broker (KRaft) with Yiwang's topics.",
            mixinStandardHelpOptions = true)
    private static final class Program implements Callable<Integer> {
        @Option(names = "--data", required = true, description = "folder of the logs")
        Path data;

        @Option(names = "--port", defaultValue = "9092", description = "port on 127.0.0.1 (default ${DEFAULT-VALUE})")
        int port;

        @Option(
                names = "--advertised-port",
                defaultValue = "0",
                description = "port on 127.0.0.1 where clients are told to come, when there is a proxy before it")
        int advertisedPort;

        @Option(
                names = "--health-port",
                defaultValue = "0",
                description = "port of /health on 127.0.0.1 (0 = chosen by the system)")
        int healthPort;

        @Override
        public Integer call() throws IOException, InterruptedException {
            var server = start(data, port, advertisedPort);
            answerHealth();
            LOG.info("Kafka answers at {}", server.bootstrap());
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop-kafka"));
            new CountDownLatch(1).await();
            return 0;
        }

        /** Answers only once the broker serves and the topics exist. */
        private void answerHealth() throws IOException {
            var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), healthPort), 0);
            http.createContext("/health", exchange -> {
                var body = "{\"status\":\"UP\"}".getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                try (var out = exchange.getResponseBody()) {
                    out.write(body);
                }
            });
            http.start();
        }
    }

    public static void main(String[] args) {
        System.exit(new CommandLine(new Program()).execute(args));
    }
}
