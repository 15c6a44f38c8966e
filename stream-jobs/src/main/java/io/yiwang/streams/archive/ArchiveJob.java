package io.yiwang.streams.archive;

import io.yiwang.model.clock.CityClock;
import io.yiwang.streams.influx.InfluxOptions;
import io.yiwang.streams.influx.InfluxSettings;
import io.yiwang.streams.influx.InfluxSink;
import io.yiwang.streams.intake.PackSource;
import io.yiwang.streams.kafka.ClockOption;
import io.yiwang.streams.kafka.TelemetrySource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The archive job: every accepted reading and its roll-ups to InfluxDB. */
public final class ArchiveJob {
    /** Half of what the writer gathers before it writes. */
    private static final Duration GATHER = Duration.ofMillis(250);

    private static final Logger LOG = LoggerFactory.getLogger(ArchiveJob.class);
    /** Consumer group and prefix of the uids. */
    public static final String NAME = "archive";

    private ArchiveJob() {}

    /**
     * Adds the job to an environment.
     *
     * @param kafka bootstrap servers
     * @param clock the city's
     */
    public static void define(
            StreamExecutionEnvironment env, String kafka, InfluxSettings influx, PackSource packs, CityClock clock) {
        ArchiveTopology.build(
                TelemetrySource.from(env, kafka, NAME, "archive-telemetry", GATHER, clock),
                packs,
                clock,
                new InfluxSink<>(influx, InfluxSettings.RAW, ArchiveLines::raw),
                new InfluxSink<>(influx, InfluxSettings.ROLLUP, ArchiveLines::reported),
                new InfluxSink<>(influx, InfluxSettings.ROLLUP, ArchiveLines::minute));
    }

    @Command(
            name = "archive",
            mixinStandardHelpOptions = true,
            description = "Writes telemetry to InfluxDB; submit to a Flink cluster.")
    private static final class Program implements Callable<Integer> {
        @Option(
                names = "--kafka",
                defaultValue = "127.0.0.1:9092",
                description = "bootstrap servers (default ${DEFAULT-VALUE})")
        private String kafka = "";

        @Option(names = "--domains", description = "folder with further domain packs, on every machine of the cluster")
        private @Nullable Path domains;

        @Mixin
        private InfluxOptions influx = new InfluxOptions();

        @Mixin
        private ClockOption clock = new ClockOption();

        @Override
        public Integer call() throws Exception {
            LOG.info("archive job: kafka {}, influx {}", kafka, influx.settings(clock.clock()));
            var env = StreamExecutionEnvironment.getExecutionEnvironment();
            env.getConfig().enableObjectReuse();
            define(env, kafka, influx.settings(clock.clock()), PackSource.bundledAnd(domains), clock.clock());
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
