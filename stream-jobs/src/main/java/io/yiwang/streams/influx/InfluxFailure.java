package io.yiwang.streams.influx;

/** InfluxDB cannot be written to, and waiting longer or sending less would not help now. */
public final class InfluxFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    InfluxFailure(String message) {
        super(message);
    }

    InfluxFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
