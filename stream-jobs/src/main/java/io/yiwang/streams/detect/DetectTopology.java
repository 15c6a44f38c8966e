package io.yiwang.streams.detect;

import io.yiwang.model.clock.CityClock;
import io.yiwang.streams.intake.PackSource;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.time.ZoneId;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.DataStream;

/** The graph of the detect job. */
final class DetectTopology {
    private DetectTopology() {}

    static void build(
            DataStream<TelemetryMessage> telemetry,
            DataStream<FacilityAsset> assets,
            PackSource packs,
            ZoneId zone,
            CityClock clock,
            Sink<Announcement> alarms,
            Sink<Announcement> quality) {
        var announced = telemetry
                .connect(assets)
                .keyBy(TelemetryMessage::facility, FacilityAsset::id)
                .process(new DetectFunction(packs, zone, clock))
                .uid("detect-facilities-v1")
                .name("Detect");
        announced.sinkTo(alarms).uid("detect-alarms-v1").name("Alarms");
        announced
                .getSideOutput(DetectFunction.QUALITY)
                .sinkTo(quality)
                .uid("detect-quality-v1")
                .name("Quality changes");
    }
}
