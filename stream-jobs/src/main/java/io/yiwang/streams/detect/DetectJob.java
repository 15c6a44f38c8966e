package io.yiwang.streams.detect;

import io.yiwang.model.Topics;
import io.yiwang.model.clock.CityClock;
import io.yiwang.streams.intake.PackSource;
import io.yiwang.streams.kafka.AssetSource;
import io.yiwang.streams.kafka.BytesSink;
import io.yiwang.streams.kafka.ClockOption;
import io.yiwang.streams.kafka.RuleSource;
import io.yiwang.streams.kafka.TelemetrySource;
import io.yiwang.streams.kafka.VerdictSource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The detect job: telemetry to alarms and quality changes. */
public final class DetectJob {
    /** An alarm may wait this long, and no longer. */
    static final Duration GATHER = Duration.ofMillis(10);

    /** Consumer group and prefix of the uids. */
    public static final String NAME = "detect";

    private static final Logger LOG = LoggerFactory.getLogger(DetectJob.class);
    /** How long a record may wait for company between two operators, ms: alarms are few and must not wait. */
    static final long BUFFER_TIMEOUT_MILLIS = 2;

    private DetectJob() {}

    /**
     * Adds the job to an environment.
     *
     * @param kafka bootstrap servers
     * @param zone where the city lives
     * @param clock the city's
     */
    public static void define(
            StreamExecutionEnvironment env, String kafka, ZoneId zone, PackSource packs, CityClock clock) {
        env.setBufferTimeout(BUFFER_TIMEOUT_MILLIS);
        DetectTopology.build(
                TelemetrySource.from(env, kafka, NAME, "detect-telemetry", GATHER, clock),
                AssetSource.from(env, kafka, NAME, "detect-assets", clock),
                VerdictSource.from(env, kafka, NAME, "detect-verdicts", clock),
                RuleSource.from(env, kafka, NAME, "detect-rules"),
                packs,
                new DetectFunction(packs, RuleSource.Loader.of(kafka), zone, clock),
                BytesSink.to(kafka, Topics.ALARMS, Announcement::keyBytes, Announcement::message),
                BytesSink.to(kafka, Topics.QUALITY, Announcement::keyBytes, Announcement::message));
    }

    @Command(
            name = "detect",
            mixinStandardHelpOptions = true,
            description = "Raises alarms from telemetry; submit to a Flink cluster.")
    private static final class Program implements Callable<Integer> {
        @Option(
                names = "--kafka",
                defaultValue = "127.0.0.1:9092",
                description = "bootstrap servers (default ${DEFAULT-VALUE})")
        private String kafka = "";

        @Option(
                names = "--zone",
                defaultValue = "Asia/Shanghai",
                description = "the city's time zone (default ${DEFAULT-VALUE})")
        private String zone = "";

        @Option(names = "--domains", description = "folder with further domain packs, on every machine of the cluster")
        private @Nullable Path domains;

        @Mixin
        private ClockOption clock = new ClockOption();

        @Override
        public Integer call() throws Exception {
            LOG.info(
                    "detect job: kafka {}, zone {}, domains {}, clock {}",
                    kafka,
                    zone,
                    domains == null ? "bundled" : "bundled and " + domains,
                    clock);
            var env = StreamExecutionEnvironment.getExecutionEnvironment();
            env.getConfig().enableObjectReuse();
            define(env, kafka, ZoneId.of(zone), PackSource.bundledAnd(domains), clock.clock());
            env.execute(NAME);
            return 0;
        }
    }

    public static void main(String[] args) {
        int exit = new CommandLine(new Program()).execute(args);
        if (exit != 0) {
            System.exit(exit);
        }
    }
}
