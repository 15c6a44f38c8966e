package io.yiwang.ingest.mqtt;

/**
 * How fast one client may publish. A client that is faster is not read for a while, so what it sends stays in its own buffers.
 *
 * @param burstSeconds so many seconds' worth may come at once after a pause
 */
public record ClientRate(int messagesPerSecond, int bytesPerSecond, int burstSeconds) {
    /** More than a gateway of a hundred devices needs, and a small part of what a door can do. */
    public static final ClientRate STANDARD = new ClientRate(1000, 1 << 20, 10);

    public ClientRate {
        if (messagesPerSecond < 1 || bytesPerSecond < 1024 || burstSeconds < 1) {
            throw new IllegalArgumentException(
                    "a client must be allowed at least 1 message and 1 KiB a second, and a burst of 1 s");
        }
    }
}
