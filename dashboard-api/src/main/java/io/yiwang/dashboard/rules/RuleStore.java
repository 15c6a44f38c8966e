package io.yiwang.dashboard.rules;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.model.rule.Scopes;
import io.yiwang.model.wire.RuleRecord;
import io.yiwang.model.wire.RuleScope;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.stereotype.Component;

/** The table of versions. Whoever writes holds a transaction. */
@Component
class RuleStore {
    /** @param published whether Kafka had it before */
    record Row(long id, RuleRecord record, boolean published) {}

    private static final RowMapper<Row> ROW =
            (row, number) -> new Row(row.getLong(1), parsed(row.getBytes(2)), row.getTimestamp(3) != null);

    private final JdbcTemplate database;

    RuleStore(JdbcTemplate database) {
        this.database = database;
    }

    /** In the order in which they were made. */
    List<Row> all() {
        return database.query("SELECT id, record, published FROM rule_version ORDER BY id", ROW);
    }

    List<Row> unpublished() {
        return database.query(
                "SELECT id, record, published FROM rule_version WHERE published IS NULL ORDER BY id", ROW);
    }

    /** One writer at a time, until the end of the transaction: so ids, versions and commits have one order. */
    void lock() {
        database.execute("LOCK TABLE rule_version IN EXCLUSIVE MODE");
    }

    /** 0 = there is none. */
    int newestVersion(String rule, RuleScope scope) {
        return number(
                "SELECT coalesce(max(version), 0) FROM rule_version WHERE rule = ? AND scope = ?",
                rule,
                Scopes.text(scope));
    }

    boolean exists(String rule) {
        return number("SELECT count(*) FROM rule_version WHERE rule = ?", rule) > 0;
    }

    /** A number that no row had at the time of the lock. */
    int free() {
        return number("SELECT coalesce(max(id), 0) + 1 FROM rule_version");
    }

    void insert(RuleRecord record) {
        database.update(
                "INSERT INTO rule_version (rule, scope, version, changed_by, changed, record) VALUES (?, ?, ?, ?, ?, ?)",
                record.getId(),
                Scopes.text(record.getScope()),
                record.getVersion(),
                record.getChangedBy(),
                Timestamp.from(Instant.ofEpochMilli(record.getChangedMillis())),
                record.toByteArray());
    }

    /** Only of a row that was never published. */
    void replace(long id, RuleRecord record) {
        database.update(
                "UPDATE rule_version SET record = ? WHERE id = ? AND published IS NULL", record.toByteArray(), id);
    }

    void published(long id) {
        database.update("UPDATE rule_version SET published = now() WHERE id = ? AND published IS NULL", id);
    }

    private int number(String query, Object... parameters) {
        var number = database.queryForObject(query, Integer.class, parameters);
        return number == null ? 0 : number;
    }

    private static RuleRecord parsed(byte[] bytes) {
        try {
            return RuleRecord.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("rule_version holds what is no rule: " + e.getMessage(), e);
        }
    }
}
