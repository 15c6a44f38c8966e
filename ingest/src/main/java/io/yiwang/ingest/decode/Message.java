package io.yiwang.ingest.decode;

import java.util.List;

/**
 * One message of a device, not yet compared with the catalogue.
 *
 * @param boot empty when the device does not count its messages; then {@code seq} is 0
 * @param eventTimeMillis time of the reading by the device's clock, epoch ms
 * @param values at least one, metrics distinct
 */
public record Message(String boot, long seq, long eventTimeMillis, List<Measured> values) {
    public Message {
        values = List.copyOf(values);
    }
}
