package io.yiwang.ingest.decode;

/** The payload formats that devices speak. */
public enum Dialect {
    /** Our own JSON, the default. */
    JSON,
    /** RFC 8428, JSON representation. */
    SENML,
    /** Eclipse Sparkplug B 3.0. */
    SPARKPLUG,
    /** HJ 212-2017, with the flags of HJ 212-2025. */
    HJ212
}
