package io.yiwang.dashboard.alarms;

import com.google.protobuf.InvalidProtocolBufferException;
import io.yiwang.dashboard.alarms.LifeCycle.Change;
import io.yiwang.model.wire.Alarm;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.stereotype.Component;

/** The tables of V100 and V160. Every method belongs to its caller's transaction. */
@Component
class AlarmStore {
    private static final String COLUMNS =
            "state, grade, historic, revision, version, state_version, acked_by, acked_at, comments, incident, verdict,"
                    + " verdict_by, verdict_at, verdict_note, wire";

    private final JdbcTemplate database;
    private final NamedParameterJdbcTemplate named;

    AlarmStore(JdbcTemplate database) {
        this.database = database;
        named = new NamedParameterJdbcTemplate(database);
    }

    /** A line of an alarm's history to be written. */
    record NewChange(String alarm, Change change) {}

    /** A kept line of history. */
    record KeptChange(Instant time, String actor, String action, String note) {}

    /**
     * @param states empty = all
     * @param grades empty = all
     * @param incident of which the alarms are part
     * @param after id of the alarm after which the page begins
     */
    record Wanted(
            List<String> states,
            List<Integer> grades,
            @Nullable String domain,
            @Nullable String facility,
            @Nullable String district,
            @Nullable String incident,
            @Nullable String after,
            int limit) {}

    /**
     * Kept alarms among {@code ids} and what may belong with them, held until the transaction ends: every open incident, what is part of
     * one among {@code ids}, and what is open at {@code facilities}. Always in the order of ids, so that two transactions cannot wait for
     * each other.
     *
     * @param facilities where incidents are
     */
    Map<String, AlarmRow> lock(Collection<String> ids, Collection<String> facilities) {
        var where = "id IN (:ids) OR incident IN (:ids) OR (state <> 'closed' AND rule LIKE 'pattern.%')";
        var values = new MapSqlParameterSource("ids", ids);
        if (!facilities.isEmpty()) {
            where += " OR (state <> 'closed' AND facility IN (:facilities))";
            values.addValue("facilities", facilities);
        }
        var rows = new LinkedHashMap<String, AlarmRow>();
        named.query("SELECT " + COLUMNS + " FROM alarm WHERE " + where + " ORDER BY id FOR UPDATE", values, row -> {
            var kept = row(row);
            rows.put(kept.alarm().getId(), kept);
        });
        return rows;
    }

    Optional<AlarmRow> find(String id) {
        return database.query("SELECT " + COLUMNS + " FROM alarm WHERE id = ?", (row, n) -> row(row), id).stream()
                .findFirst();
    }

    List<AlarmRow> open() {
        return database.query(
                "SELECT " + COLUMNS + " FROM alarm WHERE state <> 'closed' ORDER BY raised DESC, id",
                (row, n) -> row(row));
    }

    /** Alarms of which something was said since, also when it was taken back. */
    List<AlarmRow> withVerdict(Instant since) {
        return database.query(
                "SELECT " + COLUMNS + " FROM alarm WHERE verdict IS NOT NULL AND verdict_at >= ? ORDER BY id",
                (row, n) -> row(row),
                Timestamp.from(since));
    }

    /** Newest first. */
    List<AlarmRow> find(Wanted wanted) {
        var where = new ArrayList<String>();
        var values = new MapSqlParameterSource("limit", wanted.limit());
        if (!wanted.states().isEmpty()) {
            where.add("state IN (:states)");
            values.addValue("states", wanted.states());
            if (!wanted.states().contains("closed")) {
                where.add("state <> 'closed'");
            }
        }
        if (!wanted.grades().isEmpty()) {
            where.add("grade IN (:grades)");
            values.addValue("grades", wanted.grades());
        }
        equal(where, values, "domain", wanted.domain());
        equal(where, values, "facility", wanted.facility());
        equal(where, values, "district", wanted.district());
        equal(where, values, "incident", wanted.incident());
        if (wanted.after() != null) {
            where.add("(raised < (SELECT raised FROM alarm WHERE id = :after) OR"
                    + " (raised = (SELECT raised FROM alarm WHERE id = :after) AND id > :after))");
            values.addValue("after", wanted.after());
        }
        return named.query(
                "SELECT " + COLUMNS + " FROM alarm" + (where.isEmpty() ? "" : " WHERE " + String.join(" AND ", where))
                        + " ORDER BY raised DESC, id LIMIT :limit",
                values,
                (row, n) -> row(row));
    }

