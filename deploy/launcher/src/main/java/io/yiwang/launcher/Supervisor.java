package io.yiwang.launcher;

import io.yiwang.launcher.RunState.PartState;
import io.yiwang.servers.ServerFailure;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Starts parts when those they need are up, watches their processes, restarts one that ended (after 1, 2, 4 … 30 s), and stops
 * all in reverse order. A part is restarted only because its process ended, never because a neighbour is unwell: one outage
 * must not restart everything.
 */
final class Supervisor {
    private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(1);
    private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(30);
    private static final Duration STEADY = Duration.ofSeconds(60);
    private static final long STOP_GRACE_MILLIS = 12_000;
    /** A part that ends this often before it was ever up will not come up by waiting. */
    private static final int FAILED_FIRST_STARTS = 3;

    private final Map<String, Watched> parts = new LinkedHashMap<>();
    private final Consumer<List<PartState>> publish;
    private final Consumer<String> say;
    private final long startedNanos;
    private boolean stopping;

    /**
     * @param publish told every change of any part's state
     * @param say a line for people
     */
    Supervisor(
            List<Part> parts,
            DataFolder data,
            long startedNanos,
            Consumer<List<PartState>> publish,
            Consumer<String> say) {
        for (var part : parts) {
            this.parts.put(
                    part.name(), new Watched(part, new RotatingLog(data.logs().resolve(part.name() + ".log"))));
        }
        this.startedNanos = startedNanos;
        this.publish = publish;
        this.say = say;
    }

    /**
     * Starts everything and returns when every part was up once, or when it is being stopped.
     *
     * @throws Refusal when a part cannot be started
     */
    void start() {
        while (!step()) {
            pause();
        }
    }

    /** Watches until {@link #stop()} is called from another thread. */
    void watch() {
        while (!isStopping()) {
            step();
            pause();
        }
    }

    /** Stops every part, the last started first; safe to call from a shutdown hook while another thread watches. */
    synchronized void stop() {
        if (stopping) {
            return;
        }
        stopping = true;
        var reverse = new ArrayList<>(parts.values());
        java.util.Collections.reverse(reverse);
        for (var watched : reverse) {
            if (watched.running != null) {
                watched.running.stop(STOP_GRACE_MILLIS);
                watched.running = null;
                watched.become("stopped", null);
            }
        }
        publish.accept(states());
    }

    synchronized boolean isStopping() {
        return stopping;
    }

    /** One look at every part; true when all are up. */
    private synchronized boolean step() {
        if (stopping) {
            return true;
        }
        boolean changed = false;
        boolean allUp = true;
        for (var watched : parts.values()) {
            changed |= step(watched);
            allUp &= watched.state.equals("up");
        }
        if (changed) {
            publish.accept(states());
        }
        return allUp;
    }

    private boolean step(Watched watched) {
        var part = watched.part;
        if (watched.running == null) {
            boolean mayStart = watched.wasUp
                    ? Instant.now().isAfter(watched.retryAt)
                    : part.needs().stream().allMatch(n -> parts.get(n).wasUp)
                            && Instant.now().isAfter(watched.retryAt);
            if (!mayStart) {
                return false;
            }
            try {
                watched.running = part.program().start(watched.log);
                watched.become(watched.wasUp ? "restarting" : "starting", watched.lastError);
            } catch (IOException | ServerFailure e) {
                watched.failed(e.getMessage());
            }
            return true;
        }
        if (!watched.running.isAlive()) {
            watched.failed(watched.running.ending());
            return true;
        }
        if (!watched.state.equals("up") && part.ready().getAsBoolean()) {
            if (!watched.wasUp) {
                say.accept("  %-10s up after %4.1f s".formatted(part.name(), secondsSinceStart()));
            } else {
                say.accept("  %-10s is up again".formatted(part.name()));
            }
            watched.wasUp = true;
            watched.become("up", watched.lastError);
            return true;
        }
        return false;
    }

    private double secondsSinceStart() {
        return (System.nanoTime() - startedNanos) / 1e9;
    }

    private List<PartState> states() {
        return parts.values().stream().map(Watched::toState).toList();
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(150);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal("interrupted");
        }
    }

    /** What the supervisor knows of one part. Guarded by the supervisor. */
    private final class Watched {
        private final Part part;
        private final RotatingLog log;
        private Program.@Nullable Running running;
        private String state = "stopped";
        private Instant since = Instant.now();
        private @Nullable String lastError;
        private boolean wasUp;
        private int failures;
        private Instant retryAt = Instant.EPOCH;

        Watched(Part part, RotatingLog log) {
            this.part = part;
            this.log = log;
        }

        void become(String state, @Nullable String lastError) {
            this.state = state;
            this.lastError = lastError;
            this.since = Instant.now();
        }

        void failed(String why) {
            running = null;
            if (state.equals("up") && since.plus(STEADY).isBefore(Instant.now())) {
                failures = 0;
            }
            failures++;
            if (!wasUp && failures >= FAILED_FIRST_STARTS) {
                throw new Refusal("The part '" + part.name() + "' does not start: " + why + ". The end of its log "
                        + log.file() + ":\n" + log.tail(15));
            }
            var wait = FIRST_BACK_OFF.multipliedBy(1L << Math.min(failures - 1, 5));
            retryAt = Instant.now().plus(wait.compareTo(LONGEST_BACK_OFF) > 0 ? LONGEST_BACK_OFF : wait);
            say.accept("  %-10s %s; starting it again".formatted(part.name(), why));
            become("restarting", why);
        }

        PartState toState() {
            return new PartState(
                    part.name(),
                    state,
                    running == null ? 0 : running.pid(),
                    since.truncatedTo(ChronoUnit.MILLIS).toString(),
                    part.port(),
                    lastError);
        }
    }
}
