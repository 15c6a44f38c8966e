package io.yiwang.dashboard.notify;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The log of what was sent, newest first. */
@RestController
class NotificationsController {
    private static final int MOST = 1_000;

    private final JdbcTemplate database;

    NotificationsController(JdbcTemplate database) {
        this.database = database;
    }

    /**
     * @param person empty when nobody was on duty
     * @param state PENDING, SENDING, SENT, FAILED, EXPIRED, CANCELLED, NO_CHANNEL, NO_ONE_ON_DUTY
     * @param nextAttempt null when nothing is to come
     */
    record NotificationView(
            long id,
            String key,
            String alarm,
            String step,
            String person,
            String personName,
            String channel,
            String state,
            String detail,
            Instant created,
            List<AttemptView> attempts,
            @Nullable Instant nextAttempt) {}

    /** @param ok null while it runs, or when the program died before the outcome was known */
    record AttemptView(Instant time, @Nullable Boolean ok, String detail) {}

    @GetMapping("/api/notifications")
    List<NotificationView> notifications(
            @RequestParam(required = false) @Nullable String alarm, @RequestParam(defaultValue = "200") int limit) {
        var found = new LinkedHashMap<Long, NotificationView>();
        database.query(
                "SELECT n.*, a.time AS attempt_time, a.ok, a.detail AS attempt_detail FROM"
                        + " (SELECT * FROM notification WHERE (?::text IS NULL OR alarm = ?) ORDER BY id DESC LIMIT ?) n"
                        + " LEFT JOIN notification_attempt a ON a.notification = n.id ORDER BY n.id DESC, a.number",
                row -> {
                    var id = row.getLong("id");
                    if (!found.containsKey(id)) {
                        var next = row.getTimestamp("next_attempt");
                        found.put(
                                id,
                                new NotificationView(
                                        id,
                                        row.getString("key"),
                                        row.getString("alarm"),
                                        row.getString("step"),
                                        row.getString("person"),
                                        row.getString("person_name"),
                                        row.getString("channel"),
                                        row.getString("state"),
                                        row.getString("detail"),
                                        row.getTimestamp("created").toInstant(),
                                        new ArrayList<>(),
                                        next == null ? null : next.toInstant()));
                    }
                    var time = row.getTimestamp("attempt_time");
                    if (time != null) {
                        found.get(id)
                                .attempts()
                                .add(new AttemptView(
                                        time.toInstant(),
                                        (Boolean) row.getObject("ok"),
                                        row.getString("attempt_detail")));
                    }
                },
                alarm,
                alarm,
                Math.max(1, Math.min(limit, MOST)));
        return List.copyOf(found.values());
    }
}
