package io.yiwang.launcher;

import io.yiwang.servers.PostgresServer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** PostgreSQL: its library starts it from within this process, on another thread while the other parts come up. */
final class PostgresPart implements Program {
    /** How long a stop waits for a start that is under way. */
    private static final long START_GRACE_SECONDS = 5;

    private final Path dir;
    private final int port;
    private volatile CompletableFuture<PostgresServer> starting = new CompletableFuture<>();

    PostgresPart(Path dir, int port) {
        this.dir = dir;
        this.port = port;
    }

    @Override
    public Running start(RotatingLog log) {
        starting = CompletableFuture.supplyAsync(() -> PostgresServer.start(dir, port));
        return new Started(dir, starting);
    }

    boolean isReady() {
        return server(starting) != null;
    }

    private static @Nullable PostgresServer server(CompletableFuture<PostgresServer> starting) {
        return starting.isDone() && !starting.isCompletedExceptionally() ? starting.join() : null;
    }

    private record Started(Path dir, CompletableFuture<PostgresServer> starting) implements Running {
        @Override
        public long pid() {
            var server = server(starting);
            return server == null ? 0 : server.pid();
        }

        @Override
        public boolean isAlive() {
            return !starting.isDone() || pid() != 0;
        }

        @Override
        public void stop(long graceMillis) {
            try {
                starting.get(START_GRACE_SECONDS, TimeUnit.SECONDS).close();
            } catch (TimeoutException | ExecutionException e) {
                // Still starting, or failed to: there is nothing to ask to close.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            PostgresServer.endAllOn(dir);
        }

        @Override
        public String ending() {
            return starting.handle((server, failure) ->
                            failure == null ? "its first process is gone" : String.valueOf(failure.getMessage()))
                    .join();
        }
    }
}
