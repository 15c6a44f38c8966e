package io.yiwang.dashboard.assets;

import io.yiwang.dashboard.assets.AssetChange.Action;
import io.yiwang.dashboard.assets.AssetChange.Field;
import io.yiwang.dashboard.assets.AssetChange.Kind;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The table of what was changed in the ledger, field by field. Callers hold the transaction. */
@Component
class AssetChanges {
    private static final int ROWS_AT_ONCE = 1000;
    private static final String COLUMNS =
            "select id, time, actor, action, fields, undoes, undone_by from asset_change where kind = ? and subject = ?";

    /**
     * A change of one district, street or facility.
     *
     * @param undoes id of the change that this one took back
     * @param undoneBy id of the change that took this one back
     */
    record Entry(
            String id,
            Instant time,
            String actor,
            Action action,
            List<Field> fields,
            @Nullable String undoes,
            @Nullable String undoneBy) {}

    private final JdbcTemplate database;
    private final JsonMapper json;
    private final RowMapper<Entry> entry;

    AssetChanges(JdbcTemplate database, JsonMapper json) {
        this.database = database;
        this.json = json;
        this.entry = (row, n) -> new Entry(
                row.getString(1),
                row.getObject(2, OffsetDateTime.class).toInstant(),
                row.getString(3),
                Action.valueOf(row.getString(4).toUpperCase(java.util.Locale.ROOT)),
                json.readValue(row.getString(5), new TypeReference<List<Field>>() {}),
                row.getString(6),
                row.getString(7));
    }

    /** @param audit entry of the audit that names the change as a whole */
    void record(long audit, String actor, Collection<AssetChange> changes) {
        database.batchUpdate(
                "insert into asset_change (audit, actor, kind, subject, action, fields) values (?, ?, ?, ?, ?, ?::jsonb)",
                changes,
                ROWS_AT_ONCE,
                (row, change) -> {
                    row.setLong(1, audit);
                    row.setString(2, actor);
                    row.setString(3, change.kind().word());
                    row.setString(4, change.id());
                    row.setString(5, change.action().word());
                    row.setString(6, json.writeValueAsString(change.fields()));
                });
    }

    /** Marks the newest change of the subject as the one that took {@code undone} back. */
    void undone(Kind kind, String subject, String undone) {
        var by = database.queryForObject(
                "select max(id) from asset_change where kind = ? and subject = ?", Long.class, kind.word(), subject);
        database.update("update asset_change set undone_by = ? where id = ?", by, Long.parseLong(undone));
        database.update("update asset_change set undoes = ? where id = ?", Long.parseLong(undone), by);
    }

    /** Newest first. @param before only those before this id */
    List<Entry> of(Kind kind, String subject, long before, int limit) {
        return database.query(
                COLUMNS + " and id < ? order by id desc limit ?", entry, kind.word(), subject, before, limit);
    }

    /** The newest change that neither takes another back nor was taken back itself. */
    Optional<Entry> lastStanding(Kind kind, String subject) {
        return database
                .query(
                        COLUMNS + " and undoes is null and undone_by is null order by id desc limit 1",
                        entry,
                        kind.word(),
                        subject)
                .stream()
                .findFirst();
    }
}
