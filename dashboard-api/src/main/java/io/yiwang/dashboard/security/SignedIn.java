package io.yiwang.dashboard.security;

import io.yiwang.dashboard.users.User;
import io.yiwang.dashboard.users.Users;
import java.util.Collection;
import java.util.List;
import org.springframework.security.core.CredentialsContainer;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.userdetails.UserDetails;

/** The user behind a request, as Spring Security knows it. Its name is the user's id. */
public final class SignedIn implements UserDetails, CredentialsContainer {
    private static final long serialVersionUID = 1;

    private final transient User user;
    private final long stamp;
    private final boolean enabled;
    private String password;

    SignedIn(Users.Account account) {
        user = account.user();
        stamp = account.stamp();
        enabled = account.enabled();
        password = account.password();
    }

    public User user() {
        return user;
    }

    /** Of the account when it signed in; see {@link Users#isCurrent}. */
    public long stamp() {
        return stamp;
    }

    @Override
    public Collection<? extends GrantedAuthority> getAuthorities() {
        return user.roles().stream()
                .map(role -> new SimpleGrantedAuthority("ROLE_" + role.word()))
                .toList();
    }

    @Override
    public String getPassword() {
        return password;
    }

    @Override
    public String getUsername() {
        return user.id();
    }

    @Override
    public boolean isEnabled() {
        return enabled;
    }

    @Override
    public void eraseCredentials() {
        password = "";
    }

    static List<String> words(User user) {
        return user.roles().stream().map(role -> role.word()).toList();
    }
}
