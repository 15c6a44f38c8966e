package io.yiwang.ingest.catalogue;

import io.yiwang.model.id.DeviceTopic;
import io.yiwang.model.wire.Credential;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What ingest needs to know of a device.
 *
 * @param gateway the device that speaks for it; its own id when it speaks for itself
 * @param externalId what it is called outside; its own id when it has no other name
 * @param points the metrics that it may report, by the name under which it sends them: the metric's code always, and its source
 *     in the ledger or else what its dialect calls the metric
 * @param credential null: it may not connect
 */
public record CataloguedDevice(
        String domain,
        String district,
        String facility,
        String id,
        String gateway,
        String externalId,
        Map<String, CataloguedPoint> points,
        @Nullable Credential credential,
        String telemetryTopic) {

    public CataloguedDevice {
        points = Map.copyOf(points);
    }

    static CataloguedDevice of(
            String domain,
            String district,
            String facility,
            io.yiwang.model.wire.Device device,
            Map<String, CataloguedPoint> points) {
        return new CataloguedDevice(
                domain,
                district,
                facility,
                device.getId(),
                device.getGateway().isEmpty() ? device.getId() : device.getGateway(),
                device.getExternalId().isEmpty() ? device.getId() : device.getExternalId(),
                points,
                device.hasCredential() ? device.getCredential() : null,
                new DeviceTopic(domain, facility, device.getId(), DeviceTopic.TELEMETRY).toString());
    }

    /** Whether {@code topic} is one of its own, on whatever channel. */
    public boolean owns(DeviceTopic topic) {
        return topic.device().equals(id)
                && topic.domain().equals(domain)
                && topic.facility().equals(facility);
    }

    /** Whether {@code speaker} may send its values. */
    public boolean isSpokenForBy(CataloguedDevice speaker) {
        return id.equals(speaker.id) || gateway.equals(speaker.id);
    }
}
