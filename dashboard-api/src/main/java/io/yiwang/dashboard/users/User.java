package io.yiwang.dashboard.users;

import java.util.List;

/**
 * A person who may log in.
 *
 * @param id the login name
 * @param name as shown to others
 */
public record User(String id, String name, List<Role> roles) {
    public User {
        roles = List.copyOf(roles);
    }
}
