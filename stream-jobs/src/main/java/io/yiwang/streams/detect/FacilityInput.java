package io.yiwang.streams.detect;

import io.yiwang.streams.kafka.AlarmVerdict;
import io.yiwang.streams.kafka.FacilityAsset;
import io.yiwang.streams.kafka.TelemetryMessage;
import org.jspecify.annotations.Nullable;

/**
 * What concerns one facility; exactly one of the three.
 *
 * @param message what one of its devices says, or the notice of a break
 * @param asset how the catalogue has it now
 * @param verdict what an officer says of one of its alarms
 */
public record FacilityInput(
        @Nullable TelemetryMessage message,
        @Nullable FacilityAsset asset,
        @Nullable AlarmVerdict verdict) {

    public static FacilityInput of(TelemetryMessage message) {
        return new FacilityInput(message, null, null);
    }

    public static FacilityInput of(FacilityAsset asset) {
        return new FacilityInput(null, asset, null);
    }

    public static FacilityInput of(AlarmVerdict verdict) {
        return new FacilityInput(null, null, verdict);
    }

    /** Id of the facility. */
    public String facility() {
        return message != null ? message.facility() : asset != null ? asset.id() : verdict.facility();
    }
}
