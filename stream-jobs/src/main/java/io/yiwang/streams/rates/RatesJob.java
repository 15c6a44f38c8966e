package io.yiwang.streams.rates;

import io.yiwang.model.Topics;
import io.yiwang.model.clock.CityClock;
import io.yiwang.streams.influx.InfluxOptions;
import io.yiwang.streams.influx.InfluxSettings;
import io.yiwang.streams.influx.InfluxSink;
import io.yiwang.streams.intake.PackSource;
import io.yiwang.streams.kafka.AssetSource;
import io.yiwang.streams.kafka.BytesSink;
import io.yiwang.streams.kafka.ClockOption;
import io.yiwang.streams.kafka.TelemetrySource;
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

/** The rates job: telemetry to operating rates, in topic {@code rates} and in InfluxDB. */
public final class RatesJob {
    /** Rates are shown by the minute. */
    private static final Duration GATHER = Duration.ofMillis(250);

    private static final Logger LOG = LoggerFactory.getLogger(RatesJob.class);
    /** Consumer group and prefix of the uids. */
    public static final String NAME = "rates";

    private RatesJob() {}

    /**
     * Adds the job to an environment.
     *
     * @param kafka bootstrap servers
     * @param zone where the city's days begin
     * @param clock the city's
     */
    public static void define(
            StreamExecutionEnvironment env,
            String kafka,
            InfluxSettings influx,
            ZoneId zone,
            PackSource packs,
            CityClock clock) {
        define(env, kafka, influx, RatesSettings.of(zone, clock), packs, clock);
    }

    private static void define(
            StreamExecutionEnvironment env,
            String kafka,
            InfluxSettings influx,
            RatesSettings settings,
            PackSource packs,
            CityClock clock) {
        var rates = RatesTopology.build(
                TelemetrySource.from(env, kafka, NAME, "rates-telemetry", GATHER, clock),
                AssetSource.from(env, kafka, NAME, "rates-assets", clock),
                settings,
                packs);
        // Writing a result twice is writing it once: its key is its window.
        rates.sinkTo(BytesSink.to(kafka, Topics.RATES, RateRecords::key, RateRecords::message))
                .uid("rates-kafka-v1")
                .name("Rates to Kafka");
        rates.sinkTo(new InfluxSink<>(influx, InfluxSettings.ROLLUP, RateRecords::encode))
                .uid("rates-influx-v1")
                .name("Rates to InfluxDB");
    }

    @Command(
            name = "rates",
            mixinStandardHelpOptions = true,
            description = "Computes operating rates from telemetry; submit to a Flink cluster.")
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
        private InfluxOptions influx = new InfluxOptions();

        @Mixin
        private ClockOption clock = new ClockOption();

        @Override
        public Integer call() throws Exception {
            var settings = RatesSettings.of(ZoneId.of(zone), clock.clock());
            LOG.info("rates job: kafka {}, influx {}, {}", kafka, influx.settings(clock.clock()), settings);
            var env = StreamExecutionEnvironment.getExecutionEnvironment();
            env.getConfig().enableObjectReuse();
            define(env, kafka, influx.settings(clock.clock()), settings, PackSource.bundledAnd(domains), clock.clock());
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
