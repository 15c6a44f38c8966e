package io.yiwang.dashboard.security;

import io.yiwang.dashboard.DashboardSettings;
import io.yiwang.dashboard.audit.Audit;
import io.yiwang.dashboard.users.Role;
import io.yiwang.dashboard.users.User;
import io.yiwang.dashboard.users.Users;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/**
 * Makes sure that somebody can log in: user {@code admin} with every role. Its first password is kept in a file that only its
 * owner may read. When that file is missing a new password is made and set, so deleting it and starting again is also the
 * way back for who forgot the password.
 */
@Component
class FirstAdmin {
    static final String ID = "admin";
    private static final Logger LOG = LoggerFactory.getLogger(FirstAdmin.class);
    private static final int PASSWORD_BYTES = 15;

    FirstAdmin(DashboardSettings settings, Users users, PasswordEncoder encoder, Audit audit) {
        var file = settings.adminPasswordFile().toAbsolutePath();
        var known = users.find(ID);
        try {
            var kept = Files.exists(file) ? Files.readString(file).strip() : "";
            if (known.isPresent() && !kept.isEmpty()) {
                return;
            }
            var password = kept.isEmpty() ? written(file) : kept;
            var user = known.map(Users.Account::user).orElse(new User(ID, "管理员 Admin", List.of(Role.values())));
            users.put(user, encoder.encode(password));
            audit.record(Audit.SYSTEM, known.isEmpty() ? "users.create" : "users.change", ID, "password from " + file);
            LOG.info("user {} has the password of {}", ID, file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep the admin's password in " + file, e);
        }
    }

    private static String written(Path file) throws IOException {
        var bytes = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(bytes);
        var password = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        Files.createDirectories(file.getParent());
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, password + "\n");
        return password;
    }
}
