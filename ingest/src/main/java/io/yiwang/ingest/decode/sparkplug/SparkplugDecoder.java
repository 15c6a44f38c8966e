package io.yiwang.ingest.decode.sparkplug;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.ingest.Arrival;
import io.yiwang.ingest.decode.Decoded;
import io.yiwang.ingest.decode.Decoder;
import io.yiwang.model.RejectReason;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload;

/**
 * Sparkplug B 3.0. Births declare a metric's name, alias, datatype and unit; data are read by them; a death turns what it takes away into
 * values that are {@link io.yiwang.ingest.decode.Measured.Content#OFFLINE}. A gap in the sequence or a metric that no birth has declared
 * makes the edge node be asked for a rebirth; what can be read is taken, the rest is a flaw.
 */
public final class SparkplugDecoder implements Decoder {
    /** How Tahu marks a payload whose content is packed. */
    private static final String COMPRESSED = "SPBV1.0_COMPRESSED";

    private final EdgeSessions sessions =
            EdgeSessions.within(Runtime.getRuntime().maxMemory());
    private final BehindEdge behind;

    public SparkplugDecoder(BehindEdge behind) {
        this.behind = behind;
    }

    @Override
    public Decoded decode(Arrival arrival) {
        var topic = SparkplugTopic.parse(arrival.topic()).orElse(null);
        if (topic == null) {
            return new Decoded.Unreadable(RejectReason.UNSUPPORTED, "not a topic of a Sparkplug edge node");
        }
        Payload payload;
        try {
            payload = Payload.parseFrom(arrival.payload());
        } catch (InvalidProtocolBufferException e) {
            return new Decoded.Unreadable(RejectReason.MALFORMED, "not a Sparkplug payload: " + e.getMessage());
        }
        if (payload.getUuid().equals(COMPRESSED)) {
            return new Decoded.Unreadable(
                    RejectReason.UNSUPPORTED,
                    "compressed payloads are not read; turn compression off at the edge node");
        }
        return sessions.step(
                        arrival.client(),
                        topic.group() + "/" + topic.edge(),
                        session -> session.on(topic, payload, arrival.receivedMillis(), behind))
                .decoded();
    }
}
