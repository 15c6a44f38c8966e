package io.yiwang.dashboard.notify;

import io.yiwang.dashboard.notify.Channel.Message;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Empties the outbox. A row is claimed with a lease before it is sent and its outcome stored after; when the program dies in
 * between, the lease ends and the row is sent again under the same key, so a double can be recognised and a loss cannot
 * happen. Each channel has workers of its own: a hanging mail server holds up no webhook.
 */
final class Dispatcher implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final int WORKERS_A_CHANNEL = 2;
    /** Longer than any channel may take for one attempt. */
    static final Duration LEASE = Duration.ofSeconds(60);

    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final Duration OUTAGE = Duration.ofSeconds(3);
    private static final int LONGEST_DETAIL = 500;

    private final JdbcTemplate database;
    private final TransactionTemplate transaction;
    private final List<Channel> channels;
    private final JsonMapper json;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final List<Thread> workers = new ArrayList<>();
    private volatile boolean running;

    Dispatcher(
            JdbcTemplate database,
            TransactionTemplate transaction,
            List<Channel> channels,
            JsonMapper json,
            InstantSource clock,
            RandomGenerator random) {
        this.database = database;
        this.transaction = transaction;
        this.channels = channels.stream().filter(Channel::configured).toList();
        this.json = json;
        this.clock = clock;
        this.random = random;
    }

    /** A claimed row. */
    record Claim(long id, int attempt, @Nullable Instant expires, Message message) {}

    @Override
    public synchronized void start() {
        running = true;
        for (var channel : channels) {
            for (var i = 1; i <= WORKERS_A_CHANNEL; i++) {
                var worker = new Thread(() -> work(channel), "notify-" + channel.name() + "-" + i);
                worker.setDaemon(true);
                worker.start();
                workers.add(worker);
            }
        }
    }

    @Override
    public synchronized void stop() {
        running = false;
        workers.forEach(Thread::interrupt);
        for (var worker : workers) {
            try {
                worker.join(2_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        workers.clear();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Something may be due: does not wait. */
    void wake() {
        workers.forEach(LockSupport::unpark);
    }

    private void work(Channel channel) {
        while (running) {
            try {
                if (!once(channel)) {
                    LockSupport.parkNanos(IDLE.toNanos());
                }
            } catch (RuntimeException e) {
                if (running) {
                    LOG.warn("{} messages wait: {}", channel.name(), e.getMessage());
                    LockSupport.parkNanos(OUTAGE.toNanos());
                }
            }
        }
    }

    /** Sends the most urgent message that is due; false when there is none. */
    boolean once(Channel channel) {
        var claim = claim(channel.name());
        if (claim == null) {
            return false;
        }
        store(claim, channel.deliver(claim.message()));
        return true;
    }

    @Nullable
    Claim claim(String channel) {
        return transaction.execute(status -> {
            var now = clock.instant();
            database.update(
                    "UPDATE notification SET state = 'EXPIRED', next_attempt = NULL, lease_until = NULL,"
                            + " detail = 'not delivered in time' WHERE id IN (SELECT id FROM notification WHERE channel = ?"
                            + " AND state IN ('PENDING', 'SENDING') AND expires < ?"
                            + " AND (lease_until IS NULL OR lease_until < ?) FOR UPDATE SKIP LOCKED)",
                    channel,
                    Timestamp.from(now),
                    Timestamp.from(now));
            var claims = database.query(
                    "UPDATE notification SET state = 'SENDING', lease_until = ?, attempts = attempts + 1 WHERE id ="
                            + " (SELECT id FROM notification WHERE channel = ? AND state IN ('PENDING', 'SENDING')"
                            + " AND next_attempt <= ? AND (lease_until IS NULL OR lease_until < ?)"
                            + " ORDER BY grade, next_attempt LIMIT 1 FOR UPDATE SKIP LOCKED)"
                            + " RETURNING id, key, target, person, person_name, step, notice, attempts, expires",
                    (row, number) -> new Claim(
                            row.getLong("id"),
                            row.getInt("attempts"),
                            row.getTimestamp("expires") == null
                                    ? null
                                    : row.getTimestamp("expires").toInstant(),
                            new Message(
                                    row.getString("key"),
                                    row.getString("target"),
                                    row.getString("person"),
                                    row.getString("person_name"),
                                    row.getString("step"),
                                    json.readValue(row.getString("notice"), Notice.class))),
                    Timestamp.from(now.plus(LEASE)),
                    channel,
                    Timestamp.from(now),
                    Timestamp.from(now));
            if (claims.isEmpty()) {
                return null;
            }
            var claim = claims.get(0);
            database.update(
                    "INSERT INTO notification_attempt (notification, number, time) VALUES (?, ?, ?)",
                    claim.id(),
                    claim.attempt(),
                    Timestamp.from(now));
            return claim;
        });
    }

    void store(Claim claim, Delivered outcome) {
        transaction.executeWithoutResult(status -> outcome.<Void>fold(
                sent -> {
                    attempt(claim, true, sent.detail());
                    // Also over CANCELLED: that somebody took the alarm up meanwhile does not unsend it.
                    database.update(
                            "UPDATE notification SET state = 'SENT', detail = ?, next_attempt = NULL, lease_until = NULL"
                                    + " WHERE id = ?",
                            cut(sent.detail()),
                            claim.id());
                    return null;
                },
                later -> {
                    attempt(claim, false, later.detail());
                    var next = clock.instant().plus(Retry.after(claim.attempt(), later.asked(), random));
                    var over = claim.expires() != null && next.isAfter(claim.expires());
                    finish(claim, over ? "EXPIRED" : "PENDING", later.detail(), over ? null : next);
                    return null;
                },
                refused -> {
                    attempt(claim, false, refused.detail());
                    finish(claim, "FAILED", refused.detail(), null);
                    LOG.error(
                            "message {} about alarm {} to {} was refused: {}",
                            claim.message().key(),
                            claim.message().notice().alarm(),
                            claim.message().person(),
                            refused.detail());
                    return null;
                }));
    }

    private void finish(Claim claim, String state, String detail, @Nullable Instant next) {
        database.update(
                "UPDATE notification SET state = ?, detail = ?, next_attempt = ?, lease_until = NULL"
                        + " WHERE id = ? AND state = 'SENDING' AND attempts = ?",
                state,
                cut(detail),
                next == null ? null : Timestamp.from(next),
                claim.id(),
                claim.attempt());
    }

    private void attempt(Claim claim, boolean ok, String detail) {
        database.update(
                "UPDATE notification_attempt SET ok = ?, detail = ? WHERE notification = ? AND number = ?",
                ok,
                cut(detail),
                claim.id(),
                claim.attempt());
    }

    private static String cut(String detail) {
        var clean = detail.replace('\0', ' ');
        return clean.length() <= LONGEST_DETAIL ? clean : clean.substring(0, LONGEST_DETAIL - 1) + "…";
    }
}
