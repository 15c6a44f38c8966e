package io.yiwang.ingest;

/**
 * One payload as it came through a door.
 *
 * @param client the authenticated client's id
 * @param receivedMillis when it came, epoch ms
 */
public record Arrival(String topic, String client, byte[] payload, long receivedMillis) {}
