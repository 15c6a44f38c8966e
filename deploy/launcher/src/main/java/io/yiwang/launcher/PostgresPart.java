package io.yiwang.launcher;

import io.yiwang.servers.PostgresServer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** PostgreSQL: its library starts it from within this process, on another thread while the other parts come up. */
final class PostgresPart implements Program {
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
        return new Started(starting);
    }

    boolean isReady() {
        return server(starting) != null;
    }

    private static @Nullable PostgresServer server(CompletableFuture<PostgresServer> starting) {
        return starting.isDone() && !starting.isCompletedExceptionally() ? starting.join() : null;
    }

    private record Started(CompletableFuture<PostgresServer> starting) implements Running {
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
            starting.handle((server, failure) -> {
                        if (server != null) {
                            server.close();
                        }
                        return null;
                    })
                    .join();
        }

        @Override
        public String ending() {
            return starting.handle((server, failure) ->
                            failure == null ? "its first process is gone" : String.valueOf(failure.getMessage()))
                    .join();
        }
    }
}
