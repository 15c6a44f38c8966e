package io.yiwang.streams.archive;

import io.yiwang.model.clock.CityClock;
import io.yiwang.streams.intake.PackSource;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.time.Duration;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * Telemetry in, history out. What a reading is worth is known only beside others of its point, so raw readings go by facility as
 * roll-ups do. None is left out: a point's time is its message's identity, so storing it twice is storing it once.
 */
final class ArchiveTopology {
    /** How long after its end a minute is told. */
    static final Duration ALLOWANCE = Duration.ofSeconds(5);
    /** How long after its end late readings still correct a minute. */
    static final Duration HISTORY = Duration.ofMinutes(10);

    private ArchiveTopology() {}

    static void build(
            DataStream<TelemetryMessage> telemetry,
            PackSource packs,
            CityClock clock,
            Sink<TelemetryMessage> raw,
            Sink<TelemetryMessage> reported,
            Sink<MinuteSummary> minutes) {
        var slack = clock.deliverySlack();
        telemetry.sinkTo(reported).uid("archive-reported-v1").name("What devices computed over intervals to InfluxDB");
        var rolledUp = telemetry
                .keyBy(TelemetryMessage::facility)
                .process(new RollupFunction(
                        packs,
                        slack.toMillis(),
                        ALLOWANCE.plus(slack).toMillis(),
                        HISTORY.plus(slack).toMillis()))
                .uid("archive-minutes-v1")
                .name("Judge readings, roll up minutes");
        rolledUp.getSideOutput(RollupFunction.RAW)
                .sinkTo(raw)
                .uid("archive-raw-v1")
                .name("Raw readings to InfluxDB");
        rolledUp.sinkTo(minutes).uid("archive-minutes-influx-v1").name("Minutes to InfluxDB");
    }
}
