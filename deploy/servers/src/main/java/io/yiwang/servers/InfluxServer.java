package io.yiwang.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Debian's InfluxDB 1.x as a child process on the loopback address, on a data folder of ours. */
public final class InfluxServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InfluxServer.class);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final Process process;
    private final String url;

    private InfluxServer(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    /**
     * Starts on the data of {@code dir} (made when missing); the log is {@code dir/influxd.log}.
     *
     * @param port of the HTTP address; 0 = chosen by the system
     */
    public static InfluxServer start(Path dir, int port) {
        return start(dir, port, dir.resolve("influxd.log"));
    }

    /** The same with the server's output appended to {@code log}. */
    public static InfluxServer start(Path dir, int port, Path log) {
        var binary = binary();
        int httpPort = Ports.orFree(port);
        var url = "http://127.0.0.1:" + httpPort;
        try {
            Files.createDirectories(dir);
            var builder = new ProcessBuilder(
                            binary.toString(),
                            "-pidfile",
                            dir.resolve("influxd.pid").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(settings(dir, httpPort));
            var process = builder.start();
            var server = new InfluxServer(process, url);
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stop-influxd"));
            server.awaitAnswer(log);
            return server;
        } catch (IOException e) {
            throw new ServerFailure("InfluxDB did not start: " + e.getMessage(), e);
        }
    }

    /** Base address, e.g. {@code http://127.0.0.1:8086}. */
    public String url() {
        return url;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the server at once, as a power cut would. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /**
     * The influxd of this machine: on the PATH, or fetched once from Debian's packages into the user's cache, without root
     * and without installing (an installed package would start a service on the default port).
     *
     * @throws ServerFailure with what to install when neither works
     */
    public static Path binary() {
        for (var folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            var candidate = Path.of(folder.isEmpty() ? "." : folder, "influxd");
            if (Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        var cache = cacheFolder().resolve("influxdb");
        var cached = cache.resolve("root/usr/bin/influxd");
        if (!Files.isExecutable(cached)) {
            fetch(cache);
        }
        if (!Files.isExecutable(cached)) {
            throw notFound("the package held no usr/bin/influxd");
        }
        return cached;
    }

    /** Where fetched programs are kept between runs: {@code $XDG_CACHE_HOME/yiwang} or {@code ~/.cache/yiwang}. */
    static Path cacheFolder() {
        var xdg = System.getenv("XDG_CACHE_HOME");
        return (xdg == null || xdg.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg))
                .resolve("yiwang");
    }

    private static synchronized void fetch(Path cache) {
        try {
            Files.createDirectories(cache);
            LOG.info("Fetching Debian's influxdb package into {}", cache);
            var download = run(cache, List.of("apt-get", "download", "influxdb"));
            if (download.exit != 0) {
                // A fresh machine has no package lists yet; refreshing them needs root.
                run(cache, List.of("apt-get", "update", "-q"));
                download = run(cache, List.of("apt-get", "download", "influxdb"));
            }
            if (download.exit != 0) {
                throw notFound("apt-get download influxdb failed: " + download.lastLine());
            }
            Path deb;
            try (var files = Files.newDirectoryStream(cache, "influxdb_*.deb")) {
                deb = files.iterator().next();
            }
            var unpack = run(
                    cache,
                    List.of(
                            "dpkg-deb",
                            "-x",
                            deb.toString(),
                            cache.resolve("unpacking").toString()));
            if (unpack.exit != 0) {
                throw notFound("dpkg-deb failed: " + unpack.lastLine());
            }
            Files.move(cache.resolve("unpacking"), cache.resolve("root"));
            Files.delete(deb);
        } catch (IOException e) {
            throw notFound(e.getMessage());
        }
    }

    private static ServerFailure notFound(String why) {
        return new ServerFailure("InfluxDB is not on this machine and could not be fetched (" + why
                + "). On Debian or Ubuntu run 'apt-get update' as root and try again; elsewhere put an influxd 1.8 on the"
                + " PATH, or name a running server with --influx URL.");
    }

    private record Run(int exit, String output) {
        String lastLine() {
            var lines = output.strip().split("\n");
            return lines[lines.length - 1];
        }
    }

    private static Run run(Path folder, List<String> command) throws IOException {
        var process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        try {
            return new Run(process.waitFor(), output);
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** The environment that makes influxd serve {@code dir} on {@code httpPort} of the loopback address. */
    public static Map<String, String> settings(Path dir, int httpPort) {
        return Map.ofEntries(
                Map.entry("INFLUXDB_BIND_ADDRESS", "127.0.0.1:" + Ports.orFree(0)),
                Map.entry("INFLUXDB_HTTP_BIND_ADDRESS", "127.0.0.1:" + httpPort),
                Map.entry("INFLUXDB_META_DIR", dir.resolve("meta").toString()),
                Map.entry("INFLUXDB_DATA_DIR", dir.resolve("data").toString()),
                Map.entry("INFLUXDB_DATA_WAL_DIR", dir.resolve("wal").toString()),
                Map.entry("INFLUXDB_DATA_INDEX_VERSION", "tsi1"),
                Map.entry("INFLUXDB_DATA_CACHE_SNAPSHOT_WRITE_COLD_DURATION", "2m"),
                Map.entry("INFLUXDB_DATA_QUERY_LOG_ENABLED", "false"),
                Map.entry("INFLUXDB_HTTP_LOG_ENABLED", "false"),
                // Bounds on one request, so that a wide query cannot take the store down.
                Map.entry("INFLUXDB_COORDINATOR_QUERY_TIMEOUT", "60s"),
                Map.entry("INFLUXDB_COORDINATOR_MAX_CONCURRENT_QUERIES", "32"),
                Map.entry("INFLUXDB_MONITOR_STORE_ENABLED", "false"),
                Map.entry("INFLUXDB_REPORTING_DISABLED", "true"));
    }

    private void awaitAnswer(Path log) throws IOException {
        var client = HttpClient.newHttpClient();
        var ping = HttpRequest.newBuilder(URI.create(url + "/ping"))
                .timeout(Duration.ofSeconds(2))
                .build();
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (System.nanoTime() < deadline) {
            if (!process.isAlive()) {
                throw new ServerFailure("InfluxDB ended with code " + process.exitValue() + "; see " + log);
            }
            try {
                client.send(ping, HttpResponse.BodyHandlers.discarding());
                return;
            } catch (IOException notYet) {
                pause();
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
        process.destroyForcibly();
        throw new ServerFailure("InfluxDB did not answer at " + url + " within " + START_TIMEOUT + "; see " + log);
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted", e));
        }
    }
}
