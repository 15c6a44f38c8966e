package io.yiwang.dashboard.audit;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The log of changes. Entries belong to the caller's transaction: what is rolled back was never done. */
@Component
public class Audit {
    /**
     * One change.
     *
     * @param actor id of the user, or {@code system}
     * @param action what was done, e.g. {@code assets.import}
     * @param subject id of what it was done to
     * @param detail a sentence or empty; never a secret
     */
    public record Entry(String id, Instant time, String actor, String action, String subject, String detail) {}

    /** The program itself, where no user acts. */
    public static final String SYSTEM = "system";

    private final JdbcClient database;

    Audit(JdbcClient database) {
        this.database = database;
    }

    /** @return the entry's id */
    public long record(String actor, String action, String subject, String detail) {
        return database.sql("insert into audit (actor, action, subject, detail) values (?, ?, ?, ?) returning id")
                .params(actor, action, subject, detail)
                .query(Long.class)
                .single();
    }

    /** Newest first, those before entry {@code before}. */
    List<Entry> entries(long before, int limit) {
        return database.sql(
                        "select id, time, actor, action, subject, detail from audit where id < ? order by id desc limit ?")
                .params(before, limit)
                .query((row, number) -> new Entry(
                        String.valueOf(row.getLong(1)),
                        row.getObject(2, OffsetDateTime.class).toInstant(),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6)))
                .list();
    }
}
