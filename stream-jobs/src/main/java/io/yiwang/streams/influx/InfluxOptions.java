package io.yiwang.streams.influx;

import io.yiwang.model.clock.CityClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The command line options that name the InfluxDB to write to. */
public final class InfluxOptions {
    @Option(
            names = "--influx-url",
            defaultValue = "http://127.0.0.1:8086",
            description = "InfluxDB to write to (default ${DEFAULT-VALUE})")
    private String url = "";

    @Option(
            names = "--influx-token-file",
            description = "file with the API token, or user:password of a 1.x server; without it none is sent")
    private @Nullable Path tokenFile;

    @Option(
            names = "--influx-database",
            defaultValue = "yiwang",
            description = "database, made when missing (default ${DEFAULT-VALUE})")
    private String database = "";

    /**
     * @param clock the city's: a city that does not live now keeps its history whatever InfluxDB's own clock says of its age
     * @throws IllegalArgumentException when an option has a value that cannot be used
     */
    public InfluxSettings settings(CityClock clock) {
        try {
            return new InfluxSettings(
                    url, tokenFile == null ? "" : Files.readString(tokenFile), database, !clock.isWallClock());
        } catch (IOException e) {
            throw new UncheckedIOException("token file " + tokenFile + " cannot be read: " + e.getMessage(), e);
        }
    }
}
