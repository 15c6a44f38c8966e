package io.yiwang.servers;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** PostgreSQL as child processes on the loopback address, on a data folder of ours, with a password and durable commits. */
public final class PostgresServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);
    private static final String USER = "postgres";
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private final EmbeddedPostgres server;
    private final Path data;
    private final String password;

    private PostgresServer(EmbeddedPostgres server, Path data, String password) {
        this.server = server;
        this.data = data;
        this.password = password;
    }

    /**
     * Starts on the data of {@code dir} (made when missing). A server that an earlier run left behind on this data is ended
     * first.
     *
     * @param port 0 = chosen by the system
     */
    public static PostgresServer start(Path dir, int port) {
        try {
            Files.createDirectories(dir);
            var data = dir.resolve("data").toAbsolutePath();
            endLeftOver(data);
            var password = password(dir.resolve("password"));
            var server = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setOverrideWorkingDirectory(
                            InfluxServer.cacheFolder().resolve("postgres").toFile())
                    .setPort(Ports.orFree(port))
                    .setPGStartupWait(START_TIMEOUT)
                    .setConnectConfig("password", password)
                    // The library starts PostgreSQL for throw-away tests; here an acknowledged commit must be on the
                    // disk.
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("unix_socket_directories", "")
                    .setServerConfig("max_connections", "60")
                    .setServerConfig("max_wal_size", "512MB")
                    .start();
            requirePassword(server, data, password);
            return new PostgresServer(server, data, password);
        } catch (IOException | SQLException e) {
            throw new ServerFailure("PostgreSQL did not start with data in " + dir + ": " + e.getMessage(), e);
        }
    }

    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres";
    }

    public String user() {
        return USER;
    }

    public String password() {
        return password;
    }

    /** Of the server's first process, 0 when it is gone. */
    public long pid() {
        return pidOf(data);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            LOG.warn("PostgreSQL did not stop cleanly: {}", e.getMessage());
        }
    }

    private static String password(Path file) throws IOException {
        if (!Files.exists(file)) {
            var bytes = new byte[24];
            new SecureRandom().nextBytes(bytes);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, HexFormat.of().formatHex(bytes));
        }
        return Files.readString(file).strip();
    }

    private static void requirePassword(EmbeddedPostgres server, Path data, String password)
            throws SQLException, IOException {
        var rules = data.resolve("pg_hba.conf");
        var wanted = "host all all 127.0.0.1/32 scram-sha-256\n";
        if (Files.readString(rules).equals(wanted)) {
            return;
        }
        var url = "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres";
        try (var connection = DriverManager.getConnection(url, USER, password);
                var statement = connection.createStatement()) {
            statement.execute("ALTER USER " + USER + " PASSWORD '" + password + "'");
            // Rewritten in place: the file belongs to the account that the server runs as.
            Files.writeString(rules, wanted, StandardCharsets.UTF_8);
            statement.execute("SELECT pg_reload_conf()");
        }
    }

    private static void endLeftOver(Path data) {
        long pid = pidOf(data);
        if (pid == 0) {
            return;
        }
        ProcessHandle.of(pid).ifPresent(process -> {
            LOG.warn("Ending PostgreSQL {} that an earlier run left on {}", pid, data);
            process.destroy();
            try {
                process.onExit().get(15, TimeUnit.SECONDS);
            } catch (Exception e) {
                process.destroyForcibly();
            }
        });
    }

    /** From postmaster.pid, checked to be a process that really works on this data. */
    private static long pidOf(Path data) {
        try {
            long pid = Long.parseLong(
                    Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
            var commandLine = Files.readString(Path.of("/proc", String.valueOf(pid), "cmdline"));
            return commandLine.contains(data.toString()) ? pid : 0;
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
            return 0;
        }
    }
}
