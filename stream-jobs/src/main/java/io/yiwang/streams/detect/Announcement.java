package io.yiwang.streams.detect;

import java.nio.charset.StandardCharsets;

/** One record for a topic: its key and the bytes of its message. Never changed after construction. */
public record Announcement(String key, byte[] message) {
    byte[] keyBytes() {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
