package io.yiwang.dashboard.live;

import io.yiwang.dashboard.live.LiveChannels.Kind;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves all browsers from one thread: it refreshes the channels that someone watches, and hands each browser its next frame
 * when the one before has gone out. It never waits for a browser. What it holds for one is its positions and one frame.
 */
final class LiveHub {
    private static final Logger LOG = LoggerFactory.getLogger(LiveHub.class);
    static final int HEARTBEAT_MILLIS = 5_000;
    static final int MOST_CLIENTS = 2_000;
    static final int MOST_SUBSCRIPTIONS = 64;
    private static final long BLOCKED_TOO_LONG_MILLIS = 10_000;
    private static final long TICK_MILLIS = 100;
    private static final Duration GOODBYE = Duration.ofSeconds(3);
    private static final long CHECK_MILLIS = 10_000;
    /** A channel that nobody watched for so long is dropped; who comes back later gets everything again. */
    private static final long IDLE_MILLIS = 600_000;

    /** The way to one browser. Its methods return at once. */
    interface Wire {
        /** Sends one text; {@code done} is called from any thread, with null or with what went wrong. */
        void send(String text, Consumer<@Nullable Throwable> done);

        /** Closes, with a frame on its way if need be. */
        void close(int code, String reason);

        /** Whether the login behind it still holds. */
        boolean allowed();
    }

    /** One browser. For the hub's thread, apart from what {@link Wire} says. */
    static final class Client {
        private final Wire wire;
        private final ClientView view = new ClientView();
        private boolean gone;

        Client(Wire wire) {
            this.wire = wire;
        }
    }

    private static final class Watched {
        final Channel channel;
        final Kind kind;
        int watchers;
        long nextMillis;
        long idleSinceMillis;

        Watched(Channel channel, Kind kind) {
            this.channel = channel;
            this.kind = kind;
        }
    }

    private final LiveChannels channels;
    private final Supplier<OptionalLong> telemetryLag;
    private final InstantSource clock;
    private final String build;
    private final String epoch;
    /** Null while stopped. */
    private volatile @Nullable ScheduledThreadPoolExecutor thread;

    private final Set<Client> clients = new LinkedHashSet<>();
    private final AtomicInteger clientCount = new AtomicInteger();
    private final Map<String, Watched> watched = new HashMap<>();
    private final AtomicBoolean alarmsPending = new AtomicBoolean();
    private long highestHead;
    private long nextHeartbeatMillis;
    private long nextCheckMillis;

    LiveHub(LiveChannels channels, Supplier<OptionalLong> telemetryLag, InstantSource clock, String build) {
        this.channels = channels;
        this.telemetryLag = telemetryLag;
        this.clock = clock;
        this.build = build;
        var random = new byte[6];
        new SecureRandom().nextBytes(random);
        epoch = HexFormat.of().formatHex(random);
    }

