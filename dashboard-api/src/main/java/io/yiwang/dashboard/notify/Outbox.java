package io.yiwang.dashboard.notify;

import io.yiwang.dashboard.duty.DutyRoster;
import io.yiwang.dashboard.duty.Person;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where messages wait to be sent. Written by the alarm's own transaction: an alarm that is stored is one whose messages are
 * stored. Nothing is sent here, so the alarm path waits for no mail server.
 *
 * <p>Grade 1 and 2 are told to the officers on duty at once, and to the leaders when nobody has taken the alarm up after 2
 * (grade 1) or 10 minutes (grade 2). A grade 1 message is tried until it is delivered or a person takes the alarm up; a grade
 * 2 message at most half an hour. Grades 3 and 4 are on the screen only. An alarm that is raised again within ten minutes of its
 * last message is told only when it still lasts after them. When an alarm turns out never to have been, those who were told of it
 * are told so, and nobody else.
 */
public final class Outbox {
    private static final int GRADES_TOLD = 2;
    private static final Duration PATIENCE_GRADE_2 = Duration.ofMinutes(30);
    private static final Duration TO_LEADERS_GRADE_1 = Duration.ofMinutes(2);
    private static final Duration TO_LEADERS_GRADE_2 = Duration.ofMinutes(10);
    /** News older than this comes from catching up; it is held back so that its own end can arrive first. */
    private static final Duration OLD_NEWS = Duration.ofMinutes(5);

    private static final Duration HELD_BACK = Duration.ofSeconds(30);
    /** An alarm that comes and goes is told at most so often. */
    private static final Duration FLAPPING = Duration.ofMinutes(10);

    /** End of the name of a step that is held back. */
    private static final String HELD = "-held";

    private final JdbcTemplate database;
    private final DutyRoster roster;
    private final List<Channel> channels;
    private final JsonMapper json;
    private final InstantSource clock;
    private final Runnable wake;

    Outbox(
            JdbcTemplate database,
            DutyRoster roster,
            List<Channel> channels,
            JsonMapper json,
            InstantSource clock,
            Runnable wake) {
        this.database = database;
        this.roster = roster;
        this.channels = List.copyOf(channels);
        this.json = json;
        this.clock = clock;
        this.wake = wake;
    }

    /**
     * Queues the messages of one step of an alarm; the second time it does nothing. Call within the alarm's transaction.
     *
     * @param step part of the identity, e.g. {@code raised}
     * @param announced when the detect job concluded it
     */
    public void announce(Notice notice, String step, Instant announced) {
        if (notice.grade() <= GRADES_TOLD) {
            var now = clock.instant();
            announce(notice, step, announced.isBefore(now.minus(OLD_NEWS)) ? now.plus(HELD_BACK) : now, now);
        }
    }

    /**
     * The same for an alarm that was raised again, which is told at most every ten minutes: what is held back by that is told when its
     * time comes, unless {@link #endHeldBack} ends it.
     */
    public void announceAgain(Notice notice, String step, Instant announced) {
        if (notice.grade() > GRADES_TOLD) {
            return;
        }
        var last = database.queryForObject(
                "SELECT max(a.time) FROM notification_attempt a JOIN notification n ON n.id = a.notification"
                        + " WHERE n.alarm = ?",
                Timestamp.class,
                notice.alarm());
        var now = clock.instant();
        var next = last == null ? now : last.toInstant().plus(FLAPPING);
        if (next.isAfter(now)) {
            announce(notice, step + HELD, next, now);
        } else {
            announce(notice, step, announced);
        }
    }

    /** The alarm is over again: nobody need be told of the raising that was held back. Call within the alarm's transaction. */
    public void endHeldBack(String alarm) {
        database.update(
                "UPDATE notification n SET state = 'CANCELLED', detail = 'over again before it was told', next_attempt = NULL"
                        + " WHERE alarm = ? AND state = 'PENDING' AND attempts = 0 AND split_part(step, '-to-', 1) LIKE ?"
                        + " AND NOT EXISTS (SELECT 1 FROM notification o WHERE o.alarm = n.alarm AND o.attempts > 0"
                        + " AND o.step = split_part(n.step, '-to-', 1))",
                alarm,
                "%" + HELD);
    }

    /**
     * The alarm never was: ends what is still to be sent, and queues a message to those who were told of it. Call within the alarm's
     * transaction.
     */
    public void withdraw(Notice notice, String step) {
        var now = clock.instant();
        // Being sent counts as told: it may arrive.
        var told = database.query(
                "SELECT DISTINCT person, person_name, channel, target FROM notification WHERE alarm = ?"
                        + " AND state IN ('SENT', 'SENDING') ORDER BY person, channel",
                (row, n) -> new Row(
                        notice,
                        step,
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        "PENDING",
                        "",
                        now,
                        now.plus(PATIENCE_GRADE_2)),
                notice.alarm());
        cancel(notice.alarm(), "withdrawn: it never was");
        insert(told, now);
        wakeAfterCommit();
    }

