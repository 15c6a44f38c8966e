package io.yiwang.streams;

import io.yiwang.model.Topics;
import io.yiwang.model.clock.CityClock;
import io.yiwang.streams.archive.ArchiveJob;
import io.yiwang.streams.detect.DetectJob;
import io.yiwang.streams.influx.InfluxOptions;
import io.yiwang.streams.influx.InfluxSettings;
import io.yiwang.streams.intake.PackSource;
import io.yiwang.streams.kafka.ClockOption;
import io.yiwang.streams.rates.RatesJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Runs jobs on this machine, in this process, with Flink's own scheduler and web page. Each job resumes from the newest completed
 * checkpoint under its folder, whatever ended the process before.
 */
public final class LocalCluster implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalCluster.class);
    private static final Duration LAST_CHECKPOINT = Duration.ofSeconds(4);
    private static final Duration CANCELLED = Duration.ofSeconds(2);
    private static final int CHECKPOINTS_KEPT = 2;
    private static final int MAX_PARALLELISM = 1024;

    private final MiniCluster cluster;
    private final Map<String, JobID> jobs;

    private LocalCluster(MiniCluster cluster, Map<String, JobID> jobs) {
        this.cluster = cluster;
        this.jobs = jobs;
    }

    /** Adds a job to an environment. */
    @FunctionalInterface
    public interface Definition {
        void into(StreamExecutionEnvironment env);
    }

    /**
     * Settings of the cluster.
     *
     * @param checkpoints folder with one folder for each job
     * @param uiPort port of Flink's web page and REST on 127.0.0.1; 0 = chosen by the system
     * @param parallelism subtasks of each job, at most the partitions of the telemetry topic
     */
    public record Settings(Path checkpoints, int uiPort, int parallelism, Duration checkpointInterval) {
        public Settings {
            int partitions = Topics.ALL.stream()
                    .filter(topic -> topic.name().equals(Topics.TELEMETRY))
                    .findFirst()
                    .orElseThrow()
                    .partitions();
            if (parallelism < 1 || parallelism > partitions) {
                throw new IllegalArgumentException("parallelism is 1 to " + partitions
                        + " (a subtask without a partition would hold time back), not " + parallelism);
            }
            if (checkpointInterval.compareTo(Duration.ofMillis(100)) < 0) {
                throw new IllegalArgumentException("checkpoint interval is at least 100 ms, not " + checkpointInterval);
            }
        }
    }

    /** Starts the cluster and submits the jobs, in this order. */
    public static LocalCluster start(Settings settings, Map<String, Definition> definitions) throws Exception {
        var cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(clusterConfiguration(settings))
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(settings.parallelism * definitions.size())
                .build());
        cluster.start();
        var jobs = new LinkedHashMap<String, JobID>();
        try {
            for (var definition : definitions.entrySet()) {
                jobs.put(definition.getKey(), submit(cluster, settings, definition.getKey(), definition.getValue()));
            }
        } catch (Exception e) {
            cluster.close();
            throw e;
        }
        return new LocalCluster(cluster, jobs);
    }

    private static JobID submit(MiniCluster cluster, Settings settings, String name, Definition definition)
            throws Exception {
        var folder = settings.checkpoints.resolve(name).toAbsolutePath();
        Files.createDirectories(folder);
        var env = StreamExecutionEnvironment.getExecutionEnvironment(jobConfiguration(settings, folder));
        definition.into(env);
        var graph = env.getStreamGraph();
        graph.setJobName(name);
        var checkpoints = new CheckpointFolder(folder);
        var newest = checkpoints.newest();
        if (newest.isPresent()) {
            checkpoints.prune(newest.get());
            LOG.info("job {} resumes from {}", name, newest.get().path());
            // State of an operator that this version no longer has is left behind; one that must not be lost keeps its
            // uid.
            graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(
                    newest.get().path().toUri().toString(), true, RecoveryClaimMode.CLAIM));
        } else {
            LOG.info("job {} starts without a checkpoint, none is in {}", name, folder);
        }
        return cluster.submitJob(graph).get().getJobID();
    }

    private static Configuration clusterConfiguration(Settings settings) {
        var loopback = InetAddress.getLoopbackAddress().getHostAddress();
        var configuration = new Configuration();
        configuration.set(RestOptions.ADDRESS, loopback);
        configuration.set(RestOptions.BIND_ADDRESS, loopback);
        configuration.set(RestOptions.BIND_PORT, String.valueOf(settings.uiPort));
        configuration.set(RestOptions.PORT, settings.uiPort);
        configuration.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, CHECKPOINTS_KEPT);
        configuration.set(WebOptions.SUBMIT_ENABLE, false);
        configuration.set(WebOptions.CANCEL_ENABLE, false);
        configuration.set(WebOptions.RESCALE_ENABLE, false);
        return configuration;
    }

    /** What every job runs with, here, in tests and in benchmarks. */
    public static Configuration jobConfiguration(Settings settings, Path folder) {
        var configuration = new Configuration();
        configuration.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        configuration.set(PipelineOptions.MAX_PARALLELISM, MAX_PARALLELISM);
        configuration.set(CoreOptions.DEFAULT_PARALLELISM, settings.parallelism);
        configuration.set(StateBackendOptions.STATE_BACKEND, "hashmap");
        configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.toUri().toString());
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, settings.checkpointInterval);
        configuration.set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, Duration.ofMinutes(2));
        configuration.set(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS, settings.checkpointInterval.dividedBy(2));
        configuration.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 3);
        configuration.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF, Duration.ofSeconds(1));
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF, Duration.ofSeconds(30));
        return configuration;
    }

    /** Address of Flink's web page and REST. */
    public URI uri() throws Exception {
        return cluster.getRestAddress().get();
    }

    /** Completes when one of the jobs ends, which none should: with the reason. */
    public CompletableFuture<String> ended() {
        var any = new CompletableFuture<String>();
        jobs.forEach((name, id) -> cluster.requestJobResult(id).whenComplete((result, failure) -> {
            if (failure != null) {
                any.complete("job " + name + " is lost: " + failure);
            } else {
                any.complete("job " + name + " ended: "
                        + result.getSerializedThrowable()
                                .map(Throwable::getMessage)
                                .orElse(String.valueOf(result.getApplicationStatus())));
            }
        }));
        return any;
    }

    /** Takes a last checkpoint of each job, so that the next start repeats nothing, and stops. */
    @Override
    public void close() throws Exception {
        var last = jobs.values().stream()
                .map(id -> cluster.triggerCheckpoint(id, CheckpointType.DEFAULT))
                .toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(last).get(LAST_CHECKPOINT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("no last checkpoint, the next start repeats from the one before: {}", e.toString());
        }
        // Cancelled jobs keep their checkpoints, and end without complaints about a cluster that goes away.
        try {
            CompletableFuture.allOf(jobs.values().stream()
                            .map(id -> cluster.cancelJob(id).thenCompose(cancelled -> cluster.requestJobResult(id)))
                            .toArray(CompletableFuture<?>[]::new))
                    .get(CANCELLED.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("jobs end with the cluster", e);
        }
        cluster.close();
    }

    @Command(
            name = "local-cluster",
            mixinStandardHelpOptions = true,
            description = "Runs Yiwang's stream jobs on this machine.")
    static final class Program implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Option(names = "--jobs", split = ",", required = true, description = "which: ${COMPLETION-CANDIDATES}")
        private List<Job> names = List.of();

        @Option(
                names = "--kafka",
                defaultValue = "127.0.0.1:9092",
                description = "bootstrap servers (default ${DEFAULT-VALUE})")
        private String kafka = "";

        @Option(names = "--checkpoints", required = true, description = "folder of the checkpoints")
        private Path checkpoints = Path.of("");

        @Option(
                names = "--ui-port",
                defaultValue = "8081",
                description = "port of Flink's web page on 127.0.0.1 (default ${DEFAULT-VALUE}; 0 = system chosen)")
        private int uiPort;

        @Option(
                names = "--zone",
                defaultValue = "Asia/Shanghai",
                description = "the city's time zone (default ${DEFAULT-VALUE})")
        private ZoneId zone = ZoneId.of("Asia/Shanghai");

        @Option(names = "--parallelism", defaultValue = "2", description = "default ${DEFAULT-VALUE}")
        private int parallelism;

        @Option(
                names = "--checkpoint-seconds",
                defaultValue = "10",
                description = "time between checkpoints (default ${DEFAULT-VALUE})")
        private int checkpointSeconds;

        @Option(names = "--domains", description = "folder with further domain packs")
        private @Nullable Path domains;

        @Mixin
        private ClockOption clock = new ClockOption();

        @Mixin
        private InfluxOptions influx = new InfluxOptions();

        /** The jobs that can be named. */
        enum Job {
            detect,
            rates,
            archive
        }

        @Override
        public Integer call() throws Exception {
            var settings = settings();
            LOG.info(
                    "jobs {}, kafka {}, checkpoints {} every {} s, web page on port {}, parallelism {}, zone {}, clock {}, domains {}, influx {}",
                    names,
                    kafka,
                    checkpoints,
                    checkpointSeconds,
                    uiPort,
                    parallelism,
                    zone,
                    clock,
                    domains == null ? "bundled" : "bundled and " + domains,
                    names.contains(Job.rates) || names.contains(Job.archive) ? influx() : "not written to");
            if (!isFree(uiPort)) {
                LOG.error("port {} for Flink's web page is in use; choose another with --ui-port", uiPort);
                return 1;
            }
            var cluster = start(settings, definitions());
            var stopping = new AtomicBoolean();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                stopping.set(true);
                LOG.info("stopping");
                try {
                    cluster.close();
                    LOG.info("stopped");
                } catch (Exception e) {
                    LOG.warn("not stopped in order: {}", e.toString());
                }
            }));
            LOG.info("jobs {} run; web page {}", names, cluster.uri());
            var reason = cluster.ended().get();
            if (!stopping.get()) {
                LOG.error("{}", reason);
            }
            return 1;
        }

        private Settings settings() {
            try {
                return new Settings(checkpoints, uiPort, parallelism, Duration.ofSeconds(checkpointSeconds));
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), e.getMessage(), e);
            }
        }

        private Map<String, Definition> definitions() {
            var packs = PackSource.bundledAnd(domains);
            var cityClock = cityClock();
            var definitions = new LinkedHashMap<String, Definition>();
            for (var name : names) {
                definitions.put(
                        name.name(),
                        switch (name) {
                            case detect -> env -> DetectJob.define(env, kafka, zone, packs, cityClock);
                            case rates -> env -> RatesJob.define(env, kafka, influx(), zone, packs, cityClock);
                            case archive -> env -> ArchiveJob.define(env, kafka, influx(), packs, cityClock);
                        });
            }
            return definitions;
        }

        private CityClock cityClock() {
            try {
                return clock.clock();
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), "--clock: " + e.getMessage(), e);
            }
        }

        private InfluxSettings influx() {
            try {
                return influx.settings(cityClock());
            } catch (IllegalArgumentException | UncheckedIOException e) {
                throw new ParameterException(spec.commandLine(), e.getMessage(), e);
            }
        }

        private static boolean isFree(int port) {
            try (var socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return true;
            } catch (IOException e) {
                return false;
            }
        }
    }

    public static void main(String[] args) {
        System.exit(new CommandLine(new Program()).execute(args));
    }
}
