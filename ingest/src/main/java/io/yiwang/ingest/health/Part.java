package io.yiwang.ingest.health;

/** State of one part of ingest, for people. */
public record Part(Status status, String detail) {
    public enum Status {
        UP,
        DEGRADED,
        DOWN
    }

    public static Part up(String detail) {
        return new Part(Status.UP, detail);
    }

    public static Part degraded(String detail) {
        return new Part(Status.DEGRADED, detail);
    }

    public static Part down(String detail) {
        return new Part(Status.DOWN, detail);
    }
}