    /** Whether anybody was, or is being, told of the alarm. */
    public boolean told(String alarm) {
        return Boolean.TRUE.equals(database.queryForObject(
                "SELECT EXISTS (SELECT 1 FROM notification WHERE alarm = ? AND state IN ('SENT', 'SENDING'))",
                Boolean.class,
                alarm));
    }

    private void announce(Notice notice, String step, Instant first, Instant now) {
        var duty = roster.current().at(now);
        var rows = new ArrayList<Row>();
        if (duty.officers().isEmpty()) {
            rows.add(new Row(notice, step, "", "", "", "", "NO_ONE_ON_DUTY", warning(duty.warning()), null, null));
        }
        for (var officer : duty.officers()) {
            rows.addAll(rows(notice, step, officer, first));
        }
        var toLeaders = first.plus(notice.grade() == 1 ? TO_LEADERS_GRADE_1 : TO_LEADERS_GRADE_2);
        for (var leader : duty.leaders()) {
            if (!duty.officers().contains(leader)) {
                rows.addAll(rows(notice, step + "-to-leader", leader, toLeaders));
            }
        }
        insert(rows, now);
        wakeAfterCommit();
    }

    /** Ends what is still to be sent about an alarm. Call within the alarm's transaction. */
    public void cancel(String alarm, String reason) {
        database.update(
                "UPDATE notification SET state = 'CANCELLED', detail = ?, next_attempt = NULL, lease_until = NULL"
                        + " WHERE alarm = ? AND state IN ('PENDING', 'SENDING')",
                reason,
                alarm);
    }

    private List<Row> rows(Notice notice, String step, Person person, Instant due) {
        var expires = notice.grade() == 1 ? null : due.plus(PATIENCE_GRADE_2);
        var rows = new ArrayList<Row>();
        for (var channel : channels) {
            channel.target(person)
                    .ifPresent(target -> rows.add(new Row(
                            notice,
                            step,
                            person.id(),
                            person.name(),
                            channel.name(),
                            target,
                            "PENDING",
                            "",
                            due,
                            expires)));
        }
        if (rows.isEmpty()) {
            var configured = channels.stream().anyMatch(Channel::configured);
            rows.add(new Row(
                    notice,
                    step,
                    person.id(),
                    person.name(),
                    "mail",
                    "",
                    "NO_CHANNEL",
                    configured
                            ? "no address of this person fits a configured channel"
                            : "no channel is configured: set yiwang.notify.mail.host or yiwang.notify.webhook.url",
                    null,
                    null));
        }
        return rows;
    }

    private void insert(List<Row> rows, Instant now) {
        database.batchUpdate(
                "INSERT INTO notification (key, alarm, step, person, person_name, channel, target, grade, state, detail,"
                        + " notice, created, expires, next_attempt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                        + " ON CONFLICT DO NOTHING",
                rows,
                100,
                (statement, row) -> {
                    statement.setString(1, row.key());
                    statement.setString(2, row.notice.alarm());
                    statement.setString(3, row.step);
                    statement.setString(4, row.person);
                    statement.setString(5, row.personName);
                    statement.setString(6, row.channel);
                    statement.setString(7, row.target);
                    statement.setInt(8, row.notice.grade());
                    statement.setString(9, row.state);
                    statement.setString(10, row.detail);
                    statement.setString(11, json.writeValueAsString(row.notice));
                    statement.setTimestamp(12, Timestamp.from(now));
                    statement.setTimestamp(13, row.expires == null ? null : Timestamp.from(row.expires));
                    statement.setTimestamp(14, row.due == null ? null : Timestamp.from(row.due));
                });
    }

    private void wakeAfterCommit() {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            wake.run();
            return;
        }
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                wake.run();
            }
        });
    }

    private static String warning(io.yiwang.model.domain.@Nullable Name warning) {
        return warning == null ? "" : warning.zh() + " / " + warning.en();
    }

    private record Row(
            Notice notice,
            String step,
            String person,
            String personName,
            String channel,
            String target,
            String state,
            String detail,
            @Nullable Instant due,
            @Nullable Instant expires) {
        /** 32 hex digits over what makes the message this one. */
        String key() {
            try {
                var digest = MessageDigest.getInstance("SHA-256")
                        .digest(String.join("|", notice.alarm(), step, person, channel)
                                .getBytes(StandardCharsets.UTF_8));
                return HexFormat.of().formatHex(digest, 0, 16);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }
    }
}
