package io.yiwang.dashboard.users;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table of users. Changes take effect on open sessions with their next request. */
@Component
public class Users {
    /**
     * A user with what only security needs.
     *
     * @param password encoded, never the word itself
     * @param stamp grows with every change of the account
     */
    public record Account(User user, String password, boolean enabled, long stamp) {}

    private static final String COLUMNS = "id, name, password, roles, enabled, stamp";

    private final JdbcClient database;
    private final Map<String, Long> stamps = new ConcurrentHashMap<>();

    Users(JdbcClient database) {
        this.database = database;
        database.sql("select " + COLUMNS + " from app_user where enabled")
                .query(Users::account)
                .list()
                .forEach(account -> stamps.put(account.user().id(), account.stamp()));
    }

    public Optional<Account> find(String id) {
        return database.sql("select " + COLUMNS + " from app_user where id = ?")
                .param(id)
                .query(Users::account)
                .optional();
    }

    /** Whether an account seen with {@code stamp} is still as it was. Answers from memory. */
    public boolean isCurrent(String id, long stamp) {
        return stamps.getOrDefault(id, -1L) == stamp;
    }

    List<User> all() {
        return database
                .sql("select " + COLUMNS + " from app_user where enabled order by id")
                .query(Users::account)
                .list()
                .stream()
                .map(Account::user)
                .toList();
    }

    /** Makes the account or replaces it whole. @param password encoded */
    public void put(User user, String password) {
        var stamp = database.sql("""
                        insert into app_user (id, name, password, roles) values (?, ?, ?, ?)
                        on conflict (id) do update set name = excluded.name, password = excluded.password,
                          roles = excluded.roles, enabled = true, stamp = app_user.stamp + 1
                        returning stamp""")
                .params(
                        user.id(),
                        user.name(),
                        password,
                        user.roles().stream().map(Role::word).toArray(String[]::new))
                .query(Long.class)
                .single();
        stamps.put(user.id(), stamp);
    }

    private static Account account(ResultSet row, int number) throws SQLException {
        var roles = Arrays.stream((String[]) row.getArray(4).getArray())
                .flatMap(word -> Role.of(word).stream())
                .toList();
        return new Account(
                new User(row.getString(1), row.getString(2), roles),
                row.getString(3),
                row.getBoolean(5),
                row.getLong(6));
    }
}
