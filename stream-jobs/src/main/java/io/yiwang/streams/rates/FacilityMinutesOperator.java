package io.yiwang.streams.rates;

import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.TelemetryMessage;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;

/** Lets the function see the telemetry's log clock, which functions are otherwise only told with a timer's key. */
final class FacilityMinutesOperator
        extends KeyedCoProcessOperator<String, TelemetryMessage, FacilityAsset, Contribution> {
    private static final long serialVersionUID = 1;

    private final FacilityMinutesFunction function;

    FacilityMinutesOperator(FacilityMinutesFunction function) {
        super(function);
        this.function = function;
    }

    @Override
    public void processWatermark1(Watermark mark) throws Exception {
        function.clock(mark.getTimestamp());
        super.processWatermark1(mark);
    }
}
