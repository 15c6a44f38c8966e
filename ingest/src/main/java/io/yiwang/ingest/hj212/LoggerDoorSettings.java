package io.yiwang.ingest.hj212;

import io.yiwang.ingest.decode.hj212.FrameSplitter;
import java.time.Duration;

/**
 * Settings of the door for data loggers.
 *
 * @param port 0 = chosen by the system
 * @param maxConnections connections at one time; more are closed at once
 * @param introduction a connection on which no known logger has spoken for so long is closed
 * @param idle a connection on which nothing came for so long is closed
 * @param bytesPerSecond so much is read from one connection, after a burst of ten times that
 * @param maxSegmentBytes longest data segment; the standard has 1024, loggers do not keep to it
 */
public record LoggerDoorSettings(
        String bind,
        int port,
        int maxConnections,
        Duration introduction,
        Duration idle,
        int bytesPerSecond,
        int maxSegmentBytes) {

    public static final int DEFAULT_MAX_CONNECTIONS = 2000;
    /** Loggers send once an hour at least: RtdInterval is 3600 s at most. */
    public static final Duration DEFAULT_IDLE = Duration.ofMinutes(130);

    public static final int DEFAULT_BYTES_PER_SECOND = 16 << 10;
    public static final int DEFAULT_MAX_SEGMENT_BYTES = 4096;

    public LoggerDoorSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("HJ 212 port " + port + " is not a port");
        }
        if (maxConnections < 1) {
            throw new IllegalArgumentException("at least one HJ 212 connection must be allowed, not " + maxConnections);
        }
        if (idle.compareTo(Duration.ofSeconds(1)) < 0 || introduction.compareTo(Duration.ofMillis(100)) < 0) {
            throw new IllegalArgumentException("HJ 212 connections may be idle for a second at least, not " + idle);
        }
        if (bytesPerSecond < 256) {
            throw new IllegalArgumentException(
                    "at least 256 bytes a second must be read from an HJ 212 connection, not " + bytesPerSecond);
        }
        if (maxSegmentBytes < 1024 || maxSegmentBytes > FrameSplitter.LONGEST_SEGMENT) {
            throw new IllegalArgumentException("the longest HJ 212 segment is from 1024 (the standard's) to "
                    + FrameSplitter.LONGEST_SEGMENT + " bytes, not " + maxSegmentBytes);
        }
    }

    public static LoggerDoorSettings of(String bind, int port) {
        return new LoggerDoorSettings(
                bind,
                port,
                DEFAULT_MAX_CONNECTIONS,
                Duration.ofSeconds(60),
                DEFAULT_IDLE,
                DEFAULT_BYTES_PER_SECOND,
                DEFAULT_MAX_SEGMENT_BYTES);
    }
}
