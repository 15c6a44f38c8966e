package io.yiwang.ingest.decode;

/** What a dialect asks of its sender, such as a Sparkplug rebirth. */
public record Reply(String topic, byte[] payload) {}
