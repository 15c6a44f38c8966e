package io.yiwang.ingest.hj212;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.yiwang.ingest.decode.hj212.Command;
import io.yiwang.model.RejectReason;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What the door for loggers counts. */
final class LoggerMeter {
    /** Why a connection was closed by us. */
    enum Closed {
        TOO_MANY,
        BARRED,
        NOT_INTRODUCED,
        IDLE,
        STRANGER,
        NOISE,
        NOT_STORED,
        ACCESS_CHANGED
    }

    private final Map<Command, Counter> commands = new EnumMap<>(Command.class);
    private final Counter otherCommands;
    private final Map<RejectReason, Counter> broken = new EnumMap<>(RejectReason.class);
    private final Map<Closed, Counter> closed = new EnumMap<>(Closed.class);
    private final Counter brokenBytes;
    private final Counter answers;
    private final Counter wrongPassword;
    private final Counter unknown;

    LoggerMeter(MeterRegistry registry) {
        for (var command : Command.values()) {
            commands.put(command, registry.counter("yiwang.ingest.hj212.commands", "cn", command.number()));
        }
        otherCommands = registry.counter("yiwang.ingest.hj212.commands", "cn", "other");
        for (var reason : new RejectReason[] {RejectReason.MALFORMED, RejectReason.CHECKSUM, RejectReason.TOO_LARGE}) {
            broken.put(
                    reason,
                    registry.counter(
                            "yiwang.ingest.hj212.broken", "why", reason.name().toLowerCase(Locale.ROOT)));
        }
        for (var why : Closed.values()) {
            closed.put(
                    why,
                    registry.counter(
                            "yiwang.ingest.hj212.closed", "why", why.name().toLowerCase(Locale.ROOT)));
        }
        brokenBytes = registry.counter("yiwang.ingest.hj212.broken.bytes");
        answers = registry.counter("yiwang.ingest.hj212.answers");
        wrongPassword = registry.counter("yiwang.ingest.hj212.strangers", "why", "password");
        unknown = registry.counter("yiwang.ingest.hj212.strangers", "why", "unknown");
    }

    void command(String number) {
        Command.of(number).map(commands::get).orElse(otherCommands).increment();
    }

    void broken(RejectReason reason, int bytes) {
        broken.getOrDefault(reason, otherCommands).increment();
        brokenBytes.increment(bytes);
    }

    void closed(Closed why) {
        var counter = closed.get(why);
        if (counter != null) {
            counter.increment();
        }
    }

    void answered() {
        answers.increment();
    }

    void wrongPassword() {
        wrongPassword.increment();
    }

    void unknown() {
        unknown.increment();
    }
}
