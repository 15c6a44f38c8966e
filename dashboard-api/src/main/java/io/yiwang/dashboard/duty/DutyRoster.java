package io.yiwang.dashboard.duty;

import io.yiwang.dashboard.duty.Shift.Role;
import java.sql.Timestamp;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** The roster as it is kept, always at hand: whoever tells people does not wait for it. */
@Component
public class DutyRoster {
    private static final Logger LOG = LoggerFactory.getLogger(DutyRoster.class);

    private final JdbcTemplate database;
    private final TransactionTemplate transaction;
    private volatile Roster current;

    DutyRoster(JdbcTemplate database, TransactionTemplate transaction) {
        this.database = database;
        this.transaction = transaction;
        current = read();
    }

    public Roster current() {
        return current;
    }

    /** Puts {@code next}, which has no faults, in the place of the present roster. */
    void replace(Roster next) {
        transaction.executeWithoutResult(status -> {
            // One at a time: of two who save at once, the later one's roster stands whole.
            database.execute("LOCK TABLE duty_person, duty_shift IN EXCLUSIVE MODE");
            database.update("DELETE FROM duty_shift");
            database.update("DELETE FROM duty_person");
            var persons = next.persons();
            database.batchUpdate(
                    "INSERT INTO duty_person (id, name, email, phone, webhook, position) VALUES (?, ?, ?, ?, ?, ?)",
                    persons,
                    500,
                    (statement, person) -> {
                        statement.setString(1, person.id());
                        statement.setString(2, person.name());
                        statement.setString(3, person.email());
                        statement.setString(4, person.phone());
                        statement.setString(5, person.webhook());
                        statement.setInt(6, persons.indexOf(person));
                    });
            database.batchUpdate(
                    "INSERT INTO duty_shift (id, person, starts, ends, role) VALUES (?, ?, ?, ?, ?)",
                    next.shifts(),
                    500,
                    (statement, shift) -> {
                        statement.setString(1, shift.id());
                        statement.setString(2, shift.person());
                        statement.setTimestamp(3, Timestamp.from(shift.from()));
                        statement.setTimestamp(4, Timestamp.from(shift.to()));
                        statement.setString(5, shift.role().code());
                    });
        });
        current = next;
    }

    /** Another instance may have changed it. */
    @Scheduled(fixedDelay = 30_000, initialDelay = 30_000)
    void refresh() {
        try {
            current = read();
        } catch (DataAccessException e) {
            LOG.warn("the roster stays as last read: {}", e.getMessage());
        }
    }

    private Roster read() {
        List<Person> persons = database.query(
                "SELECT id, name, email, phone, webhook FROM duty_person ORDER BY position",
                (row, number) -> new Person(
                        row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getString(5)));
        List<Shift> shifts = database.query(
                "SELECT id, person, starts, ends, role FROM duty_shift ORDER BY starts, id",
                (row, number) -> new Shift(
                        row.getString(1),
                        row.getString(2),
                        row.getTimestamp(3).toInstant(),
                        row.getTimestamp(4).toInstant(),
                        Role.of(row.getString(5))));
        return new Roster(persons, shifts);
    }
}
