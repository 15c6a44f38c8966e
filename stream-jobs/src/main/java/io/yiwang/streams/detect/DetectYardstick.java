package io.yiwang.streams.detect;

import io.yiwang.model.Topics;
import io.yiwang.model.clock.CityClock;
import io.yiwang.streams.LocalCluster;
import io.yiwang.streams.intake.PackSource;
import io.yiwang.streams.kafka.AssetSource;
import io.yiwang.streams.kafka.BytesSink;
import io.yiwang.streams.kafka.RuleSource;
import io.yiwang.streams.kafka.RuleUpdate;
import io.yiwang.streams.kafka.TelemetrySource;
import io.yiwang.streams.kafka.VerdictSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * The detect job, or the same graph without the judging, over a topic that is filled before; started by {@code ./yiwang bench detect}.
 * Its first line of output is {@code ready 0}, then each line of input is answered by one line:
 *
 * <ul>
 *   <li>{@code start}: a new job from the oldest record on; answers when it has taken its first messages
 *   <li>{@code finish}: answers when it has taken the last one
 *   <li>{@code size}: takes a checkpoint once the job is at rest and ends it; answers with the bytes of the checkpoint
 * </ul>
 */
public final class DetectYardstick {
    private static final long POLL_MILLIS = 2;
    private static final long REST_MILLIS = 500;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    /** The first messages of a job are of its start. */
    private static final long LEAD_IN = 1_000;

    private static final LongAdder TAKEN = new LongAdder();

    private final MiniCluster cluster;
    private final String kafka;
    private final Path folder;
    private final long messages;
    private final boolean judges;
    private final int parallelism;
    private int runs;
    private @Nullable JobID job;

    private DetectYardstick(
            MiniCluster cluster, String kafka, Path folder, long messages, boolean judges, int parallelism) {
        this.cluster = cluster;
        this.kafka = kafka;
        this.folder = folder;
        this.messages = messages;
        this.judges = judges;
        this.parallelism = parallelism;
    }