    private static void equal(List<String> where, MapSqlParameterSource values, String column, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            where.add(column + " = :" + column);
            values.addValue(column, value);
        }
    }

    void save(Collection<AlarmRow> rows) {
        database.batchUpdate(
                "INSERT INTO alarm (id, facility, domain, district, rule, metric, grade, state, historic, onset, raised,"
                        + " cleared, revision, version, state_version, acked_by, acked_at, comments, wire, incident,"
                        + " verdict, verdict_by, verdict_at, verdict_note)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                        + " ON CONFLICT (id) DO UPDATE SET grade = excluded.grade, state = excluded.state,"
                        + " historic = excluded.historic, onset = excluded.onset, raised = excluded.raised,"
                        + " cleared = excluded.cleared, revision = excluded.revision, version = excluded.version,"
                        + " state_version = excluded.state_version, acked_by = excluded.acked_by,"
                        + " acked_at = excluded.acked_at, comments = excluded.comments, wire = excluded.wire,"
                        + " incident = excluded.incident, verdict = excluded.verdict, verdict_by = excluded.verdict_by,"
                        + " verdict_at = excluded.verdict_at, verdict_note = excluded.verdict_note",
                rows,
                200,
                (statement, row) -> {
                    var alarm = row.alarm();
                    var life = row.life();
                    statement.setString(1, alarm.getId());
                    statement.setString(2, alarm.getFacility());
                    statement.setString(3, alarm.getDomain());
                    statement.setString(4, alarm.getDistrict());
                    statement.setString(5, alarm.getRule());
                    statement.setString(6, alarm.getMetric());
                    statement.setInt(7, life.grade());
                    statement.setString(8, life.state().code());
                    statement.setBoolean(9, life.historic());
                    statement.setTimestamp(10, new Timestamp(alarm.getOnsetMillis()));
                    statement.setTimestamp(11, new Timestamp(alarm.getRaisedMillis()));
                    statement.setTimestamp(
                            12, alarm.getClearedMillis() == 0 ? null : new Timestamp(alarm.getClearedMillis()));
                    statement.setInt(13, life.revision());
                    statement.setInt(14, life.version());
                    statement.setInt(15, life.stateVersion());
                    statement.setString(16, life.ackedBy());
                    if (life.acked()) {
                        statement.setTimestamp(17, new Timestamp(life.ackedMillis()));
                    } else {
                        statement.setNull(17, Types.TIMESTAMP_WITH_TIMEZONE);
                    }
                    statement.setInt(18, life.comments());
                    statement.setBytes(19, alarm.toByteArray());
                    statement.setString(20, life.incident());
                    var said = life.verdict();
                    statement.setString(21, said == null ? null : said.code());
                    statement.setString(22, said == null ? null : said.by());
                    if (said == null) {
                        statement.setNull(23, Types.TIMESTAMP_WITH_TIMEZONE);
                    } else {
                        statement.setTimestamp(23, new Timestamp(said.atMillis()));
                    }
                    statement.setString(24, said == null ? null : said.note());
                });
    }

    void record(List<NewChange> changes) {
        database.batchUpdate(
                "INSERT INTO alarm_event (alarm, time, actor, action, note) VALUES (?, ?, ?, ?, ?)",
                changes,
                200,
                (statement, line) -> {
                    statement.setString(1, line.alarm());
                    statement.setTimestamp(2, new Timestamp(line.change().timeMillis()));
                    statement.setString(3, line.change().actor());
                    statement.setString(4, line.change().action());
                    statement.setString(5, line.change().note());
                });
    }

    /** In the order in which it became known. */
    List<KeptChange> history(String alarm) {
        return database.query(
                "SELECT time, actor, action, note FROM alarm_event WHERE alarm = ? ORDER BY id",
                (row, n) -> new KeptChange(
                        row.getTimestamp(1).toInstant(), row.getString(2), row.getString(3), row.getString(4)),
                alarm);
    }

    Map<Integer, Long> positions(String cluster) {
        var positions = new HashMap<Integer, Long>();
        database.query(
                "SELECT partition, next_offset FROM alarm_position WHERE cluster = ?",
                row -> {
                    positions.put(row.getInt(1), row.getLong(2));
                },
                cluster);
        return positions;
    }

    void reached(String cluster, Map<TopicPartition, Long> next) {
        database.batchUpdate(
                "INSERT INTO alarm_position (cluster, partition, next_offset) VALUES (?, ?, ?)"
                        + " ON CONFLICT (cluster, partition) DO UPDATE SET next_offset = excluded.next_offset",
                next.entrySet(),
                50,
                (statement, entry) -> {
                    statement.setString(1, cluster);
                    statement.setInt(2, entry.getKey().partition());
                    statement.setLong(3, entry.getValue());
                });
    }

    void refuse(String cluster, ConsumerRecord<String, byte[]> record, String reason, Instant now) {
        database.update(
                "INSERT INTO alarm_refused (cluster, partition, \"offset\", time, reason, record)"
                        + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                cluster,
                record.partition(),
                record.offset(),
                Timestamp.from(now),
                reason.replace('\0', ' '),
                record.value() == null ? new byte[0] : record.value());
    }

    private static AlarmRow row(ResultSet row) throws SQLException {
        var ackedAt = row.getTimestamp("acked_at");
        try {
            return new AlarmRow(
                    Alarm.parseFrom(row.getBytes("wire")),
                    new AlarmLife(
                            AlarmState.of(row.getString("state")),
                            row.getInt("grade"),
                            row.getBoolean("historic"),
                            row.getInt("revision"),
                            row.getInt("version"),
                            row.getInt("state_version"),
                            row.getString("acked_by"),
                            ackedAt == null ? 0 : ackedAt.getTime(),
                            row.getInt("comments"),
                            row.getString("incident"),
                            said(row)));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a kept alarm cannot be read", e);
        }
    }

    private static @Nullable Said said(ResultSet row) throws SQLException {
        var code = row.getString("verdict");
        return code == null
                ? null
                : new Said(
                        Said.word(code).orElseThrow(),
                        row.getString("verdict_by"),
                        row.getTimestamp("verdict_at").getTime(),
                        row.getString("verdict_note"));
    }
}