    void start() {
        var made = new ScheduledThreadPoolExecutor(1, task -> {
            var live = new Thread(task, "live");
            live.setDaemon(true);
            return live;
        });
        made.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        made.setRemoveOnCancelPolicy(true);
        alarmsPending.set(false);
        thread = made;
        made.scheduleAtFixedRate(guarded(this::tick), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Tells every browser that the server goes, and when to come back. */
    void stop() {
        var going = thread;
        thread = null;
        if (going == null) {
            return;
        }
        try {
            CompletableFuture.runAsync(
                            () -> List.copyOf(clients).forEach(client -> close(client, 1012, "the server restarts")),
                            going)
                    .get(GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("browsers are closed by the server's end", e);
        }
        going.shutdownNow();
    }

    int clients() {
        return clientCount.get();
    }

    /** @return null when there are too many; then the wire is closed */
    @Nullable
    Client connect(Wire wire) {
        if (clientCount.incrementAndGet() > MOST_CLIENTS) {
            clientCount.decrementAndGet();
            wire.close(4429, "too many browsers are connected");
            return null;
        }
        var client = new Client(wire);
        execute(() -> {
            clients.add(client);
            client.view.say(new JsonText()
                    .raw("{\"t\":\"hello\",\"v\":1,\"now\":")
                    .number(clock.millis())
                    .raw(",\"hb\":")
                    .number(HEARTBEAT_MILLIS)
                    .raw(",\"build\":")
                    .string(build)
                    .raw("}")
                    .toString());
            pump(client);
        });
        return client;
    }

    void disconnected(Client client) {
        execute(() -> forget(client));
    }

    /** @param epoch and position what the browser has; both null when nothing */
    void subscribe(Client client, long id, String name, @Nullable String ofEpoch, @Nullable Long position) {
        execute(() -> {
            if (client.gone) {
                return;
            }
            var known = client.view.channels().contains(name);
            if (!known && client.view.channels().size() >= MOST_SUBSCRIPTIONS) {
                answer(client, id, "TOO_MANY", "at most " + MOST_SUBSCRIPTIONS + " channels can be watched at once");
                return;
            }
            var found = watch(name);
            if (found == null) {
                answer(client, id, "UNKNOWN_CHANNEL", "there is no channel " + name);
                return;
            }
            if (!known) {
                found.watchers++;
            }
            client.view.subscribe(name, position != null && epoch.equals(ofEpoch) ? position : null);
            pump(client);
        });
    }

    void unsubscribe(Client client, String name) {
        execute(() -> {
            if (client.view.unsubscribe(name)) {
                unwatch(name);
            }
        });
    }

    void fail(Client client, long id, String code, String message) {
        execute(() -> answer(client, id, code, message));
    }

    private void answer(Client client, long id, String code, String message) {
        client.view.say(new JsonText()
                .raw("{\"t\":\"err\",\"id\":")
                .number(id)
                .raw(",\"code\":")
                .string(code)
                .raw(",\"msg\":")
                .string(message)
                .raw("}")
                .toString());
        pump(client);
    }

    /** Alarms changed: who watches them is told now, not at the next tick. Changes that come together go together. */
    void alarmsChanged() {
        if (thread != null && alarmsPending.compareAndSet(false, true)) {
            execute(() -> {
                alarmsPending.set(false);
                var alarms = watched.get(LiveChannels.ALARMS);
                if (alarms != null && alarms.watchers > 0) {
                    refresh(alarms, clock.millis());
                    List.copyOf(clients).forEach(this::pump);
                }
            });
        }
    }

    private @Nullable Watched watch(String name) {
        var known = watched.get(name);
        var now = clock.millis();
        if (known == null) {
            var kind = channels.kind(name).orElse(null);
            if (kind == null) {
                return null;
            }
            known = new Watched(new Channel(name, kind.columns(), epoch, highestHead + 1), kind);
            watched.put(name, known);
        }
        if (known.watchers == 0) {
            refresh(known, now);
        }
        return known;
    }

    private void unwatch(String name) {
        var channel = watched.get(name);
        if (channel != null && --channel.watchers == 0) {
            channel.idleSinceMillis = clock.millis();
        }
    }

    private void refresh(Watched channel, long now) {
        channel.nextMillis = now + channel.kind.intervalMillis();
        channel.kind.rows().refresh(channel.channel, now);
        channel.channel.commit(now);
    }

    private void tick() {
        var now = clock.millis();
        for (var channel : watched.values()) {
            if (channel.watchers > 0 && channel.nextMillis <= now) {
                try {
                    refresh(channel, now);
                } catch (RuntimeException e) {
                    LOG.error("channel {} could not be refreshed", channel.channel.name(), e);
                }
            }
        }
        dropIdle(now);
        if (now >= nextHeartbeatMillis) {
            nextHeartbeatMillis = now + HEARTBEAT_MILLIS;
            clients.forEach(client -> client.view.say(heartbeat(client, now)));
        }
        var check = now >= nextCheckMillis;
        if (check) {
            nextCheckMillis = now + CHECK_MILLIS;
        }
        for (var client : List.copyOf(clients)) {
            if (client.view.blockedMillis(now) > BLOCKED_TOO_LONG_MILLIS) {
                close(client, 4408, "too slow");
            } else if (check && !client.wire.allowed()) {
                close(client, 4401, "signed out");
            } else {
                pump(client);
            }
        }
    }

    private void dropIdle(long now) {
        watched.values().removeIf(channel -> {
            var drop = channel.watchers == 0 && now - channel.idleSinceMillis > IDLE_MILLIS;
            if (drop) {
                highestHead = Math.max(highestHead, channel.channel.head());
            }
            return drop;
        });
    }

    private String heartbeat(Client client, long now) {
        var json = new JsonText().raw("{\"t\":\"hb\",\"now\":").number(now).raw(",\"q\":{");
        var first = true;
        for (var name : client.view.channels()) {
            var channel = watched.get(name);
            if (channel != null) {
                json.raw(first ? "" : ",").string(name).raw(":").number(channel.channel.head());
                first = false;
            }
        }
        json.raw("},\"lag\":{\"telemetry\":");
        var lag = telemetryLag.get();
        if (lag.isPresent()) {
            json.number(lag.getAsLong());
        } else {
            json.raw("null");
        }
        return json.raw("}}").toString();
    }

    private void pump(Client client) {
        if (client.gone) {
            return;
        }
        var text = client.view.next(
                name -> {
                    var channel = watched.get(name);
                    return channel == null ? null : channel.channel;
                },
                clock.millis());
        if (text == null) {
            return;
        }
        client.wire.send(
                text,
                problem -> execute(() -> {
                    client.view.sent();
                    if (problem == null) {
                        pump(client);
                    } else if (!client.gone) {
                        close(client, 4408, "cannot be written to");
                    }
                }));
    }

    private void close(Client client, int code, String reason) {
        if (!client.gone) {
            if (code == 1012 && client.view.blockedMillis(clock.millis()) == 0) {
                client.wire.send(
                        "{\"t\":\"bye\",\"code\":1012,\"in\":3000}", problem -> client.wire.close(code, reason));
            } else {
                client.wire.close(code, reason);
            }
            forget(client);
        }
    }

    private void forget(Client client) {
        if (!client.gone) {
            client.gone = true;
            if (clients.remove(client)) {
                clientCount.decrementAndGet();
            }
            List.copyOf(client.view.channels()).forEach(this::unwatch);
        }
    }

    private void execute(Runnable task) {
        var live = thread;
        if (live == null) {
            return;
        }
        try {
            live.execute(guarded(task));
        } catch (RejectedExecutionException e) {
            LOG.debug("the server is going", e);
        }
    }

    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("live view", e);
            }
        };
    }
}
