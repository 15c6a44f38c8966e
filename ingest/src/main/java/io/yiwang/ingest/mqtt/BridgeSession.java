package io.yiwang.ingest.mqtt;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the broker should know of us, kept on this machine: that there is a session, and its subscriptions. By it a new process notices
 * that the broker has lost its session, and ends subscriptions that its settings no longer name: a kept session keeps them for ever.
 */
final class BridgeSession {
    private final Path file;
    private final String owner;

    /** @param folder where it is kept; a session belongs to {@code url} and {@code clientId} */
    BridgeSession(Path folder, String url, String clientId) {
        file = folder.resolve("bridge-session");
        owner = clientId + " at " + url;
    }

    /** Subscriptions of the session; empty when there was none. */
    List<String> subscriptions() throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        var lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        return lines.isEmpty() || !lines.get(0).equals(owner)
                ? List.of()
                : new ArrayList<>(lines.subList(1, lines.size()));
    }

    void keep(List<String> subscriptions) throws IOException {
        Files.createDirectories(file.getParent());
        var next = Files.write(
                file.resolveSibling("bridge-session.next"),
                Stream.concat(Stream.of(owner), subscriptions.stream()).toList(),
                StandardCharsets.UTF_8);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
