package io.yiwang.sim.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The mosquitto of this machine, which stands for a broker that a city already has. */
final class Mosquitto {
    private Mosquitto() {}

    /** Its program, where there is one; Debian puts it where only administrators look. */
    static Optional<Path> program() {
        var path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(Stream.of(path.split(":")), Stream.of("/usr/sbin", "/usr/local/sbin"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "mosquitto"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** In memory, with room for a receiver's whole window; packets leave at once. */
    static String configuration(int port) {
        return """
                listener %d 127.0.0.1
                allow_anonymous true
                persistence false
                set_tcp_nodelay true
                max_inflight_messages 1000
                max_queued_messages 100000
                connection_messages false
                log_type error
                log_type warning
                user %s
                """.formatted(port, System.getProperty("user.name"));
    }
}
