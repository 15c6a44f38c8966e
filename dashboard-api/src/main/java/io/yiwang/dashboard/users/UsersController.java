package io.yiwang.dashboard.users;

import io.yiwang.dashboard.Problem;
import io.yiwang.dashboard.audit.Audit;
import io.yiwang.model.id.Ids;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
class UsersController {
    private static final int SHORTEST_PASSWORD = 10;
    /** BCrypt reads 72 bytes and no more. */
    private static final int LONGEST_PASSWORD_BYTES = 72;

    /** @param password absent = keep the present one */
    record Wanted(
            @Nullable String id,
            @Nullable String name,
            @Nullable String password,
            @Nullable List<String> roles) {}

    private final Users users;
    private final PasswordEncoder encoder;
    private final Audit audit;

    UsersController(Users users, PasswordEncoder encoder, Audit audit) {
        this.users = users;
        this.encoder = encoder;
        this.audit = audit;
    }

    @GetMapping("/api/users")
    List<User> users() {
        return users.all();
    }

    /** Makes a user, or changes name, roles and (when given) password of the one with that id. */
    @PostMapping("/api/users")
    @ResponseStatus(HttpStatus.OK)
    @Transactional
    public User put(@RequestBody Wanted wanted, Principal actor) {
        if (wanted.id() == null || !Ids.isValid(wanted.id())) {
            throw Problem.badRequest("BAD_USER", "id must match " + Ids.ID);
        }
        var before = users.find(wanted.id());
        var roles = roles(wanted.roles());
        if (before.isPresent()
                && before.get().user().roles().contains(Role.ADMIN)
                && !roles.contains(Role.ADMIN)
                && users.all().stream()
                                .filter(u -> u.roles().contains(Role.ADMIN))
                                .count()
                        == 1) {
            throw Problem.conflict("LAST_ADMIN", wanted.id() + " is the last admin and must keep that role");
        }
        if (wanted.password() == null && before.isEmpty()) {
            throw Problem.badRequest("BAD_PASSWORD", "a new user needs a password");
        }
        var name = wanted.name() == null || wanted.name().isBlank()
                ? wanted.id()
                : wanted.name().strip();
        if (name.length() > 100) {
            throw Problem.badRequest("BAD_USER", "name is longer than 100 characters");
        }
        var user = new User(wanted.id(), name, roles);
        users.put(user, wanted.password() == null ? before.orElseThrow().password() : encoded(wanted.password()));
        audit.record(
                actor.getName(),
                before.isEmpty() ? "users.create" : "users.change",
                user.id(),
                "roles " + roles.stream().map(Role::word).toList()
                        + (wanted.password() == null ? "" : ", new password"));
        return user;
    }

    private String encoded(String password) {
        if (password.length() < SHORTEST_PASSWORD
                || password.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > LONGEST_PASSWORD_BYTES) {
            throw Problem.badRequest(
                    "BAD_PASSWORD",
                    "a password has at least " + SHORTEST_PASSWORD + " characters and at most " + LONGEST_PASSWORD_BYTES
                            + " bytes");
        }
        return encoder.encode(password);
    }

    private static List<Role> roles(@Nullable List<String> words) {
        var roles = new ArrayList<Role>();
        for (var word : words == null ? List.<String>of() : words) {
            var role = Role.of(word)
                    .orElseThrow(() -> Problem.badRequest(
                            "BAD_ROLE", "role '" + word + "' is not one of viewer, duty, chief, engineer, admin"));
            if (!roles.contains(role)) {
                roles.add(role);
            }
        }
        if (roles.isEmpty()) {
            throw Problem.badRequest("BAD_ROLE", "a user needs at least one role");
        }
        return roles;
    }
}
