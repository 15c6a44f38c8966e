package io.yiwang.dashboard.newcomers;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table of decisions, one an id. Belongs to the caller's transaction. */
@Component
class Decisions {
    private static final String COLUMNS = "select id, decision, last_millis, time, actor from newcomer_decision";

    private final JdbcClient database;

    Decisions(JdbcClient database) {
        this.database = database;
    }

    Map<String, Decision> all() {
        return database.sql(COLUMNS).query(Decisions::read).list().stream()
                .collect(Collectors.toMap(Decision::id, Function.identity()));
    }

    Optional<Decision> of(String id) {
        return database.sql(COLUMNS + " where id = ?")
                .param(NewcomerId.coded(id))
                .query(Decisions::read)
                .optional();
    }

    void put(String id, Decision.Kind kind, long lastMillis, String actor) {
        database.sql("""
                        insert into newcomer_decision (id, decision, last_millis, actor) values (?, ?, ?, ?)
                        on conflict (id) do update set decision = excluded.decision, last_millis = excluded.last_millis,
                          time = now(), actor = excluded.actor""")
                .params(NewcomerId.coded(id), kind.word(), lastMillis, actor)
                .update();
    }

    void remove(String id) {
        database.sql("delete from newcomer_decision where id = ?")
                .param(NewcomerId.coded(id))
                .update();
    }

    private static Decision read(ResultSet row, int number) throws SQLException {
        return new Decision(
                NewcomerId.name(row.getString(1)),
                Decision.Kind.valueOf(row.getString(2).toUpperCase(Locale.ROOT)),
                row.getLong(3),
                row.getObject(4, OffsetDateTime.class).toInstant(),
                row.getString(5));
    }
}