    /** @param arguments Kafka's bootstrap servers, a folder, device messages in the topic, {@code judge} or {@code floor}, parallelism */
    public static void main(String[] arguments) throws Exception {
        var answers = System.out;
        System.setOut(System.err);
        int parallelism = Integer.parseInt(arguments[4]);
        var configuration = new Configuration();
        configuration.set(RestOptions.BIND_PORT, "0");
        configuration.set(RestOptions.ADDRESS, "127.0.0.1");
        configuration.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
        try (var cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(parallelism)
                .build())) {
            cluster.start();
            new DetectYardstick(
                            cluster,
                            arguments[0],
                            Path.of(arguments[1]),
                            Long.parseLong(arguments[2]),
                            arguments[3].equals("judge"),
                            parallelism)
                    .hold(answers);
        }
    }

    private void hold(PrintStream answers) throws IOException {
        answers.println("ready 0");
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            try {
                answers.println(answer(line));
            } catch (Exception e) {
                answers.println(
                        "failed: " + String.valueOf(e).lines().findFirst().orElse(""));
            }
        }
    }

    private String answer(String line) throws Exception {
        switch (line) {
            case "start" -> {
                TAKEN.reset();
                runs++;
                job = cluster.submitJob(graph()).get().getJobID();
                await(Math.min(LEAD_IN, messages));
                return String.valueOf(TAKEN.sum());
            }
            case "finish" -> {
                await(messages);
                return String.valueOf(TAKEN.sum());
            }
            case "size" -> {
                long bytes = checkpoint();
                cluster.cancelJob(job).get();
                cluster.requestJobResult(job).get();
                return String.valueOf(bytes);
            }
            default -> throw new IllegalArgumentException("start, finish or size, not " + line);
        }
    }

    private void await(long taken) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        var result = cluster.requestJobResult(job);
        while (TAKEN.sum() < taken) {
            if (result.isDone() || System.nanoTime() > end) {
                throw new IllegalStateException("the job took " + TAKEN.sum() + " of " + messages + " messages"
                        + (result.isDone() ? " and ended: " + result.get().getSerializedThrowable() : ""));
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    private Path run() {
        return folder.resolve("run-" + runs);
    }

    /** Bytes of a checkpoint at rest. Behind the last message what waits for the clock still goes through the job. */
    private long checkpoint() throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        long before;
        long bytes = 0;
        do {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the job does not come to rest");
            }
            TimeUnit.MILLISECONDS.sleep(REST_MILLIS);
            before = bytes;
            bytes = bytes(
                    "chk-" + cluster.triggerCheckpoint(job, CheckpointType.FULL).get());
        } while (bytes != before);
        return bytes;
    }

    private long bytes(String checkpoint) throws IOException {
        try (var files = Files.list(run().resolve(job.toHexString()).resolve(checkpoint))) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    /** As the product has it, but for the judging, and with checkpoints on demand only. */
    private StreamGraph graph() throws IOException {
        var settings = new LocalCluster.Settings(folder, 0, parallelism, Duration.ofHours(12));
        var env = StreamExecutionEnvironment.getExecutionEnvironment(
                LocalCluster.jobConfiguration(settings, Files.createDirectories(run())));
        env.setBufferTimeout(DetectJob.BUFFER_TIMEOUT_MILLIS);
        var clock = CityClock.wallClock();
        var packs = PackSource.bundledAnd(null);
        var group = "yardstick-" + (judges ? "judge-" : "floor-") + runs;
        DetectTopology.build(
                TelemetrySource.from(env, kafka, group, "detect-telemetry", DetectJob.GATHER, clock),
                AssetSource.from(env, kafka, group, "detect-assets", clock),
                VerdictSource.from(env, kafka, group, "detect-verdicts", clock),
                RuleSource.from(env, kafka, group, "detect-rules"),
                packs,
                new Counted(
                        judges
                                ? new DetectFunction(
                                        packs, RuleSource.Loader.of(kafka), ZoneId.of("Asia/Shanghai"), clock)
                                : new Floor()),
                BytesSink.to(kafka, Topics.ALARMS, Announcement::keyBytes, Announcement::message),
                BytesSink.to(kafka, Topics.QUALITY, Announcement::keyBytes, Announcement::message));
        var graph = env.getStreamGraph();
        graph.setJobName(group);
        return graph;
    }

    /** Counts the messages that another function has taken. */
    private static final class Counted
            extends KeyedBroadcastProcessFunction<String, FacilityInput, RuleUpdate, Announcement> {
        private static final long serialVersionUID = 1;
        private final KeyedBroadcastProcessFunction<String, FacilityInput, RuleUpdate, Announcement> counted;

        Counted(KeyedBroadcastProcessFunction<String, FacilityInput, RuleUpdate, Announcement> counted) {
            this.counted = counted;
        }

        @Override
        public void setRuntimeContext(RuntimeContext context) {
            super.setRuntimeContext(context);
            counted.setRuntimeContext(context);
        }

        @Override
        public void open(OpenContext context) throws Exception {
            counted.open(context);
        }

        @Override
        public void processElement(FacilityInput input, ReadOnlyContext context, Collector<Announcement> out)
                throws Exception {
            counted.processElement(input, context, out);
            if (input.message() != null) {
                TAKEN.increment();
            }
        }

        @Override
        public void processBroadcastElement(RuleUpdate update, Context context, Collector<Announcement> out)
                throws Exception {
            counted.processBroadcastElement(update, context, out);
        }

        @Override
        public void onTimer(long timeMillis, OnTimerContext context, Collector<Announcement> out) throws Exception {
            counted.onTimer(timeMillis, context, out);
        }
    }

    /** Reads and writes one small value per message, and nothing else. */
    private static final class Floor
            extends KeyedBroadcastProcessFunction<String, FacilityInput, RuleUpdate, Announcement> {
        private static final long serialVersionUID = 1;
        private transient ValueState<Long> messages;

        @Override
        public void open(OpenContext context) {
            messages = getRuntimeContext().getState(new ValueStateDescriptor<>("messages", Types.LONG));
        }

        @Override
        public void processElement(FacilityInput input, ReadOnlyContext context, Collector<Announcement> out)
                throws Exception {
            var before = messages.value();
            messages.update(before == null ? 1 : before + 1);
        }

        @Override
        public void processBroadcastElement(RuleUpdate update, Context context, Collector<Announcement> out) {
            // Nothing is judged.
        }
    }
}
