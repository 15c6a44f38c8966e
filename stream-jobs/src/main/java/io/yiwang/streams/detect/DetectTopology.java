package io.yiwang.streams.detect;

import io.yiwang.streams.detect.pattern.IncidentFunction;
import io.yiwang.streams.detect.pattern.Link;
import io.yiwang.streams.detect.pattern.Showing;
import io.yiwang.streams.intake.PackSource;
import io.yiwang.streams.kafka.AlarmVerdict;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.RuleUpdate;
import io.yiwang.streams.kafka.TelemetryMessage;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;

/** The graph of the detect job. */
final class DetectTopology {
    private DetectTopology() {}

    /** @param judging a {@link DetectFunction}, or what it is compared with */
    static void build(
            DataStream<TelemetryMessage> telemetry,
            DataStream<FacilityAsset> assets,
            DataStream<AlarmVerdict> verdicts,
            DataStream<RuleUpdate> rules,
            PackSource packs,
            KeyedBroadcastProcessFunction<String, FacilityInput, RuleUpdate, Announcement> judging,
            Sink<Announcement> alarms,
            Sink<Announcement> quality) {
        var announced = input(telemetry.map(FacilityInput::of).returns(FacilityInput.class), "telemetry")
                .union(
                        input(assets.map(FacilityInput::of).returns(FacilityInput.class), "assets"),
                        input(verdicts.map(FacilityInput::of).returns(FacilityInput.class), "verdicts"))
                .keyBy(FacilityInput::facility)
                .connect(rules.broadcast(DetectFunction.RULES))
                .process(judging)
                .uid("detect-facilities-v2")
                .name("Detect");
        var incidents = announced
                .getSideOutput(DetectFunction.SHOWINGS)
                .connect(announced.getSideOutput(DetectFunction.LINKS))
                .keyBy(Showing::domain, Link::domain)
                .process(new IncidentFunction(packs))
                .uid("detect-incidents-v1")
                .name("Incidents of networks");
        announced.union(incidents).sinkTo(alarms).uid("detect-alarms-v1").name("Alarms");
        announced
                .getSideOutput(DetectFunction.QUALITY)
                .sinkTo(quality)
                .uid("detect-quality-v1")
                .name("Quality changes");
    }

    private static DataStream<FacilityInput> input(SingleOutputStreamOperator<FacilityInput> input, String name) {
        return input.uid("detect-input-" + name + "-v1").name("Take " + name);
    }
}
