package io.yiwang.ingest.catalogue;

import io.yiwang.model.domain.Metric;
import io.yiwang.model.id.DeviceTopic;
import io.yiwang.model.wire.Credential;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What ingest needs to know of a device.
 *
 * @param metrics the metrics that it may report, by code
 * @param credential null: it may not connect
 */
public record CataloguedDevice(
        String domain,
        String district,
        String facility,
        String id,
        Map<String, Metric> metrics,
        @Nullable Credential credential,
        String telemetryTopic,
        String statusTopic) {

    public CataloguedDevice {
        metrics = Map.copyOf(metrics);
    }

    static CataloguedDevice of(
            String domain,
            String district,
            String facility,
            String id,
            Map<String, Metric> metrics,
            @Nullable Credential credential) {
        return new CataloguedDevice(
                domain,
                district,
                facility,
                id,
                metrics,
                credential,
                new DeviceTopic(domain, facility, id, DeviceTopic.TELEMETRY).toString(),
                new DeviceTopic(domain, facility, id, DeviceTopic.STATUS).toString());
    }
}
