package io.yiwang.streams.influx;

import java.io.Serializable;

/**
 * Which InfluxDB, and as whom.
 *
 * @param url base address, e.g. {@code http://127.0.0.1:8086}
 * @param token API token, {@code user:password} for a 1.x server with authentication, or empty
 * @param database 1.x database; on later servers the first half of the bucket names {@code database/retention}
 * @param keepsAll nothing is too old: for a city on a clock of its own, whose readings may be years from the server's now
 */
public record InfluxSettings(String url, String token, String database, boolean keepsAll) implements Serializable {
    /** Retention of raw readings: 7 days, unless all is kept. */
    public static final String RAW = "raw";
    /** Retention of roll-ups and rates: 400 days, unless all is kept. */
    public static final String ROLLUP = "rollup";

    public InfluxSettings {
        if (!url.startsWith("http://") && !url.startsWith("https://")) {
            throw new IllegalArgumentException("InfluxDB address '" + url + "' must begin with http:// or https://");
        }
        if (!database.matches("[A-Za-z0-9_-]{1,64}")) {
            throw new IllegalArgumentException("InfluxDB database '" + database + "' must be letters, digits, _ or -");
        }
        token = token.strip();
    }

    /** The name that the v2 write API knows a retention by. */
    public String bucket(String retention) {
        return database + "/" + retention;
    }

    @Override
    public String toString() {
        return url + " database " + database + (token.isEmpty() ? " without token" : " with token ***");
    }
}
