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
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
        var data = dir.resolve("data").toAbsolutePath();
        try {
            Files.createDirectories(dir);
            endServersOn(data);
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
        } catch (IOException | SQLException | RuntimeException e) {
            // The library may fail after it has started the server, as when this process is already being ended.
            endServersOn(data);
            throw new ServerFailure("PostgreSQL did not start with data in " + dir + ": " + e.getMessage(), e);
        }
    }

    /** Ends whatever works on the data of {@code dir}, also while it is still starting. */
    public static void endAllOn(Path dir) {
        endServersOn(dir.resolve("data").toAbsolutePath());
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

    /**
     * Ends every process that was started on this data, by us or by an earlier run that was killed: also those that a process
     * which is being ended has just started.
     */
    private static void endServersOn(Path data) {
        for (var left = serversOn(data); !left.isEmpty(); left = serversOn(data)) {
            left.forEach(process -> LOG.warn("Ending process {} that was left on {}", process.pid(), data));
            left.forEach(PostgresServer::end);
        }
    }

    private static List<ProcessHandle> serversOn(Path data) {
        return ProcessHandle.allProcesses()
                .filter(process -> worksOn(process.pid(), data))
                .toList();
    }

    private static void end(ProcessHandle process) {
        process.destroy();
        try {
            process.onExit().get(15, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            process.destroyForcibly();
        }
    }

    private static boolean worksOn(long pid, Path data) {
        try {
            var arguments =
                    Files.readString(Path.of("/proc", String.valueOf(pid), "cmdline"), StandardCharsets.ISO_8859_1);
            return List.of(arguments.split("\0")).contains(data.toString());
        } catch (IOException gone) {
            return false;
        }
    }

    /** From postmaster.pid, checked to be a process that really works on this data. */
    private static long pidOf(Path data) {
        try {
            long pid = Long.parseLong(
                    Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
            return worksOn(pid, data) ? pid : 0;
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
            return 0;
        }
    }
}
