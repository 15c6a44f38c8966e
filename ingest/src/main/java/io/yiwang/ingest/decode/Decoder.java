package io.yiwang.ingest.decode;

/** Reads one payload format. Thread-safe. */
public interface Decoder {
    /** Never throws, whatever the bytes are: bad data is an outcome. */
    Decoded decode(byte[] payload);
}
