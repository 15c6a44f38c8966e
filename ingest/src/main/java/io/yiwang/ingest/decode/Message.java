package io.yiwang.ingest.decode;

import java.util.List;

/**
 * One message of a device, not yet compared with the catalogue.
 *
 * @param device whose values these are, as the payload or its topic names it; empty = the sender's own
 * @param boot empty when the device does not count its messages; then {@code seq} is 0
 * @param eventTimeMillis time of the reading by the device's clock, epoch ms; of an interval its beginning
 * @param intervalSeconds 0 = readings of an instant, else the values are means over so many seconds
 * @param values at least one, names distinct
 */
public record Message(
        String device, String boot, long seq, long eventTimeMillis, int intervalSeconds, List<Measured> values) {
    public Message {
        values = List.copyOf(values);
    }

    /** A reading of the sender's own. */
    public Message(String boot, long seq, long eventTimeMillis, List<Measured> values) {
        this("", boot, seq, eventTimeMillis, 0, values);
    }
}
