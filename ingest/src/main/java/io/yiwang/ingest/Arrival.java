package io.yiwang.ingest;

import io.yiwang.ingest.decode.Decoders;
import io.yiwang.ingest.decode.Dialect;
import io.yiwang.ingest.decode.hj212.Passwords;
import org.jspecify.annotations.Nullable;

/**
 * One payload as it came through a door.
 *
 * @param topic the MQTT topic; of other doors the topic that a device would use for it
 * @param contentType as MQTT 5 gives it; null when it was not said
 * @param client the authenticated client's id
 * @param receivedMillis when it came, epoch ms by the city's clock
 */
public record Arrival(String topic, @Nullable String contentType, String client, byte[] payload, long receivedMillis) {

    /** The payload as people may see it, of the same length: without the password that every frame of HJ 212 carries. */
    public byte[] shown() {
        return Decoders.dialect(topic, contentType) == Dialect.HJ212 ? Passwords.masked(payload) : payload;
    }
}
