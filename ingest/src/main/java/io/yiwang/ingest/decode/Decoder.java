package io.yiwang.ingest.decode;

import io.yiwang.ingest.Arrival;

/**
 * Reads one dialect. Thread-safe. A pure function of the arrival, except for dialects whose messages refer to earlier ones (Sparkplug's
 * aliases): these keep what they need by sender.
 */
public interface Decoder {
    /** Never throws, whatever the bytes are: bad data is an outcome. */
    Decoded decode(Arrival arrival);
}
