package io.yiwang.streams.rates;

import io.yiwang.streams.intake.PackSource;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.TelemetryMessage;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.util.Collector;

/** Telemetry and catalogue in, rates out. */
final class RatesTopology {
    private RatesTopology() {}

    static DataStream<RateResult> build(
            DataStream<TelemetryMessage> telemetry,
            DataStream<FacilityAsset> assets,
            RatesSettings settings,
            PackSource packs) {
        return telemetry
                .keyBy(TelemetryMessage::facility)
                .connect(assets.keyBy(FacilityAsset::id))
                .transform(
                        "Count facility minutes",
                        TypeInformation.of(Contribution.class),
                        new FacilityMinutesOperator(new FacilityMinutesFunction(settings, packs)))
                .uid("rates-facility-minutes-v1")
                .flatMap(RatesTopology::toScopes)
                .returns(ScopeDelta.class)
                .uid("rates-scopes-v1")
                .name("Send to scopes")
                .keyBy(ScopeDelta::scope)
                .process(new ScopeTotalsFunction(settings))
                .uid("rates-totals-v1")
                .name("Add up scopes");
    }

    /** The facility itself, its district and the city, each as a whole and for its domain. */
    static List<String> scopes(String facility, String domain, String district) {
        return List.of(
                "facility:" + facility,
                "district:" + district + ":" + domain,
                "district:" + district,
                "city:" + domain,
                "city");
    }

    private static void toScopes(Contribution contribution, Collector<ScopeDelta> out) {
        for (var scope : scopes(contribution.facility(), contribution.domain(), contribution.district())) {
            out.collect(new ScopeDelta(
                    scope, contribution.minuteMillis(), contribution.deadlineMillis(), contribution.delta()));
        }
    }
}
